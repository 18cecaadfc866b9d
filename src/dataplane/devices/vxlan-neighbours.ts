/** Layer 2 of the VXLAN devices: which MAC an address has, and behind which node a MAC is (felix/vxlanfdb/vxlan_fdb.go). */

import type { Address, Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { perContext } from '../../bgp/config/per-context.js'
import { type Vtep, vtepOf } from '../../bgp/felix/vteps.js'
import { vxlanEnabled } from '../../cluster/route-ownership.js'

/** Both entries are permanent and made by Felix: nothing is learnt from packets. */
export interface VxlanNeighbour {
  readonly node: string
  /** Of the neighbour table: this address has `mac`. */
  readonly address: Address
  readonly mac: string
  /** Of the forwarding database: frames for `mac` go to this node address. */
  readonly destination: Address
}

/** Every other endpoint. */
export function vxlanNeighbours(vteps: readonly Vtep[], node: string): readonly VxlanNeighbour[] {
  return vteps
    .filter((vtep) => vtep.node !== node)
    .map((vtep) => ({ node: vtep.node, address: vtep.address, mac: vtep.mac, destination: vtep.parent }))
}

/** Endpoints of a family in the order of nodes; none where no pool of the family uses VXLAN. */
export function clusterVteps(context: BgpContext, family: Family): readonly Vtep[] {
  return bothFamilies(context)[family]
}

const bothFamilies = perContext(({ cluster, ipam }): { readonly [F in Family]: readonly Vtep[] } => {
  const ofFamily = (family: Family): readonly Vtep[] =>
    cluster.nodes.flatMap((node) =>
      vxlanEnabled(cluster, node.name, family) ? (vtepOf(ipam.tunnels, node, family) ?? []) : [],
    )
  return { 4: ofFamily(4), 6: ofFamily(6) }
})
