/** The library's own handle on the allocator: a Cluster's IPAM, on which addresses are asked for and given back. */

import { type Address, compareAddresses, type Family, formatAddress, parseAddress } from '../address/address.js'
import { parsePrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { BlockAffinity, RecordedBlock } from '../cluster/ipam-records.js'
import type { PoolUse } from '../cluster/pool.js'
import { assignIp } from './assign-ip.js'
import { autoAssign, partialFulfillment } from './auto-assign.js'
import { type FailureReason, failure, type IpamFailure, isFailure } from './failure.js'
import type { IpamState } from './ipam-state.js'
import { settleIpam } from './ipam-view.js'
import type { AddressOwner } from './owner.js'
import { WINDOWS_RESERVATION } from './placement/cni-add.js'
import { cniRequest } from './placement/cni-request.js'
import { exportAffinities, exportBlocks } from './placement/export-state.js'
import { podOwner } from './placement/place-pods.js'
import { releaseAddresses } from './release-addresses.js'

export interface PodName {
  readonly namespace: string
  readonly name: string
}

export interface AssignOptions {
  readonly node: string
  /** Addresses wanted, of each family; 1 unless given. */
  readonly count?: number
  /** Whom the addresses are for; the namespace's labels then count, and `release` finds them by this. */
  readonly pod?: PodName
  /** One certain address; `count`, `pools` and `family` then do not count. */
  readonly ip?: string
  /** Names or CIDRs of pools, in the order in which they are tried; absent: those that select node and namespace. */
  readonly pools?: readonly string[]
  /** Absent: the families that the CNI configuration asks for. */
  readonly family?: Family
  /** `Workload` unless given. */
  readonly use?: PoolUse
}

export interface AssignAnswer {
  /** Text of the addresses, IPv4 first; fewer than asked for when there is an error. */
  readonly addresses: readonly string[]
  readonly error?: { readonly reason: FailureReason; readonly message: string }
}

export type ReleaseOptions = { readonly ip: string } | { readonly pod: PodName } | { readonly ips: readonly string[] }

export interface ReleaseAnswer {
  readonly released: readonly string[]
  /** Asked for, but not assigned. */
  readonly notAssigned: readonly string[]
  readonly error?: { readonly reason: FailureReason; readonly message: string }
}

/**
 * A copy of the Cluster's IPAM state after every pod that it holds has its addresses; the Cluster stays as it is.
 *
 * @example
 * const ipam = new Ipam(cluster)
 * ipam.assign({ node: 'n1', count: 2 }).addresses // ['10.65.1.12', '10.65.1.13']
 */
export class Ipam {
  readonly #cluster: Cluster
  readonly #state: IpamState

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#state = settleIpam(cluster).state
  }

  /** Ascending by prefix. */
  get blocks(): readonly RecordedBlock[] {
    return exportBlocks(this.#state, true)
  }

  /** Ascending by node, then prefix. */
  get affinities(): readonly BlockAffinity[] {
    return exportAffinities(this.#state)
  }

  /** Lets time pass: addresses that cool down become free, and empty blocks may be taken over after a minute. */
  wait(seconds: number): void {
    this.#state.now += Math.max(0, seconds)
  }

  /** Assigns addresses, as the CNI plugin would. A shortfall is an error; what was assigned before it stays. */
  assign(options: AssignOptions): AssignAnswer {
    const owner = options.pod ? podOwner(options.pod, options.node) : { node: options.node }
    const result =
      options.ip === undefined ? this.#automatic(options, owner) : this.#specific(options, options.ip, owner)
    const addresses = result.addresses.map(formatAddress)
    return result.failure ? { addresses, error: result.failure } : { addresses }
  }

  /** Gives addresses back, by address or all that a pod has. */
  release(options: ReleaseOptions): ReleaseAnswer {
    if ('pod' in options) {
      const held = this.#addressesOf(options.pod)
      releaseAddresses(
        this.#state,
        held.map((address) => ({ address })),
      )
      return { released: held.map(formatAddress), notAssigned: [] }
    }
    const texts = 'ip' in options ? [options.ip] : options.ips
    const addresses = texts.map(parseAddress)
    const wrong = texts.find((_, i) => addresses[i] === undefined)
    if (wrong !== undefined) {
      return { released: [], notAssigned: [], error: failure('annotation', `invalid IP format: ${wrong}`) }
    }
    const requests = addresses.flatMap((address) => (address ? [{ address }] : []))
    const { unallocated, failure: failed } = releaseAddresses(this.#state, requests)
    const notAssigned = unallocated.map(formatAddress)
    const released = failed ? [] : requests.map(({ address }) => formatAddress(address))
    const rest = { released: released.filter((text) => !notAssigned.includes(text)), notAssigned }
    return failed ? { ...rest, error: failed } : rest
  }

  #addressesOf({ namespace, name }: PodName): Address[] {
    const found: Address[] = []
    for (const block of this.#state.blocks()) {
      for (const [ordinal, { owner }] of block.held()) {
        if (owner?.pod === name && owner.namespace === namespace) found.push(block.addressAt(ordinal))
      }
    }
    return found.sort(compareAddresses)
  }

  #specific(options: AssignOptions, ip: string, owner: AddressOwner): Result {
    const address = parseAddress(ip)
    if (address === undefined) return { addresses: [], failure: failure('annotation', `invalid IP format: ${ip}`) }
    const failed = assignIp(this.#state, { host: options.node, address, use: options.use ?? 'Workload', owner })
    return failed ? { addresses: [], failure: failed } : { addresses: [address] }
  }

  #automatic(options: AssignOptions, owner: AddressOwner): Result {
    const { cni, namespaces, nodeByName } = this.#cluster
    const windows = nodeByName.get(options.node)?.os === 'windows'
    const wanted = cniRequest({}, {}, withPools(cni, options, this.#state), this.#state.pools)
    if (isFailure(wanted)) return { addresses: [], failure: wanted }
    const addresses: Address[] = []
    for (const family of options.family ? [options.family] : wanted.families) {
      const { assignment, failure: failed } = autoAssign(this.#state, {
        host: options.node,
        family,
        count: options.count ?? 1,
        use: options.use ?? 'Workload',
        pools: wanted.pools[family],
        namespaceLabels: options.pod && namespaces.get(options.pod.namespace)?.labels,
        owner,
        windows,
        reservation: windows && family === 4 ? WINDOWS_RESERVATION : undefined,
      })
      addresses.push(...(assignment?.addresses ?? []))
      const missing = assignment && partialFulfillment(assignment)
      if (failed) return { addresses, failure: failed }
      if (missing !== undefined) return { addresses, failure: failure('exhausted', missing) }
    }
    return { addresses }
  }
}

interface Result {
  readonly addresses: readonly Address[]
  readonly failure?: IpamFailure
}

/** The pools of the request in place of those of the CNI configuration, sorted by family. */
function withPools(cni: Cluster['cni'], { pools }: AssignOptions, state: IpamState): Cluster['cni'] {
  if (pools === undefined) return cni
  const familyOf = (text: string): Family | undefined =>
    (parsePrefix(text) ?? state.pools.find(({ name }) => name === text)?.prefix)?.family
  return {
    ...cni,
    ipv4Pools: pools.filter((text) => familyOf(text) !== 6),
    ipv6Pools: pools.filter((text) => familyOf(text) === 6),
  }
}
