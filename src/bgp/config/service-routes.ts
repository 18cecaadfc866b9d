/**
 * Which Service addresses a node announces: the configured ranges from every node, and host routes of single Services
 * (confd routes.go advertiseThisService, getAllRoutesForService; client.go updateGlobalRoutes).
 */

import type { Address, Family } from '../../address/address.js'
import { bitsOf, containsAddress, formatPrefix, hostPrefix, type Prefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { EndpointSlice, Service } from '../../cluster/workload.js'

export interface ServiceAdvertisement {
  /** Ranges that a node announces as a whole, and that no node writes into its kernel. In text order. */
  readonly ranges: readonly Prefix[]
  /** Host routes that every node announces that is not excluded. */
  readonly everywhere: readonly Prefix[]
  /** Host routes by node, of Services that only nodes with an endpoint announce. */
  readonly byNode: ReadonlyMap<string, readonly Prefix[]>
  /** Where each Service is announced, by `namespace/name`: on all nodes, or on those named. */
  readonly services: ReadonlyMap<string, 'everywhere' | readonly string[]>
}

const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** True when the node's label keeps every Service route away from it. */
export function excludesServices(cluster: Cluster, node: ClusterNode): boolean {
  return cluster.release.excludeFromLoadBalancersLabel && node.labels[EXCLUDE_LABEL] === 'true'
}

/** Static blackholes for Services on a node, in text order, which is the order of confd's keys. */
export function serviceStatics(
  cluster: Cluster,
  services: ServiceAdvertisement,
  node: ClusterNode,
  family: Family,
): readonly Prefix[] {
  if (excludesServices(cluster, node)) return []
  const all = [...services.ranges, ...services.everywhere, ...(services.byNode.get(node.name) ?? [])]
  return inTextOrder(all.filter((prefix) => prefix.family === family))
}

/** `assigned`: addresses that IPAM gives LoadBalancer Services whose status does not show any yet, by `namespace/name`. */
export function serviceAdvertisement(
  cluster: Cluster,
  assigned: ReadonlyMap<string, readonly Address[]> = new Map(),
): ServiceAdvertisement {
  const { bgp, release } = cluster
  const external = bgp.serviceExternalIPs
  const loadBalancer = release.loadBalancerAdvertisement ? bgp.serviceLoadBalancerIPs : []
  const aggregates = !release.loadBalancerAggregation || bgp.serviceLoadBalancerAggregation
  const ranges = inTextOrder([
    ...bgp.serviceClusterIPs,
    ...external.filter((prefix) => !isSingle(prefix) || !release.singleIPExternalFollowsPolicy),
    ...(aggregates ? loadBalancer.filter((prefix) => !isSingle(prefix)) : []),
  ])
  const everywhere: Prefix[] = []
  const byNode = new Map<string, Prefix[]>()
  const services = new Map<string, 'everywhere' | readonly string[]>()
  const rules: Rules = { cluster, external, loadBalancer, aggregates }
  const watched = bgp.serviceClusterIPs.length + external.length + loadBalancer.length > 0
  const slices = slicesByService(cluster)
  for (const listed of watched ? cluster.services : []) {
    const key = `${listed.namespace}/${listed.name}`
    const ingress = listed.loadBalancerIngress.length > 0 ? listed.loadBalancerIngress : assigned.get(key)
    const service = ingress === undefined ? listed : { ...listed, loadBalancerIngress: ingress }
    const nodes = announcingNodes(rules, service, slices.get(key) ?? [])
    services.set(key, nodes)
    const routes = routesOf(rules, service)
    if (nodes === 'everywhere') everywhere.push(...routes)
    else {
      for (const node of nodes) {
        const list = byNode.get(node)
        if (list === undefined) byNode.set(node, [...routes])
        else list.push(...routes)
      }
    }
  }
  return { ranges, everywhere, byNode, services }
}

interface Rules {
  readonly cluster: Cluster
  readonly external: readonly Prefix[]
  readonly loadBalancer: readonly Prefix[]
  readonly aggregates: boolean
}

const ANNOUNCED_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer']

function announcingNodes(
  rules: Rules,
  service: Service,
  slices: readonly EndpointSlice[],
): 'everywhere' | readonly string[] {
  if (!ANNOUNCED_TYPES.includes(service.type) || service.clusterIPs.length === 0 || slices.length === 0) return []
  const local = service.externalTrafficPolicy === 'Local'
  if (service.externalTrafficPolicy === 'Cluster' && hasSingleAddress(rules, service)) return 'everywhere'
  if (!local && rules.aggregates) return []
  const { release } = rules.cluster
  const readyOnly = release.notReadyEndpointsIgnored || release.serviceEndpoints === 'Endpoints'
  const endpoints = slices
    .filter((slice) => release.serviceEndpoints === 'Endpoints' || service.ipFamilies.includes(slice.addressType))
    .flatMap((slice) => slice.endpoints)
    .filter((endpoint) => endpoint.ready || !readyOnly)
  if (!local) return endpoints.length > 0 ? 'everywhere' : []
  return [...new Set(endpoints.flatMap((endpoint) => endpoint.node ?? []))]
}

/** An address that a one-address entry of the lists names: such a Service is announced without looking at endpoints. */
function hasSingleAddress(rules: Rules, service: Service): boolean {
  const { release } = rules.cluster
  const single = (list: readonly Prefix[], address: Address): boolean =>
    list.some((prefix) => isSingle(prefix) && containsAddress(prefix, address))
  if (service.type === 'LoadBalancer' && release.singleLoadBalancerIPFollowsPolicy) {
    const ingress = release.loadBalancerIPFromStatus ? service.loadBalancerIngress : []
    const asked = service.loadBalancerIP === undefined ? ingress : [service.loadBalancerIP, ...ingress]
    if (asked.some((address) => single(rules.loadBalancer, address))) return true
  }
  if (!release.singleIPExternalFollowsPolicy) return false
  if (service.type === 'ClusterIP' && !release.clusterIPServicesAnnounceExternalIPs) return false
  return service.externalIPs.some((address) => single(rules.external, address))
}

/** All addresses of an announced Service. Cluster IPs are not checked against the cluster ranges. */
function routesOf({ cluster, external, loadBalancer }: Rules, service: Service): readonly Prefix[] {
  const clusterIPs = cluster.release.allClusterIPsAnnounced ? service.clusterIPs : service.clusterIPs.slice(0, 1)
  const within = (list: readonly Prefix[]) => (address: Address) =>
    list.some((prefix) => containsAddress(prefix, address))
  return [
    ...(cluster.bgp.serviceClusterIPs.length > 0 ? clusterIPs : []),
    ...service.externalIPs.filter(within(external)),
    ...service.loadBalancerIngress.filter(within(loadBalancer)),
  ].map(hostPrefix)
}

function slicesByService(cluster: Cluster): ReadonlyMap<string, readonly EndpointSlice[]> {
  const byService = new Map<string, EndpointSlice[]>()
  for (const slice of cluster.endpointSlices) {
    const key = `${slice.namespace}/${slice.service}`
    const list = byService.get(key)
    if (list === undefined) byService.set(key, [slice])
    else list.push(slice)
  }
  return byService
}

function isSingle(prefix: Prefix): boolean {
  return prefix.length === bitsOf(prefix.family)
}

function inTextOrder(prefixes: readonly Prefix[]): readonly Prefix[] {
  const byText = new Map<string, Prefix>()
  for (const prefix of prefixes) byText.set(formatPrefix(prefix), prefix)
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, prefix]) => prefix)
}
