/** Addresses for a host, wherever IPAM finds them (libcalico-go/lib/ipam/ipam.go autoAssign). */

import type { Address, Family } from '../address/address.js'
import { firstAddress, formatPrefix, type Prefix } from '../address/prefix.js'
import type { PoolUse } from '../cluster/pool.js'
import type { AffinityEntry } from './affinity-table.js'
import type { AssignablePool, NodeLabels } from './assignable-pool.js'
import type { Block, HostReservation } from './block.js'
import { loadAffineBlock, pendingAffinity, releaseBlockAffinity } from './block-affinity.js'
import { failure, type IpamFailure, isFailure } from './failure.js'
import { addressesOfHandle } from './handles.js'
import type { HostPools } from './host-pools.js'
import type { IpamState } from './ipam-state.js'
import { type AddressOwner, type Affinity, affinityText } from './owner.js'
import { selected } from './pool-candidates.js'
import { poolsForHost } from './pool-selection.js'
import { findUsableBlock } from './usable-block.js'

export interface AutoAssignRequest {
  readonly host: string
  readonly family: Family
  readonly count: number
  readonly use: PoolUse | undefined
  /** Pools to use, by their exact CIDR, in this order; empty or absent: those that select node and namespace. */
  readonly pools?: readonly Prefix[]
  readonly namespaceLabels?: NodeLabels | undefined
  readonly owner?: AddressOwner
  /** 0 or absent: only the cluster's limit holds. */
  readonly maxBlocksPerHost?: number
  /** Addresses withheld in blocks that this request creates. */
  readonly reservation?: HostReservation | undefined
  readonly windows?: boolean
  /** Most addresses of a family that the handle may hold; 0 or absent: any number. */
  readonly maxPerHandle?: number
}

export interface Assignment {
  readonly family: Family
  readonly requested: number
  readonly addresses: readonly Address[]
  /** What the library has to say about a shortfall; no two alike. */
  readonly messages: readonly string[]
  readonly reservation?: HostReservation | undefined
}

export interface AutoAssignResult {
  /** Absent when the request failed before any block was looked at; partial when it failed later. */
  readonly assignment?: Assignment
  readonly failure?: IpamFailure
}

/** Blocks that a host may own in the pools of one request when nothing else is set. */
export const DEFAULT_MAX_BLOCKS = 20

/** Assigns up to `count` addresses of one family. A shortfall is no failure, only a message. */
export function autoAssign(state: IpamState, request: AutoAssignRequest): AutoAssignResult {
  const { host, family, use } = request
  if (use === undefined) {
    return { failure: failure('useMissing', 'must specify the intended use when assigning an IP') }
  }
  if (request.windows && !state.settings.strictAffinity) return { failure: STRICT_REQUIRED }
  const requested = request.pools ?? []
  const stranger = requested.some((prefix) => prefix.family !== family)
  if (stranger) return { failure: wrongFamily(family) }
  const pools = poolsForHost(state, { ...request, host, use, requested })
  if (isFailure(pools)) return { failure: pools }
  return new Assigner(state, { ...request, use }, pools).run()
}

export const STRICT_REQUIRED = failure('strictRequired', 'global strict affinity should not be false for Windows node')

export function wrongFamily(family: Family): IpamFailure {
  const other = family === 4 ? 6 : 4
  return failure('wrongFamily', `provided IPv${family} IPPools list contains one or more IPv${other} IPPools`)
}

/** The host's affinities inside the allowed pools; those whose pool no longer selects the node are given up if empty. */
export function usableAffinities(state: IpamState, owner: Affinity, family: Family, pools: HostPools): AffinityEntry[] {
  const usable: AffinityEntry[] = []
  for (const entry of [...state.affinities.of(owner, family)]) {
    if (state.isIn(entry, pools.allowed)) usable.push(entry)
    else if (!state.isIn(entry, pools.selecting)) releaseDeselected(state, entry, pools.labels)
  }
  return usable
}

function releaseDeselected(state: IpamState, { owner, prefix }: AffinityEntry, labels: NodeLabels): void {
  const pool = state.enabledPoolOf(firstAddress(prefix))
  if (pool && selected(pool.nodeSelector, labels) === false) releaseBlockAffinity(state, owner, prefix, true)
}

/** The stricter of the cluster's limit and the request's, 20 when neither is set. */
export function blockLimit(clusterLimit: number, requestLimit: number): number {
  const limit =
    clusterLimit > 0 && requestLimit > 0 ? Math.min(clusterLimit, requestLimit) : requestLimit || clusterLimit
  return limit === 0 ? DEFAULT_MAX_BLOCKS : limit
}

type Grant = readonly Address[] | 'refused' | 'handleFull'

class Assigner {
  readonly #state: IpamState
  readonly #request: AutoAssignRequest
  readonly #pools: readonly AssignablePool[]
  readonly #owner: Affinity
  readonly #usable: AffinityEntry[]
  readonly #limit: number
  readonly #addresses: Address[] = []
  readonly #messages: string[] = []
  #owned: number

  constructor(state: IpamState, request: AutoAssignRequest, pools: HostPools) {
    this.#state = state
    this.#request = request
    this.#pools = pools.allowed
    this.#owner = { type: request.use === 'LoadBalancer' ? 'virtual' : 'host', host: request.host }
    this.#usable = usableAffinities(state, this.#owner, request.family, pools)
    this.#owned = this.#usable.length
    this.#limit = blockLimit(state.settings.maxBlocksPerHost, request.maxBlocksPerHost ?? 0)
  }

  run(): AutoAssignResult {
    while (this.#missing > 0) {
      const block = this.#nextBlock()
      if (block === undefined) break
      if (isFailure(block)) return { assignment: this.#assignment(), failure: block }
      this.#takeFromAffine(block)
    }
    if (!this.#state.settings.strictAffinity && this.#missing > 0) this.#borrow()
    return { assignment: this.#assignment() }
  }

  #say(message: string): void {
    if (!this.#messages.includes(message)) this.#messages.push(message)
  }

  get #missing(): number {
    return this.#request.count - this.#addresses.length
  }

  /** A block of the host with room: one it has, or a new one. Undefined when there is none to claim. */
  #nextBlock(): Block | IpamFailure | undefined {
    const own = nextAffineBlock(this.#state, this.#usable, this.#request.reservation, 1)
    if (own) return own
    if (this.#owned >= this.#limit) {
      this.#say(`Need to allocate an IPAM block but could not - limit of ${this.#limit} blocks reached for this node`)
      return failure('blockLimit', 'cannot allocate new block due to per host block limit')
    }
    if (!this.#state.settings.autoAllocateBlocks) return failure('autoAllocateOff', 'failed to find or claim a block')
    const claimed = claimNewBlock(this.#state, this.#owner, this.#pools, this.#request.reservation)
    if (claimed === undefined) {
      if (this.#state.settings.strictAffinity) {
        this.#say('No more free affine blocks and strict affinity enabled')
      }
      return undefined
    }
    this.#owned++
    return claimed.freeOutside(this.#state.reserved) > 0 ? claimed : noRoom(claimed)
  }

  #takeFromAffine(block: Block): void {
    const grant = this.#take(block, this.#state.settings.strictAffinity)
    if (grant === 'refused') this.#say('Failed to assign IPs in newly allocated block')
    else if (grant === 'handleFull') this.#reuse()
    else this.#addresses.push(...grant)
  }

  /** Free addresses of other hosts' blocks, pool by pool in this host's order; no affinity comes with them. */
  #borrow(): void {
    this.#state.collectAll()
    const exhausted: string[] = []
    for (const pool of this.#pools) {
      if (this.#missing === 0) break
      const space = this.#state.space(pool)
      for (const index of space.open(this.#state.start(pool, this.#request.host))) {
        const block = this.#state.block(space.blockAt(index))
        if (block === undefined) continue
        const grant = this.#take(block, false)
        if (grant === 'handleFull' && this.#reuse()) return
        if (typeof grant !== 'string') this.#addresses.push(...grant)
        if (this.#missing === 0) break
      }
      if (this.#missing > 0) exhausted.push(pool.cidr)
    }
    if (exhausted.length > 0) this.#say(`No IPs available in pools: [${exhausted.join(' ')}]`)
  }

  /** ipam.go assignFromExistingBlock. The handle counts what was asked for, not what the block could give. */
  #take(block: Block, ownOnly: boolean): Grant {
    if (ownOnly && block.affinity !== affinityText(this.#owner)) return 'refused'
    if (block.freeOutside(this.#state.reserved) === 0) return []
    const { owner = {}, family, maxPerHandle = 0 } = this.#request
    const asked = this.#missing
    if (owner.handle !== undefined) {
      const { handles } = this.#state
      if (maxPerHandle > 0 && handles.total(owner.handle, family) + asked > maxPerHandle) return 'handleFull'
      handles.increment(owner.handle, block.prefix, asked)
    }
    const ordinals = block.take(asked, owner, this.#state.reserved)
    this.#state.updated(block)
    return ordinals.map((ordinal) => block.addressAt(ordinal))
  }

  /** A handle that may hold no more gives what it holds, if that is enough (ipam.go handleMaxAllocReached). */
  #reuse(): boolean {
    const { owner, family, count } = this.#request
    const held = addressesOfHandle(this.#state, owner?.handle ?? '').filter((address) => address.family === family)
    if (held.length < count) return false
    this.#addresses.push(...held.slice(0, count))
    return true
  }

  #assignment(): Assignment {
    const { family, count, reservation } = this.#request
    return { family, requested: count, addresses: this.#addresses, messages: this.#messages, reservation }
  }
}

/** A new block can be useless at once: what Windows does not withhold may be reserved. */
function noRoom(block: Block): IpamFailure {
  return failure(
    'noQualifiedPool',
    `Block '${formatPrefix(block.prefix)}' has 0 free ips which is less than 1 ips required.`,
  )
}

/** Goes through the host's affinities, each once, to a block with at least so many free addresses. */
export function nextAffineBlock(
  state: IpamState,
  usable: AffinityEntry[],
  reservation: HostReservation | undefined,
  minFree: number,
): Block | undefined {
  for (let entry = usable.shift(); entry !== undefined; entry = usable.shift()) {
    if (state.reserved.covers(entry.prefix)) continue
    const block = loadAffineBlock(state, entry, reservation)
    if (block && block.freeOutside(state.reserved) >= minFree) return block
  }
  return undefined
}

export function claimNewBlock(
  state: IpamState,
  owner: Affinity,
  pools: readonly AssignablePool[],
  reservation: HostReservation | undefined,
): Block | undefined {
  const prefix = findUsableBlock(state, owner, pools)
  return prefix && loadAffineBlock(state, pendingAffinity(state, owner, prefix), reservation)
}

/** What the CNI plugin says of a shortfall; undefined when there is none (ipam.go PartialFulfillmentError). */
export function partialFulfillment(assignment: Assignment): string | undefined {
  const { addresses, requested, family, messages, reservation } = assignment
  if (addresses.length >= requested) return undefined
  const parts = [`Assigned ${addresses.length} out of ${requested} requested IPv${family} addresses`, ...messages]
  if (reservation) parts.push(`HostReservedAttr: ${reservation.handle}`)
  return parts.join('; ')
}
