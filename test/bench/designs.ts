/** The clusters of the benchmark: sizes, each in four BGP designs, and two that were measured with other simulators. */

import { DEFAULT_SHAPE, type Topology } from '../../src/planning/generate.js'
import type { Recorded } from './dump.js'

export interface Design {
  readonly name: string
  readonly shape: Recorded
  /** By NodeSets, without a record of what holds which address. */
  readonly described?: true
}

const NODES_PER_RACK = 40

/** Racks grow with the nodes unless their number is given. */
export function designOf(
  topology: Topology,
  nodes: number,
  { blocksPerNode = 4, racks }: { readonly blocksPerNode?: number; readonly racks?: number | undefined } = {},
): Design {
  return {
    name: topology,
    shape: {
      ...DEFAULT_SHAPE,
      nodes,
      topology,
      racks: racks ?? Math.max(1, Math.round(nodes / NODES_PER_RACK)),
      // 400,000 blocks of /26 are 25 million addresses.
      pool: nodes * blocksPerNode > 16_000 ? '10.0.0.0/7' : '10.64.0.0/12',
      podsPerNode: 30,
      blocksPerNode,
    },
  }
}

/** Two levels of reflectors, a hundred racks; too large to be written out, so described by NodeSets, with one pod a node. */
export const LARGE: Design = {
  name: 'reflectors per rack, as NodeSets',
  shape: { ...designOf('rack-reflectors', 100_000).shape, racks: 100, podsPerNode: 1 },
  described: true,
}

/** Clusters that bgpsim was measured on: 1,000 nodes behind 3 reflectors with 4 prefixes each, and in a mesh with one. It knows no racks. */
export const COMPARED: readonly Design[] = [
  { name: '3 reflectors, 4 blocks a node', shape: { ...designOf('reflectors', 1000).shape, racks: 1, reflectors: 3 } },
  { name: 'mesh, 1 block a node', shape: { ...designOf('mesh', 1000, { blocksPerNode: 1 }).shape, racks: 1 } },
]
