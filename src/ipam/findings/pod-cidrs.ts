/** Nodes' podCIDRs against the pools, where the CNI plugin takes its addresses from them. */

import { containsPrefix, formatPrefix, parsePrefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Finding } from '../../findings/finding.js'

/**
 * podCIDRs that no pool holds. With host-local IPAM pools give out nothing, but outgoing NAT and encapsulation still
 * follow the pool that holds the destination (felix/calc/l3_route_resolver.go), a disabled one too.
 */
export function podCidrFindings({ cni, nodes, pools }: Cluster): Finding[] {
  if (cni.ipamType !== 'host-local') return []
  const outside = nodes.flatMap(({ name, podCIDRs }) =>
    podCIDRs.flatMap((text) => {
      const prefix = parsePrefix(text)
      if (prefix === undefined || pools.some((pool) => containsPrefix(pool.prefix, prefix))) return []
      return [{ name, prefix }]
    }),
  )
  const [first] = outside
  if (first === undefined) return []
  return [
    {
      severity: 'warning',
      code: 'POD_CIDR_MISMATCH',
      message: `${outside.length === 1 ? 'A podCIDR lies' : `${outside.length} podCIDRs lie`} in no IPPool, ${formatPrefix(first.prefix)} of ${first.name} for one.`,
      hint: 'Give an IPPool the cluster CIDR out of which kube-controller-manager cuts podCIDRs.',
      resource: { kind: 'Node', name: first.name },
      path: ['spec', 'podCIDR'],
    },
  ]
}
