/** What the planner's own kinds name: nodes, pools, pods, subnets and hosts of the input. */

import type { FieldPath, Finding } from '../../../findings/finding.js'
import type { Resource } from '../../resource.js'
import { type Fields, isFields, itemsOf } from '../schema.js'
import { type Inventory, specOf } from './inventory.js'
import { nodeNames, unknownName } from './nodes.js'

/** Names by what they name; an absent set is not known, and nothing is said about its names. */
interface Names {
  readonly node: (name: string) => boolean
  readonly nodeList: readonly string[]
  readonly pool: ReadonlySet<string> | undefined
  readonly subnet: ReadonlySet<string> | undefined
  readonly host: ReadonlySet<string>
  readonly router: ReadonlySet<string>
  readonly pod: (name: string) => boolean
}

/** Names in Underlays and Expectations that refer to nothing. */
export function referenceFindings(inventory: Inventory): Finding[] {
  const names = namesOf(inventory)
  return [
    ...inventory.of('Underlay').flatMap((underlay) => underlayReferences(underlay, names)),
    ...inventory.of('Expectation').flatMap((expectation) => expectationReferences(expectation, names)),
  ]
}

function namesOf(inventory: Inventory): Names {
  const underlays = inventory.of('Underlay').map(specOf)
  const listed = (field: string): ReadonlySet<string> =>
    new Set(underlays.flatMap((spec) => itemsOf(spec[field]).flatMap((item) => nameIn(item) ?? [])))
  const pools = inventory.pools.map(({ resource }) => resource.metadata.name)
  const withoutPods = inventory.pods.size === 0 && inventory.podPrefixes.length === 0
  return {
    node: (name) => !inventory.knowsNodes || inventory.hasNode(name),
    nodeList: nodeNames(inventory.nodes),
    pool: pools.length === 0 ? undefined : new Set(pools),
    subnet: underlays.length === 0 ? undefined : listed('subnets'),
    host: listed('hosts'),
    router: listed('routers'),
    pod: (name) =>
      withoutPods ||
      inventory.pods.has(name) ||
      inventory.podPrefixes.some((prefix) => name.startsWith(prefix)) ||
      inventory.of('NodeSet').length > 0,
  }
}

function nameIn(item: unknown): string | undefined {
  return isFields(item) && typeof item.name === 'string' ? item.name : undefined
}

function underlayReferences(underlay: Resource, names: Names): Finding[] {
  const spec = specOf(underlay)
  const findings: Finding[] = []
  const subnet = (name: unknown, path: FieldPath): void => {
    if (typeof name !== 'string' || names.subnet === undefined || names.subnet.has(name)) return
    findings.push(unknownName(underlay, path, 'subnet', name, [...names.subnet], 'error'))
  }
  for (const [i, node] of itemsOf(spec.nodes).entries()) {
    if (!isFields(node)) continue
    if (typeof node.name === 'string' && !names.node(node.name)) {
      findings.push(unknownName(underlay, ['spec', 'nodes', i, 'name'], 'node', node.name, names.nodeList))
    }
    subnet(node.subnet, ['spec', 'nodes', i, 'subnet'])
  }
  for (const [i, router] of itemsOf(spec.routers).entries()) {
    if (!isFields(router)) continue
    for (const [j, link] of itemsOf(router.interfaces).entries()) {
      if (isFields(link)) subnet(link.subnet, ['spec', 'routers', i, 'interfaces', j, 'subnet'])
    }
  }
  return findings
}

function expectationReferences(expectation: Resource, names: Names): Finding[] {
  const spec = specOf(expectation)
  const findings: Finding[] = []
  const refer = (fields: unknown, path: FieldPath): void => {
    if (isFields(fields)) findings.push(...endpointReferences(expectation, fields, path, names))
  }
  for (const field of ['reachable', 'unreachable'] as const) {
    for (const [i, flow] of itemsOf(spec[field]).entries()) {
      if (!isFields(flow)) continue
      refer(flow.from, ['spec', field, i, 'from'])
      refer(flow.to, ['spec', field, i, 'to'])
    }
  }
  for (const [i, route] of itemsOf(spec.routes).entries()) refer(route, ['spec', 'routes', i])
  refer(spec.capacity, ['spec', 'capacity'])
  return findings
}

function endpointReferences(expectation: Resource, fields: Fields, path: FieldPath, names: Names): Finding[] {
  const unknown = (field: string, known: readonly string[]): Finding =>
    unknownName(expectation, [...path, field], field, String(fields[field]), known, 'error')
  const findings: Finding[] = []
  const { node, pod } = fields
  if (typeof node === 'string' && !names.node(node)) findings.push(unknown('node', names.nodeList))
  if (typeof pod === 'string' && !names.pod(pod)) findings.push(unknown('pod', []))
  for (const field of ['pool', 'subnet', 'host', 'router'] as const) {
    const name = fields[field]
    const known = names[field]
    if (typeof name === 'string' && known !== undefined && !known.has(name)) findings.push(unknown(field, [...known]))
  }
  return findings
}
