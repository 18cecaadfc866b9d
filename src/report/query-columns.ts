/** The columns of `calicoctl get` and `kubectl get`, as far as a model can fill them: nothing has an age or a restart. */

import { formatAddress } from '../address/address.js'
import type { ReadKind } from '../cluster/inventory.js'
import { at, textOf, textsOf } from '../cluster/read-fields.js'
import type { Resource } from '../manifests/resource.js'
import type { Client } from '../planning/change/change.js'
import type { Query } from '../planning/runbook/runbook.js'
import type { Simulation } from '../planning/simulation.js'

export interface ShownColumn {
  readonly name: string
  readonly cell: (resource: Resource) => string
}

/** Namespaced objects of all namespaces are shown with theirs. */
export function columnsOf(
  query: Query & { readonly ask: 'resources' },
  simulation: Simulation,
): readonly ShownColumn[] {
  const columns = ofKind(query, simulation)
  return query.namespace === '*' ? [NAMESPACE, ...columns] : columns
}

function ofKind(
  { kind, client }: Query & { readonly ask: 'resources' },
  simulation: Simulation,
): readonly ShownColumn[] {
  switch (kind) {
    case 'calico/Node':
    case 'core/Node':
      return nodeColumns(simulation, client)
    case 'core/Pod':
      return podColumns(simulation)
    default:
      return COLUMNS[kind] ?? [NAME]
  }
}

const field = (name: string, absent: string, ...path: string[]): ShownColumn => ({
  name,
  cell: (resource) => {
    const value = at(resource, 'spec', ...path)
    return value === undefined || value === null ? absent : String(value)
  },
})

const NAME: ShownColumn = { name: 'NAME', cell: ({ metadata }) => metadata.name }

const NAMESPACE: ShownColumn = { name: 'NAMESPACE', cell: ({ metadata }) => metadata.namespace ?? 'default' }

/** calicoctl resourcemgr: the headings that `get -o wide` has. */
const COLUMNS: Readonly<Partial<Record<ReadKind, readonly ShownColumn[]>>> = {
  'calico/IPPool': [
    NAME,
    field('CIDR', '', 'cidr'),
    field('NAT', 'false', 'natOutgoing'),
    field('IPIPMODE', 'Never', 'ipipMode'),
    field('VXLANMODE', 'Never', 'vxlanMode'),
    field('DISABLED', 'false', 'disabled'),
    field('SELECTOR', 'all()', 'nodeSelector'),
  ],
  'calico/BGPPeer': [
    NAME,
    { name: 'PEERIP', cell: ({ spec }) => textOf(at(spec, 'peerIP')) ?? textOf(at(spec, 'peerSelector')) ?? '' },
    { name: 'NODE', cell: ({ spec }) => textOf(at(spec, 'node')) ?? textOf(at(spec, 'nodeSelector')) ?? '(global)' },
    field('ASN', '0', 'asNumber'),
  ],
  'calico/BGPConfiguration': [
    NAME,
    field('MESHENABLED', '-', 'nodeToNodeMeshEnabled'),
    field('ASNUMBER', '-', 'asNumber'),
  ],
  'core/Service': [
    NAME,
    field('TYPE', 'ClusterIP', 'type'),
    field('CLUSTER-IP', '<none>', 'clusterIP'),
    { name: 'EXTERNAL-IP', cell: ({ spec }) => textsOf(at(spec, 'externalIPs')).join(',') || '<none>' },
  ],
}

function nodeColumns({ cluster }: Simulation, client: Client): readonly ShownColumn[] {
  const nodeOf = ({ metadata }: Resource) => cluster.nodeByName.get(metadata.name)
  const address = (family: 4 | 6): ShownColumn['cell'] => {
    return (resource) => {
      const found = nodeOf(resource)?.bgpAddress[family]?.address
      return found === undefined ? '' : formatAddress(found)
    }
  }
  if (client === 'calicoctl') {
    const asNumber = (resource: Resource): string => String(nodeOf(resource)?.asNumber ?? `(${cluster.bgp.asNumber})`)
    return [
      NAME,
      { name: 'ASN', cell: asNumber },
      { name: 'IPV4', cell: address(4) },
      { name: 'IPV6', cell: address(6) },
    ]
  }
  const status = (resource: Resource): string => {
    const ready = (cluster.down?.nodes.has(resource.metadata.name) ?? false) ? 'NotReady' : 'Ready'
    return nodeOf(resource)?.schedulable === false ? `${ready},SchedulingDisabled` : ready
  }
  return [NAME, { name: 'STATUS', cell: status }, { name: 'INTERNAL-IP', cell: address(4) }]
}

function podColumns({ ipam }: Simulation): readonly ShownColumn[] {
  const addresses = new Map(
    ipam.pods.map(({ pod, addresses }) => [`${pod.namespace}/${pod.name}`, addresses.map(formatAddress).join(',')]),
  )
  const cell = ({ metadata: { namespace = 'default', name }, status }: Resource): string =>
    addresses.get(`${namespace}/${name}`) ?? textOf(at(status, 'podIP')) ?? '<none>'
  const waiting = new Map(ipam.unplaced.map(({ pod, node }) => [`${pod.namespace}/${pod.name}`, node]))
  const node = ({ spec }: Resource): string => textOf(at(spec, 'nodeName')) ?? '<none>'
  // A pod with a node and without an address has no sandbox; one without a node waits for the scheduler.
  const state = ({ metadata: { namespace = 'default', name }, status }: Resource): string => {
    const key = `${namespace}/${name}`
    if (!waiting.has(key)) return textOf(at(status, 'phase')) ?? 'Running'
    return waiting.get(key) === undefined ? 'Pending' : 'ContainerCreating'
  }
  return [NAME, { name: 'STATUS', cell: state }, { name: 'IP', cell }, { name: 'NODE', cell: node }]
}
