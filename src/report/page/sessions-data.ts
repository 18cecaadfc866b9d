/** Sessions as columns. The mesh stays a set of members and classes: its pairs are never written out. */

import type { Family } from '../../address/address.js'
import { type BgpContext, routerOf } from '../../bgp/config/context.js'
import { explicitSessions } from '../../bgp/config/explicit-sessions.js'
import { routerSessions } from '../../bgp/config/router-config.js'
import type { Session, SessionOptions, Speaker } from '../../bgp/session.js'
import { meshClasses, meshPairs } from '../../bgp/sessions/mesh-classes.js'
import { sessionCounts } from '../../bgp/sessions/session-counts.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'
import { wordSessionReason } from '../wording/session-reason.js'
import type { PageMesh, PageSessionSort, PageSessions } from './page-data.js'

export interface CollectedSessions {
  readonly sessions: PageSessions
  /** Addresses of peers that the input does not describe, in the order in which ends count them. */
  readonly outside: readonly string[]
  /** Protocols that BIRD of each node holds. */
  readonly perNode: readonly number[]
}

export function pageSessions(context: BgpContext): CollectedSessions {
  const counts = sessionCounts(context)
  const columns = newColumns(context.speakers.length)
  for (const family of [4, 6] as const) {
    const drawn = new Set<string>()
    for (const speaker of context.speakers) {
      for (const options of explicitOf(context, speaker, family)) addSession(context, columns, drawn, speaker, options)
    }
  }
  const { from, to, sort, sorts, outside } = columns
  return {
    sessions: {
      from,
      to,
      sort,
      sorts: [...sorts.values()].map(({ value }) => value),
      meshes: ([4, 6] as const).flatMap((family) => meshOf(context, family)),
      total: counts.total,
      established: counts.established,
    },
    outside: [...outside.keys()],
    perNode: [...counts.perNode],
  }
}

interface Columns {
  readonly from: number[]
  readonly to: number[]
  readonly sort: number[]
  readonly sorts: Map<string, { readonly index: number; readonly value: PageSessionSort }>
  readonly outside: Map<string, number>
  readonly speakers: number
}

function newColumns(speakers: number): Columns {
  return { from: [], to: [], sort: [], sorts: new Map(), outside: new Map(), speakers }
}

function explicitOf(context: BgpContext, speaker: Speaker, family: Family): readonly SessionOptions[] {
  if (speaker.kind === 'node') return explicitSessions(context, speaker.index, family)
  const router = routerOf(context, speaker)
  return router === undefined ? [] : routerSessions(router, family)
}

/** Both ends configure a session; it is listed at the first that has it. */
function addSession(
  context: BgpContext,
  columns: Columns,
  drawn: Set<string>,
  speaker: Speaker,
  options: SessionOptions,
): void {
  const session = sessionOf(context, speaker, options)
  const other = session.peer === undefined ? outsideEnd(columns, options.peerIP) : session.peer.index
  const ends = speaker.index < other ? [speaker.index, other] : [other, speaker.index]
  const key = `${ends.join(' ')} ${options.port ?? 0}`
  if (drawn.has(key)) return
  drawn.add(key)
  columns.from.push(speaker.index)
  columns.to.push(other)
  columns.sort.push(sortIndex(columns, session))
}

function outsideEnd({ outside, speakers }: Columns, address: string): number {
  const known = outside.get(address)
  if (known !== undefined) return speakers + known
  outside.set(address, outside.size)
  return speakers + outside.size - 1
}

function sortIndex({ sorts }: Columns, session: Session): number {
  const value: PageSessionSort = {
    kind: session.kind,
    type: session.type,
    family: session.family,
    state: session.state,
    reason: wordSessionReason(session.reason),
    from: session.from ?? '',
  }
  const key = JSON.stringify(value)
  const known = sorts.get(key)
  if (known !== undefined) return known.index
  sorts.set(key, { index: sorts.size, value })
  return sorts.size - 1
}

function meshOf(context: BgpContext, family: Family): readonly PageMesh[] {
  const classes = meshClasses(context, family)
  const classOf = new Map<number, number>()
  for (const [i, members] of classes.entries()) for (const member of members) classOf.set(member, i)
  if (classOf.size < 2) return []
  const members = [...classOf.keys()].sort((a, b) => a - b)
  return [
    {
      family,
      members,
      classOf: members.map((member) => classOf.get(member) ?? -1),
      pairs: meshPairs(context, family).map(({ from, to, pairs, outcomes }) => ({
        classes: [classOf.get(from) ?? -1, classOf.get(to) ?? -1],
        count: pairs,
        state: outcomes[0].state,
        reason: wordSessionReason(outcomes[0].reason),
      })),
    },
  ]
}
