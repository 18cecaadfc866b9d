/**
 * What a speaker's BIRD hands to the kernel for every prefix of a solution, worked out for one origin: for the others
 * it is the same with their address in place of that of the first. Whole tables are written off in this way.
 */

import { type Address, sameAddress } from '../../address/address.js'
import { compareCandidates } from '../decision/compare.js'
import { isTie } from '../decision/merge.js'
import { selectBest } from '../decision/select.js'
import type { PlainSession, PlainSpeaker } from '../plain/input.js'
import { filterRouteOf, kernelExport } from '../plain/kernel-export.js'
import type { TableRoute } from '../plain/state.js'
import { kernelFilter } from '../policy/kernel-filter.js'
import type { KernelExport } from '../tables.js'
import type { Placed } from './classes.js'
import type { RoleNetwork } from './network.js'
import type { PrefixInfo } from './prefix-index.js'
import { isHeardByAll } from './solution.js'
import type { Template, Twins } from './twins.js'

export interface KernelShape {
  /** As it is for `origin`. */
  readonly export: KernelExport
  readonly origin: number | undefined
  /** The origin's address is in it. */
  readonly namesOrigin: boolean
  /** Other origins for which it has to be worked out, because an address of theirs is in it. */
  readonly except: ReadonlySet<number>
  /** The only origins for which it holds; all where it is absent. */
  readonly only?: ReadonlySet<number>
  /** It holds whichever of the routes is the best, so that it does not matter who sends them. */
  readonly whoever?: true
}

/** Whether the shape says it for this origin. */
export function holdsFor({ except, only }: KernelShape, origin: number | undefined): boolean {
  return origin === undefined || (!except.has(origin) && (only?.has(origin) ?? true))
}

/** Up to so many paths it is looked at what each as the best one would lead to. */
const MOST_COMPARED = 16

/** Undefined where it depends on more of the origin than its address. */
export function kernelShape(
  { context, family, speakers }: RoleNetwork,
  twins: Twins,
  template: Template,
  index: number,
): KernelShape | undefined {
  const { origin, info, routes } = template
  const { plain: speaker, sessions } = speakers.at(index)
  const best = selectBest(routes)
  if (best === undefined || (speaker.config.kernelPolicy?.rejectNextHops.length ?? 0) > 0) return undefined
  const tied = tiedWith(best, routes)
  if (tied === undefined) return undefined
  const unlikeOnes = unlike(tied)
  const anyMayBeBest = template.lends && unlikeOnes.length <= MOST_COMPARED
  const senders = anyMayBeBest ? [] : sendersOf(tied, sessions)
  if (!anyMayBeBest && (!template.bestLend || senders === undefined)) return undefined
  if (senders?.includes(origin ?? -1)) return byWayOfAll(speaker, info, routes, best, tied, senders)
  // What others send, whoever the origin is, has the same best route for each origin that is not one of them.
  const candidates = anyMayBeBest ? unlikeOnes : [best]
  const exports = candidates.map((route) => kernelExport(speaker, info.prefix, { routes, best: route, runs: 0 }))
  const [first] = exports
  if (first === undefined || exports.some((other) => !sameExport(first, other))) return undefined
  const shape = { export: first, origin, namesOrigin: false, except: new Set(senders) }
  if (origin === undefined) return anyMayBeBest ? { ...shape, whoever: true } : shape
  const named = addressesOf(first)
  const own = context.endpoints[family][origin]?.address
  const others = named.filter((address) => own === undefined || !sameAddress(address, own))
  const holders = others.flatMap((address) => twins.holdersOf(address))
  if (holders.includes(origin)) return undefined
  const namesOrigin = others.length < named.length
  // Next hops are listed by address: among several the place of the origin's is its own.
  if (namesOrigin && first.programmed && first.hops.length > 1) return undefined
  const except = new Set([...holders, ...(senders ?? [])])
  return { ...shape, namesOrigin, except, ...(anyMayBeBest && except.size === 0 ? { whoever: true } : {}) }
}

/** Undefined where a route tells more of its sender than the address that it came from. */
function byWayOfAll(
  speaker: PlainSpeaker,
  { prefix }: PrefixInfo,
  routes: readonly TableRoute[],
  best: TableRoute,
  tied: readonly TableRoute[],
  senders: readonly number[],
): KernelShape | undefined {
  const plain = tied.every(
    ({ neighbor, hop: { resolution } }) =>
      resolution.kind === 'gateway' && neighbor !== undefined && sameAddress(resolution.gateway, neighbor.address),
  )
  if (!plain) return undefined
  const made = kernelExport(speaker, prefix, { routes, best, runs: 0 })
  return { export: made, origin: undefined, namesOrigin: false, except: new Set(), only: new Set(senders) }
}

/** Who sent the routes; undefined where one was reflected, or is the speaker's own: then more than the sender decides. */
function sendersOf(routes: readonly TableRoute[], sessions: readonly PlainSession[]): readonly number[] | undefined {
  const senders: number[] = []
  for (const { source, attributes, session } of routes) {
    const peer = sessions[session]?.peer
    if (source !== 'bgp' || peer === undefined || attributes?.originatorID !== undefined) return undefined
    senders.push(peer)
  }
  return senders
}

/**
 * For prefixes that the kernel filter keeps back whichever route is the best, which is known without looking at each of
 * them: those of pools that Felix owns. Undefined elsewhere.
 */
export function rejectedShape(
  { speakers }: RoleNetwork,
  { solution, classOf }: Placed,
  { prefix }: PrefixInfo,
  index: number,
): KernelShape | undefined {
  const { config } = speakers.at(index).plain
  if ((config.kernelPolicy?.rejectNextHops.length ?? 1) > 0) return undefined
  const cls = classOf(index)
  const routes = solution.routes(cls)
  const preference = Math.max(...routes.map(({ sample }) => sample.preference))
  const first = routes.filter(({ sample }) => sample.preference === preference)
  if (!first.every(({ sample }) => sample.source === 'bgp')) return undefined
  const kin = solution.kin(cls)
  const heard = first.find((route) => route.parent !== undefined && isHeardByAll(route, cls, kin))
  const verdict = heard && kernelFilter(config, filterRouteOf(prefix, heard.sample))
  if (verdict === undefined || verdict.accepted) return undefined
  const { because, pool } = verdict
  const kept: KernelExport = { programmed: false, because, ...(pool === undefined ? {} : { pool }) }
  return { export: kept, origin: undefined, namesOrigin: false, except: new Set() }
}

/** The shape's export with another origin's address. */
export function exportFor({ export: shape, namesOrigin }: KernelShape, from: Address, to: Address): KernelExport {
  if (!namesOrigin || !shape.programmed) return shape
  const named = (address: Address): Address => (sameAddress(address, from) ? to : address)
  const { hops, tunnelTo } = shape
  return {
    ...shape,
    hops: hops.map(({ gateway, dev }) => (gateway === undefined ? { dev } : { gateway: named(gateway), dev })),
    ...(tunnelTo === undefined ? {} : { tunnelTo: named(tunnelTo) }),
  }
}

/** The best route and those that only ids and addresses hold back; undefined where another of these would have others. */
function tiedWith(best: TableRoute, routes: readonly TableRoute[]): readonly TableRoute[] | undefined {
  const tied = routes.filter((route) => route === best || isTie(best, route))
  const med = best.attributes?.med ?? 0
  // Everything but the multi-exit discriminator orders routes whoever they are compared with.
  if (routes.every(({ attributes }) => (attributes?.med ?? 0) === med)) return tied
  if (tied.length > MOST_COMPARED) return undefined
  const wins = (one: TableRoute, other: TableRoute): boolean => {
    if (one === other || isTie(one, other)) return one === other || tied.includes(other)
    return !tied.includes(other) && compareCandidates(one, other).order < 0
  }
  return tied.every((one) => routes.every((other) => wins(one, other))) ? tied : undefined
}

/** Routes that the kernel is told the same of, whichever is the best; those that tie are merged whichever is. */
function unlike(tied: readonly TableRoute[]): readonly TableRoute[] {
  const seen = new Map<string, TableRoute>()
  for (const route of tied) {
    const { source, attributes, krtMetric, hop } = route
    const { resolution } = hop
    const way = resolution.kind === 'gateway' ? `${resolution.gateway.value} ${resolution.dev}` : resolutionText(route)
    const text = `${source} ${attributes?.nextHop.value} ${attributes?.localPref} ${krtMetric} ${way}`
    if (!seen.has(text)) seen.set(text, route)
  }
  return [...seen.values()]
}

function resolutionText({ hop: { resolution } }: TableRoute): string {
  return 'dev' in resolution ? `${resolution.kind} ${resolution.dev}` : resolution.kind
}

function addressesOf(shape: KernelExport): readonly Address[] {
  if (!shape.programmed) return []
  return [...shape.hops.flatMap(({ gateway }) => gateway ?? []), ...(shape.tunnelTo ? [shape.tunnelTo] : [])]
}

function sameExport(a: KernelExport, b: KernelExport): boolean {
  return a === b || exportText(a) === exportText(b)
}

/** Equal for exports that say the same. */
export function exportText(shape: KernelExport): string {
  if (!shape.programmed) return `${shape.because} ${shape.pool}`
  const { type, hops, metric, tunnelTo, pool, action } = shape
  const ways = hops.map(({ gateway, dev }) => `${gateway?.value} ${dev}`).join(',')
  return `${type} ${ways} ${metric} ${tunnelTo?.value} ${pool} ${action}`
}
