/** Prefixes that differ in nothing but which speaker of a role has them are solved once. */

import { NeedsPlain } from './needs-plain.js'
import type { RoleNetwork } from './network.js'
import type { PrefixInfo } from './prefix-index.js'
import type { Solution } from './solution.js'
import { type Scene, Split, solve } from './solve.js'
import { groupsOf, overlayView, refinedView, splitsNothing, type View } from './view.js'

/** A prefix with its solution; `view` says of each speaker in which of the solution's classes it is for this prefix. */
export interface Placed {
  readonly view: View
  readonly solution: Solution
}

export interface Classes {
  placed(info: PrefixInfo): Placed
}

/** Beyond this many speakers in classes of their own a prefix is left to the plain engine. */
const MOST_SINGLES = 2000

export function classesOf(scene: Scene, cellOf: (info: PrefixInfo) => string): Classes {
  const { network } = scene
  const shared = new Map<string, Solution | 'unlike'>()
  const alone = new Map<PrefixInfo['key'], Placed>()
  const whole = overlayView(network, new Map())
  const split = new Map<number, boolean>()
  const busy = new Set<PrefixInfo['key']>()

  /** True when nobody but the speaker itself is set apart by singling it out. */
  const isSimple = (speaker: number, view: View, groups: ReadonlyMap<string, readonly number[]>): boolean => {
    const held = split.get(speaker)
    if (held !== undefined) return held
    const fresh = splitsNothing(network, groups, view)
    split.set(speaker, fresh)
    return fresh
  }

  const solvedAlone = (info: PrefixInfo, groups: ReadonlyMap<string, readonly number[]>, start: View): Placed => {
    const singles = new Set<number>()
    for (let view = start; ; view = refinedView(network, groups, singles)) {
      try {
        return { view, solution: solve(scene, { view, info, seeds: seedsOf(network, view, info), shared: false }) }
      } catch (error) {
        if (!(error instanceof Split)) throw error
        const before = singles.size
        for (const cls of error.classes) {
          if (singles.size + view.size(cls) > MOST_SINGLES) throw new NeedsPlain('identity decides too much')
          for (const speaker of view.members(cls)) singles.add(speaker)
        }
        if (singles.size === before) throw new NeedsPlain('identity decides among single speakers')
      }
    }
  }

  const placed = (info: PrefixInfo): Placed => {
    const held = alone.get(info.key)
    if (held !== undefined) return held
    const groups = groupsOf(network, info.marks)
    const view = groups.size === 0 ? whole : overlayView(network, groups)
    const [only, second] = info.marks
    const whole1 = only === undefined || second !== undefined ? undefined : isSimple(only.speaker, view, groups)
    const shareable = info.roles === undefined ? whole1 === true : info.service === true && only === undefined
    if (shareable) {
      const key = `${[...groups.keys()].join(';')} ${info.service ?? ''} ${info.felix && (info.felix.user ?? '') === '' ? 'block' : ((info.felix?.user && 'user') ?? '')} ${cellOf(info)}`
      const known = shared.get(key)
      if (known !== undefined && known !== 'unlike') return { view, solution: known }
      if (known === undefined) {
        try {
          const solution = solve(scene, { view, info, seeds: seedsOf(network, view, info), shared: true })
          shared.set(key, solution)
          return { view, solution }
        } catch (error) {
          if (!(error instanceof Split)) throw error
          shared.set(key, 'unlike')
        }
      }
    }
    const simple = whole1 ?? (groups.size === 0 || splitsNothing(network, groups, view))
    const fresh = solvedAlone(info, groups, simple ? view : refinedView(network, groups, new Set()))
    alone.set(info.key, fresh)
    return fresh
  }

  return {
    placed: (info) => {
      if (busy.has(info.key)) throw new NeedsPlain('a next hop depends on its own prefix')
      busy.add(info.key)
      try {
        return placed(info)
      } finally {
        busy.delete(info.key)
      }
    },
  }
}

/** Classes whose members may have a route of their own. */
function seedsOf({ members }: RoleNetwork, view: View, info: PrefixInfo): readonly number[] {
  if (info.felix !== undefined || view.roleOf(0) !== 0) return Array.from({ length: view.count }, (_, cls) => cls)
  const marked = Array.from({ length: view.count - members.length }, (_, i) => members.length + i)
  return [...(info.roles ?? []), ...marked]
}
