/** Whole BGP tables of small clusters. */

import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { type BgpContext, createBgpContext } from '../../../src/bgp/config/context.js'
import type { Path } from '../../../src/bgp/path.js'
import { plainTables } from '../../../src/bgp/plain/tables.js'
import type { BgpEntry, BgpTables } from '../../../src/bgp/tables.js'
import type { FelixSettings } from '../../../src/cluster/felix-settings.js'
import type { BlockAffinity, RecordedBlock } from '../../../src/cluster/ipam-records.js'
import type { PlacedPod } from '../../../src/ipam/view.js'
import { address, context, type Given, prefix, speaker } from './config-fixture.js'

export interface GivenTables extends Given {
  /** `n1: [10.65.1.0/26]`; each is a confirmed affinity and a block. */
  readonly blocks?: Readonly<Record<string, readonly string[]>>
  /** Pod addresses by node. */
  readonly pods?: Readonly<Record<string, readonly string[]>>
  readonly tunnels?: Readonly<Record<string, { readonly ipip?: string; readonly vxlan?: string }>>
  readonly felix?: Partial<FelixSettings>
}

export const FELIX: Partial<FelixSettings> = {
  deviceRouteProtocol: 3,
  interfacePrefix: 'cali',
  ipv4NormalRoutePriority: 1024,
  ipv6NormalRoutePriority: 1024,
}

/** The context of a cluster whose IPAM holds what is given. One pool 10.65.0.0/16 unless others are given. */
export function clusterContext(given: GivenTables): BgpContext {
  const owned = Object.entries(given.blocks ?? {}).flatMap(([node, list]) => list.map((text) => ({ node, text })))
  const affinities: readonly BlockAffinity[] =
    given.affinities ??
    owned.map(({ node, text }) => ({ node, type: 'host', prefix: prefix(text), state: 'confirmed' }))
  const blocks: readonly RecordedBlock[] = owned.map(({ node, text }) => ({
    prefix: prefix(text),
    affinity: { type: 'host', host: node },
    allocations: [],
    unallocated: [],
  }))
  const felix = { ...FELIX, ...given.felix } as FelixSettings
  const base = context({ pools: [{}], ...given, affinities, extra: { felix, ...given.extra } })
  const pods = Object.entries(given.pods ?? {}).flatMap(([node, list]) => list.map((text) => placed(node, text)))
  const tunnels = Object.entries(given.tunnels ?? {}).map(
    ([node, { ipip, vxlan }]) =>
      [node, { ...(ipip ? { ipip: address(ipip) } : {}), ...(vxlan ? { vxlan: address(vxlan) } : {}) }] as const,
  )
  return createBgpContext(base.cluster, { ...base.ipam, blocks, pods, tunnels: new Map(tunnels) })
}

function placed(node: string, text: string): PlacedPod {
  return {
    pod: {
      namespace: 'default',
      name: `w-${text}`,
      labels: {},
      annotations: {},
      node,
      addresses: [address(text)],
      hostNetwork: false,
      finished: false,
    },
    node,
    addresses: [address(text)],
  }
}

export interface SolvedCluster {
  readonly context: BgpContext
  readonly tables: BgpTables
  entry(node: string, cidr: string): BgpEntry | undefined
  /** Paths that came by BGP. */
  paths(node: string, cidr: string): readonly Path[]
  /** Prefixes that came by BGP. */
  learnt(node: string): readonly string[]
}

export function solve(given: GivenTables): SolvedCluster {
  const bgp = clusterContext(given)
  const tables = plainTables(bgp)
  const entries = (node: string) => tables.table(speaker(bgp, node).index, 4).entries
  const entry = (node: string, cidr: string) => tables.table(speaker(bgp, node).index, 4).entry(prefix(cidr))
  return {
    context: bgp,
    tables,
    entry,
    paths: (node, cidr) => (entry(node, cidr)?.paths ?? []).filter((path) => path.source === 'bgp'),
    learnt: (node) =>
      entries(node).flatMap(({ prefix: held, paths }) =>
        paths.some((path) => path.source === 'bgp') ? formatPrefix(held) : [],
      ),
  }
}

/** `gateway dev`, or the kind of what is no gateway. */
export function where({ resolution }: Path): string {
  return resolution.kind === 'gateway' ? `${formatAddress(resolution.gateway)} ${resolution.dev}` : resolution.kind
}

export function nextHop(path: Path | undefined): string | undefined {
  return path?.nextHop && formatAddress(path.nextHop)
}

/** Nodes n1, n2, ... at 172.16.1.11, .12, ..., with block 10.65.i.0/26 each. */
export function numbered(count: number, more: Readonly<Record<string, object>> = {}) {
  const names = Array.from({ length: count }, (_, i) => `n${i + 1}`)
  return {
    nodes: names.map((name, i) => ({ name, v4: `172.16.1.${11 + i}/24`, ...more[name] })),
    blocks: Object.fromEntries(names.map((name, i) => [name, [`10.65.${i + 1}.0/26`]])),
  }
}

/** The subnet of `numbered`, with its gateway. */
export const RACK = [{ name: 'rack', cidr: '172.16.1.0/24', gateway: address('172.16.1.1') }]
