/** Pods, Namespaces, Services and EndpointSlices. */

import { type Address, parseAddress } from '../address/address.js'
import type { Manifest } from '../manifests/resource.js'
import { compareText } from './inventory.js'
import { at, listOf, textMapOf, textOf, textsOf } from './read-fields.js'
import type { EndpointSlice, Namespace, Pod, Service } from './workload.js'

/** The namespace of an object that names none. */
export const DEFAULT_NAMESPACE = 'default'

/** In byte order of namespace and name. */
export function readPods(manifests: readonly Manifest[]): readonly Pod[] {
  return sorted(manifests.map(readPod))
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

function readPod({ resource: { metadata, spec, status } }: Manifest): Pod {
  const phase = at(status, 'phase')
  const pod: Writable<Pod> = {
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    labels: textMapOf(metadata.labels),
    annotations: textMapOf(metadata.annotations),
    addresses: podAddresses(status),
    hostNetwork: at(spec, 'hostNetwork') === true,
    finished: phase === 'Succeeded' || phase === 'Failed',
  }
  const node = textOf(at(spec, 'nodeName'))
  if (node !== undefined) pod.node = node
  return pod
}

function podAddresses(status: unknown): readonly Address[] {
  const many = listOf(at(status, 'podIPs'))
  return many.length > 0 ? addressesOf(many, (entry) => at(entry, 'ip')) : addressesOf([at(status, 'podIP')])
}

function addressesOf(
  values: readonly unknown[],
  pick: (value: unknown) => unknown = (value) => value,
): readonly Address[] {
  const addresses: Address[] = []
  for (const value of values) {
    const text = pick(value)
    const address = typeof text === 'string' ? parseAddress(text) : undefined
    if (address !== undefined) addresses.push(address)
  }
  return addresses
}

export function readNamespaces(manifests: readonly Manifest[]): ReadonlyMap<string, Namespace> {
  return new Map(
    manifests.map(({ resource: { metadata } }) => {
      const { name } = metadata
      return [
        name,
        { name, labels: namespaceLabels(name, metadata.labels), annotations: textMapOf(metadata.annotations) },
      ]
    }),
  )
}

/** Kubernetes itself puts `kubernetes.io/metadata.name` on every namespace. */
function namespaceLabels(name: string, labels: unknown): Readonly<Record<string, string>> {
  return { 'kubernetes.io/metadata.name': name, ...textMapOf(labels) }
}

/** In byte order of namespace and name. */
export function readServices(manifests: readonly Manifest[]): readonly Service[] {
  return sorted(manifests.map(readService))
}

function readService({ resource: { metadata, spec, status } }: Manifest): Service {
  const many = textsOf(at(spec, 'clusterIPs'))
  const policy = at(spec, 'externalTrafficPolicy')
  const [loadBalancerIP] = addressesOf([at(spec, 'loadBalancerIP')])
  const clusterIPs = addressesOf(many.length > 0 ? many : [at(spec, 'clusterIP')])
  const families = textsOf(at(spec, 'ipFamilies'))
  const selector = textMapOf(at(spec, 'selector'))
  const nodePorts = listOf(at(spec, 'ports')).map((port) => Number(at(port, 'nodePort')))
  const internal = at(spec, 'internalTrafficPolicy')
  return {
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    type: textOf(at(spec, 'type')) ?? 'ClusterIP',
    clusterIPs,
    externalIPs: addressesOf(listOf(at(spec, 'externalIPs'))),
    ...(loadBalancerIP === undefined ? {} : { loadBalancerIP }),
    loadBalancerIngress: addressesOf(listOf(at(status, 'loadBalancer', 'ingress')), (entry) => at(entry, 'ip')),
    ...(policy === 'Local' || policy === 'Cluster' ? { externalTrafficPolicy: policy } : {}),
    // The API server fills the field in from the cluster IPs; a manifest written by hand lacks it.
    ipFamilies: families.length > 0 ? families : clusterIPs.map(({ family }) => `IPv${family}`),
    annotations: textMapOf(metadata.annotations),
    ...(Object.keys(selector).length === 0 ? {} : { selector }),
    nodePorts: nodePorts.filter((port) => port > 0 && port < 65_536),
    ...(internal === 'Local' ? { internalTrafficPolicy: internal } : {}),
  }
}

/** In byte order of namespace and name of the slice. A slice without a Service label belongs to none and is left out. */
export function readEndpointSlices(manifests: readonly Manifest[]): readonly EndpointSlice[] {
  return [...manifests]
    .sort((a, b) => {
      const [x, y] = [a.resource.metadata, b.resource.metadata]
      return (
        compareText(x.namespace ?? DEFAULT_NAMESPACE, y.namespace ?? DEFAULT_NAMESPACE) || compareText(x.name, y.name)
      )
    })
    .flatMap(({ resource }) => {
      const service = textOf(at(resource.metadata.labels, 'kubernetes.io/service-name'))
      if (service === undefined) return []
      return {
        namespace: resource.metadata.namespace ?? DEFAULT_NAMESPACE,
        service,
        addressType: textOf(resource.addressType) ?? 'IPv4',
        endpoints: listOf(resource.endpoints).map((endpoint) => {
          const node = textOf(at(endpoint, 'nodeName'))
          return {
            addresses: addressesOf(listOf(at(endpoint, 'addresses'))),
            ...(node === undefined ? {} : { node }),
            // A missing condition counts as ready (discovery.k8s.io/v1 EndpointConditions).
            ready: at(endpoint, 'conditions', 'ready') !== false,
          }
        }),
      }
    })
}

/** Byte order of namespace and name. */
export function sorted<T extends { readonly namespace: string; readonly name: string }>(
  items: readonly T[],
): readonly T[] {
  return [...items].sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name))
}
