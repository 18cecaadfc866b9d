/** Prefixes that differ in nothing but which speaker of a role has them are solved once. */

import { carriedOver, type Target } from './carried.js'
import { NeedsPlain } from './needs-plain.js'
import type { RoleNetwork } from './network.js'
import { type OriginFrame, originFrames } from './origin-frames.js'
import type { PrefixInfo } from './prefix-index.js'
import type { RackSwaps } from './rack-swaps.js'
import type { Scene } from './samples.js'
import type { Solution } from './solution.js'
import { Split, solve } from './solve.js'
import { groupsOf, overlayView, refinedView, splitsNothing, type View } from './view.js'

/** A prefix with its solution. */
export interface Placed {
  readonly solution: Solution
  /** The solution is that of other prefixes too. */
  readonly shared: boolean
  /** The one speaker that stands out, where the solution is shared; it differs from prefix to prefix. */
  readonly origin: number | undefined
  /** Where others stand out with the origin: equal for origins of which one may stand for the other; -1 elsewhere. */
  readonly frame: number
  /** In which of the solution's classes each speaker is for this prefix. */
  view(): View
  classOf(speaker: number): number
}

/** A solution, with the rack of the roles that have the prefix. */
interface InRack {
  readonly rack: number
  readonly solution: Solution
}

export interface Classes {
  placed(info: PrefixInfo): Placed
}

/** Beyond this many speakers in classes of their own a prefix is left to the plain engine. */
const MOST_SINGLES = 2000

export function classesOf(scene: Scene, cellOf: (info: PrefixInfo) => string, swaps: RackSwaps | undefined): Classes {
  const { network } = scene
  const frames = originFrames(network)
  const inSomeRack = new Map<string, InRack>()
  const shared = new Map<string, Solution | 'unlike'>()
  const places = placeStore()
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

  /** `start` is a view that needs no refining, where one is at hand. */
  const solvedAlone = (
    info: PrefixInfo,
    groups: ReadonlyMap<string, readonly number[]>,
    start: View | undefined,
  ): Placed => {
    const singles = new Set<number>()
    for (let view = start ?? refinedView(network, groups, singles); ; view = refinedView(network, groups, singles)) {
      try {
        return alonePlace(solve(scene, { view, info, seeds: seedsOf(network, view, info), shared: false }))
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

  const sharedPlace = (solution: Solution, groups: () => ReadonlyMap<string, readonly number[]>, origin?: number) => ({
    solution,
    shared: true,
    origin,
    frame: -1,
    view: () => (origin === undefined ? whole : overlayView(network, groups())),
    classOf: (speaker: number) => (speaker === origin ? network.members.length : (network.roleOf[speaker] ?? 0)),
  })

  /** What is solved for a like prefix of another rack, with the two racks swapped. */
  const carried = (like: string, role: number, target: Target): Solution | undefined => {
    const known = inSomeRack.get(like)
    const rack = swaps?.rackOf(role) ?? -1
    const swap = known === undefined || rack < 0 ? undefined : swaps?.between(known.rack, rack)
    return known && swap && carriedOver(scene, known.solution, swap, target)
  }

  const keep = (like: string, role: number, solution: Solution): void => {
    const rack = swaps?.rackOf(role) ?? -1
    if (rack >= 0 && !solution.identityDecides && !inSomeRack.has(like)) inSomeRack.set(like, { rack, solution })
  }

  /** Networks and the like that the roles of one rack have. */
  const ofRack = (info: PrefixInfo): Placed | undefined => {
    const roles = [...(info.roles ?? [])]
    const [first = -1] = roles
    const rack = swaps?.rackOf(first) ?? -1
    if (swaps === undefined || info.marks.length > 0 || rack < 0) return undefined
    if (roles.some((role) => swaps.rackOf(role) !== rack)) return undefined
    const like = `${roles.map(swaps.partOf).sort().join(' ')} ${felixKind(info)} ${cellOf(info)}`
    const found = carried(like, first, { view: whole, info, originRole: -1 })
    if (found !== undefined) return alonePlace(found)
    const place = solvedAlone(info, new Map(), whole)
    if (place.solution.view === whole) keep(like, first, place.solution)
    return place
  }

  /** Solved once for all origins that are alike, in racks that are. */
  const inRacks = (info: PrefixInfo): Placed | undefined => {
    const [only, second] = info.marks
    if (only === undefined) return undefined
    if (second !== undefined || info.roles !== undefined) {
      const groups = groupsOf(network, info.marks)
      const apart = frames.around(groups)
      return solvedAlone(info, apart?.groups ?? groups, apart ? overlayView(network, apart.groups) : undefined)
    }
    const frame = frames.of(only.speaker, only.tags)
    if (frame === undefined) return solvedAlone(info, groupsOf(network, info.marks), undefined)
    const key = `${frame.key} ${info.service ?? ''} ${felixKind(info)} ${cellOf(info)}`
    const known = shared.get(key)
    if (known !== undefined && known !== 'unlike') return framedPlace(network, known, frame, only.speaker)
    const view = overlayView(network, frame.groupsFor(only.speaker))
    if (known === 'unlike') return solvedAlone(info, frame.groupsFor(only.speaker), view)
    try {
      const solution = solve(scene, { view, info, seeds: seedsOf(network, view, info), shared: true })
      shared.set(key, solution)
      return framedPlace(network, solution, frame, only.speaker)
    } catch (error) {
      if (!(error instanceof Split)) throw error
      shared.set(key, 'unlike')
      return solvedAlone(info, frame.groupsFor(only.speaker), view)
    }
  }

  const placed = (info: PrefixInfo): Placed => {
    const held = network.places && inRacks(info)
    if (held !== undefined) return held
    const common = ofRack(info)
    if (common !== undefined) return common
    const [only, second] = info.marks
    const groups = groupsOf(network, info.marks)
    const view = groups.size === 0 ? whole : overlayView(network, groups)
    const whole1 = only === undefined || second !== undefined ? undefined : isSimple(only.speaker, view, groups)
    const shareable = info.roles === undefined ? whole1 === true : info.service === true && only === undefined
    if (shareable) {
      const key = `${[...groups.keys()].join(';')} ${info.service ?? ''} ${felixKind(info)} ${cellOf(info)}`
      const known = shared.get(key)
      if (known !== undefined && known !== 'unlike') {
        return sharedPlace(known, () => groupsOf(network, info.marks), only?.speaker)
      }
      if (known === undefined) {
        const originRole = only === undefined ? -1 : (network.roleOf[only.speaker] ?? -1)
        const like = `${swaps?.partOf(originRole)} ${only?.tags} ${felixKind(info)} ${cellOf(info)}`
        const elsewhere = carried(like, originRole, { view, info, originRole })
        if (elsewhere !== undefined) {
          shared.set(key, elsewhere)
          return sharedPlace(elsewhere, () => groupsOf(network, info.marks), only?.speaker)
        }
        try {
          const solution = solve(scene, { view, info, seeds: seedsOf(network, view, info), shared: true })
          shared.set(key, solution)
          keep(like, originRole, solution)
          return sharedPlace(solution, () => groupsOf(network, info.marks), only?.speaker)
        } catch (error) {
          if (!(error instanceof Split)) throw error
          shared.set(key, 'unlike')
        }
      }
    }
    const simple = whole1 ?? (groups.size === 0 || splitsNothing(network, groups, view))
    return solvedAlone(info, groups, simple ? view : undefined)
  }

  return {
    placed: (info) => {
      const held = places.get(info)
      if (held !== undefined) return held
      if (busy.has(info.key)) throw new NeedsPlain('a next hop depends on its own prefix')
      busy.add(info.key)
      try {
        const fresh = placed(info)
        places.set(info, fresh)
        return fresh
      } finally {
        busy.delete(info.key)
      }
    },
  }
}

interface PlaceStore {
  get(info: PrefixInfo): Placed | undefined
  set(info: PrefixInfo, place: Placed): void
}

/** By number where a prefix has one: there are very many, and each is asked for again and again. */
function placeStore(): PlaceStore {
  const byNumber: (Placed | undefined)[] = []
  const byKey = new Map<PrefixInfo['key'], Placed>()
  return {
    get: ({ number, key }) => (number === undefined ? byKey.get(key) : byNumber[number]),
    set: ({ number, key }, place) => {
      if (number === undefined) {
        byKey.set(key, place)
        return
      }
      // Without holes, which would make a slow list of it.
      while (byNumber.length <= number) byNumber.push(undefined)
      byNumber[number] = place
    },
  }
}

function alonePlace(solution: Solution): Placed {
  const { view } = solution
  return { solution, shared: false, origin: undefined, frame: -1, view: () => view, classOf: view.classOf }
}

function framedPlace(network: RoleNetwork, solution: Solution, frame: OriginFrame, origin: number): Placed {
  return {
    solution,
    shared: true,
    origin,
    frame: frame.number,
    view: () => overlayView(network, frame.groupsFor(origin)),
    classOf: (speaker) => frame.classFor(origin, speaker),
  }
}

function felixKind({ felix }: PrefixInfo): string {
  if (felix === undefined) return ''
  return (felix.user ?? '') === '' ? 'block' : 'user'
}

/** Classes whose members may have a route of their own. */
function seedsOf({ members }: RoleNetwork, view: View, info: PrefixInfo): readonly number[] {
  if (info.felix !== undefined || view.roleOf(0) !== 0) return Array.from({ length: view.count }, (_, cls) => cls)
  const marked = Array.from({ length: view.count - members.length }, (_, i) => members.length + i)
  return [...(info.roles ?? []), ...marked]
}
