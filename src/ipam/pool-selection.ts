/** The pools that a request may use (libcalico-go/lib/ipam/ipam.go determinePools, prepareAffinityBlocksForHost). */

import type { Family } from '../address/address.js'
import { bitsOf, formatPrefix, type Prefix, samePrefix } from '../address/prefix.js'
import type { AssignablePool, NodeLabels } from './assignable-pool.js'
import type { HostReservation } from './block.js'
import { failure, type IpamFailure, isFailure } from './failure.js'
import type { HostPools, HostRequest } from './host-pools.js'
import type { IpamState } from './ipam-state.js'
import { type Candidate, candidatePools, selected } from './pool-candidates.js'

export interface PoolQuestion {
  readonly family: Family
  /** Enabled pools of the family, in byte order of names. */
  readonly enabled: readonly AssignablePool[]
  /** Pools that the request names; they are used whatever the selectors and the assignment mode say. */
  readonly requested: readonly Prefix[]
  /** Pools that select the node. */
  readonly candidates: readonly Candidate[]
  /** Undefined counts as a namespace without labels. */
  readonly namespaceLabels?: NodeLabels | undefined
  /** Longest block size that will do. */
  readonly maxPrefixLength: number
}

const NO_QUALIFIED_POOL = 'cannot find a qualified ippool'

/** Pools in the order in which they are to be tried; the use is not looked at yet. */
export function determinePools(question: PoolQuestion): readonly AssignablePool[] | IpamFailure {
  const usable = question.enabled.filter(({ blockSize }) => blockSize <= question.maxPrefixLength)
  if (usable.length === 0) return failure('noQualifiedPool', NO_QUALIFIED_POOL)
  if (question.requested.length === 0) return selectingPools(question)
  const pools: AssignablePool[] = []
  for (const prefix of question.requested) {
    const pool = usable.findLast((other) => samePrefix(other.prefix, prefix))
    if (pool === undefined) {
      return failure('poolNotEnabled', `the given pool (${formatPrefix(prefix)}) does not exist, or is not enabled`)
    }
    pools.push(pool)
  }
  return pools
}

/** Pools whose blocks are too small for the reservation are not left out here, only where a request names its pools. */
function selectingPools({ candidates, namespaceLabels }: PoolQuestion): AssignablePool[] | IpamFailure {
  const pools: AssignablePool[] = []
  for (const { pool, fault } of candidates) {
    if (fault !== undefined) return failure('selector', fault)
    const selects = selected(pool.namespaceSelector, namespaceLabels ?? {})
    if (typeof selects === 'object') return failure('selector', selects.fault)
    if (selects) pools.push(pool)
  }
  return pools
}

/** Longest block size that leaves room for the withheld addresses (ipam.go getMaxPrefixLen). */
export function maxPrefixLength(family: Family, reservation: HostReservation | undefined): number | IpamFailure {
  if (reservation === undefined) return bitsOf(family)
  const withheld = reservation.startOfBlock + reservation.endOfBlock
  const length = withheld > 0 ? bitsOf(family) - (32 - Math.clz32(withheld)) : 0
  return length > 0 ? length : failure('badReservation', 'HostReservedAttr has wrong parameters')
}

/**
 * The pools of one request by a host. Service addresses come from a made-up node without labels. The answer to the
 * host's last request is kept, because most requests of a host are alike.
 */
export function poolsForHost(state: IpamState, request: HostRequest): HostPools | IpamFailure {
  if (request.requested.length > 0) return findPools(state, request)
  const key = `${request.family} ${request.host}`
  const known = state.poolAnswers.get(key)
  if (known && isSameQuestion(known.request, request)) return known.answer
  const answer = findPools(state, request)
  state.poolAnswers.set(key, { request, answer })
  return answer
}

function isSameQuestion(a: HostRequest, b: HostRequest): boolean {
  return a.use === b.use && a.namespaceLabels === b.namespaceLabels && a.reservation === b.reservation
}

function findPools(state: IpamState, request: HostRequest): HostPools | IpamFailure {
  const { host, family, use } = request
  const labels = use === 'LoadBalancer' ? {} : state.nodes.get(host)
  if (labels === undefined) return failure('nodeMissing', `resource does not exist: Node(${host})`)
  const longest = maxPrefixLength(family, request.reservation)
  if (typeof longest === 'object') return longest
  const selecting = determinePools({
    family,
    enabled: state.enabledPools(family),
    requested: request.requested,
    candidates: request.requested.length > 0 ? [] : candidatePools(state.enabledPools(family), labels),
    namespaceLabels: request.namespaceLabels,
    maxPrefixLength: longest,
  })
  if (isFailure(selecting)) return selecting
  if (selecting.length === 0) return failure('noPoolForNode', `no configured Calico pools for node ${host}`)
  const allowed = selecting.filter(({ allowedUses }) => allowedUses.includes(use))
  if (allowed.length === 0) {
    return failure('useNotAllowed', `${NO_QUALIFIED_POOL}, no pools match the required use (${use})`)
  }
  return { labels, selecting, allowed }
}
