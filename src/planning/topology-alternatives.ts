/** What a full mesh or 1 to k route reflectors would cost a cluster of this size, side by side. */

export interface TopologyAlternative {
  readonly topology: 'full-mesh' | 'route-reflectors'
  readonly reflectors?: number
  /** Sessions of a client. */
  readonly perClient?: number
  readonly sessions: number
  readonly perNodeMax: number
  /**
   * Copies of one prefix that an ordinary node holds. With add-paths and k meshed reflectors of distinct cluster IDs
   * every order of reflectors brings its own copy: the sum of k!/(k-j)! for j from 1 to k (lab finding A3).
   */
  readonly pathsPerPrefix: number
  /** The same where all reflectors share one cluster ID; then every client must peer with every reflector. */
  readonly pathsPerPrefixSameClusterID?: number
  /** Resident memory of BIRD, megabytes: an ordinary node's, and the busiest speaker's. */
  readonly birdMegabytes: { readonly node: number; readonly busiest: number }
  /** The same with one cluster ID. */
  readonly birdMegabytesSameClusterID?: { readonly node: number; readonly busiest: number }
}

/**
 * Memory of one BIRD process, fitted to measured resident sizes (lab finding C: 2.3 MB at 9 sessions, 4.2 MB at 99,
 * 8.4 MB at 299 in a mesh of one block a node; 2.24 MB for a reflector client among 100 nodes).
 */
const BIRD_BASE_MB = 2.1
const BIRD_SESSION_MB = 0.0209
const BIRD_PATH_MB = 0.00025

export const MOST_REFLECTORS_COMPARED = 3

export function topologyAlternatives(nodes: number, prefixesPerNode: number): readonly TopologyAlternative[] {
  const remotePrefixes = Math.max(0, nodes - 1) * prefixesPerNode
  const mesh: TopologyAlternative = {
    topology: 'full-mesh',
    sessions: (nodes * (nodes - 1)) / 2,
    perNodeMax: Math.max(0, nodes - 1),
    pathsPerPrefix: 1,
    birdMegabytes: both(memory(nodes - 1, remotePrefixes), memory(nodes - 1, remotePrefixes)),
  }
  const most = Math.min(MOST_REFLECTORS_COMPARED, nodes - 1)
  return [mesh, ...Array.from({ length: Math.max(0, most) }, (_, i) => reflectors(nodes, i + 1, remotePrefixes))]
}

function reflectors(nodes: number, count: number, remotePrefixes: number): TopologyAlternative {
  const pathsPerPrefix = pathCopies(count)
  // A reflector hears a client's prefix from the client and from each other reflector, in every order that avoids itself.
  const atReflector = 1 + (count > 1 ? pathCopies(count - 1) : 0)
  return {
    topology: 'route-reflectors',
    reflectors: count,
    perClient: count,
    sessions: (count * (count - 1)) / 2 + count * (nodes - count),
    perNodeMax: nodes - 1,
    pathsPerPrefix,
    ...(count > 1
      ? {
          pathsPerPrefixSameClusterID: count,
          birdMegabytesSameClusterID: both(
            memory(count, remotePrefixes * count),
            memory(nodes - 1, remotePrefixes * count),
          ),
        }
      : {}),
    birdMegabytes: both(
      memory(count, remotePrefixes * pathsPerPrefix),
      memory(nodes - 1, remotePrefixes * atReflector),
    ),
  }
}

function pathCopies(reflectorCount: number): number {
  let sum = 0
  let orders = 1
  for (let j = 1; j <= reflectorCount; j++) {
    orders *= reflectorCount - j + 1
    sum += orders
  }
  return sum
}

function memory(sessions: number, paths: number): number {
  return BIRD_BASE_MB + BIRD_SESSION_MB * Math.max(0, sessions) + BIRD_PATH_MB * paths
}

function both(node: number, busiest: number): { readonly node: number; readonly busiest: number } {
  return { node: Math.round(node * 10) / 10, busiest: Math.round(busiest * 10) / 10 }
}
