/** kube-proxy's idea of where pods live against the pools. */

import { containsPrefix, formatPrefix, type Prefix, parsePrefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Finding } from '../../findings/finding.js'
import { type Manifest, refOf } from '../../manifests/resource.js'

const CLUSTER_CIDR = /^[ \t]*clusterCIDR:[ \t]*["']?([^\s"'#]+)/m
const FLAG = /--cluster-cidr[= ]([^\s"'\]]+)/
/** Longer texts are not kube-proxy's configuration. */
const LONGEST_CONFIGURATION = 100_000

/** Pools for workloads that kube-proxy's cluster CIDR leaves out; nothing where the input does not tell it. */
export function kubeProxyFindings(cluster: Cluster): Finding[] {
  return cluster.manifests.flatMap((manifest) => {
    const text = clusterCidr(manifest)
    const ranges = text?.split(',').map((part) => parsePrefix(part.trim()))
    if (text === undefined || ranges === undefined) return []
    return cluster.pools
      .filter(({ disabled, allowedUses }) => !disabled && allowedUses.includes('Workload'))
      .filter(({ prefix }) => ranges.some((range) => range?.family === prefix.family))
      .filter(({ prefix }) => !ranges.some((range) => range !== undefined && containsPrefix(range, prefix)))
      .map(({ name, prefix }) => ({
        severity: 'warning',
        code: 'KUBE_PROXY_CIDR_MISMATCH',
        message: `kube-proxy's cluster CIDR ${text} leaves out IPPool ${name} (${formatPrefix(prefix)}).`,
        hint: 'Set clusterCIDR of kube-proxy to a range that holds every pool, or leave it empty, and restart kube-proxy.',
        resource: refOf(manifest.resource),
      }))
  })
}

/** The cluster CIDRs that the input's kube-proxy is given; none where it does not tell. */
export function clusterCidrOf(cluster: Cluster): readonly Prefix[] {
  return cluster.manifests.flatMap((manifest) =>
    (clusterCidr(manifest) ?? '').split(',').flatMap((part) => parsePrefix(part.trim()) ?? []),
  )
}

function clusterCidr({ resource }: Manifest): string | undefined {
  if (!resource.metadata.name.includes('kube-proxy')) return undefined
  if (resource.kind === 'ConfigMap') {
    const { data } = resource
    const text = typeof data === 'object' && data !== null ? Object.values(data).map(String).join('\n') : ''
    return text.length > LONGEST_CONFIGURATION ? undefined : CLUSTER_CIDR.exec(text)?.[1]
  }
  if (resource.kind !== 'DaemonSet' && resource.kind !== 'Pod') return undefined
  const text = JSON.stringify(resource.spec ?? {})
  return text.length > LONGEST_CONFIGURATION ? undefined : FLAG.exec(text)?.[1]
}
