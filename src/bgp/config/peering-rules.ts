/**
 * BGPPeers as rules "these nodes have a session with those addresses", in the order in which confd writes them
 * (confd client.go updatePeersV1): global BGPPeers, then those of a node or a nodeSelector, then the automatic reverse
 * side of both. The first that names an address and port wins. confd walks BGPPeers of one pass in random order; here
 * it is the order of names, and rivals of one pass are reported.
 */

import type { Address, Family } from '../../address/address.js'
import type { BgpPeer } from '../../cluster/bgp-settings.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Selector } from '../../manifests/selector/selector.js'
import { type AddressKey, addressKey } from './address-key.js'
import { type LabelClasses, labelClasses } from './label-classes.js'
import type { NodeEndpoints } from './node-endpoints.js'
import { once } from './once.js'
import { nodesAtPeerIP, peerIPTarget } from './peer-ip.js'
import type { PeeringTarget } from './peering-target.js'
import { workloadTargets } from './workload-targets.js'

export type Pass = 'global' | 'node' | 'reverse'

export interface PeeringRule {
  /** Place among all rules; a lower one wins. */
  readonly order: number
  readonly pass: Pass
  readonly peer: BgpPeer
  /** All neighbours of a family. `node` matters for local workloads, which only their own node sees. */
  targets(family: Family, node: string): readonly PeeringTarget[]
  /** Those at one address. */
  targetsAt(address: Address, node: string): readonly PeeringTarget[]
}

export interface PeeringIndex {
  readonly rules: readonly PeeringRule[]
  readonly classes: LabelClasses
  /** Rules that a node takes part in, in order. */
  rulesOf(node: number): readonly PeeringRule[]
  /** Nodes that a selector matches, ascending. */
  nodesMatching(selector: Selector): readonly number[]
}

export function peeringIndex(cluster: Cluster, endpoints: NodeEndpoints): PeeringIndex {
  const peers = [...cluster.bgpPeers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const selectors = peers.flatMap((peer) => [peer.nodeSelector, peer.peerSelector].filter((s) => s !== undefined))
  const classes = labelClasses(cluster.nodes, selectors)
  const nodesMatching = matchingNodes(classes)
  const known: Known = { cluster, endpoints, nodesMatching, nodeTargets: allNodeTargets(endpoints) }
  const isGlobal = (peer: BgpPeer): boolean => peer.nodeSelector === undefined && peer.node === undefined
  const scoped = [
    ...peers.filter(isGlobal).flatMap((peer) => forwardRule(known, peer, 'global')),
    ...peers.filter((peer) => !isGlobal(peer)).flatMap((peer) => forwardRule(known, peer, 'node')),
    ...peers.flatMap((peer) => reverseRule(known, peer)),
  ]
  const rules = scoped.map(
    ({ pass, peer, targets, targetsAt }, order): PeeringRule => ({ order, pass, peer, targets, targetsAt }),
  )
  return { rules, classes, rulesOf: rulesByNode(scoped, rules, classes), nodesMatching }
}

/** True when the BGPPeer peers with local workloads, in a release that knows such peers. */
function isWorkloadPeer(cluster: Cluster, peer: BgpPeer): boolean {
  return peer.localWorkloadSelector !== undefined && cluster.release.localWorkloadPeers
}

type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'selector'; readonly selector: Selector }
  | { readonly kind: 'nodes'; readonly nodes: readonly number[] }

/** A rule before it has its place, with the nodes that it is for. */
interface ScopedRule extends Omit<PeeringRule, 'order'> {
  readonly scope: Scope
}

interface Known {
  readonly cluster: Cluster
  readonly endpoints: NodeEndpoints
  readonly nodesMatching: (selector: Selector) => readonly number[]
  readonly nodeTargets: NodeTargets
}

type NodeTargets = { readonly [F in Family]: readonly (PeeringTarget | undefined)[] }

function forwardRule(known: Known, peer: BgpPeer, pass: 'global' | 'node'): readonly ScopedRule[] {
  const { cluster, endpoints } = known
  const scope = localSide(known, peer)
  if (isWorkloadPeer(cluster, peer)) {
    const byNode = workloadTargets(cluster, peer)
    const targets: PeeringRule['targets'] = (family, node) =>
      (byNode.get(node) ?? []).filter((target) => target.address.family === family)
    return [{ pass, peer, scope, targets, targetsAt: atAddress(targets) }]
  }
  if (peer.peerSelector !== undefined) {
    return [nodeRule(known, pass, peer, scope, known.nodesMatching(peer.peerSelector), [4, 6])]
  }
  const target = peerIPTarget(cluster, endpoints, peer)
  if (target === undefined) return []
  const list = [target]
  const targets: PeeringRule['targets'] = (family) => (target.address.family === family ? list : [])
  return [{ pass, peer, scope, targets, targetsAt: atAddress(targets) }]
}

/** The other end of the same peerings: node-specific, whatever the BGPPeer itself is. */
function reverseRule(known: Known, peer: BgpPeer): readonly ScopedRule[] {
  const { cluster, endpoints } = known
  const manual = peer.reversePeering === 'Manual' && cluster.release.reversePeeringSetting
  if (manual || isWorkloadPeer(cluster, peer)) return []
  if (peer.peerSelector !== undefined) {
    const scope: Scope = { kind: 'selector', selector: peer.peerSelector }
    return [nodeRule(known, 'reverse', peer, scope, localNodes(known, peer), [4, 6])]
  }
  if (peer.peerAddress === undefined) return []
  const nodes = nodesAtPeerIP(cluster, endpoints, peer)
  if (nodes.length === 0) return []
  const both = cluster.release.reversePeering === 'bothFamilies'
  const families: readonly Family[] = both ? [4, 6] : [peer.peerAddress.family]
  return [nodeRule(known, 'reverse', peer, { kind: 'nodes', nodes }, localNodes(known, peer), families)]
}

function atAddress(targets: PeeringRule['targets']): PeeringRule['targetsAt'] {
  return (address, node) =>
    targets(address.family, node).filter((target) => addressKey(target.address) === addressKey(address))
}

/** A rule whose neighbours are nodes; its lists are made when first asked for. */
function nodeRule(
  known: Known,
  pass: Pass,
  peer: BgpPeer,
  scope: Scope,
  nodes: readonly number[],
  families: readonly Family[],
): ScopedRule {
  const list = (family: Family): readonly PeeringTarget[] =>
    families.includes(family) ? nodes.flatMap((node) => known.nodeTargets[family][node] ?? []) : []
  const lists = { 4: once(() => list(4)), 6: once(() => list(6)) }
  const tables = { 4: once(() => tableOf(lists[4]())), 6: once(() => tableOf(lists[6]())) }
  return {
    pass,
    peer,
    scope,
    targets: (family) => lists[family](),
    targetsAt: (address) => tables[address.family]().get(addressKey(address)) ?? [],
  }
}

function localSide({ cluster }: Known, peer: BgpPeer): Scope {
  if (peer.nodeSelector !== undefined) return { kind: 'selector', selector: peer.nodeSelector }
  if (peer.node === undefined) return { kind: 'all' }
  const node = cluster.nodeByName.get(peer.node)
  return { kind: 'nodes', nodes: node === undefined ? [] : [node.index] }
}

function localNodes(known: Known, peer: BgpPeer): readonly number[] {
  const scope = localSide(known, peer)
  if (scope.kind === 'nodes') return scope.nodes
  return scope.kind === 'all' ? known.cluster.nodes.map((node) => node.index) : known.nodesMatching(scope.selector)
}

/** Most selectors match few classes, and there are as many selectors as racks: only nodes of matching classes are looked at. */
function matchingNodes(classes: LabelClasses): Known['nodesMatching'] {
  const held = new Map<string, readonly number[]>()
  const members = once(() => {
    const lists: number[][] = Array.from({ length: classes.count }, () => [])
    for (let node = 0; node < classes.ofNode.length; node++) lists[classes.ofNode[node] ?? 0]?.push(node)
    return lists
  })
  return (selector) => {
    const known = held.get(selector.canonical)
    if (known !== undefined) return known
    const matching = classes.matches(selector).flatMap((matches, number) => (matches ? [members()[number] ?? []] : []))
    const [only, second] = matching
    const fresh = second === undefined ? (only ?? []) : matching.flat().sort((a, b) => a - b)
    held.set(selector.canonical, fresh)
    return fresh
  }
}

/** Nodes as the peers of a selector (confd client.go nodeAsBGPPeers). */
function allNodeTargets(endpoints: NodeEndpoints): NodeTargets {
  const of = (family: Family): readonly (PeeringTarget | undefined)[] =>
    endpoints[family].map(
      (endpoint) =>
        endpoint && {
          address: endpoint.address,
          text: endpoint.text,
          ...(endpoint.port === undefined ? {} : { port: endpoint.port }),
          asNumber: endpoint.asNumber,
          allowLocalAS: 0,
          ...(endpoint.clusterID === undefined ? {} : { clusterID: endpoint.clusterID }),
          calicoNode: false,
          workload: false,
        },
    )
  return { 4: of(4), 6: of(6) }
}

/** Rules by node: those of every node or of its labels, worked out once for each class, and those that name it. */
function rulesByNode(scoped: readonly ScopedRule[], rules: readonly PeeringRule[], classes: LabelClasses) {
  const byNode = new Map<number, PeeringRule[]>()
  for (const [i, { scope }] of scoped.entries()) {
    const rule = rules[i]
    if (scope.kind !== 'nodes' || rule === undefined) continue
    for (const node of scope.nodes) {
      const list = byNode.get(node)
      if (list === undefined) byNode.set(node, [rule])
      else list.push(rule)
    }
  }
  const byClass = new Map<number, readonly PeeringRule[]>()
  const rulesOfClass = (number: number): readonly PeeringRule[] => {
    const held = byClass.get(number)
    if (held !== undefined) return held
    const fresh = rules.filter((_, i) => {
      const scope = scoped[i]?.scope
      if (scope === undefined || scope.kind === 'nodes') return false
      return scope.kind === 'all' || classes.matches(scope.selector)[number] === true
    })
    byClass.set(number, fresh)
    return fresh
  }
  return (node: number): readonly PeeringRule[] => {
    const common = rulesOfClass(classes.ofNode[node] ?? 0)
    const own = byNode.get(node)
    return own === undefined ? common : [...common, ...own].sort((a, b) => a.order - b.order)
  }
}

function tableOf(targets: readonly PeeringTarget[]): ReadonlyMap<AddressKey, readonly PeeringTarget[]> {
  const table = new Map<AddressKey, PeeringTarget[]>()
  for (const target of targets) {
    const list = table.get(addressKey(target.address))
    if (list === undefined) table.set(addressKey(target.address), [target])
    else list.push(target)
  }
  return table
}
