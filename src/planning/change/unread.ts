/** Which objects running daemons still know in an older version, after each change. */

import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '../../manifests/resource.js'
import type { Effect } from './effect.js'
import type { Write } from './store.js'
import type { Unread, World } from './world.js'

/**
 * The world with its unread objects brought up to date: what was written without being picked up is added with the
 * version in force, and once calico-node has restarted on every node nothing is unread.
 */
export function withUnread(before: World, after: World, writes: readonly Write[], effects: readonly Effect[]): World {
  const restarted = effects.some((effect) => effect.effect === 'calicoNodeRestarted' && effect.nodes === 'all')
  const unread = restarted ? [] : stillUnread(before.unread ?? [], writes, effects)
  if (unread.length === 0) {
    if ((after.unread ?? []).length === 0) return after
    const { unread: _, ...read } = after
    return read
  }
  return { ...after, unread }
}

function stillUnread(held: readonly Unread[], writes: readonly Write[], effects: readonly Effect[]): readonly Unread[] {
  const waiting = effects.flatMap((effect) =>
    effect.effect === 'notPickedUp' && effect.until === 'calicoNodeRestart' ? [effect.object] : [],
  )
  const left = held.filter(({ stored }) => !writes.some(({ before }) => before === stored))
  const added = writes.flatMap(({ ref, before, after }): Unread[] => {
    if (before === undefined || after === undefined || !waiting.some((object) => isDeepStrictEqual(object, ref)))
      return []
    const inForce = inForceOf(held, before)
    return isDeepStrictEqual(inForce, after) ? [] : [{ inForce, stored: after }]
  })
  return [...left, ...added]
}

function inForceOf(held: readonly Unread[], stored: Resource): Resource {
  return held.find((unread) => unread.stored === stored)?.inForce ?? stored
}
