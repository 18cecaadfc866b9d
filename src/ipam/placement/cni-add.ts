/** A pod's start as IPAM sees it (cni-plugin/pkg/ipamplugin/ipam_plugin.go cmdAdd). */

import type { Address, Family } from '../../address/address.js'
import type { PoolUse } from '../../cluster/pool.js'
import { assignIp } from '../assign-ip.js'
import type { NodeLabels } from '../assignable-pool.js'
import { type AutoAssignRequest, autoAssign, partialFulfillment, STRICT_REQUIRED } from '../auto-assign.js'
import type { HostReservation } from '../block.js'
import { failure, type IpamFailure } from '../failure.js'
import type { IpamState } from '../ipam-state.js'
import { type AddressOwner, WINDOWS_RESERVED_HANDLE } from '../owner.js'
import { releaseAddresses } from '../release-addresses.js'
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
 * then asks the plugin to clean up after the pod; blocks that were claimed on the way stay with the node.
 */
export function cniAdd(state: IpamState, add: CniAdd): readonly Address[] | IpamFailure {
  const assigned: Address[] = []
  const failed =
    add.request.addresses.length > 0 ? assignNamed(state, add, assigned) : assignFamilies(state, add, assigned)
  if (failed === undefined) return assigned
  releaseAddresses(
    state,
    assigned.map((address) => ({ address })),
  )
  return failed
}

function assignNamed(
  state: IpamState,
  { node, windows, owner, request }: CniAdd,
  assigned: Address[],
): IpamFailure | undefined {
  if (windows && !state.settings.strictAffinity) return STRICT_REQUIRED
  for (const address of request.addresses) {
    const failed = assignIp(state, { host: node, address, use: USE, owner })
    if (failed) return failure(failed.reason, `error getting IP from IPAM: ${failed.message}`)
    assigned.push(address)
  }
  return undefined
}

function assignFamilies(state: IpamState, add: CniAdd, assigned: Address[]): IpamFailure | undefined {
  let shortfall: IpamFailure | undefined
  if (add.request.families.length === 0) return failure('annotation', 'IPAM plugin returned missing IP config')
  for (const family of add.request.families) {
    const { assignment, failure: failed } = autoAssign(state, familyRequest(add, family))
    assigned.push(...(assignment?.addresses ?? []))
    if (failed) return failed
    const missing = assignment && partialFulfillment(assignment)
    if (missing !== undefined) {
      shortfall ??= failure('exhausted', `failed to request IPv${family} addresses: ${missing}`)
    }
  }
  return shortfall
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
