/**
 * Affinity of whole ranges and hosts, as calicoctl, kube-controllers and pool deletion change it
 * (libcalico-go/lib/ipam/ipam.go ClaimAffinity, ReleaseAffinity, ReleaseHostAffinities, ReleasePoolAffinities).
 */

import {
  containsPrefix,
  firstAddress,
  formatPrefix,
  type Prefix,
  subPrefix,
  subPrefixCount,
} from '../address/prefix.js'
import type { Block } from './block.js'
import { claimBlock, parseAffinity, releaseBlockAffinity } from './block-affinity.js'
import { failure, type IpamFailure, isFailure } from './failure.js'
import type { IpamState } from './ipam-state.js'
import type { Affinity } from './owner.js'

/** More blocks than this are not claimed in one call; Calico would try for hours. */
const MOST_BLOCKS = 2 ** 20

export interface ClaimResult {
  readonly claimed: readonly Prefix[]
  /** Blocks that another host owns. */
  readonly failed: readonly Prefix[]
  readonly failure?: IpamFailure
}

/** Claims every block in the range for the host. */
export function claimAffinity(state: IpamState, owner: Affinity, range: Prefix): ClaimResult {
  const blocks = blocksIn(state, range)
  if (isFailure(blocks)) return { claimed: [], failed: [], failure: blocks }
  const claimed: Prefix[] = []
  const failed: Prefix[] = []
  for (const block of blocks) (claimBlock(state, owner, block) ? claimed : failed).push(block)
  return { claimed, failed }
}

/** Gives up the host's affinity for every block in the range. */
export function releaseAffinity(
  state: IpamState,
  host: string,
  range: Prefix,
  requireEmpty: boolean,
): IpamFailure | undefined {
  const blocks = blocksIn(state, range)
  if (isFailure(blocks)) return blocks
  for (const block of blocks) {
    if (releaseBlockAffinity(state, { type: 'host', host }, block, requireEmpty) === 'notEmpty') return notEmpty(block)
  }
  return undefined
}

function blocksIn(state: IpamState, range: Prefix): Prefix[] | IpamFailure {
  const pool = state.enabledPoolOf(firstAddress(range))
  const text = formatPrefix(range)
  if (pool === undefined) {
    return failure('outsidePools', `The requested CIDR (${text}) is not within any configured pools.`)
  }
  const count = subPrefixCount(range, pool.blockSize)
  if (count === 0) return failure('outsidePools', `The requested CIDR (${text}) is smaller than the minimum.`)
  return Array.from({ length: Math.min(count, MOST_BLOCKS) }, (_, index) => subPrefix(range, pool.blockSize, index))
}

/** Gives up the affinity of one block, whoever owns it. */
export function releaseOwner(state: IpamState, block: Block, requireEmpty: boolean): IpamFailure | undefined {
  const owner = parseAffinity(block.affinity)
  if (owner === undefined) return undefined
  return releaseBlockAffinity(state, owner, block.prefix, requireEmpty) === 'notEmpty'
    ? notEmpty(block.prefix)
    : undefined
}

/** Gives up all of a host's affinities; blocks that must be empty and are not stay, and the last of them is reported. */
export function releaseHostAffinities(
  state: IpamState,
  owner: Affinity,
  requireEmpty: boolean,
): IpamFailure | undefined {
  let failed: IpamFailure | undefined
  for (const entry of [...state.affinities.of(owner, 4), ...state.affinities.of(owner, 6)]) {
    if (releaseBlockAffinity(state, owner, entry.prefix, requireEmpty) === 'notEmpty') failed = notEmpty(entry.prefix)
  }
  return failed
}

/** As deletion of a pool does: empty blocks go, the others stay as orphans until their last address is released. */
export function releasePoolAffinities(state: IpamState, pool: Prefix): void {
  const entries = [...state.affinities.all()].filter(({ prefix }) => containsPrefix(pool, prefix))
  for (const { owner, prefix } of entries) releaseBlockAffinity(state, owner, prefix, false)
}

/** Deletes a pool as clientv3 does (clientv3/ippool.go Delete): its affinities are released first. */
export function deletePool(state: IpamState, pool: Prefix): void {
  releasePoolAffinities(state, pool)
  state.pools = state.pools.filter(({ prefix }) => formatPrefix(prefix) !== formatPrefix(pool))
}

function notEmpty(block: Prefix): IpamFailure {
  return failure('notEmpty', `block '${formatPrefix(block)}' is not empty`)
}
