/** The one entry point of this room for the later ones: a Cluster's IPAM state, recorded or simulated. */

import { samePrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import { type ClusterNode, TUNNEL_KINDS } from '../cluster/node.js'
import type { Pod } from '../cluster/workload.js'
import { claimNewBlock } from './auto-assign.js'
import { releasePoolAffinities } from './cidr-affinity.js'
import { isFailure } from './failure.js'
import { removeNode } from './garbage-collection.js'
import type { IpamState } from './ipam-state.js'
import type { Affinity } from './owner.js'
import { ADOPTION_ASSUMPTION, adoptAddresses, type KnownAddress } from './placement/adopt-addresses.js'
import { exportAffinities, exportBlocks } from './placement/export-state.js'
import { hostLocalView } from './placement/host-local.js'
import { assignLoadBalancers } from './placement/load-balancers.js'
import { loadState } from './placement/load-state.js'
import {
  addressesOf,
  calicoIpam,
  MOST_PODS,
  PLACEMENT_ASSUMPTION,
  placePods,
  podKey,
  podOwner,
} from './placement/place-pods.js'
import { SCHEDULING_ASSUMPTION } from './placement/scheduler.js'
import { hasPods } from './placement/synthetic-pods.js'
import { assignTunnel, reconcileTunnels, tunnelOwner, tunnelPools } from './placement/tunnel-addresses.js'
import { poolsForHost } from './pool-selection.js'
import { type RecordedAddresses, recordedAddresses, type TunnelAddresses, tunnelsOf } from './recorded-addresses.js'
import { type RecordedState, recordedState } from './recorded-state.js'
import { releaseAddresses } from './release-addresses.js'
import type { IpamView, PlacedPod, TunnelFailure } from './view.js'

/** What a cluster's blocks rest on when nothing in the input would make a node claim one. */
export const ONE_BLOCK_ASSUMPTION =
  'The input holds no pods, so nothing makes a node claim a block; for planning, every node is taken to own one.'

/**
 * Who holds which block and address. Deterministic: the same Cluster gives the same view. With the state `before` a
 * change, what the change leaves alone stays as it was.
 */
export function ipamView(cluster: Cluster, before?: IpamBefore): IpamView {
  if (cluster.cni.ipamType === 'host-local') return hostLocalView(cluster)
  return before && before.cluster.cni.ipamType !== 'host-local'
    ? settleChange(cluster, before).view
    : settleIpam(cluster).view
}

/** The view, and the allocator's state behind it, on which more can be asked for. */
export interface SettledIpam {
  readonly state: IpamState
  readonly view: IpamView
}

/** A Cluster's pods and tunnels with their addresses, by Calico's own IPAM whatever the CNI configuration says. */
export function settleIpam(cluster: Cluster): SettledIpam {
  const recorded = recordedState(cluster)
  return recorded ? settleRecorded(cluster, recorded) : settleSimulated(cluster)
}

/**
 * Recorded blocks are the truth, and stored tunnel addresses stay. Pods without an address get one on top. A node that
 * has no address for a tunnel that it runs gets one only if its own blocks have room: whether it ever claimed one for
 * that is what the record says.
 */
function settleRecorded(cluster: Cluster, recorded: RecordedState): SettledIpam {
  const state = loadState(cluster, recorded)
  const known = recordedAddresses(recorded.blocks)
  adoptAddresses(state, knownAddresses(cluster, known), false)
  const tunnels = tunnelsOf(cluster.nodes, known.tunnels)
  for (const node of cluster.nodes) addMissingTunnels(state, cluster, node, tunnels)
  return finish(cluster, state, known, tunnels, { simulated: false, tunnelFailures: [], assumptions: [] })
}

function addMissingTunnels(
  state: IpamState,
  cluster: Cluster,
  node: ClusterNode,
  tunnels: Map<string, TunnelAddresses>,
): void {
  const owner: Affinity = { type: 'host', host: node.name }
  const settings = state.settings
  state.settings = { ...settings, autoAllocateBlocks: false, strictAffinity: true }
  for (const kind of TUNNEL_KINDS) {
    const stored = tunnels.get(node.name)
    const pools = stored?.[kind] ? [] : tunnelPools(cluster, node, kind)
    if (pools.length === 0 || [...state.blocksAffineTo(owner)].length === 0) continue
    const address = assignTunnel(state, node.name, kind, pools)
    if (!isFailure(address)) tunnels.set(node.name, { ...stored, [kind]: address })
  }
  state.settings = settings
}

/** A Cluster as it was, its IPAM state, and which of its pods are started anew by the change. */
export interface IpamBefore {
  readonly cluster: Cluster
  readonly view: IpamView
  readonly isRestarted?: (pod: Pod) => boolean
}

/**
 * The state after a change of the Cluster: affinities of deleted pools and addresses of deleted nodes and pods are
 * released, calico-node settles its tunnels anew, pods that are still there keep their node and addresses, and the
 * others ask for new ones.
 */
function settleChange(cluster: Cluster, before: IpamBefore): SettledIpam {
  const { blocks, affinities } = before.view
  const state = loadState(cluster, { blocks, affinities })
  for (const pool of before.cluster.pools) {
    if (!cluster.pools.some(({ prefix }) => samePrefix(prefix, pool.prefix))) releasePoolAffinities(state, pool.prefix)
  }
  for (const { name } of before.cluster.nodes) if (!cluster.nodeByName.has(name)) removeNode(state, name)
  const stays = stayingPods(cluster, before)
  const gone = before.view.pods.filter(({ pod }) => !stays.has(podKey(pod)))
  releaseAddresses(
    state,
    gone.flatMap(({ addresses }) => addresses.map((address) => ({ address }))),
  )
  const { tunnels, tunnelFailures } = settleTunnels(state, cluster, (node) => before.view.tunnels.get(node.name) ?? {})
  if (before.view.simulated && !hasPods(cluster))
    for (const { name } of cluster.nodes) claimOneBlock(state, cluster, name)
  const rest = { simulated: before.view.simulated, tunnelFailures, assumptions: before.view.assumptions ?? [] }
  return finish(withoutStatus(cluster, before), state, NOTHING_RECORDED, tunnels, rest, stays)
}

/** Pods of before that the changed Cluster still has, on a node that is still there. */
function stayingPods(cluster: Cluster, before: IpamBefore): Map<string, PlacedPod> {
  const wanted = new Map(
    placePods(cluster, NOTHING_RECORDED, () => []).pods.map((placed) => [podKey(placed.pod), placed.pod]),
  )
  const stays = new Map<string, PlacedPod>()
  for (const placed of before.view.pods) {
    const key = podKey(placed.pod)
    const pod = wanted.get(key)
    if (pod === undefined || before.isRestarted?.(placed.pod) || !cluster.nodeByName.has(placed.node)) continue
    const moved = pod.synthetic === undefined && pod.node !== undefined && pod.node !== placed.node
    if (!moved) stays.set(key, placed)
  }
  return stays
}

/** A pod that is started anew no longer has what its status says. */
function withoutStatus(cluster: Cluster, { isRestarted }: IpamBefore): Cluster {
  if (isRestarted === undefined) return cluster
  const pods = cluster.pods.map((pod) => (isRestarted(pod) ? { ...pod, addresses: [] } : pod))
  return { ...cluster, pods }
}

const NOTHING_RECORDED: RecordedAddresses = { pods: new Map(), tunnels: new Map() }

/** From nothing: addresses that resources state, then the nodes' tunnels in byte order of names, then the pods. */
function settleSimulated(cluster: Cluster): SettledIpam {
  const state = loadState(cluster, undefined)
  const known = knownAddresses(cluster, NOTHING_RECORDED)
  adoptAddresses(state, known, true)
  const { tunnels, tunnelFailures } = settleTunnels(state, cluster, ({ tunnelAddress }) => tunnelAddress)
  const bare = !hasPods(cluster)
  if (bare) for (const { name } of cluster.nodes) claimOneBlock(state, cluster, name)
  const assumptions = [
    ...(known.length > 0 ? [ADOPTION_ASSUMPTION] : []),
    ...(bare ? [ONE_BLOCK_ASSUMPTION] : [SCHEDULING_ASSUMPTION, PLACEMENT_ASSUMPTION]),
  ]
  return finish(cluster, state, NOTHING_RECORDED, tunnels, { simulated: true, tunnelFailures, assumptions })
}

function settleTunnels(
  state: IpamState,
  cluster: Cluster,
  stored: (node: ClusterNode) => TunnelAddresses,
): { readonly tunnels: Map<string, TunnelAddresses>; readonly tunnelFailures: readonly TunnelFailure[] } {
  const tunnels = new Map<string, TunnelAddresses>()
  const tunnelFailures: TunnelFailure[] = []
  for (const node of cluster.nodes) {
    const { addresses, failures } = reconcileTunnels(state, cluster, node, stored(node))
    if (Object.keys(addresses).length > 0) tunnels.set(node.name, addresses)
    for (const { kind, failure } of failures) tunnelFailures.push({ node: node.name, kind, reason: failure.message })
  }
  return { tunnels, tunnelFailures }
}

/** The block that a node claims for each family that its pods use, unless it owns one. */
export function claimOneBlock(state: IpamState, { cni }: Cluster, host: string): void {
  const owner: Affinity = { type: 'host', host }
  const families = [...(cni.assignIPv4 ? [4 as const] : []), ...(cni.assignIPv6 ? [6 as const] : [])]
  for (const family of families) {
    if (state.affinities.of(owner, family).length > 0) continue
    const pools = poolsForHost(state, { host, family, use: 'Workload', requested: [] })
    if (!isFailure(pools)) claimNewBlock(state, owner, pools.allowed, undefined)
  }
}

/** Addresses of tunnels, then of pods, that the input states. */
function knownAddresses(cluster: Cluster, recorded: RecordedAddresses): KnownAddress[] {
  const known: KnownAddress[] = []
  for (const { name, tunnelAddress } of cluster.nodes) {
    for (const kind of TUNNEL_KINDS) {
      const address = tunnelAddress[kind]
      if (address) known.push({ address, node: name, owner: tunnelOwner(name, kind) })
    }
  }
  for (const pod of cluster.pods) {
    if (pod.hostNetwork || pod.finished || pod.node === undefined) continue
    for (const address of addressesOf(pod, recorded)) {
      known.push({ address, node: pod.node, owner: podOwner(pod, pod.node) })
    }
  }
  return known
}

function finish(
  cluster: Cluster,
  state: IpamState,
  recorded: RecordedAddresses,
  tunnels: ReadonlyMap<string, TunnelAddresses>,
  rest: Pick<IpamView, 'simulated' | 'tunnelFailures' | 'assumptions'>,
  stays?: ReadonlyMap<string, PlacedPod>,
): SettledIpam {
  const { pods, unplaced } = placePods(cluster, recorded, calicoIpam(state, cluster), stays)
  const cut = pods.length + unplaced.length >= MOST_PODS ? [`Pods beyond the first ${MOST_PODS} are left out.`] : []
  const { addresses, failures } = assignLoadBalancers(state, cluster)
  const view: IpamView = {
    ...rest,
    assumptions: [...(rest.assumptions ?? []), ...cut],
    blocks: exportBlocks(state, !rest.simulated),
    affinities: exportAffinities(state),
    pods,
    unplaced,
    tunnels,
    loadBalancers: addresses,
    loadBalancerFailures: failures.map(({ service: { namespace, name }, failure }) => ({
      service: { kind: 'Service', namespace, name },
      reason: failure.message,
    })),
  }
  return { state, view }
}
