/** Small resources for the tests of this room. */

import type { BuildOptions } from '../../../src/cluster/build-cluster.js'
import type { Cluster } from '../../../src/cluster/cluster.js'
import { loadCluster } from '../../../src/cluster/load-cluster.js'
import type { ClusterNode } from '../../../src/cluster/node.js'
import type { Pool } from '../../../src/cluster/pool.js'

export function calico(kind: string, name: string, spec: unknown, more: object = {}): object {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec, ...more }
}

export function crd(kind: string, name: string, spec: unknown): object {
  return { apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name }, spec }
}

/** A Kubernetes Node; annotations without the prefix projectcalico.org/. */
export function kubeNode(name: string, annotations: Record<string, string> = {}, more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [`projectcalico.org/${key}`, value]),
      ),
    },
    ...more,
  }
}

export function withInternalIP(name: string, ...addresses: string[]): object {
  return kubeNode(name, {}, { status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) } })
}

export function underlay(spec: object, name = 'dc'): object {
  return { apiVersion: 'calico-plan/v1', kind: 'Underlay', metadata: { name }, spec }
}

export function nodeSet(name: string, spec: object): object {
  return { apiVersion: 'calico-plan/v1', kind: 'NodeSet', metadata: { name }, spec }
}

/** The calico-node DaemonSet with this environment. */
export function calicoNode(env: Record<string, string>, image = 'docker.io/calico/node:v3.33.0'): object {
  const list = Object.entries(env).map(([name, value]) => ({ name, value }))
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'kube-system' },
    spec: { template: { spec: { hostNetwork: true, containers: [{ name: 'calico-node', image, env: list }] } } },
  }
}

export function load(resources: readonly object[], options: BuildOptions = { calico: 'v3.33' }): Cluster {
  return loadCluster(resources, options)
}

export function codesOf(cluster: Cluster): readonly string[] {
  return cluster.findings.map(({ code }) => code)
}

export function nodeOf(cluster: Cluster, name: string): ClusterNode {
  const node = cluster.nodeByName.get(name)
  if (node === undefined) throw new Error(`no node ${name}`)
  return node
}

export function poolOf(cluster: Cluster, name: string): Pool {
  const pool = cluster.pools.find((candidate) => candidate.name === name)
  if (pool === undefined) throw new Error(`no pool ${name}`)
  return pool
}
