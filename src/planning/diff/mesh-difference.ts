/** How the node-to-node mesh of two clusters differs: a pair of classes stands for all pairs of their members. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { explicitSessions } from '../../bgp/config/explicit-sessions.js'
import { isMeshMember, meshSession } from '../../bgp/config/mesh.js'
import type { Session } from '../../bgp/session.js'
import { meshClasses } from '../../bgp/sessions/mesh-classes.js'
import { peerClasses } from '../../bgp/sessions/peer-classes.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'
import { type SessionDraft, sessionFields } from './session-fields.js'

/** A node by its index in each of the two clusters; -1 where it is no member there. */
interface Member {
  readonly name: string
  readonly before: number
  readonly after: number
}

export function* meshChanges(before: BgpContext, after: BgpContext, family: Family): Generator<SessionDraft> {
  const classes = jointClasses(before, after, family)
  const special = specialPairs(before, after, family, classes)
  for (const [i, one] of classes.entries()) {
    for (const [distance, other] of classes.slice(i).entries()) {
      const apart = special.byClasses.get(pairKey(i, i + distance)) ?? []
      const all = one === other ? (one.length * (one.length - 1)) / 2 : one.length * other.length
      const example = ordinaryPair(one, other, special.keys)
      if (example !== undefined) {
        yield* compared(before, after, family, example, all - apart.length, [names(one), names(other)])
      }
      for (const pair of apart) yield* compared(before, after, family, pair, 1, [[pair[0].name], [pair[1].name]])
    }
  }
}

function names(members: readonly Member[]): readonly string[] {
  return members.map(({ name }) => name)
}

type Pair = readonly [Member, Member]

function* compared(
  before: BgpContext,
  after: BgpContext,
  family: Family,
  [one, other]: Pair,
  count: number,
  between: SessionDraft['between'],
): Generator<SessionDraft> {
  const was = sessionBetween(before, family, one.before, other.before)
  const is = sessionBetween(after, family, one.after, other.after)
  if (count === 0 || (was === undefined && is === undefined)) return
  const fields = was !== undefined && is !== undefined ? sessionFields(was, is) : []
  if (was !== undefined && is !== undefined && fields.length === 0) return
  yield {
    change: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed',
    count,
    established: {
      before: was?.state === 'Established' ? count : 0,
      after: is?.state === 'Established' ? count : 0,
    },
    between,
    fields,
    ...(was === undefined ? {} : { before: was }),
    ...(is === undefined ? {} : { after: is }),
  }
}

function sessionBetween(context: BgpContext, family: Family, from: number, to: number): Session | undefined {
  const [speaker, options] = [context.speakers[from], meshSession(context, from, to, family)]
  return speaker && options && sessionOf(context, speaker, options)
}

/** Members of either mesh that are in one class in each, and whose address stayed or changed. */
function jointClasses(before: BgpContext, after: BgpContext, family: Family): readonly (readonly Member[])[] {
  const [old, now] = [classNumbers(before, family), classNumbers(after, family)]
  const found = new Map<string, Member[]>()
  const all = new Set([...old.keys(), ...now.keys()])
  for (const name of [...all].sort()) {
    const [was, is] = [old.get(name), now.get(name)]
    const [textBefore, textAfter] = [endpointText(before, was?.index, family), endpointText(after, is?.index, family)]
    const moved = was !== undefined && is !== undefined && textBefore !== textAfter
    const key = `${was?.cls ?? -1} ${is?.cls ?? -1} ${moved ? name : ''}`
    const member = { name, before: was?.index ?? -1, after: is?.index ?? -1 }
    const held = found.get(key)
    if (held === undefined) found.set(key, [member])
    else held.push(member)
  }
  return [...found.values()]
}

function endpointText(context: BgpContext, node: number | undefined, family: Family): string {
  return (node === undefined ? undefined : context.endpoints[family][node]?.text) ?? ''
}

interface Place {
  readonly index: number
  readonly cls: number
}

function classNumbers(context: BgpContext, family: Family): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>()
  for (const [cls, members] of meshClasses(context, family).entries()) {
    for (const index of members) {
      const name = context.cluster.nodes[index]?.name
      if (name !== undefined) found.set(name, { index, cls })
    }
  }
  return found
}

interface SpecialPairs {
  /** Names of both, in byte order. */
  readonly keys: ReadonlySet<string>
  readonly byClasses: ReadonlyMap<number, readonly Pair[]>
}

/** Pairs of members that a BGPPeer connects too, in either cluster: each of them is looked at by itself. */
function specialPairs(
  before: BgpContext,
  after: BgpContext,
  family: Family,
  classes: readonly (readonly Member[])[],
): SpecialPairs {
  const places = new Map(classes.flatMap((members, cls) => members.map((member) => [member.name, { member, cls }])))
  const keys = new Set<string>()
  const byClasses = new Map<number, Pair[]>()
  for (const context of [before, after]) {
    if (context.peerings.rules.length === 0) continue
    const { classOf } = peerClasses(context, family)
    for (const { index, name } of context.cluster.nodes) {
      const own = places.get(name)
      // Nodes of peer classes have one protocol with each other, and none of the mesh.
      if ((classOf[index] ?? -1) >= 0 || own === undefined || !isMeshMember(context, index, family)) continue
      for (const { peerIP } of explicitSessions(context, index, family)) {
        for (const peer of context.endpoints.byText.get(peerIP) ?? []) {
          const other = places.get(context.cluster.nodes[peer]?.name ?? '')
          if (other === undefined || other === own || keys.has(keyOf(own.member, other.member))) continue
          keys.add(keyOf(own.member, other.member))
          const key = pairKey(Math.min(own.cls, other.cls), Math.max(own.cls, other.cls))
          const pair: Pair = own.cls <= other.cls ? [own.member, other.member] : [other.member, own.member]
          const held = byClasses.get(key)
          if (held === undefined) byClasses.set(key, [pair])
          else held.push(pair)
        }
      }
    }
  }
  return { keys, byClasses }
}

function keyOf(a: Member, b: Member): string {
  return a.name < b.name ? `${a.name} ${b.name}` : `${b.name} ${a.name}`
}

/** Classes are far fewer than this. */
const WIDTH = 2 ** 26

function pairKey(a: number, b: number): number {
  return a * WIDTH + b
}

/** Two members, one of each class, that only the mesh connects; undefined when there are none. */
function ordinaryPair(
  one: readonly Member[],
  other: readonly Member[],
  special: ReadonlySet<string>,
): Pair | undefined {
  for (const a of one) {
    for (const b of other) {
      if (a !== b && !special.has(keyOf(a, b))) return [a, b]
    }
  }
  return undefined
}
