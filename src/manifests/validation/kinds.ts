/** Which table judges which kind, and who stands behind it. */

import { groupOf } from '../resource.js'
import type { ObjectSchema } from './schema.js'
import { BGP_CONFIGURATION } from './schemas/bgp-configuration.js'
import { BGP_FILTER } from './schemas/bgp-filter.js'
import { BGP_PEER } from './schemas/bgp-peer.js'
import { CALICO_NODE } from './schemas/calico-node.js'
import { CLUSTER_INFORMATION } from './schemas/cluster-information.js'
import { FELIX_CONFIGURATION } from './schemas/felix-configuration.js'
import { IP_POOL } from './schemas/ip-pool.js'
import {
  BLOCK_AFFINITY,
  BLOCK_AFFINITY_V1,
  IP_RESERVATION,
  IPAM_BLOCK,
  IPAM_BLOCK_V1,
  IPAM_CONFIG_V1,
  IPAM_CONFIGURATION,
} from './schemas/ipam.js'
import {
  CONFIG_MAP,
  ENDPOINT_SLICE,
  INSTALLATION,
  KUBERNETES_NODE,
  NAMESPACE,
  POD,
  SERVICE,
  WORKLOAD,
} from './schemas/kubernetes.js'
import { EXPECTATION, NODE_SET, RUNBOOK, UNDERLAY } from './schemas/planner.js'

/** The table of a kind and how its faults weigh. */
export interface KindRules {
  readonly schema: ObjectSchema
  /** The versions of the group that have the kind. */
  readonly versions: readonly string[]
  /** Calico writes the object itself: it is a record to be read, and its flaws hinder nobody from storing it. */
  readonly record?: true
  /** There is no CRD, so only calicoctl judges the object. */
  readonly calicoctlOnly?: true
}

const V3 = ['v3'] as const
const V1 = ['v1'] as const

/** The kinds that both of Calico's groups have with the same spec. */
const SHARED: readonly (readonly [kind: string, schema: ObjectSchema])[] = [
  ['IPPool', IP_POOL],
  ['BGPConfiguration', BGP_CONFIGURATION],
  ['BGPPeer', BGP_PEER],
  ['BGPFilter', BGP_FILTER],
  ['FelixConfiguration', FELIX_CONFIGURATION],
  ['IPReservation', IP_RESERVATION],
]

/** The CRDs behind the v3 API have the same specs, but do not require one (libcalico-go/config/crd). */
function withoutRequiredSpec(schema: ObjectSchema): ObjectSchema {
  const { spec, ...frame } = schema.fields
  if (spec?.type !== 'object') return schema
  const { required, ...optional } = spec
  return { ...schema, fields: { ...frame, spec: optional } }
}

const KINDS: ReadonlyMap<string, KindRules> = new Map<string, KindRules>([
  ...SHARED.flatMap(([kind, schema]): [string, KindRules][] => [
    [`projectcalico.org/${kind}`, { schema, versions: V3 }],
    [`crd.projectcalico.org/${kind}`, { schema: withoutRequiredSpec(schema), versions: V1 }],
  ]),
  ['projectcalico.org/Node', { schema: CALICO_NODE, versions: V3, calicoctlOnly: true }],
  ['projectcalico.org/IPAMConfiguration', { schema: IPAM_CONFIGURATION, versions: V3 }],
  ['projectcalico.org/IPAMConfig', { schema: IPAM_CONFIGURATION, versions: V3 }],
  ['crd.projectcalico.org/IPAMConfig', { schema: IPAM_CONFIG_V1, versions: V1 }],
  ['crd.projectcalico.org/IPAMConfiguration', { schema: IPAM_CONFIG_V1, versions: V1 }],
  ['projectcalico.org/BlockAffinity', { schema: BLOCK_AFFINITY, versions: V3, record: true }],
  ['crd.projectcalico.org/BlockAffinity', { schema: BLOCK_AFFINITY_V1, versions: V1, record: true }],
  ['projectcalico.org/IPAMBlock', { schema: IPAM_BLOCK, versions: V3, record: true }],
  ['crd.projectcalico.org/IPAMBlock', { schema: IPAM_BLOCK_V1, versions: V1, record: true }],
  ['projectcalico.org/ClusterInformation', { schema: CLUSTER_INFORMATION, versions: V3, record: true }],
  ['crd.projectcalico.org/ClusterInformation', { schema: CLUSTER_INFORMATION, versions: V1, record: true }],
  ['calico-plan/Underlay', { schema: UNDERLAY, versions: V1 }],
  ['calico-plan/NodeSet', { schema: NODE_SET, versions: V1 }],
  ['calico-plan/Expectation', { schema: EXPECTATION, versions: V1 }],
  ['calico-plan/Runbook', { schema: RUNBOOK, versions: V1 }],
  ['/Node', { schema: KUBERNETES_NODE, versions: V1 }],
  ['/Namespace', { schema: NAMESPACE, versions: V1 }],
  ['/Pod', { schema: POD, versions: V1 }],
  ['/Service', { schema: SERVICE, versions: V1 }],
  ['/ConfigMap', { schema: CONFIG_MAP, versions: V1 }],
  ['discovery.k8s.io/EndpointSlice', { schema: ENDPOINT_SLICE, versions: ['v1', 'v1beta1'] }],
  ['operator.tigera.io/Installation', { schema: INSTALLATION, versions: V1 }],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind): [string, KindRules] => [
    `apps/${kind}`,
    { schema: WORKLOAD, versions: V1 },
  ]),
])

/** The rules for a kind of an API group; undefined when the planner does not know it. */
export function rulesOf(apiVersion: string, kind: string): KindRules | undefined {
  return KINDS.get(`${groupOf(apiVersion)}/${kind}`)
}

/** The apiVersions under which a kind of this name is known. */
export function apiVersionsOf(kind: string): readonly string[] {
  const found: string[] = []
  for (const [key, { versions }] of KINDS) {
    const slash = key.lastIndexOf('/')
    if (key.slice(slash + 1) !== kind) continue
    const group = key.slice(0, slash)
    for (const version of versions) found.push(group === '' ? version : `${group}/${version}`)
  }
  return found
}
