/**
 * The IPAM state that the input records, made whole: a dump may hold IPAMBlocks without BlockAffinities or the other
 * way round, and each says enough to make the other.
 */

import { comparePrefixes, formatPrefix, type Prefix, sizeOf } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { BlockAffinity, RecordedBlock } from '../cluster/ipam-records.js'

export interface RecordedState {
  /** Ascending by prefix. */
  readonly blocks: readonly RecordedBlock[]
  /** Ascending by node, then prefix. */
  readonly affinities: readonly BlockAffinity[]
}

/** Undefined when the input records neither blocks nor affinities, so that IPAM has to be simulated. */
export function recordedState(cluster: Cluster): RecordedState | undefined {
  const { recordedBlocks, recordedAffinities } = cluster
  if (recordedBlocks === undefined && recordedAffinities === undefined) return undefined
  return {
    blocks: [...(recordedBlocks ?? blocksOf(recordedAffinities ?? []))].sort((a, b) =>
      comparePrefixes(a.prefix, b.prefix),
    ),
    affinities: [...(recordedAffinities ?? affinitiesOf(recordedBlocks ?? []))].sort(compareAffinities),
  }
}

/** Byte order of node names, then `comparePrefixes`. */
export function compareAffinities(a: BlockAffinity, b: BlockAffinity): number {
  if (a.node !== b.node) return a.node < b.node ? -1 : 1
  return comparePrefixes(a.prefix, b.prefix)
}

function affinitiesOf(blocks: readonly RecordedBlock[]): BlockAffinity[] {
  return blocks.flatMap(({ affinity, prefix }) =>
    affinity ? [{ node: affinity.host, type: affinity.type, prefix, state: 'confirmed' as const }] : [],
  )
}

/** The largest block that Calico makes: a /20, or a /116 in IPv6. */
const LARGEST_BLOCK = 4096

/** Of two nodes that claim one block the first in the list is its owner; pending claims own nothing. */
function blocksOf(affinities: readonly BlockAffinity[]): RecordedBlock[] {
  const byPrefix = new Map<string, RecordedBlock>()
  for (const { node, type, prefix, state } of affinities) {
    const key = formatPrefix(prefix)
    if ((state === 'confirmed' || state === '') && !byPrefix.has(key)) {
      byPrefix.set(key, { prefix, affinity: { type, host: node }, allocations: [], unallocated: allOrdinals(prefix) })
    }
  }
  return [...byPrefix.values()]
}

function allOrdinals(prefix: Prefix): number[] {
  return Array.from({ length: Math.min(sizeOf(prefix), LARGEST_BLOCK) }, (_, ordinal) => ordinal)
}
