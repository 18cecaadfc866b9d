/** What one resource says of a node: the annotations of a Kubernetes Node, or the fields of a Calico Node. */

import { type Address, type Family, parseAddress } from '../address/address.js'
import { type InterfaceAddress, parseInterfaceAddressOrHost } from '../address/prefix.js'
import type { Manifest } from '../manifests/resource.js'
import type { ClusterNode, TunnelKind } from './node.js'
import { asNumberOf, at, listOf, textMapOf, textOf, textsOf } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { shortly } from './spec-reader.js'

type Settable =
  | 'asNumber'
  | 'routeReflectorClusterID'
  | 'vxlanTunnelMAC'
  | 'vxlanTunnelMACv6'
  | 'wireguardPublicKey'
  | 'wireguardPublicKeyV6'

/** Facts as far as this resource has them. */
export interface NodeFacts extends Pick<ClusterNode, 'bgpAddress' | 'tunnelAddress' | Settable> {
  readonly addresses: ClusterNode['addresses']
  readonly podCIDRs: readonly string[]
  /** True when calico-node has written here: what is absent then is known to be absent. */
  readonly written: boolean
}

const PREFIX = 'projectcalico.org/'

type Read = (name: string) => string | undefined

/**
 * Reads a Kubernetes Node. Its addresses may lack a mask, which makes the node its whole subnet (libcalico-go
 * backend/k8s/resources/node.go K8sNodeToCalico, with ValidateCIDRv4).
 */
export function factsOfKubernetesNode(manifest: Manifest, remarks: Remarks): NodeFacts {
  const { metadata, spec, status } = manifest.resource
  const annotations = textMapOf(metadata.annotations)
  const read: Read = (name) =>
    (Object.hasOwn(annotations, PREFIX + name) ? annotations[PREFIX + name] : undefined) || undefined
  const invalid: Invalid = (name, value) => remarkAnnotation(remarks, manifest, PREFIX + name, value)
  const single = textOf(at(spec, 'podCIDR'))
  const podCIDRs = textsOf(at(spec, 'podCIDRs'))
  return {
    ...commonFacts(read, invalid),
    addresses: statusAddresses(status),
    podCIDRs: podCIDRs.length > 0 || single === undefined ? podCIDRs : [single],
    written: ['IPv4Address', 'IPv6Address'].some((name) => read(name) !== undefined),
  }
}

/** Fields of a Calico Node by the name of the annotation that holds the same on a Kubernetes Node. */
const CALICO_FIELDS: Readonly<Record<string, readonly string[]>> = {
  IPv4Address: ['spec', 'bgp', 'ipv4Address'],
  IPv6Address: ['spec', 'bgp', 'ipv6Address'],
  ASNumber: ['spec', 'bgp', 'asNumber'],
  RouteReflectorClusterID: ['spec', 'bgp', 'routeReflectorClusterID'],
  IPv4IPIPTunnelAddr: ['spec', 'bgp', 'ipv4IPIPTunnelAddr'],
  IPv4VXLANTunnelAddr: ['spec', 'ipv4VXLANTunnelAddr'],
  IPv6VXLANTunnelAddr: ['spec', 'ipv6VXLANTunnelAddr'],
  VXLANTunnelMACAddr: ['spec', 'vxlanTunnelMACAddr'],
  VXLANTunnelMACAddrV6: ['spec', 'vxlanTunnelMACAddrV6'],
  IPv4WireguardInterfaceAddr: ['spec', 'wireguard', 'interfaceIPv4Address'],
  IPv6WireguardInterfaceAddr: ['spec', 'wireguard', 'interfaceIPv6Address'],
  WireguardPublicKey: ['status', 'wireguardPublicKey'],
  WireguardPublicKeyV6: ['status', 'wireguardPublicKeyV6'],
}

/** Reads a Calico Node. */
export function factsOfCalicoNode(manifest: Manifest, remarks: Remarks): NodeFacts {
  const { resource } = manifest
  const read: Read = (name) => {
    const value = at(resource, ...(CALICO_FIELDS[name] ?? [name]))
    return typeof value === 'number' ? String(value) : textOf(value)
  }
  const invalid: Invalid = (name, value) => remarkField(remarks, manifest, CALICO_FIELDS[name] ?? [], value)
  return {
    ...commonFacts(read, invalid),
    addresses: calicoAddresses(at(resource.spec, 'addresses')),
    podCIDRs: textsOf(at(resource.status, 'podCIDRs')),
    written: true,
  }
}

/** Of two resources for one node the first one's facts win, each by itself. */
export function mergeFacts(first: NodeFacts, second: NodeFacts): NodeFacts {
  return {
    ...second,
    ...first,
    bgpAddress: { ...second.bgpAddress, ...first.bgpAddress },
    tunnelAddress: { ...second.tunnelAddress, ...first.tunnelAddress },
    addresses: second.addresses.length > 0 ? second.addresses : first.addresses,
    podCIDRs: second.podCIDRs.length > 0 ? second.podCIDRs : first.podCIDRs,
    written: first.written || second.written,
  }
}

type Invalid = (name: string, value: string) => void

const TUNNELS: readonly (readonly [TunnelKind, string, Family])[] = [
  ['wireguard', 'IPv4WireguardInterfaceAddr', 4],
  ['wireguardV6', 'IPv6WireguardInterfaceAddr', 6],
  ['ipip', 'IPv4IPIPTunnelAddr', 4],
  ['vxlan', 'IPv4VXLANTunnelAddr', 4],
  ['vxlanV6', 'IPv6VXLANTunnelAddr', 6],
]

const MAC = /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/

function commonFacts(read: Read, invalid: Invalid): Omit<NodeFacts, 'addresses' | 'podCIDRs' | 'written'> {
  const checked = <T>(name: string, convert: (text: string) => T | undefined): T | undefined => {
    const text = read(name)
    if (text === undefined) return undefined
    const value = convert(text)
    if (value === undefined) invalid(name, text)
    return value
  }
  const bgpAddress: { [F in Family]?: InterfaceAddress } = {}
  for (const family of [4, 6] as const) {
    const held = checked(`IPv${family}Address`, (text) => ofFamily(family, parseInterfaceAddressOrHost(text)))
    if (held !== undefined) bgpAddress[family] = held
  }
  const tunnelAddress: { [T in TunnelKind]?: Address } = {}
  for (const [kind, name, family] of TUNNELS) {
    const held = checked(name, (text) => {
      const address = parseAddress(text)
      return address?.family === family ? address : undefined
    })
    if (held !== undefined) tunnelAddress[kind] = held
  }
  const asNumber = checked('ASNumber', asNumberOf)
  const routeReflectorClusterID = checked('RouteReflectorClusterID', (text) =>
    parseAddress(text)?.family === 4 ? text : undefined,
  )
  const mac = (text: string): string | undefined => (MAC.test(text) ? text.toLowerCase() : undefined)
  const [vxlanTunnelMAC, vxlanTunnelMACv6] = [checked('VXLANTunnelMACAddr', mac), checked('VXLANTunnelMACAddrV6', mac)]
  const [wireguardPublicKey, wireguardPublicKeyV6] = [read('WireguardPublicKey'), read('WireguardPublicKeyV6')]
  return {
    bgpAddress,
    tunnelAddress,
    ...(asNumber === undefined ? {} : { asNumber }),
    ...(routeReflectorClusterID === undefined ? {} : { routeReflectorClusterID }),
    ...(vxlanTunnelMAC === undefined ? {} : { vxlanTunnelMAC }),
    ...(vxlanTunnelMACv6 === undefined ? {} : { vxlanTunnelMACv6 }),
    ...(wireguardPublicKey === undefined ? {} : { wireguardPublicKey }),
    ...(wireguardPublicKeyV6 === undefined ? {} : { wireguardPublicKeyV6 }),
  }
}

function ofFamily(family: Family, held: InterfaceAddress | undefined): InterfaceAddress | undefined {
  return held?.address.family === family ? held : undefined
}

/** InternalIP and ExternalIP of a Kubernetes Node's status, in their order. */
export function statusAddresses(status: unknown): ClusterNode['addresses'] {
  return addressEntries(at(status, 'addresses'))
}

/**
 * Those of a Calico Node, which may have a mask that counts for nothing and need not have a type
 * (felix/calc/l3_route_resolver.go OnResourceUpdate). Names of hosts are passed over.
 */
function calicoAddresses(list: unknown): ClusterNode['addresses'] {
  return listOf(list).flatMap((entry) => {
    const held = parseInterfaceAddressOrHost(textOf(at(entry, 'address')) ?? '')
    return held === undefined ? [] : { type: textOf(at(entry, 'type')) ?? '', address: held.address }
  })
}

function addressEntries(list: unknown): ClusterNode['addresses'] {
  return listOf(list).flatMap((entry) => {
    const type = at(entry, 'type')
    const address = parseAddress(textOf(at(entry, 'address')) ?? '')
    return address !== undefined && (type === 'InternalIP' || type === 'ExternalIP') ? { type, address } : []
  })
}

function remarkAnnotation(remarks: Remarks, about: Manifest, name: string, value: string): void {
  remarks.add({
    severity: 'warning',
    code: 'NODE_ANNOTATION_INVALID',
    message: `Calico ignores the annotation ${name} of node ${about.resource.metadata.name}: ${shortly(value)} is not valid.`,
    hint: 'Addresses need a mask (172.16.1.11/24), the cluster ID is an IPv4 address, the AS number plain or dotted.',
    about,
    path: ['metadata', 'annotations', name],
  })
}

function remarkField(remarks: Remarks, about: Manifest, path: readonly string[], value: string): void {
  remarks.add({
    severity: 'warning',
    code: 'VALUE_IGNORED',
    message: `The value ${shortly(value)} of node ${about.resource.metadata.name} cannot be read and counts as not set.`,
    hint: 'Addresses are ADDRESS/LENGTH, the cluster ID is an IPv4 address, the AS number plain or dotted.',
    about,
    path,
  })
}
