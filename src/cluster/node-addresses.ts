/** BGP addresses and AS numbers that calico-node would write when it starts (node/pkg/lifecycle/startup/startup.go). */

import { type Address, addressPlus, type Family, formatAddress } from '../address/address.js'
import { containsAddress, firstAddress, type InterfaceAddress, parsePrefix, prefixOf } from '../address/prefix.js'
import type { PrefixTable } from '../address/prefix-table.js'
import type { CniSettings, NetworkingBackend } from './cluster.js'
import type { Environment } from './environment.js'
import type { NodeDraft } from './node-draft.js'
import { asNumberOf } from './read-fields.js'
import type { Remarks } from './remarks.js'

/** Length of a node network about which nothing is known. */
const ASSUMED_LENGTH: { readonly [F in Family]: number } = { 4: 24, 6: 64 }

/**
 * Fills in what is not stored yet. A Kubernetes Node without any of calico-node's addresses gets its InternalIP, with
 * the mask of the Underlay's subnet that holds it, else /24 (/64): calico-node would take address and mask from an
 * interface, which no manifest shows. IPv6 only where IP6 asks for it. With the backend `none` calico-node stores no
 * address at all.
 */
export function settleAddresses(
  drafts: readonly NodeDraft[],
  environment: Environment,
  backend: NetworkingBackend,
  subnets: PrefixTable<unknown>,
  remarks: Remarks,
): readonly NodeDraft[] {
  if (backend === 'none') return drafts
  const assumed: { readonly draft: NodeDraft; readonly held: InterfaceAddress; readonly masked: boolean }[] = []
  const missing: NodeDraft[] = []
  const settled = drafts.map((draft) => {
    if (draft.written) return draft
    const bgpAddress: { [F in Family]?: InterfaceAddress } = {}
    for (const family of [4, 6] as const) {
      const address = detectable(family, environment) ? detected(draft, family, environment) : undefined
      if (address === undefined) continue
      const length = subnets.match(address)?.prefix.length
      bgpAddress[family] = { address, network: prefixOf(address, length ?? ASSUMED_LENGTH[family]) }
      assumed.push({ draft, held: bgpAddress[family], masked: length !== undefined })
    }
    if (bgpAddress[4] === undefined && bgpAddress[6] === undefined) missing.push(draft)
    return { ...draft, bgpAddress }
  })
  remarkAssumed(assumed, remarks)
  remarkMissing(missing, remarks)
  return settled
}

/** IPv4 is detected unless IP is `none`; IPv6 only if IP6 says so. */
function detectable(family: Family, environment: Environment): boolean {
  if (family === 4) return environment.get('IP') !== 'none'
  return environment.get('IP6') === 'autodetect'
}

/** The node's InternalIP; with the method `cidr=` the first one inside those prefixes. */
function detected(draft: NodeDraft, family: Family, environment: Environment): Address | undefined {
  const candidates = draft.addresses.filter(({ type, address }) => type === 'InternalIP' && address.family === family)
  const method = environment.get(family === 4 ? 'IP_AUTODETECTION_METHOD' : 'IP6_AUTODETECTION_METHOD')
  if (method?.startsWith('cidr=')) {
    const prefixes = method.slice('cidr='.length).split(',').map(parsePrefix)
    const inside = candidates.find(({ address }) =>
      prefixes.some((prefix) => prefix && containsAddress(prefix, address)),
    )
    if (inside) return inside.address
  }
  return candidates[0]?.address
}

/**
 * The AS number of calico-node's environment is written to every node when it starts. A different number that is
 * stored now holds until then.
 */
export function settleASNumbers(
  drafts: readonly NodeDraft[],
  environment: Environment,
  backend: NetworkingBackend,
  remarks: Remarks,
): readonly NodeDraft[] {
  const asNumber = asNumberOf(environment.get('AS'))
  if (asNumber === undefined || backend === 'none') return drafts
  return drafts.map((draft) => {
    if (draft.asNumber === undefined) return { ...draft, asNumber }
    if (draft.asNumber !== asNumber) {
      remarks.add({
        severity: 'warning',
        code: 'NODE_AS_OVERWRITTEN',
        message: `Node ${draft.name} has AS ${draft.asNumber}, but calico-node will write AS ${asNumber} from its environment when it starts again.`,
        hint: 'Take AS out of the environment of the calico-node DaemonSet.',
        about: draft.about,
      })
    }
    return draft
  })
}

/**
 * With host-local IPAM the tunnel address is the first address of the node's podCIDR, for IPIP always and for WireGuard
 * once the node has a key; what annotations say does not count (libcalico-go node.go getStaticTunnelAddress).
 */
export function settleStaticTunnels(drafts: readonly NodeDraft[], cni: CniSettings): readonly NodeDraft[] {
  if (cni.ipamType !== 'host-local') return drafts
  return drafts.map((draft) => {
    const podCIDR = parsePrefix(draft.podCIDRs[0] ?? '')
    const first = podCIDR?.family === 4 ? addressPlus(firstAddress(podCIDR), 1) : undefined
    if (first === undefined) return draft
    const { ipip: _ipip, wireguard: _wireguard, ...others } = draft.tunnelAddress
    const keyed = draft.wireguardPublicKey === undefined ? {} : { wireguard: first }
    return { ...draft, tunnelAddress: { ...others, ipip: first, ...keyed } }
  })
}

function remarkAssumed(
  assumed: readonly { readonly draft: NodeDraft; readonly held: InterfaceAddress; readonly masked: boolean }[],
  remarks: Remarks,
): void {
  const [first] = assumed
  if (first === undefined) return
  const unmasked = assumed.filter(({ masked }) => !masked).length
  remarks.add({
    severity: 'info',
    code: 'NODE_ADDRESS_ASSUMED',
    message:
      `${named(assumed.map(({ draft }) => draft.name))} without a stored Calico address: the InternalIP is taken, ` +
      `${formatAddress(first.held.address)}/${first.held.network.length} for ${first.draft.name}` +
      `${unmasked === 0 ? ', with the mask of the Underlay subnet' : '; the mask is a guess'}.`,
    hint: 'Add the annotation projectcalico.org/IPv4Address, or an Underlay that names the subnets.',
    about: first.draft.about,
  })
}

function remarkMissing(missing: readonly NodeDraft[], remarks: Remarks): void {
  const [first] = missing
  if (first === undefined) return
  remarks.add({
    severity: 'warning',
    code: 'NODE_WITHOUT_ADDRESS',
    message: `${named(missing.map(({ name }) => name))} without a Calico address and without an InternalIP: no BGP and no tunnel reaches there.`,
    hint: 'Add the annotation projectcalico.org/IPv4Address or status.addresses.',
    about: first.about,
  })
}

/** `Node a`, or `Nodes a, b, c and 17 others`. */
export function named(names: readonly string[]): string {
  const distinct = [...new Set(names)]
  if (distinct.length === 1) return `Node ${distinct[0]}`
  const shown = distinct.slice(0, 3)
  const rest = distinct.length - shown.length
  return rest === 0 ? `Nodes ${shown.join(', ')}` : `Nodes ${shown.join(', ')} and ${rest} others`
}
