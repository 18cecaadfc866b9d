/** Nodes against each other, and what names a node against the nodes. */

import { formatAddress } from '../../../address/address.js'
import { parseInterfaceAddressOrHost } from '../../../address/prefix.js'
import type { Finding } from '../../../findings/finding.js'
import { type Resource, refOf } from '../../resource.js'
import { isFields } from '../schema.js'
import { didYouMean, show } from '../slips.js'
import { type Inventory, type Ranged, specOf } from './inventory.js'

/** Addresses that two nodes share, and records and configurations of nodes that are not there. */
export function nodeFindings(inventory: Inventory): Finding[] {
  return [
    ...duplicateAddresses(inventory.nodes),
    ...affinitiesWithoutNode(inventory),
    ...configurationsWithoutNode(inventory),
  ]
}

/** calico-node checks at its start that no other node has its address (node startup.go checkConflicts). */
function duplicateAddresses(nodes: readonly Resource[]): Finding[] {
  const owners = new Map<string, string>()
  const findings: Finding[] = []
  for (const node of nodes) {
    const { name } = node.metadata
    for (const { text, path } of addressesOf(node)) {
      const address = parseInterfaceAddressOrHost(text)?.address
      if (address === undefined) continue
      const key = formatAddress(address)
      const owner = owners.get(key)
      owners.set(key, owner ?? name)
      if (owner === undefined || owner === name) continue
      findings.push({
        severity: 'error',
        code: 'NODE_ADDRESS_DUPLICATE',
        message: `Nodes ${owner} and ${name} both have the address ${key}.`,
        hint: 'Give each node an address of its own; calico-node does not start on a node whose address is taken.',
        resource: refOf(node),
        path,
      })
    }
  }
  return findings
}

interface Written {
  readonly text: string
  readonly path: readonly string[]
}

function addressesOf(node: Resource): readonly Written[] {
  const found: Written[] = []
  const take = (fields: unknown, names: readonly string[], path: readonly string[]): void => {
    if (!isFields(fields)) return
    for (const name of names) {
      const text = fields[name]
      if (typeof text === 'string') found.push({ text, path: [...path, name] })
    }
  }
  if (node.apiVersion === 'v1') {
    const keys = ['projectcalico.org/IPv4Address', 'projectcalico.org/IPv6Address']
    take(node.metadata.annotations, keys, ['metadata', 'annotations'])
  } else take(specOf(node).bgp, ['ipv4Address', 'ipv6Address'], ['spec', 'bgp'])
  return found
}

/** One finding for each missing node, however many blocks it had. */
function affinitiesWithoutNode({ affinities, hasNode, knowsNodes }: Inventory): Finding[] {
  if (!knowsNodes) return []
  const missing = new Map<string, Ranged[]>()
  for (const affinity of affinities) {
    const { node, type } = affinity.spec
    if (typeof node !== 'string' || type === 'virtual' || hasNode(node)) continue
    const list = missing.get(node)
    if (list) list.push(affinity)
    else missing.set(node, [affinity])
  }
  return [...missing].flatMap(([node, list]): Finding[] => {
    const [first] = list
    if (first === undefined) return []
    return [
      {
        severity: 'warning',
        code: 'BLOCKAFFINITY_NODE_UNKNOWN',
        message: `${list.length} ${list.length === 1 ? 'block belongs' : 'blocks belong'} to ${show(node)}, which is no node of the input.`,
        hint: `If the node is gone for good, run calicoctl delete node ${node} or calicoctl ipam check to release them.`,
        resource: refOf(first.resource),
        path: ['spec', 'node'],
      },
    ]
  })
}

/** BGPConfiguration and FelixConfiguration `node.NAME` apply to one node. */
function configurationsWithoutNode({ of, hasNode, knowsNodes, nodes }: Inventory): Finding[] {
  if (!knowsNodes) return []
  return ['BGPConfiguration', 'FelixConfiguration'].flatMap((kind) =>
    of(kind).flatMap((resource): Finding[] => {
      const { name } = resource.metadata
      if (!name.startsWith('node.') || hasNode(name.slice('node.'.length))) return []
      return [unknownName(resource, ['metadata', 'name'], 'node', name.slice('node.'.length), nodeNames(nodes))]
    }),
  )
}

/** Names to choose a suggestion from; bounded, because each is compared. */
export function nodeNames(nodes: readonly Resource[]): readonly string[] {
  return nodes.slice(0, 5000).map(({ metadata }) => metadata.name)
}

/** A name that refers to nothing in the input, with the nearest that does exist. */
export function unknownName(
  resource: Resource,
  path: readonly (string | number)[],
  what: string,
  name: string,
  known: readonly string[],
  severity: 'error' | 'warning' = 'warning',
): Finding {
  const meant = didYouMean(name, known)
  return {
    severity,
    code: 'REFERENCE_UNKNOWN',
    message: `There is no ${what} ${show(name)} in the input.`,
    hint: meant === undefined ? `Check the name of the ${what}.` : `Did you mean ${meant}?`,
    resource: refOf(resource),
    path,
  }
}
