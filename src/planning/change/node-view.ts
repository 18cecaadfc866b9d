/**
 * Calico's Node and the Kubernetes Node that holds it. On a Kubernetes datastore calicoctl shows and changes a view of
 * annotations (libcalico-go lib/backend/k8s/resources/node.go K8sNodeToCalico, mergeCalicoNodeIntoK8sNode).
 */

import { formatAddress } from '../../address/address.js'
import { PODS_ANNOTATION } from '../../cluster/node-draft.js'
import type { NodeSetMember } from '../../cluster/node-sets.js'
import { at, fieldsOf, textMapOf } from '../../cluster/read-fields.js'
import type { Labels } from '../../cluster/workload.js'
import type { Resource } from '../../manifests/resource.js'
import { withField } from './merge-patch.js'

const PREFIX = 'projectcalico.org/'
const LABELS_ANNOTATION = `${PREFIX}labels`

/** Fields of Calico's Node and the annotations that hold them. */
const HELD: readonly (readonly [path: readonly string[], annotation: string])[] = [
  [['spec', 'bgp', 'ipv4Address'], 'IPv4Address'],
  [['spec', 'bgp', 'ipv6Address'], 'IPv6Address'],
  [['spec', 'bgp', 'asNumber'], 'ASNumber'],
  [['spec', 'bgp', 'routeReflectorClusterID'], 'RouteReflectorClusterID'],
  [['spec', 'bgp', 'ipv4IPIPTunnelAddr'], 'IPv4IPIPTunnelAddr'],
  [['spec', 'ipv4VXLANTunnelAddr'], 'IPv4VXLANTunnelAddr'],
  [['spec', 'vxlanTunnelMACAddr'], 'VXLANTunnelMACAddr'],
  [['spec', 'ipv6VXLANTunnelAddr'], 'IPv6VXLANTunnelAddr'],
  [['spec', 'vxlanTunnelMACAddrV6'], 'VXLANTunnelMACAddrV6'],
  [['spec', 'wireguard', 'interfaceIPv4Address'], 'IPv4WireguardInterfaceAddr'],
  [['spec', 'wireguard', 'interfaceIPv6Address'], 'IPv6WireguardInterfaceAddr'],
  [['status', 'wireguardPublicKey'], 'WireguardPublicKey'],
  [['status', 'wireguardPublicKeyV6'], 'WireguardPublicKeyV6'],
]

/** What `calicoctl get node NAME -o yaml` shows of a Kubernetes Node. */
export function calicoView(node: Resource): Resource {
  const annotations = textMapOf(node.metadata.annotations)
  let view: Readonly<Record<string, unknown>> = {}
  for (const [path, name] of HELD) {
    const value = annotations[PREFIX + name]
    if (value !== undefined && value !== '') view = withField(view, path, value)
  }
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Node',
    metadata: {
      name: node.metadata.name,
      labels: { ...calicoLabels(annotations), ...textMapOf(node.metadata.labels) },
    },
    spec: fieldsOf(view.spec),
    ...(view.status === undefined ? {} : { status: view.status }),
  }
}

function calicoLabels(annotations: Labels): Labels {
  try {
    return textMapOf(JSON.parse(annotations[LABELS_ANNOTATION] ?? '{}'))
  } catch {
    return {}
  }
}

/** In an annotation an address needs its mask; in Calico's Node one without makes the node its whole subnet. */
function masked(name: string, value: string): string {
  if (value.includes('/')) return value
  return name === 'IPv4Address' ? `${value}/32` : name === 'IPv6Address' ? `${value}/128` : value
}

/** The Kubernetes Node once the view was written back, and the labels that a Kubernetes label of that key hides. */
export interface WrittenBack {
  readonly node: Resource
  readonly masked: readonly string[]
}

export function writeBack(node: Resource, view: Resource): WrittenBack {
  const annotations = new Map(Object.entries(textMapOf(node.metadata.annotations)))
  for (const [path, name] of HELD) {
    const value = at(view, ...path)
    if (typeof value === 'string' && value !== '') annotations.set(PREFIX + name, masked(name, value))
    else if (typeof value === 'number') annotations.set(PREFIX + name, String(value))
    else annotations.delete(PREFIX + name)
  }
  const own = textMapOf(node.metadata.labels)
  const wanted = textMapOf(view.metadata.labels)
  const extra = Object.entries(wanted).filter(([key, value]) => !Object.hasOwn(own, key) || own[key] !== value)
  const hidden = extra.filter(([key]) => Object.hasOwn(own, key)).map(([key]) => key)
  if (extra.length > 0) {
    const sorted = [...extra].sort(([a], [b]) => (a < b ? -1 : 1))
    annotations.set(LABELS_ANNOTATION, JSON.stringify(Object.fromEntries(sorted)))
  } else annotations.delete(LABELS_ANNOTATION)
  return { node: { ...node, metadata: withAnnotations(node, annotations) }, masked: hidden }
}

function withAnnotations({ metadata }: Resource, annotations: ReadonlyMap<string, string>): Resource['metadata'] {
  if (annotations.size > 0) return { ...metadata, annotations: Object.fromEntries(annotations) }
  const { annotations: _, ...rest } = metadata
  return rest
}

/** A member of a NodeSet as a Kubernetes Node of its own, with what the set's template and network gave it. */
export function standAlone(name: string, member: NodeSetMember): Resource {
  const { template, labels, address, pods } = member
  const metadata = fieldsOf(template.metadata)
  const network = address && `${formatAddress(address.address)}/${address.network.length}`
  const spec = fieldsOf(template.spec)
  const given = withAddress({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec }, network)
  const { bgp: _, ...rest } = spec
  const bare: Resource = {
    ...template,
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations: textMapOf(metadata.annotations) },
    spec: rest,
    ...(address === undefined || template.status !== undefined
      ? {}
      : { status: { addresses: [{ type: 'InternalIP', address: formatAddress(address.address) }] } }),
  }
  const view = calicoView(bare)
  const merged = { ...view, spec: { ...fieldsOf(view.spec), ...fieldsOf(given.spec) } }
  const { node } = writeBack(bare, { ...merged, metadata: { name, labels } })
  const annotations = new Map(Object.entries(textMapOf(node.metadata.annotations)))
  if (pods > 0) annotations.set(PODS_ANNOTATION, String(pods))
  return { ...node, metadata: withAnnotations(node, annotations) }
}

function withAddress(node: Resource, network: string | undefined): Resource {
  if (network === undefined) return node
  const field = network.includes(':') ? 'ipv6Address' : 'ipv4Address'
  if (at(node.spec, 'bgp', field) !== undefined) return node
  return { ...node, spec: withField(fieldsOf(node.spec), ['bgp', field], network) }
}
