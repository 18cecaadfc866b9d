/**
 * One immutable Cluster: everything that the resources say, defaults filled in, names resolved. Every later room is a
 * pure function of it. A what-if change makes a new Cluster from changed resources; nothing edits this one.
 */

import type { Finding } from '../findings/finding.js'
import type { Manifest } from '../manifests/resource.js'
import type { BgpFilter, BgpPeer, BgpSettings } from './bgp-settings.js'
import type { Down } from './down.js'
import type { FelixSettings } from './felix-settings.js'
import type { BlockAffinity, IpamSettings, RecordedBlock } from './ipam-records.js'
import type { ClusterNode } from './node.js'
import type { Pool } from './pool.js'
import type { Release } from './release.js'
import type { Underlay } from './underlay.js'
import type { EndpointSlice, Namespace, Pod, Service, Workload } from './workload.js'

export type NetworkingBackend = 'bird' | 'vxlan' | 'none'

export interface CniSettings {
  /** `veth_mtu` of calico-config or `calicoNetwork.mtu` of Installation; 0 means worked out by Felix. */
  readonly mtu: number
  readonly ipamType: 'calico-ipam' | 'host-local'
  readonly ipv4Pools: readonly string[]
  readonly ipv6Pools: readonly string[]
  readonly assignIPv4: boolean
  readonly assignIPv6: boolean
}

/** A Calico endpoint-status entry: a local workload that peers over BGP (localWorkloadSelector). */
export interface LocalWorkloadPeer {
  readonly node: string
  readonly peerName: string
  readonly addresses: readonly string[]
}

export interface Cluster {
  readonly release: Release
  /** How the release was found: the flag, ClusterInformation, the image tag, or `assumed` (the newest known). */
  readonly releaseFrom: 'option' | 'ClusterInformation' | 'image' | 'assumed'
  /** Seed of whatever the planner must choose by itself. */
  readonly seed: number
  readonly backend: NetworkingBackend
  /** The managed Kubernetes service that the cluster is known to run on, as far as that makes a difference to Felix. */
  readonly kubernetesProvider?: 'AKS'
  /** In byte order of names. */
  readonly nodes: readonly ClusterNode[]
  readonly nodeByName: ReadonlyMap<string, ClusterNode>
  /** In byte order of names. */
  readonly pools: readonly Pool[]
  /** Recorded IPAM state; undefined when the input holds neither blocks nor affinities and IPAM must be simulated. */
  readonly recordedBlocks?: readonly RecordedBlock[]
  readonly recordedAffinities?: readonly BlockAffinity[]
  readonly ipam: IpamSettings
  readonly cni: CniSettings
  readonly namespaces: ReadonlyMap<string, Namespace>
  readonly pods: readonly Pod[]
  readonly workloads: readonly Workload[]
  readonly services: readonly Service[]
  readonly endpointSlices: readonly EndpointSlice[]
  readonly bgp: BgpSettings
  /** In byte order of names. */
  readonly bgpPeers: readonly BgpPeer[]
  readonly bgpFilters: ReadonlyMap<string, BgpFilter>
  readonly localWorkloadPeers: readonly LocalWorkloadPeer[]
  readonly felix: FelixSettings
  /** FelixConfiguration `node.NAME` merged over the cluster's. */
  readonly felixByNode: ReadonlyMap<string, FelixSettings>
  readonly underlay: Underlay
  /** Nodes, daemons, routers and links that are down; undefined when everything works. */
  readonly down?: Down
  /** The Underlay as it is when everything works; undefined when everything does. */
  readonly wholeUnderlay?: Underlay
  /** Expectation documents, as read; `planning/` interprets them. */
  readonly expectations: readonly Manifest[]
  readonly runbooks: readonly Manifest[]
  /** What it was built from, NodeSets not expanded. */
  readonly manifests: readonly Manifest[]
  /** Resources of kinds that the planner does not read, by `apiVersion kind`. */
  readonly skipped: ReadonlyMap<string, number>
  /** What building it found: contradictions between resources, assumptions made. */
  readonly findings: readonly Finding[]
}

/** The Felix settings that hold on a node. */
export function felixOn(cluster: Cluster, node: string): FelixSettings {
  return cluster.felixByNode.get(node) ?? cluster.felix
}
