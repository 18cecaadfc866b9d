/** Why a BGP path is or is not in use, and what becomes of the prefix in the kernel. The only place that words it. */

import { formatAddress } from '../../address/address.js'
import { formatPrefix } from '../../address/prefix.js'
import type { DecisionRule, Path } from '../../bgp/path.js'
import type { BgpEntry, KernelExport } from '../../bgp/tables.js'

/** One sentence in the field's own terms, the two values that decided in it. */
export function wordVerdict(path: Path): string {
  const { verdict } = path
  const reach = unreachableBecause(path)
  if (verdict.rule === 'onlyPath') return `in use: it is the only path${reach}`
  const luck =
    verdict.dependsOnArrival === true ? '; which of the two comes first is not known, so it may be either' : ''
  return `${verdict.best ? 'in use' : 'not in use'}: ${comparison(verdict.rule, path)}${luck}${reach}`
}

/** What tells this path from the one that it was compared with. */
function comparison(rule: Exclude<DecisionRule, 'onlyPath'>, path: Path): string {
  const { best, values, against = 'the other path' } = path.verdict
  const [own, other] = values ?? ['', '']
  const than = (name: string, word: string, opposite: string): string =>
    `its ${name} ${own} is ${best ? word : opposite} than ${other} of ${against}`
  switch (rule) {
    case 'preference':
      return than('preference', 'higher', 'lower')
    case 'protocol':
      return `of equal preference, BIRD puts ${own} ${best ? 'before' : 'behind'} ${other} (${against})`
    case 'reachability':
      return best
        ? `its next hop is reachable and that of ${against} is not`
        : `its next hop is unreachable and that of ${against} is not`
    case 'localPref':
      return than('local preference', 'higher', 'lower')
    case 'asPathLength':
      return `its AS path is ${best ? 'shorter' : 'longer'} than that of ${against} (${own} against ${other})`
    case 'origin':
      return than('origin', 'lower', 'higher')
    case 'med':
      return than('MED', 'lower', 'higher')
    case 'ebgpOverIbgp':
      return `it came by ${own} and that of ${against} by ${other}`
    case 'igpMetric':
      return best
        ? `its next hop is directly connected and that of ${against} is behind a gateway`
        : `its next hop is behind a gateway and that of ${against} is directly connected`
    case 'routerID':
      return than(path.originatorID === own ? 'originator ID' : 'router ID', 'lower', 'higher')
    case 'clusterListLength':
      return `its cluster list is ${best ? 'shorter' : 'longer'} than that of ${against} (${own} against ${other})`
    case 'neighborAddress':
      return than("neighbour's address", 'lower', 'higher')
    case 'arrivalOrder':
      return `it is equal to that of ${against}, which came ${best ? 'later' : 'earlier'}`
  }
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
