/** The parts of objects that can be judged by themselves, under the names of Calico's API types. */

import type { Breach } from './breach.js'
import type { Layer, ObjectSchema } from './schema.js'
import { BGP_CONFIGURATION, BGP_CONFIGURATION_SPEC } from './schemas/bgp-configuration.js'
import {
  BGP_FILTER,
  BGP_FILTER_OPERATION,
  BGP_FILTER_RULE_V4,
  BGP_FILTER_RULE_V6,
  BGP_FILTER_SPEC,
} from './schemas/bgp-filter.js'
import { BGP_PEER, BGP_PEER_SPEC } from './schemas/bgp-peer.js'
import { CALICO_NODE, NODE_SPEC, NODE_STATUS } from './schemas/calico-node.js'
import { CLUSTER_INFORMATION } from './schemas/cluster-information.js'
import { FELIX_CONFIGURATION, FELIX_CONFIGURATION_SPEC } from './schemas/felix-configuration.js'
import { IP_POOL, IP_POOL_SPEC } from './schemas/ip-pool.js'
import {
  BLOCK_AFFINITY,
  BLOCK_AFFINITY_SPEC,
  IP_RESERVATION,
  IP_RESERVATION_SPEC,
  IPAM_BLOCK,
  IPAM_CONFIGURATION,
  IPAM_CONFIGURATION_SPEC,
} from './schemas/ipam.js'
import { breachesOf } from './walk.js'

const SCOPES: ReadonlyMap<string, ObjectSchema> = new Map([
  ['BGPConfiguration', BGP_CONFIGURATION],
  ['BGPConfigurationSpec', BGP_CONFIGURATION_SPEC],
  ['BGPFilter', BGP_FILTER],
  ['BGPFilterSpec', BGP_FILTER_SPEC],
  ['BGPFilterOperation', BGP_FILTER_OPERATION],
  ['BGPFilterRuleV4', BGP_FILTER_RULE_V4],
  ['BGPFilterRuleV6', BGP_FILTER_RULE_V6],
  ['BGPPeer', BGP_PEER],
  ['BGPPeerSpec', BGP_PEER_SPEC],
  ['BlockAffinity', BLOCK_AFFINITY],
  ['BlockAffinitySpec', BLOCK_AFFINITY_SPEC],
  ['ClusterInformation', CLUSTER_INFORMATION],
  ['FelixConfiguration', FELIX_CONFIGURATION],
  ['FelixConfigurationSpec', FELIX_CONFIGURATION_SPEC],
  ['IPAMBlock', IPAM_BLOCK],
  ['IPAMConfiguration', IPAM_CONFIGURATION],
  ['IPAMConfigurationSpec', IPAM_CONFIGURATION_SPEC],
  ['IPPool', IP_POOL],
  ['IPPoolSpec', IP_POOL_SPEC],
  ['IPReservation', IP_RESERVATION],
  ['IPReservationSpec', IP_RESERVATION_SPEC],
  ['Node', CALICO_NODE],
  ['NodeSpec', NODE_SPEC],
  ['NodeStatus', NODE_STATUS],
])

/**
 * What is refused of a part of an object by the given layers: `struct` alone is calicoctl's validator without a CRD.
 * Undefined when the name is no type that the planner knows.
 */
export function refusalsOf(scope: string, value: unknown, layers: readonly Layer[]): readonly Breach[] | undefined {
  const schema = SCOPES.get(scope)
  if (schema === undefined) return undefined
  return breachesOf(schema, value).filter((breach) => breach.layers.some((layer) => layers.includes(layer)))
}
