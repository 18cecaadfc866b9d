/** The mesh by classes: which classes have sessions with each other, and of which colours. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { meshSession } from '../config/mesh.js'
import { runsBird } from '../plain/build-input.js'
import { pairedSession } from '../plain/pairing.js'
import type { Session } from '../session.js'
import { meshClasses, meshOutcomes } from '../sessions/mesh-classes.js'
import { type ColourTable, colourKey, endColour } from './ends.js'

export interface Mesh {
  /** Class of each speaker; -1 for one outside the mesh. */
  readonly classOf: Int32Array
  readonly classes: readonly (readonly number[])[]
  /** Colours of the two ends, the first class's end first; undefined where no session comes up. */
  colours(from: number, to: number): readonly [number, number] | undefined
}

export function meshOf(context: BgpContext, family: Family, table: ColourTable): Mesh {
  // A node without BIRD has no sessions, whichever class it is in.
  const runs = (member: number): boolean => {
    const speaker = context.speakers[member]
    return speaker !== undefined && runsBird(context, speaker, family)
  }
  const classes = meshClasses(context, family)
    .map((members) => members.filter(runs))
    .filter(({ length }) => length > 0)
  const classOf = new Int32Array(context.speakers.length).fill(-1)
  for (const [number, members] of classes.entries()) for (const member of members) classOf[member] = number
  const memo = new Map<number, readonly [number, number] | undefined>()
  return {
    classOf,
    classes,
    colours: (from, to) => {
      const key = from * classes.length + to
      if (memo.has(key)) return memo.get(key)
      const [one, other] = from === to ? (classes[from] ?? []) : [classes[from]?.[0], classes[to]?.[0]]
      const found =
        one === undefined || other === undefined ? undefined : coloursBetween(context, family, table, one, other)
      memo.set(key, found)
      return found
    },
  }
}

function coloursBetween(
  context: BgpContext,
  family: Family,
  table: ColourTable,
  one: number,
  other: number,
): readonly [number, number] | undefined {
  const [outcome] = meshOutcomes(context, one, other, family)
  const ends = [meshEnd(context, family, one, other), meshEnd(context, family, other, one)] as const
  const [a, b] = ends
  if (outcome.state !== 'Established' || a === undefined || b === undefined) return undefined
  const colour = (session: Session, answer: Session): number => {
    const paired = pairedSession(session, answer, { peer: 0, place: -1, remoteID: 0, interfaces: [] })
    return table.number(colourKey(context, session, paired), endColour(context, session, paired))
  }
  return [colour(a, b), colour(b, a)]
}

/** A mesh session that is known to come up, as it stands at one end. */
export function meshEnd(context: BgpContext, family: Family, from: number, to: number): Session | undefined {
  const options = meshSession(context, from, to, family)
  const [speaker, peer] = [context.speakers[from], context.speakers[to]]
  if (options === undefined || speaker === undefined || peer === undefined) return undefined
  return { ...options, speaker, peer, state: 'Established', reason: { code: 'established' } }
}
