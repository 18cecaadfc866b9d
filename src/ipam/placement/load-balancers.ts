/**
 * Addresses of Services of type LoadBalancer, where a pool is meant for them
 * (kube-controllers/pkg/controllers/loadbalancer/loadbalancer_controller.go).
 */

import { type Address, type Family, parseAddress } from '../../address/address.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Service } from '../../cluster/workload.js'
import { assignIp } from '../assign-ip.js'
import { autoAssign, partialFulfillment } from '../auto-assign.js'
import { failure, type IpamFailure, isFailure } from '../failure.js'
import type { IpamState } from '../ipam-state.js'
import { LOAD_BALANCER } from '../owner.js'
import { adoptAddresses } from './adopt-addresses.js'
import { type CniRequest, cniRequest } from './cni-request.js'

export interface LoadBalancerResult {
  /** By `namespace/name`, IPv4 first. */
  readonly addresses: ReadonlyMap<string, readonly Address[]>
  readonly failures: readonly { readonly service: Service; readonly failure: IpamFailure }[]
}

const ANNOTATION = /^projectcalico\.org\/(ipv4pools|ipv6pools)$/

/** Services in byte order of namespace and name. Those that have addresses keep them. */
export function assignLoadBalancers(state: IpamState, cluster: Cluster): LoadBalancerResult {
  const addresses = new Map<string, readonly Address[]>()
  const failures: LoadBalancerResult['failures'][number][] = []
  if (!cluster.pools.some(({ allowedUses }) => allowedUses.includes('LoadBalancer'))) return { addresses, failures }
  const services = cluster.services.filter(({ type }) => type === 'LoadBalancer')
  adopt(state, services)
  for (const service of services) {
    const key = `${service.namespace}/${service.name}`
    const result =
      service.loadBalancerIngress.length > 0 ? service.loadBalancerIngress : assign(state, cluster, service)
    if (isFailure(result)) failures.push({ service, failure: result })
    else addresses.set(key, result)
  }
  return { addresses, failures }
}

function handleOf(service: Service): string {
  return `lb-${service.namespace}/${service.name}`
}

function adopt(state: IpamState, services: readonly Service[]): void {
  const inPools = services.flatMap((service) =>
    service.loadBalancerIngress.flatMap((address) => {
      const pool = state.enabledPoolOf(address)
      return pool?.allowedUses.includes('LoadBalancer')
        ? [{ address, service, owner: { handle: handleOf(service), namespace: service.namespace } }]
        : []
    }),
  )
  for (const { address, owner } of inPools) {
    const failed = assignIp(state, { host: LOAD_BALANCER.host, address, use: 'LoadBalancer', owner })
    if (failed) adoptAddresses(state, [{ address, node: LOAD_BALANCER.host, owner }], false)
  }
}

function assign(state: IpamState, cluster: Cluster, service: Service): readonly Address[] | IpamFailure {
  const owner = { handle: handleOf(service), namespace: service.namespace }
  const named = namedAddresses(service)
  if (isFailure(named)) return named
  for (const address of named) {
    const failed = assignIp(state, { host: LOAD_BALANCER.host, address, use: 'LoadBalancer', owner })
    if (failed) return failed
  }
  if (named.length > 0) return named
  const request = poolsOf(service, cluster, state)
  if (isFailure(request)) return request
  const found: Address[] = []
  for (const family of familiesOf(service)) {
    const { assignment, failure: failed } = autoAssign(state, {
      host: LOAD_BALANCER.host,
      family,
      count: 1,
      use: 'LoadBalancer',
      pools: request.pools[family],
      namespaceLabels: cluster.namespaces.get(service.namespace)?.labels,
      owner,
    })
    if (failed) return failed
    const missing = assignment && partialFulfillment(assignment)
    if (missing !== undefined) return failure('exhausted', missing)
    found.push(...(assignment?.addresses ?? []))
  }
  return found
}

function familiesOf({ ipFamilies }: Service): readonly Family[] {
  const families = ([4, 6] as const).filter((family) => ipFamilies.includes(`IPv${family}`))
  return families.length > 0 ? families : [4]
}

/** `projectcalico.org/loadBalancerIPs`, else spec.loadBalancerIP. */
function namedAddresses(service: Service): readonly Address[] | IpamFailure {
  const key = 'projectcalico.org/loadBalancerIPs'
  const text = Object.hasOwn(service.annotations, key) ? (service.annotations[key] ?? '') : ''
  if (text === '') return service.loadBalancerIP ? [service.loadBalancerIP] : []
  try {
    const list: unknown = JSON.parse(text)
    const addresses = Array.isArray(list) ? list.map((item) => parseAddress(String(item))) : [undefined]
    const known = addresses.filter((address) => address !== undefined)
    if (known.length === addresses.length) return known
  } catch {
    // Falls through to the refusal.
  }
  return failure('annotation', `${key}: cannot parse '${text}' as a JSON list of addresses`)
}

/** The pool annotations read as those of pods do, under another prefix. */
function poolsOf(service: Service, cluster: Cluster, state: IpamState): CniRequest | IpamFailure {
  const annotations = Object.fromEntries(
    Object.entries(service.annotations)
      .filter(([key]) => ANNOTATION.test(key))
      .map(([key, value]) => [`cni.${key}`, value]),
  )
  return cniRequest(annotations, {}, { ...cluster.cni, ipv4Pools: [], ipv6Pools: [] }, state.pools)
}
