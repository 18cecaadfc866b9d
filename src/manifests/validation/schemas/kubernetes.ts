/**
 * The Kubernetes kinds, only the fields that the planner reads: there may be 150,000 pods, and everything else in them
 * is none of its business.
 */

import {
  anything,
  boolean,
  type FieldSchema,
  integer,
  isFields,
  list,
  map,
  type ObjectSchema,
  object,
  oneOf,
  type Rule,
  text,
} from '../schema.js'
import { show } from '../slips.js'
import { ADDRESS, CRD_CIDR, type TextFormat } from '../text-formats.js'
import { nodeAnnotations } from './calico-node.js'
import { LIGHT_METADATA } from './metadata.js'

const open = (fields: ObjectSchema['fields'], rules: readonly Rule[] = []): ObjectSchema =>
  rules.length === 0 ? object(fields, { open: true }) : object(fields, { open: true, rules })

const light = (fields: Readonly<Record<string, FieldSchema>>, rules: readonly Rule[] = []): ObjectSchema =>
  open({ metadata: LIGHT_METADATA, ...fields }, rules)

const OPTIONAL_ADDRESS: TextFormat = { ...ADDRESS, test: (value) => value === '' || ADDRESS.test(value) }
const CLUSTER_ADDRESS: TextFormat = {
  ...ADDRESS,
  allowed: 'an IP address or None',
  test: (value) => value === '' || value === 'None' || ADDRESS.test(value),
}

/** A Kubernetes Node, with the annotations that Calico reads. */
export const KUBERNETES_NODE = light(
  {
    spec: open({
      podCIDR: text(),
      podCIDRs: list(text({ format: CRD_CIDR })),
      unschedulable: boolean(),
      taints: list(open({ key: text(), value: text(), effect: text() })),
    }),
    status: open({ addresses: list(open({ type: text(), address: text() })) }),
  },
  [nodeAnnotations],
)

/** Annotations by which a pod asks for addresses (cni-plugin/pkg/ipamplugin; libcalico-go lib/names). */
const POD_LISTS = [
  'cni.projectcalico.org/ipAddrs',
  'cni.projectcalico.org/ipAddrsNoIpam',
  'cni.projectcalico.org/ipv4pools',
  'cni.projectcalico.org/ipv6pools',
  'cni.projectcalico.org/floatingIPs',
] as const

const listAnnotations: Rule = (self, report) => {
  const annotations = isFields(self.metadata) ? self.metadata.annotations : undefined
  if (!isFields(annotations)) return
  for (const key of POD_LISTS) {
    const value = annotations[key]
    if (typeof value !== 'string' || isTextList(value)) continue
    report({
      code: 'POD_ANNOTATION',
      layers: [],
      path: ['metadata', 'annotations', key],
      message: `${key} is ${show(value)}, which is no JSON list of texts: the pod gets no network.`,
      hint: `Write ${key}: '["VALUE"]' with plain double quotes.`,
    })
  }
}

function isTextList(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')
  } catch {
    return false
  }
}

/** A Pod: where it runs, and its addresses. */
export const POD = light(
  {
    spec: open({ nodeName: text(), hostNetwork: boolean() }),
    status: open({
      phase: text(),
      podIP: text({ format: OPTIONAL_ADDRESS }),
      podIPs: list(open({ ip: text({ format: OPTIONAL_ADDRESS }) })),
    }),
  },
  [listAnnotations],
)

/** A Namespace, for its labels and pool annotations. */
export const NAMESPACE = light({}, [listAnnotations])

/** A Service: the addresses that Calico may advertise. */
export const SERVICE = light({
  spec: open({
    type: oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
    clusterIP: text({ format: CLUSTER_ADDRESS }),
    clusterIPs: list(text({ format: CLUSTER_ADDRESS })),
    externalIPs: list(text({ format: ADDRESS })),
    loadBalancerIP: text({ format: OPTIONAL_ADDRESS }),
    externalTrafficPolicy: oneOf(['Cluster', 'Local', '']),
    ipFamilies: list(oneOf(['IPv4', 'IPv6'])),
  }),
  status: open({ loadBalancer: open({ ingress: list(open({ ip: text({ format: OPTIONAL_ADDRESS }) })) }) }),
})

/** An EndpointSlice: where the endpoints of a Service are. */
export const ENDPOINT_SLICE = light({
  addressType: oneOf(['IPv4', 'IPv6', 'FQDN']),
  endpoints: list(open({ addresses: list(text()), nodeName: text(), conditions: open({ ready: boolean() }) })),
})

const TEMPLATE = open(
  {
    metadata: open({ labels: map(text()), annotations: map(text()) }),
    spec: open({ hostNetwork: boolean(), nodeSelector: map(text()), tolerations: list(open({})) }),
  },
  [listAnnotations],
)

/** A Deployment, StatefulSet, DaemonSet or ReplicaSet: what makes pods. */
export const WORKLOAD = light({
  spec: open({ replicas: integer({ minimum: 0, maximum: 2147483647 }), template: TEMPLATE }),
})

/** A ConfigMap, for calico-config. */
export const CONFIG_MAP = light({ data: map(text()) })

const ENCAPSULATIONS = ['IPIP', 'VXLAN', 'IPIPCrossSubnet', 'VXLANCrossSubnet', 'None'] as const

/** The operator's Installation (operator.tigera.io/v1 CalicoNetworkSpec). */
export const INSTALLATION = light({
  spec: open({
    calicoNetwork: open({
      bgp: oneOf(['Enabled', 'Disabled']),
      ipPools: list(
        open({
          name: text(),
          cidr: text({ required: true, format: CRD_CIDR }),
          encapsulation: oneOf(ENCAPSULATIONS),
          natOutgoing: oneOf(['Enabled', 'Disabled']),
          blockSize: integer({ minimum: 0, maximum: 128 }),
          nodeSelector: text(),
          disableBGPExport: boolean(),
        }),
      ),
      mtu: integer({ minimum: 0, maximum: 65535 }),
      linuxDataplane: text(),
      nodeAddressAutodetectionV4: anything(),
      nodeAddressAutodetectionV6: anything(),
    }),
  }),
})
