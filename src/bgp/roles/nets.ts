/** The routes of a speaker for a prefix, written off from those for a like prefix where there is one. */

import { selectBest } from '../decision/select.js'
import type { Net, TableRoute } from '../plain/state.js'
import type { Adjacency } from './adjacency.js'
import type { Placed } from './classes.js'
import { instancesOf } from './instances.js'
import type { RoleNetwork } from './network.js'
import type { PrefixInfo } from './prefix-index.js'
import type { Solution } from './solution.js'
import type { Steps } from './steps.js'
import { lends, type Template, twinsOf } from './twins.js'

export interface Nets {
  net(speaker: number, info: PrefixInfo): Net
  kernelNet(speaker: number, info: PrefixInfo): Net
  trim(): void
}

interface Parts {
  readonly network: RoleNetwork
  readonly adjacency: Adjacency
  readonly steps: Steps
  placed(info: PrefixInfo): Placed
}

export function netsOf({ network, adjacency, steps, placed }: Parts): Nets {
  const twins = twinsOf(network, adjacency)
  const templates = new Map<number, Map<Solution, Template>>()
  const workedOut = ({ solution, view }: Placed, speaker: number, info: PrefixInfo): readonly TableRoute[] =>
    instancesOf(steps, adjacency, view(), info, solution).at(speaker)

  const templateOf = (place: Placed, speaker: number, info: PrefixInfo): Template => {
    const { solution, origin } = place
    const bySolution = templates.get(speaker) ?? new Map<Solution, Template>()
    templates.set(speaker, bySolution)
    const held = bySolution.get(solution)
    if (held !== undefined) return held
    const view = place.view()
    const fresh: Template = {
      origin,
      info,
      routes: workedOut(place, speaker, info),
      lends: lends(solution, view, solution.routes[view.classOf(speaker)] ?? []),
    }
    bySolution.set(solution, fresh)
    return fresh
  }

  const routesFor = (speaker: number, info: PrefixInfo, named: boolean): readonly TableRoute[] => {
    const place = placed(info)
    const { shared, origin } = place
    if (!shared || speaker === origin) return workedOut(place, speaker, info)
    const template = templateOf(place, speaker, info)
    if (template.info === info) return template.routes
    const renamed = origin === undefined ? template.routes : twins.renamed(template, speaker, origin, named)
    return renamed ?? workedOut(place, speaker, info)
  }

  const netOf = (routes: readonly TableRoute[]): Net => ({ routes, best: selectBest(routes), runs: 0 })
  return {
    net: (speaker, info) => netOf(routesFor(speaker, info, true)),
    kernelNet: (speaker, info) => netOf(routesFor(speaker, info, false)),
    trim: () => {
      if (network.speakers.trim()) templates.clear()
    },
  }
}
