/**
 * Calico's own Node, which has no CRD: only calicoctl judges it. In a Kubernetes datastore the same values stand in
 * annotations of the Kubernetes Node (libcalico-go lib/backend/k8s/resources/node.go K8sNodeToCalico).
 */

import { asNumber, has, isFields, itemsOf, list, object, type Rule, text } from '../schema.js'
import { didYouMean, parseAsNumber, show } from '../slips.js'
import {
  ADDRESS_V4,
  ADDRESS_V6,
  HARDWARE_ADDRESS,
  MASKED_NETWORK,
  MASKED_NETWORK_V4,
  MASKED_NETWORK_V6,
  NETWORK_V4,
  NETWORK_V6,
  type TextFormat,
  WIREGUARD_KEY,
} from '../text-formats.js'
import { whole } from './metadata.js'

const ADDRESS_TYPES = ['CalicoNodeIP', 'InternalIP', 'ExternalIP'] as const

const BGP_FIELDS = ['asNumber', 'ipv4Address', 'ipv6Address', 'ipv4IPIPTunnelAddr', 'routeReflectorClusterID'] as const

const bgpIsNotEmpty: Rule = (self, report) => {
  if (!isFields(self.bgp)) return
  const { bgp } = self
  if (BGP_FIELDS.some((field) => has(bgp[field]) && bgp[field] !== '')) return
  report({
    code: 'NODE_BGP_EMPTY',
    layers: ['struct'],
    path: ['bgp'],
    message: 'spec.bgp should not be empty.',
    hint: 'Give ipv4Address or ipv6Address, or take bgp out.',
  })
}

/**
 * calicoctl has tags for the items of this list, but never looks at them: the list lacks the tag `dive`
 * (libcalico-go lib/apis/internalapi/node.go NodeSpec.Addresses). An address that Felix cannot read is left out.
 */
const addressesAreReadable: Rule = (self, report) => {
  for (const [i, item] of itemsOf(self.addresses).entries()) {
    if (!isFields(item)) continue
    const { address, type } = item
    if (typeof address === 'string' && !MASKED_NETWORK.test(address)) {
      report({
        code: MASKED_NETWORK.codeOf?.(address) ?? MASKED_NETWORK.code,
        layers: [],
        path: ['addresses', i, 'address'],
        message: `The address is ${show(address)}, it has to be ${MASKED_NETWORK.allowed}; calicoctl does not say so.`,
        hint: MASKED_NETWORK.hint?.(address) ?? `Write ${MASKED_NETWORK.allowed}.`,
      })
    }
    if (typeof type === 'string' && type !== '' && !ADDRESS_TYPES.some((known) => known === type)) {
      report({
        code: 'VALIDATION_ENUM',
        layers: [],
        path: ['addresses', i, 'type'],
        message: `The type is ${show(type)}, supported values: ${ADDRESS_TYPES.join(', ')}; calicoctl does not say so.`,
        hint: `Write one of ${ADDRESS_TYPES.join(', ')}.`,
      })
    }
  }
}

/** spec of Calico's Node. */
export const NODE_SPEC = object(
  {
    bgp: object({
      asNumber: asNumber({ keepsEmpty: true }),
      ipv4Address: text({ structFormat: NETWORK_V4 }),
      ipv6Address: text({ structFormat: NETWORK_V6 }),
      ipv4IPIPTunnelAddr: text({ structFormat: ADDRESS_V4 }),
      routeReflectorClusterID: text({ structFormat: ADDRESS_V4 }),
    }),
    ipv4VXLANTunnelAddr: text({ structFormat: ADDRESS_V4 }),
    vxlanTunnelMACAddr: text({ structFormat: HARDWARE_ADDRESS }),
    ipv6VXLANTunnelAddr: text({ structFormat: ADDRESS_V6 }),
    vxlanTunnelMACAddrV6: text({ structFormat: HARDWARE_ADDRESS }),
    orchRefs: list(object({ nodeName: text(), orchestrator: text() })),
    wireguard: object({
      interfaceIPv4Address: text({ structFormat: ADDRESS_V4 }),
      interfaceIPv6Address: text({ structFormat: ADDRESS_V6 }),
    }),
    addresses: list(object({ address: text(), type: text() })),
    interfaces: list(object({ name: text(), addresses: list(text()) })),
  },
  { rules: [bgpIsNotEmpty, addressesAreReadable] },
)

/** status of Calico's Node. */
export const NODE_STATUS = object({
  wireguardPublicKey: text({ structFormat: WIREGUARD_KEY }),
  wireguardPublicKeyV6: text({ structFormat: WIREGUARD_KEY }),
  podCIDRs: list(text()),
})

/** Calico's Node as a whole. */
export const CALICO_NODE = object({ ...whole(NODE_SPEC).fields, status: NODE_STATUS })

const PREFIX = 'projectcalico.org/'

const AS_NUMBER: TextFormat = {
  code: 'NODE_ANNOTATION_INVALID',
  allowed: 'an AS number up to 4294967295, or HIGH.LOW',
  test: (value) => parseAsNumber(value) !== undefined,
}

/** The annotations that calico-node reads, and how; undefined where any text will do. */
const ANNOTATIONS: ReadonlyMap<string, TextFormat | undefined> = new Map([
  ['projectcalico.org/IPv4Address', NETWORK_V4],
  ['projectcalico.org/IPv6Address', NETWORK_V6],
  ['projectcalico.org/ASNumber', AS_NUMBER],
  ['projectcalico.org/RouteReflectorClusterID', MASKED_NETWORK_V4],
  ['projectcalico.org/IPv4IPIPTunnelAddr', MASKED_NETWORK_V4],
  ['projectcalico.org/IPv4VXLANTunnelAddr', MASKED_NETWORK_V4],
  ['projectcalico.org/IPv6VXLANTunnelAddr', MASKED_NETWORK_V6],
  ['projectcalico.org/VXLANTunnelMACAddr', HARDWARE_ADDRESS],
  ['projectcalico.org/VXLANTunnelMACAddrV6', HARDWARE_ADDRESS],
  ['projectcalico.org/IPv4WireguardInterfaceAddr', MASKED_NETWORK_V4],
  ['projectcalico.org/IPv6WireguardInterfaceAddr', MASKED_NETWORK_V6],
  ['projectcalico.org/WireguardPublicKey', WIREGUARD_KEY],
  ['projectcalico.org/WireguardPublicKeyV6', WIREGUARD_KEY],
  ['projectcalico.org/Interfaces', undefined],
  ['projectcalico.org/kube-labels', undefined],
  ['projectcalico.org/labels', undefined],
  ['projectcalico.org/metadata', undefined],
])

/** Calico treats an annotation that it cannot read as absent, without a word (node.go getAnnotation). */
export const nodeAnnotations: Rule = (self, report) => {
  const annotations = isFields(self.metadata) ? self.metadata.annotations : undefined
  if (!isFields(annotations)) return
  for (const [key, value] of Object.entries(annotations)) {
    if (!key.toLowerCase().startsWith(PREFIX) || typeof value !== 'string') continue
    const path = ['metadata', 'annotations', key]
    const format = ANNOTATIONS.get(key)
    if (format !== undefined && value !== '' && !format.test(value)) {
      report({
        code: 'NODE_ANNOTATION_INVALID',
        layers: [],
        path,
        message: `${key} is ${show(value)}, it has to be ${format.allowed}; Calico silently takes it as absent.`,
        hint: format.hint?.(value) ?? `Write ${format.allowed}.`,
      })
    } else if (!ANNOTATIONS.has(key)) {
      const meant = didYouMean(
        key.slice(PREFIX.length),
        [...ANNOTATIONS.keys()].map((known) => known.slice(PREFIX.length)),
      )
      if (meant === undefined) continue
      report({
        code: 'NODE_ANNOTATION_UNKNOWN',
        layers: [],
        path,
        message: `Calico knows no annotation ${show(key)}, so it has no effect.`,
        hint: `Did you mean ${PREFIX}${meant}?`,
      })
    }
  }
}
