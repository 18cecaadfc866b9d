/** The pods that a workload or a NodeSet will have, and that the input does not list. */

import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { Labels, Pod, Workload } from '../../cluster/workload.js'
import { nextNode, type Scheduler } from './scheduler.js'

/** Namespace of the pods that NodeSets' podsPerNode stand for. */
export const NODE_SET_NAMESPACE = 'default'

const NONE: Labels = {}
const NO_ADDRESSES: Pod['addresses'] = []

/** Pods on the node that its NodeSet asks for, named `NODE-pod-0` and on. */
export function* nodeSetPods(node: ClusterNode): IterableIterator<Pod> {
  for (let i = 0; i < node.syntheticPods; i++) {
    yield {
      namespace: NODE_SET_NAMESPACE,
      name: `${node.name}-pod-${i}`,
      labels: NONE,
      annotations: NONE,
      node: node.name,
      addresses: NO_ADDRESSES,
      hostNetwork: false,
      finished: false,
      synthetic: 'nodeSet',
    }
  }
}

/**
 * The workload's missing pods with the node that each goes to, `NAME-0` and on, for a DaemonSet `NAME-NODE`. Names that
 * the input's pods have already are passed over. A pod without a node finds none that it may run on.
 */
export function* workloadPods(
  workload: Workload,
  scheduler: Scheduler,
  taken: ReadonlySet<string>,
): IterableIterator<Pod> {
  if (workload.kind === 'DaemonSet') {
    for (const node of scheduler.daemonNodes(workload.nodeSelector, workload.tolerations)) {
      if (!workload.listed?.nodes.has(node.name)) yield podOf(workload, `${workload.name}-${node.name}`, node.name)
    }
    return
  }
  const turn = scheduler.turn(workload.nodeSelector, workload.tolerations)
  let ordinal = 0
  for (let i = 0; i < (workload.replicas ?? 0); i++) {
    while (taken.has(`${workload.namespace}/${workload.name}-${ordinal}`)) ordinal++
    const node = nextNode(turn)
    yield podOf(workload, `${workload.name}-${ordinal++}`, node?.name)
  }
}

function podOf(workload: Workload, name: string, node: string | undefined): Pod {
  return {
    namespace: workload.namespace,
    name,
    labels: workload.podLabels,
    annotations: workload.podAnnotations,
    ...(node === undefined ? {} : { node }),
    addresses: NO_ADDRESSES,
    hostNetwork: workload.hostNetwork,
    finished: false,
    synthetic: 'workload',
  }
}

/** False when nothing in the input would make a node claim a block. */
export function hasPods(cluster: Cluster): boolean {
  return (
    cluster.pods.some(({ hostNetwork, finished }) => !hostNetwork && !finished) ||
    cluster.workloads.some(({ hostNetwork }) => !hostNetwork) ||
    cluster.nodes.some(({ syntheticPods }) => syntheticPods > 0)
  )
}
