/**
 * A stand-in for the Kubernetes scheduler, which no manifest can foretell: pods go to the nodes that they may run on
 * in turn. Node selectors, taints and cordons count; affinity rules, resources and topology spread do not.
 */

import type { ClusterNode } from '../../cluster/node.js'
import type { Labels } from '../../cluster/workload.js'

type Tolerations = readonly Readonly<Record<string, unknown>>[]

/** What the result of a simulated placement rests on. */
export const SCHEDULING_ASSUMPTION =
  'Pods without a node go in turn to the schedulable nodes that their nodeSelector and tolerations allow, in byte order of names; affinity rules, resource requests and topology spread are not considered.'

/** What a DaemonSet's pods tolerate without saying so (pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
const DAEMON_TOLERATED =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable|network-unavailable)$/

/** Nodes that take pods in turn. */
export interface Turn {
  readonly nodes: readonly ClusterNode[]
  next: number
}

export class Scheduler {
  readonly #nodes: readonly ClusterNode[]
  readonly #turns = new Map<string, Turn>()

  constructor(nodes: readonly ClusterNode[]) {
    this.#nodes = nodes
  }

  /** Workloads with the same demands share a turn, so that many small ones spread as one large one would. */
  turn(nodeSelector: Labels, tolerations: Tolerations): Turn {
    const key = JSON.stringify([Object.entries(nodeSelector).sort(byKey), tolerations])
    let turn = this.#turns.get(key)
    if (turn === undefined) {
      const nodes = this.#nodes.filter((node) => node.schedulable && allows(node, nodeSelector, tolerations, false))
      turn = { nodes, next: 0 }
      this.#turns.set(key, turn)
    }
    return turn
  }

  /** Every node on which a DaemonSet runs, cordoned ones too. */
  daemonNodes(nodeSelector: Labels, tolerations: Tolerations): readonly ClusterNode[] {
    return this.#nodes.filter((node) => allows(node, nodeSelector, tolerations, true))
  }
}

/** Undefined when no node will do. */
export function nextNode(turn: Turn): ClusterNode | undefined {
  return turn.nodes[turn.next++ % turn.nodes.length]
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function allows(node: ClusterNode, nodeSelector: Labels, tolerations: Tolerations, daemon: boolean): boolean {
  const { labels, taints } = node
  const selected = Object.entries(nodeSelector).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  )
  return (
    selected &&
    taints
      .filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
      .every(
        (taint) => (daemon && DAEMON_TOLERATED.test(taint.key)) || tolerations.some((one) => tolerates(one, taint)),
      )
  )
}

/** k8s.io/api/core/v1 Toleration.ToleratesTaint. */
function tolerates(toleration: Readonly<Record<string, unknown>>, taint: ClusterNode['taints'][number]): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration
  if (effect !== '' && effect !== taint.effect) return false
  if (key === '') return operator === 'Exists'
  return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''))
}
