/** What `check` has to say about a cluster's dataplane: found from resources and blocks, without any routing table. */

import type { Cluster } from '../../cluster/cluster.js'
import type { Finding } from '../../findings/finding.js'
import type { IpamView } from '../../ipam/view.js'
import { hostMaskFindings } from './host-masks.js'
import { mtuFindings } from './mtu.js'
import { ownershipFindings } from './ownership.js'
import { returnRouteFindings } from './return-routes.js'
import { staticRouteFindings } from './static-routes.js'
import { tunnelsDropped, wireguardDropped } from './tunnels-dropped.js'
import { unencapsulatedFindings } from './unencapsulated.js'

/** In a fixed order; each looks at every node or block once at most for each pool. */
export function dataplaneFindings(cluster: Cluster, ipam: IpamView): readonly Finding[] {
  if (cluster.nodes.length === 0) return []
  return [
    ...ownershipFindings(cluster),
    ...unencapsulatedFindings(cluster, ipam),
    ...tunnelsDropped(cluster),
    ...wireguardDropped(cluster),
    ...hostMaskFindings(cluster),
    ...mtuFindings(cluster),
    ...returnRouteFindings(cluster, ipam),
    ...staticRouteFindings(cluster),
  ]
}
