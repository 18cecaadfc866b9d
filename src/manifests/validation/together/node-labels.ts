/** Which selectors match at least one node, asked without trying every selector on every node. */

import type { Resource } from '../../resource.js'
import { labelRestrictions } from '../../selector/label-restrictions.js'
import { parseSelector, SelectorError } from '../../selector/selector.js'
import { isFields } from '../schema.js'

type Labels = Readonly<Record<string, string>>

/** The labels of all nodes. */
export interface NodeLabels {
  /** Whether a node matches; undefined when the text is no selector or the nodes are not all known. */
  readonly anyMatches: (selector: string) => boolean | undefined
}

/** A NodeSet with more nodes is not spelled out here; then it is not known which labels there are. */
const MOST_SPELLED_OUT = 2000

/** Labels of Nodes, merged by name, and of the nodes that NodeSets make. */
export function createNodeLabels(nodes: readonly Resource[], nodeSets: readonly Resource[]): NodeLabels {
  const sets: Labels[] = mergeByName(nodes)
  let complete = nodes.length > 0 || nodeSets.length > 0
  for (const nodeSet of nodeSets) {
    const made = labelsOfNodeSet(nodeSet)
    if (made === undefined) complete = false
    else sets.push(...made)
  }
  const answers = new Map<string, boolean | undefined>()
  const indexes = new Map<string, Map<string, Labels[]>>()
  const index = (label: string): Map<string, Labels[]> => {
    const known = indexes.get(label)
    if (known) return known
    const values = new Map<string, Labels[]>()
    for (const labels of sets) {
      const value = labels[label]
      if (value === undefined) continue
      const list = values.get(value)
      if (list) list.push(labels)
      else values.set(value, [labels])
    }
    indexes.set(label, values)
    return values
  }
  return {
    anyMatches(text) {
      if (!answers.has(text)) answers.set(text, answer(text, sets, complete, index))
      return answers.get(text)
    },
  }
}

function answer(
  text: string,
  sets: readonly Labels[],
  complete: boolean,
  index: (label: string) => ReadonlyMap<string, Labels[]>,
): boolean | undefined {
  try {
    const selector = parseSelector(text)
    let candidates: readonly Labels[] = sets
    for (const [label, { mustHaveOneOf, mustBePresent }] of labelRestrictions(selector.tree)) {
      if (!mustBePresent) continue
      const values = index(label)
      candidates = mustHaveOneOf
        ? mustHaveOneOf.flatMap((value) => values.get(value) ?? [])
        : [...values.values()].flat()
      break
    }
    if (candidates.some((labels) => selector.matches(labels))) return true
    return complete ? false : undefined
  } catch (error) {
    if (error instanceof SelectorError) return undefined
    throw error
  }
}

function textLabels(labels: unknown): Labels {
  const out: Record<string, string> = Object.create(null) as Record<string, string>
  if (isFields(labels)) {
    for (const [key, value] of Object.entries(labels)) if (typeof value === 'string') out[key] = value
  }
  return out
}

/** A Calico Node and a Kubernetes Node of one name are one node, and Kubernetes' labels win. */
function mergeByName(nodes: readonly Resource[]): Labels[] {
  const byName = new Map<string, Labels>()
  const calicoFirst = [...nodes].sort((a, b) => Number(a.apiVersion === 'v1') - Number(b.apiVersion === 'v1'))
  for (const { metadata } of calicoFirst) {
    const labels = textLabels(metadata.labels)
    const known = byName.get(metadata.name)
    byName.set(metadata.name, known ? Object.assign(textLabels(known), labels) : labels)
  }
  return [...byName.values()]
}

function labelsOfNodeSet(nodeSet: Resource): Labels[] | undefined {
  const spec = isFields(nodeSet.spec) ? nodeSet.spec : {}
  const template = isFields(spec.template) && isFields(spec.template.metadata) ? spec.template.metadata : {}
  const labels = textLabels(template.labels)
  const { count } = spec
  if (typeof count !== 'number' || !(count >= 0) || count > MOST_SPELLED_OUT) return undefined
  const perSubnet = isFields(spec.subnet) ? spec.subnet.nodesPerSubnet : undefined
  return Array.from({ length: Math.floor(count) }, (_, index) => {
    const name = `${nodeSet.metadata.name}-${index}`
    const subnet = typeof perSubnet === 'number' && perSubnet >= 1 ? Math.floor(index / perSubnet) : undefined
    const filled = textLabels(labels)
    const own: Record<string, string> = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' }
    for (const [key, value] of Object.entries(filled)) own[key] = fill(value, index, name, subnet)
    return own
  })
}

/** The places of a template: `{{index}}`, `{{name}}`, `{{subnet}}` and `{{rack}}`. */
function fill(value: string, index: number, name: string, subnet: number | undefined): string {
  if (!value.includes('{{')) return value
  return value.replace(/\{\{ {0,8}(index|name|subnet|rack) {0,8}\}\}/g, (place, word: string) => {
    if (word === 'index') return String(index)
    if (word === 'name') return name
    return subnet === undefined ? place : String(subnet)
  })
}
