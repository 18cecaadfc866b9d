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

/** Nodes that are there all the time and have something to lose. */
export function commonClasses(stages: readonly Stage[], ipam: IpamView): readonly Alike[] {
  const withPods = new Set(ipam.pods.map(({ node }) => node))
  const byKey = new Map<string, { names: string[]; classes: readonly number[] }>()
  for (const node of stages[0]?.cluster.nodes ?? []) {
    const { name } = node
    if (withPods.size > 0 ? !withPods.has(name) : isClosed(node)) continue
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

/** Where the input shows no pods at all, those are taken to be where pods may be. */
function isClosed({ schedulable, taints }: ClusterNode): boolean {
  return !schedulable || taints.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
}
