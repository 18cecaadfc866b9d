/** A pod's start as IPAM sees it (cni-plugin/pkg/ipamplugin/ipam_plugin.go cmdAdd). */

import type { Address, Family } from '../../address/address.js'
import type { PoolUse } from '../../cluster/pool.js'
import { assignIp } from '../assign-ip.js'
import { type AutoAssignRequest, autoAssign, partialFulfillment, STRICT_REQUIRED } from '../auto-assign.js'
import type { HostReservation } from '../block.js'
import { failure, type IpamFailure } from '../failure.js'
import type { IpamState, NodeLabels } from '../ipam-state.js'
import { type AddressOwner, WINDOWS_RESERVED_HANDLE } from '../owner.js'
import { releaseByHandle } from '../release-addresses.js'
import type { CniRequest } from './cni-request.js'

export interface CniAdd {
  readonly node: string
  readonly windows: boolean
  readonly namespaceLabels: NodeLabels | undefined
  readonly owner: AddressOwner
  readonly request: CniRequest
}

/** What a Windows node withholds in each block that it creates. */
export const WINDOWS_RESERVATION: HostReservation = {
  startOfBlock: 3,
  endOfBlock: 1,
  handle: WINDOWS_RESERVED_HANDLE,
}

const USE: PoolUse = 'Workload'

/**
 * The pod's addresses, IPv4 first, or why it gets none. After a failure nothing stays assigned, because the kubelet
 * then asks the plugin to clean up by the pod's handle; blocks that were claimed on the way stay with the node.
 */
export function cniAdd(state: IpamState, add: CniAdd): readonly Address[] | IpamFailure {
  const result = add.request.addresses.length > 0 ? assignNamed(state, add) : assignFamilies(state, add)
  if ('reason' in result && add.owner.handle !== undefined) releaseByHandle(state, add.owner.handle)
  return result
}

function assignNamed(state: IpamState, { node, windows, owner, request }: CniAdd): readonly Address[] | IpamFailure {
  if (windows && !state.settings.strictAffinity) return STRICT_REQUIRED
  for (const address of request.addresses) {
    const failed = assignIp(state, { host: node, address, use: USE, owner })
    if (failed) return failure(failed.reason, `error getting IP from IPAM: ${failed.message}`)
  }
  return request.addresses
}

function assignFamilies(state: IpamState, add: CniAdd): readonly Address[] | IpamFailure {
  const addresses: Address[] = []
  let shortfall: IpamFailure | undefined
  if (add.request.families.length === 0) return failure('annotation', 'IPAM plugin returned missing IP config')
  for (const family of add.request.families) {
    const { assignment, failure: failed } = autoAssign(state, familyRequest(add, family))
    if (failed) return failed
    const missing = assignment && partialFulfillment(assignment)
    if (missing !== undefined) {
      shortfall ??= failure('exhausted', `failed to request IPv${family} addresses: ${missing}`)
    }
    addresses.push(...(assignment?.addresses ?? []))
  }
  return shortfall ?? addresses
}

function familyRequest({ node, windows, namespaceLabels, owner, request }: CniAdd, family: Family): AutoAssignRequest {
  return {
    host: node,
    family,
    count: 1,
    use: USE,
    pools: request.pools[family],
    namespaceLabels,
    owner,
    windows,
    reservation: windows && family === 4 ? WINDOWS_RESERVATION : undefined,
  }
}
