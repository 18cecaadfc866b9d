/** The routes of a speaker for a prefix, written off from those for a like prefix where there is one. */

import type { Address } from '../../address/address.js'
import { selectBest } from '../decision/select.js'
import { kernelExport } from '../plain/kernel-export.js'
import type { Net, TableRoute } from '../plain/state.js'
import type { KernelExport } from '../tables.js'
import type { Adjacency } from './adjacency.js'
import { speakersAlike } from './alike.js'
import type { Placed } from './classes.js'
import { instancesOf } from './instances.js'
import { exportFor, holdsFor, type KernelShape, kernelShape, rejectedShape } from './kernel-shapes.js'
import type { RoleNetwork } from './network.js'
import type { PrefixInfo } from './prefix-index.js'
import type { Solution } from './solution.js'
import type { Steps } from './steps.js'
import { type Template, twinsOf } from './twins.js'

export interface Nets {
  net(speaker: number, info: PrefixInfo): Net
  kernelNet(speaker: number, info: PrefixInfo): Net
  /** What the speaker's BIRD hands to the kernel; undefined where it has no route. */
  kernel(speaker: number, info: PrefixInfo, place: Placed): KernelExport | undefined
  /** What `kernel` is for all like prefixes, where that can be said at once. */
  shape(speaker: number, info: PrefixInfo, place: Placed): KernelShape | undefined
  trim(): void
}

/** Templates that are remembered before they are forgotten. */
const MOST_TEMPLATES = 20_000

interface Parts {
  readonly network: RoleNetwork
  readonly adjacency: Adjacency
  readonly steps: Steps
  placed(info: PrefixInfo): Placed
}

export function netsOf({ network, adjacency, steps, placed }: Parts): Nets {
  const twins = twinsOf(network, adjacency)
  const [whole, first] = [new Map<string, Map<Solution, Template>>(), new Map<string, Map<Solution, Template>>()]
  let count = 0
  const alike = speakersAlike(network)
  const shapes = new Map<Solution, Map<string, KernelShape | 'each'>>()
  const exports = new Map<KernelShape, Map<number, KernelExport>>()
  let exportsOf = -1
  const workedOut = ({ solution, view }: Placed, speaker: number, info: PrefixInfo): readonly TableRoute[] =>
    instancesOf(steps, adjacency, view(), info, solution).at(speaker)

  /** As far as the kernel asks: the best route and those that it may be merged with; all where there are no such. */
  const firstOnes = (place: Placed, speaker: number, info: PrefixInfo): readonly TableRoute[] => {
    const instances = instancesOf(steps, adjacency, place.view(), info, place.solution)
    const first = place.solution.first(place.classOf(speaker))
    const found = first.flatMap((route) => instances.of(route, speaker))
    return found.length > 0 ? found : instances.at(speaker)
  }

  /** `all` of the routes, or those that the kernel asks for. */
  const templateOf = (place: Placed, speaker: number, info: PrefixInfo, all: boolean): Template => {
    const { solution, origin, frame } = place
    const key = `${speaker} ${frame}`
    const templates = all ? whole : first
    const bySolution = templates.get(key) ?? new Map<Solution, Template>()
    templates.set(key, bySolution)
    const held = bySolution.get(solution)
    if (held !== undefined) return held
    const cls = place.classOf(speaker)
    const allLend = solution.lends(cls, 'all')
    const fresh: Template = {
      origin,
      info,
      routes: all ? workedOut(place, speaker, info) : firstOnes(place, speaker, info),
      lends: allLend,
      bestLend: allLend || solution.lends(cls, 'first'),
    }
    bySolution.set(solution, fresh)
    count++
    return fresh
  }

  const shape = (speaker: number, info: PrefixInfo, place: Placed): KernelShape | undefined => {
    if (!place.shared || speaker === place.origin) return undefined
    const known = shapes.get(place.solution) ?? new Map<string, KernelShape | 'each'>()
    shapes.set(place.solution, known)
    const group = alike[speaker] ?? -1
    const part = `${group} ${place.classOf(speaker)}`
    const held = known.get(part) ?? known.get(`${part} ${place.frame}`)
    if (held !== undefined) return held === 'each' ? undefined : held
    const rejected = rejectedShape(network, place, info, speaker)
    const fresh = rejected ?? kernelShape(network, twins, templateOf(place, speaker, info, false), speaker)
    // Speakers that may change places have it alike, unless one of them is named.
    const named = [...(fresh?.except ?? []), ...(fresh?.only ?? [])].some((origin) => alike[origin] === group)
    // Who sends the routes may differ from rack to rack.
    const everywhere = place.frame < 0 || rejected !== undefined || (fresh?.whoever === true && !named)
    known.set(everywhere ? part : `${part} ${place.frame}`, fresh === undefined || named ? 'each' : fresh)
    return named ? undefined : fresh
  }

  const addressOf = (origin: number | undefined): Address | undefined =>
    origin === undefined ? undefined : network.context.endpoints[network.family][origin]?.address

  /** From the shape; kept for one speaker, whose prefixes of one origin share it. */
  const exported = (speaker: number, like: KernelShape, origin: number | undefined): KernelExport | undefined => {
    if (!like.namesOrigin || origin === like.origin) return like.export
    if (exportsOf !== speaker) exports.clear()
    exportsOf = speaker
    const held = exports.get(like) ?? new Map<number, KernelExport>()
    exports.set(like, held)
    const known = held.get(origin ?? -1)
    if (known !== undefined) return known
    const [from, to] = [addressOf(like.origin), addressOf(origin)]
    if (from === undefined || to === undefined) return undefined
    const fresh = exportFor(like, from, to)
    held.set(origin ?? -1, fresh)
    return fresh
  }

  const routesFor = (speaker: number, info: PrefixInfo, named: boolean): readonly TableRoute[] => {
    const place = placed(info)
    const { shared, origin } = place
    const worked = named ? workedOut : firstOnes
    if (!shared || speaker === origin) return worked(place, speaker, info)
    const template = templateOf(place, speaker, info, named)
    if (template.info === info) return template.routes
    const renamed = origin === undefined ? template.routes : twins.renamed(template, speaker, origin, named)
    return renamed ?? worked(place, speaker, info)
  }

  const netOf = (routes: readonly TableRoute[]): Net => ({ routes, best: selectBest(routes), runs: 0 })
  return {
    net: (speaker, info) => netOf(routesFor(speaker, info, true)),
    kernelNet: (speaker, info) => netOf(routesFor(speaker, info, false)),
    shape,
    kernel: (speaker, info, place) => {
      const like = shape(speaker, info, place)
      const { origin } = place
      const quick = like === undefined || !holdsFor(like, origin) ? undefined : exported(speaker, like, origin)
      if (quick !== undefined) return quick
      const net = netOf(routesFor(speaker, info, false))
      return net.best && kernelExport(network.speakers.at(speaker).plain, info.prefix, net)
    },
    trim: () => {
      if (!network.speakers.trim() && count < MOST_TEMPLATES) return
      whole.clear()
      first.clear()
      count = 0
    },
  }
}
