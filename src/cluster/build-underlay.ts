/** The Underlay: as its documents say, with what they leave out assumed. */

import { type Address, addressPlus, type Family } from '../address/address.js'
import {
  bitsOf,
  comparePrefixes,
  containsAddress,
  firstAddress,
  formatPrefix,
  type InterfaceAddress,
  type Prefix,
  prefixOf,
} from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import { readAttachments } from './node-attachments.js'
import type { NodeDraft } from './node-draft.js'
import type { Remarks } from './remarks.js'
import type { Router, Subnet, Underlay } from './underlay.js'
import { DEFAULT_MTU, readHosts, type UnderlayDocuments } from './underlay-documents.js'
import { readRouters } from './underlay-routers.js'

/** Length of the network that nodes with host masks are taken to share. */
const SHARED_LENGTH: { readonly [F in Family]: number } = { 4: 24, 6: 64 }

/**
 * Without documents every distinct node network is a subnet with its first free host as gateway, and one router
 * `router` joins them all. A document without subnets, or without routers, has just that part assumed.
 */
export function buildUnderlay(
  documents: UnderlayDocuments,
  given: readonly Subnet[],
  nodes: readonly NodeDraft[],
  remarks: Remarks,
): Underlay {
  const networks = given.length > 0 ? given : nodeNetworks(nodes)
  const subnets = documents.routers === undefined ? withGateways(networks, nodes) : networks
  const routers =
    documents.routers === undefined ? [joiningRouter(subnets)] : readRouters(documents.routers, subnets, remarks)
  if (!documents.given) remarkAssumed(subnets, remarks)
  return {
    assumed: !documents.given,
    subnets,
    attachments: readAttachments(documents.nodes, subnets, nodes, remarks),
    routers: documents.routers === undefined && subnets.length === 0 ? [] : routers,
    hosts: readHosts(documents.hosts, remarks),
  }
}

export function subnetTable(subnets: readonly Subnet[]): PrefixTable<Subnet> {
  const table = new PrefixTable<Subnet>()
  for (const subnet of subnets) table.set(subnet.prefix, subnet)
  return table
}

/**
 * Distinct node networks, ascending. A node whose address lies in a narrower network of another node is on that one;
 * nodes with host masks, as some clouds give them, share a /24 (/64).
 */
function nodeNetworks(nodes: readonly NodeDraft[]): readonly Subnet[] {
  const held = heldAddresses(nodes)
  const table = new PrefixTable<Prefix>()
  for (const { network } of held) if (network.length < bitsOf(network.family)) table.set(network, network)
  for (const { address, network } of held) {
    if (network.length < bitsOf(network.family) || table.match(address) !== undefined) continue
    const shared = prefixOf(address, SHARED_LENGTH[address.family])
    table.set(shared, shared)
  }
  const used = new Set<Prefix>()
  for (const { address } of held) {
    const prefix = table.match(address)?.value
    if (prefix !== undefined) used.add(prefix)
  }
  return [...used].sort(comparePrefixes).map((prefix, index) => {
    return { index, name: formatPrefix(prefix), prefix, mtu: DEFAULT_MTU, antiSpoofing: false, drops: [] }
  })
}

function heldAddresses(nodes: readonly NodeDraft[]): readonly InterfaceAddress[] {
  const held: InterfaceAddress[] = []
  for (const { bgpAddress } of nodes) {
    if (bgpAddress[4] !== undefined) held.push(bgpAddress[4])
    if (bgpAddress[6] !== undefined) held.push(bgpAddress[6])
  }
  return held
}

/** Gives each subnet without a gateway its first host that no node has. */
function withGateways(subnets: readonly Subnet[], nodes: readonly NodeDraft[]): readonly Subnet[] {
  const taken = new Set<number | bigint>()
  for (const { address } of heldAddresses(nodes)) taken.add(address.value)
  return subnets.map((subnet) => {
    const gateway = subnet.gateway ?? freeHost(subnet.prefix, taken)
    return gateway === undefined ? subnet : { ...subnet, gateway }
  })
}

function freeHost(prefix: Prefix, taken: ReadonlySet<number | bigint>): Address | undefined {
  for (let place = 1; ; place++) {
    const address = addressPlus(firstAddress(prefix), place)
    if (address === undefined || !containsAddress(prefix, address)) return undefined
    if (!taken.has(address.value)) return address
  }
}

function joiningRouter(subnets: readonly Subnet[]): Router {
  const joined = subnets.filter((subnet) => subnet.gateway !== undefined)
  return {
    index: 0,
    name: 'router',
    assumed: true,
    interfaces: joined.flatMap(({ index, prefix, gateway }, i) =>
      gateway === undefined ? [] : [{ name: `eth${i}`, subnet: index, address: { address: gateway, network: prefix } }],
    ),
    staticRoutes: [],
  }
}

function remarkAssumed(subnets: readonly Subnet[], remarks: Remarks): void {
  if (subnets.length === 0) return
  const prefixes = subnets.slice(0, 3).map(({ prefix }) => formatPrefix(prefix))
  const rest = subnets.length - prefixes.length
  remarks.add({
    severity: 'info',
    code: 'UNDERLAY_ASSUMED',
    message:
      `The input has no Underlay: ${subnets.length === 1 ? 'one subnet' : `${subnets.length} subnets`} ` +
      `(${prefixes.join(', ')}${rest === 0 ? '' : ` and ${rest} others`}) and a router that knows no pod routes are assumed, MTU ${DEFAULT_MTU}.`,
    hint: 'Add a document of kind Underlay that says what the network below the nodes is like.',
  })
}
