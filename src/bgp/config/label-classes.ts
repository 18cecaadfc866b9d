/**
 * Which nodes a selector matches, asked once for each distinct set of the labels that any selector mentions, instead
 * of once for each node. Hostname labels make every node's full label set distinct, so only mentioned keys count.
 */

import type { ClusterNode } from '../../cluster/node.js'
import type { Selector } from '../../manifests/selector/selector.js'

export interface LabelClasses {
  /** Class number of each node. */
  readonly ofNode: Uint32Array
  readonly count: number
  /** Class by class, whether the selector matches. */
  matches(selector: Selector): readonly boolean[]
}

export function labelClasses(nodes: readonly ClusterNode[], selectors: readonly Selector[]): LabelClasses {
  const keys = mentionedKeys(nodes, selectors)
  const ofNode = new Uint32Array(nodes.length)
  const samples: ClusterNode['labels'][] = []
  const known = new Map<string, number>()
  for (const [i, node] of nodes.entries()) {
    const signature = JSON.stringify(keys.map((key) => (Object.hasOwn(node.labels, key) ? node.labels[key] : null)))
    let number = known.get(signature)
    if (number === undefined) {
      number = samples.length
      known.set(signature, number)
      samples.push(node.labels)
    }
    ofNode[i] = number
  }
  const answers = new Map<string, readonly boolean[]>()
  return {
    ofNode,
    count: samples.length,
    matches(selector) {
      const held = answers.get(selector.canonical)
      if (held !== undefined) return held
      const fresh = samples.map((labels) => selector.matches(labels))
      answers.set(selector.canonical, fresh)
      return fresh
    },
  }
}

/** Label keys that occur in the text of some selector: a superset of those that it looks at. */
function mentionedKeys(nodes: readonly ClusterNode[], selectors: readonly Selector[]): string[] {
  const text = [...new Set(selectors.flatMap((selector) => [selector.text, selector.canonical]))].join('\n')
  const keys = new Set<string>()
  for (const node of nodes) for (const key of Object.keys(node.labels)) keys.add(key)
  return [...keys].filter((key) => text.includes(key)).sort((a, b) => (a < b ? -1 : 1))
}
