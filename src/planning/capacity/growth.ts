/**
 * A cluster as it grows: the very allocator that placed its pods goes on with more nodes and pods, so every point at
 * which something runs out is exact, not estimated.
 */

import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { Pod } from '../../cluster/workload.js'
import { isFailure } from '../../ipam/failure.js'
import { claimOneBlock, type SettledIpam, settleIpam } from '../../ipam/ipam-view.js'
import { calicoIpam } from '../../ipam/placement/place-pods.js'
import { hasPods, NODE_SET_NAMESPACE } from '../../ipam/placement/synthetic-pods.js'
import { reconcileTunnels } from '../../ipam/placement/tunnel-addresses.js'
import { RECLAIM_AGE_SECONDS } from '../../ipam/usable-block.js'
import { podFamilies } from './books.js'
import { createLedger, type NodeTally } from './growth-ledger.js'
import { grownNodes, takesPods } from './growth-nodes.js'
import { type GrowthPlan, planGrowth } from './growth-plan.js'
import { createRecorder } from './growth-recorder.js'
import type { GrowthStep } from './growth-step.js'
import { GrowthError, type GrowthTarget } from './growth-target.js'
import { KUBELET_MAX_PODS } from './limits.js'
import { podCidrRoom } from './pod-cidrs.js'

export interface Growth {
  readonly from: { readonly nodes: number; readonly pods: number }
  readonly to: { readonly nodes: number; readonly pods: number }
  /** From now to the target. */
  readonly steps: readonly GrowthStep[]
  /** Whole sentences. */
  readonly assumptions: readonly string[]
}

/** About so many steps, those at which something happens not counted. */
const STEPS = 10

/**
 * Grows a cluster to the target. First the present nodes that take pods are filled up evenly, then new nodes join one
 * by one, each with its tunnel addresses and its pods. Throws GrowthError for a target that cannot be reached.
 */
export function growthOf(cluster: Cluster, target: GrowthTarget): Growth {
  if (cluster.cni.ipamType !== 'calico-ipam') {
    throw new GrowthError(
      "the pods' addresses come from host-local: the size of its podCIDR is all that limits a node, and there are no blocks to grow",
    )
  }
  if (cluster.nodes.length === 0) throw new GrowthError('the input holds no node that could be copied')
  const settled = settleIpam(cluster)
  const plan = planGrowth(cluster, settled.view, target)
  return walk(cluster, settled, plan)
}

function walk(before: Cluster, settled: SettledIpam, plan: GrowthPlan): Growth {
  const { state } = settled
  const newcomers = grownNodes(before, plan.nodes - before.nodes.length)
  const cluster = withNodes(before, newcomers)
  const ledger = createLedger(before, settled)
  state.nodes = new Map(cluster.nodes.map(({ name, labels }) => [name, labels]))
  const bare = !hasPods(before) && plan.each === 0
  const wantsBlock = ({ used, refused, selected }: NodeTally): boolean => selected && (bare || used + refused > 0)
  const recorder = createRecorder(cluster, ledger, wantsBlock, podCidrRoom(before), settled.view.unplaced)
  const assign = calicoIpam(state, cluster)
  const families = podFamilies(cluster).length
  const from = { nodes: before.nodes.length, pods: plan.present }
  let asked = plan.present

  const place = (tally: NodeTally, ordinal: number): void => {
    const { name } = tally.node
    const blocks = recorder.happened('furtherBlock') ? 0 : ledger.blocksOf(name)
    const result = assign(podOn(name, ordinal), name)
    asked++
    if (isFailure(result)) {
      ledger.refuse(tally)
      const { reason: cause, message } = result
      recorder.note({ event: 'podWithoutAddress', node: name, cause, reason: message.trim() }, cause)
    } else recorder.given(tally, ledger.give(tally, result, true))
    if (blocks >= families && ledger.blocksOf(name) > blocks) recorder.note({ event: 'furtherBlock', node: name })
    if (tally.pods > KUBELET_MAX_PODS) recorder.note({ event: 'maxPods', node: name, value: KUBELET_MAX_PODS })
    recorder.flush()
  }
  const missing = ({ pods, refused }: NodeTally): number => Math.max(0, plan.each - pods - refused)

  recorder.step()
  const present = plan.fill ? ledger.nodes.filter(({ node }) => takesPods(node)) : []
  const podStep = stepFor(present.reduce((sum, tally) => sum + missing(tally), 0))
  for (let level = 0; level < plan.each; level++) {
    for (const tally of present) {
      if (plan.each - missing(tally) > level || asked >= plan.pods) continue
      place(tally, level)
      if (asked % podStep === 0) recorder.step()
    }
  }
  for (const tally of present) recorder.settled(tally)
  recorder.step()

  const nodeStep = stepFor(newcomers.length)
  for (const node of newcomers) {
    // Nodes do not join in the same minute: an empty block of another node is old enough to be taken over.
    if (!bare) state.now += RECLAIM_AGE_SECONDS
    const { addresses, failures } = reconcileTunnels(state, cluster, node, {})
    if (bare) claimOneBlock(state, cluster, node.name)
    const tally = ledger.join(node)
    recorder.joined(tally)
    recorder.given(tally, ledger.give(tally, Object.values(addresses), false))
    for (const { failure } of failures) {
      ledger.refuse(tally)
      recorder.note({ event: 'tunnelWithoutAddress', node: node.name, reason: failure.message })
    }
    recorder.flush()
    for (let i = 0; i < plan.each && asked < plan.pods; i++) place(tally, i)
    recorder.settled(tally)
    recorder.flush()
    if (ledger.nodes.length % nodeStep === 0) recorder.step()
  }
  recorder.step()
  return {
    from,
    to: { nodes: cluster.nodes.length, pods: asked },
    steps: recorder.steps,
    assumptions: plan.assumptions,
  }
}

function withNodes(before: Cluster, newcomers: readonly ClusterNode[]): Cluster {
  const nodes = [...before.nodes, ...newcomers]
  return { ...before, nodes, nodeByName: new Map(nodes.map((node) => [node.name, node])) }
}

/** The round number that divides a way into about STEPS parts: 1, 2 or 5 times a power of ten. */
function stepFor(total: number): number {
  const wanted = Math.max(1, total / STEPS)
  const power = 10 ** Math.floor(Math.log10(wanted))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= wanted) ?? power
}

const NONE: Pod['labels'] = {}

function podOn(node: string, ordinal: number): Pod {
  return {
    namespace: NODE_SET_NAMESPACE,
    name: `${node}-grown-${ordinal}`,
    labels: NONE,
    annotations: NONE,
    node,
    addresses: [],
    hostNetwork: false,
    finished: false,
    synthetic: 'nodeSet',
  }
}
