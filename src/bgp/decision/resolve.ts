/**
 * Recursive next hops (BIRD nest/rt-table.c rt_update_hostentry): the best route of the longest prefix that holds the
 * next hop says where it is. A route that is itself recursive, as every route of a Calico session is, resolves nothing,
 * and no shorter prefix is tried instead (lab finding A10).
 */

import { type Address, sameAddress } from '../../address/address.js'
import { formatPrefix, type Prefix } from '../../address/prefix.js'
import { type Candidate, IGP_METRIC_UNKNOWN, type ResolvedHop } from './candidate.js'

const NOWHERE: ResolvedHop = { resolution: { kind: 'unreachable', because: 'noRoute' }, igpMetric: 0 }

/** The route that covers a next hop; `recursive` when its own next hop is resolved in the same way. */
export interface CoveringRoute {
  readonly prefix: Prefix
  readonly route: Candidate
  readonly recursive: boolean
}

/** `ownAddresses` are those of the interface that the covering route leaves by, if it is a connected one. */
export function resolveNextHop(
  nextHop: Address,
  covering: CoveringRoute | undefined,
  ownAddresses: readonly Address[],
): ResolvedHop {
  if (covering === undefined) return NOWHERE
  const { route, prefix } = covering
  if (covering.recursive) {
    return { resolution: { kind: 'unreachable', because: 'viaBgpRoute', route: formatPrefix(prefix) }, igpMetric: 0 }
  }
  const { resolution } = route.hop
  switch (resolution.kind) {
    case 'device':
      if (ownAddresses.some((own) => sameAddress(own, nextHop))) {
        return { resolution: { kind: 'unreachable', because: 'ownAddress' }, igpMetric: 0 }
      }
      return { resolution: { kind: 'gateway', gateway: nextHop, dev: resolution.dev }, igpMetric: 0 }
    case 'gateway':
      return { resolution, igpMetric: IGP_METRIC_UNKNOWN }
    case 'unreachable':
      return {
        resolution: { kind: 'unreachable', because: 'configured', route: formatPrefix(prefix) },
        igpMetric: 0,
      }
    case 'blackhole':
    case 'prohibit':
      return { resolution, igpMetric: 0 }
  }
}
