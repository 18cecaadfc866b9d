/** CrossSubnet pools and nodes whose mask covers nobody but themselves. */

import { bitsOf } from '../../address/prefix.js'
import { felixAddress } from '../../bgp/felix/node-facts.js'
import type { Cluster } from '../../cluster/cluster.js'
import { isCrossSubnet, isLoadBalancerOnly, type Pool } from '../../cluster/pool.js'
import type { Subnet } from '../../cluster/underlay.js'
import type { Finding } from '../../findings/finding.js'
import { subnetOf } from './fabric.js'
import { nodeNames } from './node-names.js'

/** Only where a neighbour is in the same subnet: elsewhere the mask makes no difference. */
export function hostMaskFindings(cluster: Cluster): readonly Finding[] {
  return cluster.pools
    .filter((pool) => isCrossSubnet(pool) && !isLoadBalancerOnly(pool))
    .flatMap((pool) => ofPool(cluster, pool))
}

function ofPool({ nodes, underlay }: Cluster, pool: Pool): readonly Finding[] {
  const { family } = pool.prefix
  const bySubnet = new Map<Subnet, { readonly bare: string[]; masked: number }>()
  for (const node of nodes) {
    const held = felixAddress(node, family)
    const attachment = underlay.attachments[node.index]
    const subnet = attachment && subnetOf(underlay, attachment, family)
    if (held === undefined || subnet === undefined) continue
    const counted = bySubnet.get(subnet) ?? { bare: [], masked: 0 }
    bySubnet.set(subnet, counted)
    if (held.network.length === bitsOf(family)) counted.bare.push(node.name)
    else counted.masked++
  }
  const concerned = [...bySubnet.values()].filter(({ bare, masked }) => bare.length > 0 && bare.length + masked > 1)
  const bare = concerned.flatMap((subnet) => subnet.bare)
  if (bare.length === 0) return []
  const oneWay = concerned.some(({ masked }) => masked > 0)
  const [mask, several] = [`/${bitsOf(family)}`, bare.length > 1]
  return [
    {
      severity: 'warning',
      code: 'HOST_MASK_CROSS_SUBNET',
      message: `IPPool ${pool.name} is CrossSubnet, but ${nodeNames(bare)} ${several ? 'have' : 'has'} a ${mask} mask: ${several ? 'they tunnel' : 'it tunnels'} to neighbours too${oneWay ? ', and neighbours with a wider mask answer without the tunnel' : ''}.`,
      hint: "Store the address with the network's mask (projectcalico.org/IPv4Address: ADDRESS/24), which calico-node detects from the interface; or mean it and set the mode to Always.",
      resource: { kind: 'IPPool', name: pool.name },
      path: ['spec', pool.vxlanMode === 'CrossSubnet' ? 'vxlanMode' : 'ipipMode'],
    },
  ]
}
