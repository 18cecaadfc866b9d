/** The next hops that a speaker has looked up, kept true while its table changes. */

import type { Address } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { ResolvedHop } from '../decision/candidate.js'
import { resolveNextHop } from '../decision/resolve.js'
import type { Resolution } from '../path.js'
import { type Engine, markWaiting, type SpeakerState } from './state.js'

/** What the next hop resolves to now, by the longest prefix in the table that holds it. */
export function lookUp(engine: Engine, state: SpeakerState, nextHop: Address): ResolvedHop {
  const held = state.hops.get(nextHop.value)
  if (held !== undefined) return held.hop
  const hop = resolved(engine, state, nextHop)
  state.hops.set(nextHop.value, { address: nextHop, hop })
  return hop
}

/** After a change of the best route of a prefix: looks up again every next hop inside it, and tells the routes. */
export function lookUpAgain(engine: Engine, state: SpeakerState, changed: number): void {
  const prefix = engine.prefixes[changed]
  if (prefix === undefined) return
  const moved = new Map<number | bigint, ResolvedHop>()
  for (const entry of state.hops.values()) {
    if (!containsAddress(prefix, entry.address)) continue
    const hop = resolved(engine, state, entry.address)
    if (sameHop(hop, entry.hop)) continue
    entry.hop = hop
    moved.set(entry.address.value, hop)
  }
  if (moved.size === 0) return
  for (const [id, net] of state.nets) {
    for (const route of net.routes) {
      const hop = route.recursive && route.attributes ? moved.get(route.attributes.nextHop.value) : undefined
      if (hop === undefined) continue
      route.hop = hop
      markWaiting(engine, state, id)
    }
  }
}

function resolved(engine: Engine, state: SpeakerState, nextHop: Address): ResolvedHop {
  for (const id of engine.covering(nextHop)) {
    const best = state.nets.get(id)?.best
    const prefix = engine.prefixes[id]
    if (best === undefined || prefix === undefined) continue
    const { resolution } = best.hop
    const own =
      resolution.kind === 'device'
        ? state.speaker.interfaces.filter(({ name }) => name === resolution.dev).map(({ address }) => address)
        : []
    return resolveNextHop(nextHop, { prefix, route: best, recursive: best.recursive }, own)
  }
  return resolveNextHop(nextHop, undefined, [])
}

function sameHop(a: ResolvedHop, b: ResolvedHop): boolean {
  return a.igpMetric === b.igpMetric && textOf(a.resolution) === textOf(b.resolution)
}

function textOf(resolution: Resolution): string {
  switch (resolution.kind) {
    case 'gateway':
      return `${resolution.gateway.value} ${resolution.dev}`
    case 'device':
      return resolution.dev
    case 'unreachable':
      return `unreachable ${resolution.because} ${resolution.route ?? ''}`
    case 'blackhole':
    case 'prohibit':
      return resolution.kind
  }
}
