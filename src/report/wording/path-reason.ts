/** Why a BGP path is or is not in use, and what becomes of the prefix in the kernel. The only place that words it. */

import { formatAddress } from '../../address/address.js'
import { formatPrefix } from '../../address/prefix.js'
import type { DecisionRule, Path } from '../../bgp/path.js'
import type { BgpEntry, KernelExport } from '../../bgp/tables.js'

/** One sentence in the field's own terms. */
export function wordVerdict(path: Path): string {
  const { verdict } = path
  const rival = verdict.against === undefined ? 'the other path' : verdict.against
  const values = verdict.values === undefined ? '' : ` (${verdict.values[0]} against ${verdict.values[1]})`
  const luck = verdict.dependsOnArrival === true ? '; which of the two arrived first decides, so it may be either' : ''
  const reach = unreachableBecause(path)
  if (verdict.rule === 'onlyPath') return `only path${reach}`
  const why = `${RULES[verdict.rule]}${values}`
  return `${verdict.best ? `in use: ${why} than ${rival}` : `not in use: ${LOSING[verdict.rule]}${values} than ${rival}`}${luck}${reach}`
}

const RULES: Readonly<Record<DecisionRule, string>> = {
  onlyPath: 'only path',
  preference: 'higher preference',
  protocol: 'protocol that BIRD puts first, of equal preference,',
  reachability: 'reachable next hop rather',
  localPref: 'higher local preference',
  asPathLength: 'shorter AS path',
  origin: 'lower origin',
  med: 'lower MED',
  ebgpOverIbgp: 'eBGP rather than iBGP, more preferred',
  igpMetric: 'nearer next hop',
  routerID: 'lower router ID',
  clusterListLength: 'shorter cluster list',
  neighborAddress: 'lower neighbour address',
  arrivalOrder: 'arrived earlier',
}

const LOSING: Readonly<Record<DecisionRule, string>> = {
  onlyPath: 'only path',
  preference: 'lower preference',
  protocol: 'protocol that BIRD puts behind, of equal preference,',
  reachability: 'next hop unreachable, worse',
  localPref: 'lower local preference',
  asPathLength: 'longer AS path',
  origin: 'higher origin',
  med: 'higher MED',
  ebgpOverIbgp: 'iBGP, less preferred',
  igpMetric: 'farther next hop',
  routerID: 'higher router ID',
  clusterListLength: 'longer cluster list',
  neighborAddress: 'higher neighbour address',
  arrivalOrder: 'arrived later',
}

function unreachableBecause({ resolution, nextHop }: Path): string {
  if (resolution.kind !== 'unreachable') return ''
  const hop = nextHop === undefined ? 'the next hop' : formatAddress(nextHop)
  switch (resolution.because) {
    case 'noRoute':
      return `; unreachable: no route to ${hop}`
    case 'viaBgpRoute':
      return `; unreachable: ${hop} is covered by ${resolution.route ?? 'a route'} learnt by BGP, which BIRD does not resolve next hops through`
    case 'ownAddress':
      return `; unreachable: ${hop} is this speaker's own address`
    case 'configured':
      return '; unreachable as configured'
  }
}

/** Of an entry whose state the order of messages decides: what this speaker may hold in place of what is shown. */
export function wordAlternatives({ prefix, paths, alternatives = [] }: BgpEntry): string {
  const about = `${formatPrefix(prefix)}: which message comes first decides`
  if (alternatives.length === 0) return `${about}, elsewhere; here it makes no difference`
  const shown = usedPath(paths)
  const others = [...new Set(alternatives.map((other) => usedPath(other.paths)).filter((text) => text !== shown))]
  const instead = others.length === 0 ? 'the same path, beside other ones' : others.join(', or ')
  return `${about}; it may use ${instead} instead`
}

function usedPath(paths: readonly Path[]): string {
  const best = paths.find(({ verdict }) => verdict.best)
  if (best === undefined) return 'none'
  const by = best.nextHop === undefined ? '' : ` by ${formatAddress(best.nextHop)}`
  return `${best.birdName}${by}${best.asPath.length > 0 ? ` (AS path ${best.asPath.join(' ')})` : ''}`
}

export function wordKernelExport(kernel: KernelExport): string {
  if (!kernel.programmed) {
    switch (kernel.because) {
      case 'ownProtocol':
        return 'not written: the kernel has it already'
      case 'serviceRange':
        return 'not written: inside an advertised service range'
      case 'wireguardPeer':
        return 'not written: its next hop is a WireGuard peer'
      case 'poolNotOwned':
        return `not written by BIRD: Felix programs the routes of ${kernel.pool ?? 'its pool'}`
    }
  }
  if (kernel.type !== 'unicast') return `written as ${kernel.type}`
  if (kernel.tunnelTo !== undefined) return `written through tunl0 to ${formatAddress(kernel.tunnelTo)}`
  if (kernel.hops.length > 1)
    return `written with ${kernel.hops.length} next hops; a multipath route is never tunnelled`
  return 'written into the kernel'
}
