/** Felix's route managers: routes of the calculation graph in, kernel routes by device out. */

import { type Address, formatAddress, parseAddress } from '../../../../src/address/address.js'
import { formatPrefix } from '../../../../src/address/prefix.js'
import { L3_TYPE, type L3Route } from '../../../../src/bgp/felix/l3-route.js'
import { clusterRoute, isLocalBlock, type ManagerView } from '../../../../src/bgp/felix/route-manager.js'
import type { Vtep } from '../../../../src/bgp/felix/vteps.js'
import { encapsulationOf, type Pool } from '../../../../src/cluster/pool.js'
import { clusterRouteSpec, type RouteStyle } from '../../../../src/dataplane/cluster-route-spec.js'
import { vxlanNeighbours } from '../../../../src/dataplane/devices/vxlan-neighbours.js'
import type { RouteSpec } from '../../../../src/dataplane/route-builder.js'
import { clusterFrom } from '../../cluster-from.js'
import { canonical } from '../../compare.js'
import { calico, type DataplaneCase, type Fields, listOf, prefixFrom, RELEASE, textOf, type Verdict } from './case.js'

type Written = ReturnType<typeof clusterRoute>

const NO_DEVICE = '*NoOIF*'

export function judgeRouteManager(item: DataplaneCase): Verdict {
  const { routes, routeCounts, routesNonNil, cidrsByClass, localBlocks, l2, ...others } = item.expect
  const unknown = Object.keys(others)
  if (unknown.length > 0) return [`expects ${unknown.join(', ')}, which is not compared`]
  const world = worldOf(item)
  const l3 = routesOf(item, world)
  const written = l3.flatMap((route) => clusterRoute(world.view, route) ?? [])
  const specs = written.map((route) => clusterRouteSpec(world.style, route))
  return [
    ...compareByDevice(routes, specs),
    ...compareCounts(routeCounts, specs),
    ...devicesIn(routesNonNil).flatMap((dev) =>
      specs.some((spec) => deviceOf(spec) === dev) ? [] : [`no route on ${dev}`],
    ),
    ...compareClasses(cidrsByClass, written),
    ...compareList(
      'localBlocks',
      localBlocks,
      l3.filter(isLocalBlock).map(({ prefix }) => formatPrefix(prefix)),
    ),
    ...(l2 === undefined ? [] : compareNeighbours(listOf(l2), item)),
  ]
}

/** Listed, or as keys with a flag each. */
function devicesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.map(String)
  return Object.entries((value as Fields | undefined) ?? {}).flatMap(([dev, on]) => (on === true ? [dev] : []))
}

interface World {
  readonly view: ManagerView
  readonly style: RouteStyle
  readonly pools: readonly Pool[]
}

const POOLS = [
  { cidr: '10.0.0.0/16', ipipMode: 'Always' },
  { cidr: '10.1.0.0/16', vxlanMode: 'Always' },
  { cidr: '10.2.0.0/16' },
]

function worldOf(item: DataplaneCase): World {
  const managers = textOf(item.manager).split('+')
  const config = item.config ?? {}
  const felix = calico('FelixConfiguration', 'default', {
    spec: { ...(config.deviceRouteProtocol === undefined ? {} : { deviceRouteProtocol: config.deviceRouteProtocol }) },
  })
  const pools = POOLS.map((spec, i) => calico('IPPool', `pool-${i}`, { spec }))
  const cluster = clusterFrom([...pools, felix], { calico: RELEASE })
  const mtu = Number(config.mtu ?? config.vxlanMTU ?? 0)
  const local = item.localNode ?? ''
  return {
    pools: cluster.pools,
    style: {
      release: cluster.release,
      felix: cluster.felix,
      mtu: { ipip: Number(config.ipipMTU ?? 0), vxlan: mtu, vxlanV6: mtu },
      uplink: textOf(item.parentDevice),
    },
    view: {
      release: cluster.release,
      manages: (pool) => managers.some((manager) => isManagedBy(pool, manager, config)),
      parentKnown: () => typeof item.parentDevice === 'string',
      ipipPeer: (node) => addressIn(item, 'HostMetadata', { hostname: node }, 'ipv4Addr'),
      remoteVtep: (node, family) =>
        node === local ? undefined : addressIn(item, 'VTEP', { node }, family === 4 ? 'ipv4Addr' : 'ipv6Addr'),
    },
  }
}

function isManagedBy(pool: Pool, manager: string, config: Fields): boolean {
  switch (encapsulationOf(pool)) {
    case 'ipip':
      return manager === 'ipip' && config.programIPIPClusterRoutes !== false
    case 'vxlan':
      return manager.startsWith('vxlan')
    case 'none':
      return manager === 'noencap' && config.programNoEncapClusterRoutes !== false
  }
}

/** The last message of its kind about something counts. */
function addressIn(
  { resources }: DataplaneCase,
  kind: string,
  about: Readonly<Record<string, string>>,
  field: string,
): Address | undefined {
  const found = resources.findLast(
    (entry) => entry.kind === kind && Object.entries(about).every(([key, value]) => entry[key] === value),
  )
  return parseAddress(textOf(found?.[field]).split('/')[0] ?? '')
}

const ENCAPSULATIONS: Readonly<Record<string, ReturnType<typeof encapsulationOf>>> = {
  IPIP: 'ipip',
  VXLAN: 'vxlan',
  NO_ENCAP: 'none',
}

const BITS: Readonly<Record<string, number>> = {
  REMOTE_WORKLOAD: L3_TYPE.remoteWorkload,
  REMOTE_HOST: L3_TYPE.remoteHost,
  LOCAL_WORKLOAD: L3_TYPE.localWorkload,
  LOCAL_HOST: L3_TYPE.localHost,
  REMOTE_TUNNEL: L3_TYPE.remoteTunnel,
  LOCAL_TUNNEL: L3_TYPE.localTunnel,
}

/** Messages in order: a later one about a CIDR replaces or removes an earlier one. */
function routesOf({ resources }: DataplaneCase, { pools }: World): readonly L3Route[] {
  const routes = new Map<string, L3Route>()
  for (const message of resources) {
    if (message.kind !== 'RouteUpdate' && message.kind !== 'RouteRemove') continue
    const prefix = prefixFrom(message.dst)
    const key = formatPrefix(prefix)
    routes.delete(key)
    if (message.kind === 'RouteRemove') continue
    const wanted = ENCAPSULATIONS[textOf(message.ipPoolType)]
    const pool = pools.find((candidate) => encapsulationOf(candidate) === wanted)
    const address = parseAddress(textOf(message.dstNodeIp))
    const types = (message.types as readonly string[]).reduce((bits, name) => bits | (BITS[name] ?? 0), 0)
    routes.set(key, {
      prefix,
      types,
      ...(pool === undefined ? {} : { pool }),
      natOutgoing: message.natOutgoing === true,
      ...(message.dstNodeName === undefined ? {} : { node: textOf(message.dstNodeName) }),
      ...(address === undefined ? {} : { nodeAddress: address }),
      sameSubnet: message.sameSubnet === true,
      localWorkload: message.localWorkload === true,
      borrowed: message.borrowed === true,
      tunnels: [],
    })
  }
  return [...routes.values()]
}

const deviceOf = ({ type, dev }: RouteSpec): string => (type === 'blackhole' ? NO_DEVICE : (dev ?? ''))

function compareByDevice(wanted: unknown, specs: readonly RouteSpec[]): readonly string[] {
  return Object.entries((wanted as Fields | undefined) ?? {}).flatMap(([device, routes]) => {
    const want = listOf(routes).map(targetFields).map(canonical).sort()
    const have = specs
      .filter((spec) => deviceOf(spec) === device)
      .map(specFields)
      .map(canonical)
      .sort()
    return canonical(want) === canonical(have)
      ? []
      : [`${device}: recorded ${want.join(' ')}, predicted ${have.join(' ')}`]
  })
}

/** What Felix's target types come to in the kernel (felix/routetable/defs.go): the records name the type. */
function targetFields({ cidr, type, gw, proto, mtu }: Fields): Fields {
  const onlink = type === 'onlink' || type === 'noencap' || type === 'vxlan'
  return {
    cidr: formatPrefix(prefixFrom(cidr)),
    blackhole: type === 'blackhole',
    onlink,
    gw: gw === undefined ? undefined : textOf(gw).split('/')[0],
    proto: proto === undefined ? undefined : String(proto),
    mtu: mtu === 0 ? undefined : mtu,
  }
}

function specFields({ prefix, type, via, onlink, protocol, mtu }: RouteSpec): Fields {
  return {
    cidr: formatPrefix(prefix),
    blackhole: type === 'blackhole',
    onlink: onlink === true,
    gw: via && formatAddress(via),
    proto: protocol === 'boot' ? undefined : protocol,
    mtu,
  }
}

function compareCounts(wanted: unknown, specs: readonly RouteSpec[]): readonly string[] {
  return Object.entries((wanted as Readonly<Record<string, number>> | undefined) ?? {}).flatMap(([device, count]) => {
    const have = specs.filter((spec) => deviceOf(spec) === device).length
    return have === count ? [] : [`${device}: recorded ${count} routes, predicted ${have}`]
  })
}

const CLASSES = { vxlan: 'VXLAN', ipip: 'IPIP', none: 'NoEncap' } as const

function classOf(route: NonNullable<Written>): string {
  const pool = CLASSES[encapsulationOf(route.pool)]
  switch (route.kind) {
    case 'blackhole':
      return `Blackhole${pool}`
    case 'noEncap':
      return encapsulationOf(route.pool) === 'none' ? 'NoEncap' : `${pool}SameSubnet`
    case 'ipip':
    case 'vxlan':
    case 'vtep':
      return `${pool}Tunnel`
  }
}

function compareClasses(wanted: unknown, written: readonly NonNullable<Written>[]): readonly string[] {
  return Object.entries((wanted as Fields | undefined) ?? {}).flatMap(([name, cidrs]) =>
    compareList(
      name,
      cidrs,
      written.filter((route) => classOf(route) === name).map(({ prefix }) => formatPrefix(prefix)),
    ),
  )
}

function compareList(what: string, wanted: unknown, have: readonly string[]): readonly string[] {
  if (wanted === undefined) return []
  const want = (wanted as readonly string[]).map((cidr) => formatPrefix(prefixFrom(cidr))).sort()
  return canonical(want) === canonical([...have].sort()) ? [] : [`${what}: recorded ${want}, predicted ${have}`]
}

/** ARP and FDB entries; a later message about a node replaces an earlier one. */
function compareNeighbours(wanted: readonly Fields[], item: DataplaneCase): readonly string[] {
  const family = textOf(item.manager).endsWith('v6') ? 6 : 4
  const latest = new Map<string, Vtep>()
  for (const message of item.resources) {
    if (message.kind !== 'VTEP') continue
    const node = textOf(message.node)
    const address = addressIn(item, 'VTEP', { node }, family === 4 ? 'ipv4Addr' : 'ipv6Addr')
    const parent = addressIn(item, 'VTEP', { node }, family === 4 ? 'parentDeviceIp' : 'parentDeviceIpv6')
    const mac = textOf(family === 4 ? message.mac : message.macV6)
    if (address && parent) latest.set(node, { node, family, address, mac, parent })
  }
  const have = vxlanNeighbours([...latest.values()], item.localNode ?? '').map((entry) =>
    [formatAddress(entry.address), entry.mac, formatAddress(entry.destination)].sort(),
  )
  const want = wanted.map((entry) => Object.values(entry).map(spelt).sort())
  return canonical([...want].sort()) === canonical([...have].sort())
    ? []
    : [`l2: recorded ${canonical(wanted)}, predicted ${canonical(have)}`]
}

function spelt(value: unknown): string {
  const address = parseAddress(textOf(value).split('/')[0] ?? '')
  return address === undefined ? textOf(value) : formatAddress(address)
}
