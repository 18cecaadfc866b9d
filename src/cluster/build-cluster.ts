/** Validated resources made into the one immutable Cluster. */

import type { Manifest } from '../manifests/resource.js'
import { readBgpSettings } from './bgp-configurations.js'
import { readBgpFilters } from './bgp-filters.js'
import { readBgpPeers } from './bgp-peers.js'
import { buildUnderlay, subnetTable } from './build-underlay.js'
import type { Cluster, LocalWorkloadPeer, NetworkingBackend } from './cluster.js'
import { clusterWith } from './cluster-with-down.js'
import { remarkDuplicateAddresses, remarkEncapsulationOff, remarkPoolOverlaps } from './contradictions.js'
import { seededPools } from './default-pools.js'
import type { Down } from './down.js'
import { calicoConfig, type Environment, installation, readEnvironment } from './environment.js'
import { readFelix } from './felix-configurations.js'
import { createInventory, type Inventory, type ReadKind } from './inventory.js'
import { numberPools, readPools } from './ip-pools.js'
import { readAffinities, readBlocks, readIpamSettings } from './ipam-objects.js'
import { readEndpointSlices, readNamespaces, readPods, readServices } from './kubernetes-objects.js'
import { findLocalWorkloadPeers } from './local-workload-peers.js'
import { readBackend, readCni, readProvider } from './networking.js'
import { settleAddresses, settleASNumbers, settleStaticTunnels } from './node-addresses.js'
import { type NodeDraft, numberNodes, readNodes } from './node-draft.js'
import { expandNodeSets } from './node-sets.js'
import { createPasswordReader } from './passwords.js'
import { chooseRelease } from './release-choice.js'
import { withKnownFields } from './release-fields.js'
import { createRemarks, type Remarks } from './remarks.js'
import { createSelectorReader } from './spec-reader.js'
import type { Subnet } from './underlay.js'
import { readSubnets, readUnderlayDocuments } from './underlay-documents.js'
import { readWorkloads } from './workloads.js'

export interface BuildOptions {
  /** The release to predict, `v3.28` or `v3.28.1`; left out, the input tells it. */
  readonly calico?: string
  /** Seed of the planner's own choices; 0 unless given. */
  readonly seed?: number
  /** Resources that the reader has passed over, by `apiVersion kind`; those found here are added. */
  readonly skipped?: ReadonlyMap<string, number>
  /** Environment of calico-node that no DaemonSet in the input shows; it wins over the DaemonSet's. */
  readonly environment?: Readonly<Record<string, string>>
  /** What Felix has written down of local workload peers; left out, the pods in the input tell it. */
  readonly localWorkloadPeers?: readonly LocalWorkloadPeer[]
  /** What is out of order; left out, nothing is. */
  readonly down?: Down
}

/**
 * Builds the Cluster. Never throws for what the resources say: a value that cannot be used counts as not set, and a
 * resource that cannot be used is left out, each with a finding in `Cluster.findings`.
 */
export function buildCluster(manifests: readonly Manifest[], options: BuildOptions = {}): Cluster {
  const remarks = createRemarks()
  const selector = createSelectorReader(remarks)
  const inventory = createInventory(manifests)
  const environment = readEnvironment(inventory, options.environment)
  const config = calicoConfig(inventory)
  const operator = installation(inventory)
  const { release, releaseFrom } = chooseRelease(
    options.calico,
    inventory.of('calico/ClusterInformation'),
    environment,
    remarks,
  )
  const backend = readBackend(environment, config, operator)

  const documents = readUnderlayDocuments(inventory.of('calico-plan/Underlay'), remarks)
  const givenSubnets = readSubnets(documents.subnets, remarks)
  const cni = readCni(environment, config, operator)
  const drafts = settleStaticTunnels(draftNodes(inventory, environment, backend, givenSubnets, remarks), cni)
  const underlay = buildUnderlay(documents, givenSubnets, drafts, remarks)
  const nodes = numberNodes(drafts)
  const nodeByName = new Map(nodes.map((node) => [node.name, node]))

  const known = (kind: ReadKind): readonly Manifest[] => withKnownFields(kind, inventory.of(kind), release, remarks)
  const poolManifests = known('calico/IPPool')
  const present = readPools(poolManifests, remarks, selector)
  const pools = numberPools([...present, ...seededPools(present, environment, operator, remarks, selector)])

  const password = createPasswordReader(inventory.of('core/Secret'), remarks)
  const bgp = readBgpSettings(known('calico/BGPConfiguration'), environment, password, remarks)
  const bgpPeers = readBgpPeers(known('calico/BGPPeer'), remarks, selector, password)
  const felixManifests = known('calico/FelixConfiguration')
  const felix = readFelix(felixManifests, environment, remarks)

  const namespaces = readNamespaces(inventory.of('core/Namespace'))
  const pods = readPods(inventory.of('core/Pod'))
  const services = readServices(inventory.of('core/Service'))

  remarkDuplicateAddresses(drafts, remarks)
  const poolManifestByName = new Map(poolManifests.map((manifest) => [manifest.resource.metadata.name, manifest]))
  const { subnets } = underlay
  remarkPoolOverlaps({ pools, manifests: poolManifestByName, nodes: drafts, subnets, bgp, services }, remarks)
  const felixManifest = felixManifests.find(({ resource }) => resource.metadata.name === 'default')
  remarkEncapsulationOff(pools, felix.global, felixManifest, remarks)

  const cluster: Cluster = {
    release,
    releaseFrom,
    seed: options.seed ?? 0,
    backend,
    ...readProvider(environment, inventory.of('calico/ClusterInformation'), operator),
    nodes,
    nodeByName,
    pools,
    ...recordedIpam(inventory, remarks),
    ipam: readIpamSettings(known('calico/IPAMConfiguration'), inventory.of('calico/IPReservation'), remarks),
    cni,
    namespaces,
    pods,
    workloads: readWorkloads(inventory),
    services,
    endpointSlices: readEndpointSlices(inventory.of('discovery.k8s.io/EndpointSlice')),
    bgp,
    bgpPeers,
    bgpFilters: readBgpFilters(inventory.of('calico/BGPFilter'), remarks),
    localWorkloadPeers: options.localWorkloadPeers ?? findLocalWorkloadPeers(bgpPeers, pods, namespaces, nodeByName),
    felix: felix.global,
    felixByNode: felix.byNode,
    underlay,
    expectations: inventory.of('calico-plan/Expectation'),
    runbooks: inventory.of('calico-plan/Runbook'),
    manifests,
    skipped: addCounts(options.skipped, inventory.skipped),
    findings: remarks.all(),
  }
  return options.down === undefined ? cluster : clusterWith(cluster, options.down)
}

function draftNodes(
  inventory: Inventory,
  environment: Environment,
  backend: NetworkingBackend,
  subnets: readonly Subnet[],
  remarks: Remarks,
): readonly NodeDraft[] {
  const read = readNodes(inventory.of('core/Node'), inventory.of('calico/Node'), remarks)
  const sets = expandNodeSets(inventory.of('calico-plan/NodeSet'), new Set(read.map(({ name }) => name)), remarks)
  const drafts = [...read, ...sets].sort((a, b) => (a.name < b.name ? -1 : 1))
  const addressed = settleAddresses(drafts, environment, backend, subnetTable(subnets), remarks)
  return settleASNumbers(addressed, environment, backend, remarks)
}

/** Undefined, both of them, where the input records nothing and IPAM has to be simulated. */
function recordedIpam(inventory: Inventory, remarks: Remarks): Pick<Cluster, 'recordedBlocks' | 'recordedAffinities'> {
  const [blocks, affinities] = [inventory.of('calico/IPAMBlock'), inventory.of('calico/BlockAffinity')]
  return {
    ...(blocks.length === 0 ? {} : { recordedBlocks: readBlocks(blocks, remarks) }),
    ...(affinities.length === 0 ? {} : { recordedAffinities: readAffinities(affinities, remarks) }),
  }
}

function addCounts(
  a: ReadonlyMap<string, number> | undefined,
  b: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const sum = new Map(a)
  for (const [kind, count] of b) sum.set(kind, (sum.get(kind) ?? 0) + count)
  return new Map([...sum].sort(([x], [y]) => (x < y ? -1 : 1)))
}
