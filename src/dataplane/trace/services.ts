/** Services as kube-proxy on a node sees them: the addresses and ports that it translates, and to what. */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { containsAddress, type Prefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Service } from '../../cluster/workload.js'
import { clusterCidrOf } from '../../ipam/findings/kube-proxy.js'
import type { IpamView } from '../../ipam/view.js'

export interface Endpoint {
  readonly address: Address
  /** Name of the node that it is on, where that is known. */
  readonly node?: string
}

/** One address or port of a Service. */
export interface Frontend {
  /** `namespace/name`. */
  readonly service: string
  readonly kind: 'clusterIP' | 'external' | 'nodePort'
  /** Clients outside of the cluster get an endpoint of the node that they came to, or none. */
  readonly localOnly: boolean
  /** Ready ones of each family. */
  readonly endpoints: { readonly [F in Family]: readonly Endpoint[] }
}

export interface Services {
  /** The Service that has this address as its cluster, external or load balancer address. */
  at(address: Address): Frontend | undefined
  nodePort(port: number): Frontend | undefined
  named(namespace: string, name: string): { readonly service: Service; readonly frontend: Frontend } | undefined
  /** False for a source that kube-proxy takes for one outside of the cluster. */
  isInside(source: Address): boolean
}

export function servicesOf(cluster: Cluster, ipam: IpamView): Services {
  const byAddress = new Map<string, Frontend>()
  const byPort = new Map<number, Frontend>()
  const byName = new Map<string, { readonly service: Service; readonly frontend: Frontend }>()
  const backends = endpointFinder(cluster, ipam)
  for (const service of cluster.services) {
    const name = `${service.namespace}/${service.name}`
    const endpoints = backends(service)
    const localOnly = service.externalTrafficPolicy === 'Local'
    const inside: Frontend = {
      service: name,
      kind: 'clusterIP',
      localOnly: service.internalTrafficPolicy === 'Local',
      endpoints,
    }
    const outside: Frontend = { service: name, kind: 'external', localOnly, endpoints }
    for (const address of service.clusterIPs) byAddress.set(formatAddress(address), inside)
    for (const address of externalAddresses(service, ipam)) byAddress.set(formatAddress(address), outside)
    for (const port of service.nodePorts ?? [])
      byPort.set(port, { service: name, kind: 'nodePort', localOnly, endpoints })
    byName.set(name, { service, frontend: inside })
  }
  const ranges = clusterCidrOf(cluster)
  return {
    at: (address) => byAddress.get(formatAddress(address)),
    nodePort: (port) => byPort.get(port),
    named: (namespace, name) => byName.get(`${namespace}/${name}`),
    isInside: (source) => isInside(ranges, source),
  }
}

/** Without a cluster CIDR kube-proxy takes every source for one of the cluster. */
function isInside(ranges: readonly Prefix[], source: Address): boolean {
  const own = ranges.filter(({ family }) => family === source.family)
  return own.length === 0 || own.some((range) => containsAddress(range, source))
}

/** External addresses, those of the load balancer, and those that IPAM would give it. */
export function externalAddresses(service: Service, ipam: IpamView): readonly Address[] {
  const { externalIPs, loadBalancerIP, loadBalancerIngress } = service
  const assigned = ipam.loadBalancers?.get(`${service.namespace}/${service.name}`) ?? []
  const asked = loadBalancerIP === undefined || service.type !== 'LoadBalancer' ? [] : [loadBalancerIP]
  return [...externalIPs, ...loadBalancerIngress, ...asked, ...assigned]
}

type BackendsOf = (service: Service) => Frontend['endpoints']

/** From EndpointSlices; where the input has none of the Service, its selector picks pods as the endpoint controller does. */
function endpointFinder(cluster: Cluster, ipam: IpamView): BackendsOf {
  const slices = new Map<string, Endpoint[]>()
  for (const { namespace, service, endpoints } of cluster.endpointSlices) {
    const name = `${namespace}/${service}`
    const held = slices.get(name) ?? []
    slices.set(name, held)
    for (const { addresses, node, ready } of endpoints) {
      if (!ready) continue
      for (const address of addresses) held.push(node === undefined ? { address } : { address, node })
    }
  }
  return (service) => {
    const listed = slices.get(`${service.namespace}/${service.name}`) ?? selected(cluster, ipam, service)
    const of = (family: Family): readonly Endpoint[] => listed.filter(({ address }) => address.family === family)
    return { 4: of(4), 6: of(6) }
  }
}

function selected(cluster: Cluster, ipam: IpamView, { namespace, selector }: Service): readonly Endpoint[] {
  if (selector === undefined) return []
  const wanted = Object.entries(selector)
  const fits = (pod: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }): boolean =>
    pod.namespace === namespace && wanted.every(([key, value]) => pod.labels[key] === value)
  const placed = ipam.pods
    .filter(({ pod }) => fits(pod))
    .flatMap(({ node, addresses }) => addresses.map((address) => ({ address, node })))
  const onHosts = cluster.pods
    .filter((pod) => pod.hostNetwork && !pod.finished && fits(pod))
    .flatMap(({ node }) => {
      const host = node === undefined ? undefined : cluster.nodeByName.get(node)
      return ([4, 6] as const).flatMap((family) => {
        const address = host?.bgpAddress[family]?.address
        return host === undefined || address === undefined ? [] : [{ address, node: host.name }]
      })
    })
  return [...placed, ...onHosts]
}
