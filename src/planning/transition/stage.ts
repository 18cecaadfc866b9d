/** Phases as far as reachability goes, and the nodes that are alike in all of them. */

import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { IpamView } from '../../ipam/view.js'
import type { Reach } from '../reach/reach.js'
import type { OutageCause, Seconds } from './outage-cause.js'

export interface Stage {
  readonly from: Seconds
  readonly cause: OutageCause
  readonly cluster: Cluster
  readonly reach: Reach
}

export interface Alike {
  /** In byte order. */
  readonly names: readonly string[]
  /** Their class in each stage. */
  readonly classes: readonly number[]
}

/**
 * Which nodes have something to lose: those with pods, or, where the input shows no pods at all, those where pods may be.
 * A drained node has a block still, but nobody who misses its routes.
 */
export function populated({ nodeByName }: Cluster, { pods }: IpamView): (node: string) => boolean {
  const withPods = new Set(pods.map(({ node }) => node))
  if (withPods.size > 0) return (name) => withPods.has(name)
  return (name) => {
    const node = nodeByName.get(name)
    return node !== undefined && !isClosed(node)
  }
}

/** Nodes that are there all the time and have something to lose. */
export function commonClasses(stages: readonly Stage[], ipam: IpamView): readonly Alike[] {
  const first = stages[0]?.cluster
  const counts = first === undefined ? () => false : populated(first, ipam)
  const byKey = new Map<string, { names: string[]; classes: readonly number[] }>()
  for (const { name } of first?.nodes ?? []) {
    if (!counts(name)) continue
    const classes: number[] = []
    for (const { cluster, reach } of stages) {
      const then = cluster.nodeByName.get(name)
      const found = then === undefined ? undefined : reach.classOf[then.index]
      if (found !== undefined) classes.push(found)
    }
    if (classes.length < stages.length) continue
    const key = classes.join(' ')
    const held = byKey.get(key)
    if (held === undefined) byKey.set(key, { names: [name], classes })
    else held.names.push(name)
  }
  return [...byKey.values()]
}

/** Takes no new pods. */
function isClosed({ schedulable, taints }: ClusterNode): boolean {
  return !schedulable || taints.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
}
