/** Outgoing NAT switched off where nothing outside leads back to the pods. */

import { formatPrefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Pool } from '../../cluster/pool.js'
import type { Finding } from '../../findings/finding.js'
import type { IpamView } from '../../ipam/view.js'
import { blocksBySubnet, gatewaysOf, mayKnow } from './fabric.js'

/** A pool that nobody has a block of has no pods to answer to. Disabled pools only exempt ranges from NAT. */
export function returnRouteFindings(cluster: Cluster, ipam: IpamView): readonly Finding[] {
  const { underlay } = cluster
  return cluster.pools
    .filter(({ natOutgoing, disabled, allowedUses }) => !natOutgoing && !disabled && allowedUses.includes('Workload'))
    .flatMap((pool) => {
      for (const { subnet, block } of blocksBySubnet(cluster, ipam, pool.prefix)) {
        const unaware = gatewaysOf(underlay, subnet).find((router) => !mayKnow(underlay, router, block))
        if (unaware !== undefined) return [withoutReturn(cluster, pool, unaware.name)]
      }
      return []
    })
}

function withoutReturn({ underlay }: Cluster, pool: Pool, router: string): Finding {
  const knows = underlay.assumed
    ? 'the input describes no router that knows the pods'
    : `router ${router} knows no route to ${formatPrefix(pool.prefix)}`
  return {
    severity: 'warning',
    code: 'NAT_OFF_WITHOUT_RETURN',
    message: `IPPool ${pool.name} has natOutgoing off, and ${knows}: answers from outside of the cluster do not come back to its pods.`,
    hint: 'Announce the pool to the routers over BGP or give them static routes; else set natOutgoing to true.',
    resource: { kind: 'IPPool', name: pool.name },
    path: ['spec', 'natOutgoing'],
  }
}
