/** How each node hangs on the Underlay's subnets. */

import type { Address, Family } from '../address/address.js'
import { bitsOf, containsAddress, containsPrefix, formatPrefix, hostPrefix } from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import { named } from './node-addresses.js'
import type { NodeDraft } from './node-draft.js'
import { at, textOf, wholeWithin } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { shortly } from './spec-reader.js'
import type { NodeAttachment, StaticRoute, Subnet } from './underlay.js'
import {
  addressAt,
  anyDestination,
  DEFAULT_MTU,
  type Entry,
  protocolOf,
  readStaticRoutes,
  remarkUnderlay,
} from './underlay-documents.js'

/** The interface of a node about which nothing is said. */
const DEFAULT_INTERFACE = 'eth0'
/** Who writes a node's default route where nothing is said: most nodes get theirs by DHCP. */
const DEFAULT_ROUTE_PROTOCOL = 'dhcp'

/** One for each node, in their order. */
export function readAttachments(
  entries: readonly Entry[],
  subnets: readonly Subnet[],
  nodes: readonly NodeDraft[],
  remarks: Remarks,
): readonly NodeAttachment[] {
  const said = new Map(entries.map((entry) => [entry.name, entry]))
  const context: Context = {
    subnets,
    remarks,
    byName: new Map(subnets.map((subnet) => [subnet.name, subnet])),
    table: new PrefixTable<Subnet>(),
    homeless: [],
    odd: [],
  }
  for (const subnet of subnets) context.table.set(subnet.prefix, subnet)
  const attachments = nodes.map((node) => {
    const entry = said.get(node.name)
    said.delete(node.name)
    return readAttachment(node, entry, context)
  })
  for (const { name, about, path } of said.values()) {
    remarkUnderlay(remarks, about, [...path, 'name'], `The input has no node ${name}.`)
  }
  remarkHomeless(context)
  remarkOddMasks(context)
  return attachments
}

interface Context {
  readonly subnets: readonly Subnet[]
  readonly byName: ReadonlyMap<string, Subnet>
  readonly table: PrefixTable<Subnet>
  readonly remarks: Remarks
  /** Nodes with an address that no subnet holds. */
  readonly homeless: NodeDraft[]
  /** Nodes whose mask is neither that of their subnet nor a host mask. */
  readonly odd: { readonly node: NodeDraft; readonly subnet: Subnet; readonly length: number }[]
}

function readAttachment(node: NodeDraft, entry: Entry | undefined, context: Context): NodeAttachment {
  const named = namedSubnet(entry, context)
  const [v4, v6] = ([4, 6] as const).map((family) => subnetOf(node, family, named, context))
  const primary = v4 ?? v6 ?? named
  if (primary === undefined && context.subnets.length > 0) context.homeless.push(node)
  const port = textOf(at(entry?.fields, 'interface')) ?? DEFAULT_INTERFACE
  const routes = defaultRoutes(node, entry, port, [primary, v4 === undefined ? undefined : v6], context.remarks)
  const routerID = textOf(at(entry?.fields, 'routerID'))
  return {
    node: node.name,
    ...(primary === undefined ? {} : { subnet: primary.index }),
    ...(v4 === undefined || v6 === undefined ? {} : { subnet6: v6.index }),
    interface: port,
    mtu: wholeWithin(at(entry?.fields, 'mtu'), 68, 65535) ?? primary?.mtu ?? DEFAULT_MTU,
    ...(routes[0] === undefined ? {} : { defaultRoute: routes[0] }),
    ...(routes[1] === undefined ? {} : { defaultRoute6: routes[1] }),
    staticRoutes: withGatewayRoutes(node, writtenRoutes(entry, port, context.remarks), routes),
    ...(routerID === undefined ? {} : { routerID }),
  }
}

function namedSubnet(entry: Entry | undefined, { byName, remarks }: Context): Subnet | undefined {
  const said = at(entry?.fields, 'subnet')
  if (entry === undefined || said === undefined) return undefined
  const subnet = byName.get(String(said))
  if (subnet === undefined) {
    remarkUnderlay(
      remarks,
      entry.about,
      [...entry.path, 'subnet'],
      `The subnet ${shortly(said)} of node ${entry.name} is not there.`,
    )
  }
  return subnet
}

/** The subnet that the Underlay names for the node, else the longest that holds its address. */
function subnetOf(node: NodeDraft, family: Family, named: Subnet | undefined, context: Context): Subnet | undefined {
  const held = node.bgpAddress[family]
  const address = held?.address ?? internalAddress(node, family)
  if (address === undefined) return undefined
  const subnet = named?.prefix.family === family ? named : context.table.match(address)?.value
  const length = held?.network.length
  if (subnet && length !== undefined && length !== subnet.prefix.length && length !== bitsOf(family)) {
    context.odd.push({ node, subnet, length })
  }
  return subnet
}

/** Where calico-node stores no address (backend `none`), the node still has its InternalIP. */
function internalAddress(node: NodeDraft, family: Family): Address | undefined {
  if (node.bgpAddress[4] !== undefined || node.bgpAddress[6] !== undefined) return undefined
  return node.addresses.find(({ type, address }) => type === 'InternalIP' && address.family === family)?.address
}

/** `defaultRoute: false` is none; fields that it leaves out are the subnet's gateway, `dhcp`, no metric. */
function defaultRoutes(
  node: NodeDraft,
  entry: Entry | undefined,
  port: string,
  subnets: readonly (Subnet | undefined)[],
  remarks: Remarks,
): readonly (StaticRoute | undefined)[] {
  const said = at(entry?.fields, 'defaultRoute')
  if (said === false) return []
  const via = entry && addressAt(said, 'via', entry.about, [...entry.path, 'defaultRoute'], remarks)
  return subnets.map((subnet, i) => {
    const gateway =
      via === undefined || (subnet && via.family !== subnet.prefix.family && i > 0) ? subnet?.gateway : via
    if (gateway === undefined || gateway.value === node.bgpAddress[gateway.family]?.address.value) return undefined
    return {
      to: anyDestination(gateway.family),
      type: 'unicast',
      via: gateway,
      dev: textOf(at(said, 'dev')) ?? port,
      protocol: protocolOf(at(said, 'protocol')) ?? DEFAULT_ROUTE_PROTOCOL,
      metric: wholeWithin(at(said, 'metric'), 0, 0xffffffff) ?? 0,
    }
  })
}

/** A route that names no device leaves by the node's interface. */
function writtenRoutes(entry: Entry | undefined, port: string, remarks: Remarks): readonly StaticRoute[] {
  if (entry === undefined) return []
  return readStaticRoutes(entry, remarks).map((route) =>
    route.type === 'unicast' && route.dev === undefined ? { ...route, dev: port } : route,
  )
}

/**
 * A gateway outside the node's own network, as with a host mask, is reached by a route to itself over the interface,
 * which whoever wrote the default route has written too: `172.16.1.1 dev eth0 proto dhcp scope link`.
 */
function withGatewayRoutes(
  node: NodeDraft,
  written: readonly StaticRoute[],
  defaults: readonly (StaticRoute | undefined)[],
): readonly StaticRoute[] {
  const added = defaults.flatMap((route): StaticRoute[] => {
    const network = route?.via && node.bgpAddress[route.via.family]?.network
    if (route?.via === undefined || network === undefined || containsAddress(network, route.via)) return []
    const to = hostPrefix(route.via)
    if (written.some((other) => other.via === undefined && containsPrefix(other.to, to))) return []
    return [
      { to, type: 'unicast', ...(route.dev && { dev: route.dev }), protocol: route.protocol, metric: route.metric },
    ]
  })
  return added.length === 0 ? written : [...written, ...added]
}

function remarkHomeless({ homeless, remarks }: Context): void {
  const [first] = homeless
  if (first === undefined) return
  remarks.add({
    severity: 'warning',
    code: 'NODE_ON_NO_SUBNET',
    message: `${named(homeless.map(({ name }) => name))} on no subnet of the Underlay: nothing reaches there.`,
    hint: 'Add a subnet that holds the address, or name the subnet under spec.nodes of the Underlay.',
    about: first.about,
  })
}

function remarkOddMasks({ odd, remarks }: Context): void {
  const [first] = odd
  if (first === undefined) return
  remarks.add({
    severity: 'warning',
    code: 'NODE_MASK_DIFFERS',
    message:
      `${named(odd.map(({ node }) => node.name))} with a mask that is not the subnet's: ` +
      `/${first.length} for ${first.node.name} on ${formatPrefix(first.subnet.prefix)}.`,
    hint: 'Give nodes of one subnet one mask: CrossSubnet pools decide by the mask of each node itself.',
    about: first.node.about,
  })
}
