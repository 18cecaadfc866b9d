/** What the allocator needs to know of an IPPool and of a node; a Cluster's own pools and nodes fit. */

import { formatPrefix, type Prefix } from '../address/prefix.js'
import type { Pool, PoolUse } from '../cluster/pool.js'
import type { Selector } from '../manifests/selector/selector.js'

/** Labels of a node or a namespace. */
export type NodeLabels = Readonly<Record<string, string>>

/** A selector that Calico cannot parse; a request that has to evaluate it fails with this message. */
export interface BrokenSelector {
  readonly fault: string
}

export interface AssignablePool {
  readonly name: string
  /** As stored, host bits and zeroes included; messages print it. */
  readonly cidr: string
  readonly prefix: Prefix
  readonly blockSize: number
  readonly disabled: boolean
  /** False while being deleted and when Calico marked it `Allocatable: False`. */
  readonly allocatable: boolean
  /** Undefined selects everything. */
  readonly nodeSelector?: Selector | BrokenSelector | undefined
  readonly namespaceSelector?: Selector | BrokenSelector | undefined
  readonly allowedUses: readonly PoolUse[]
  readonly assignmentMode: 'Automatic' | 'Manual'
}

/** What Calico reads for a pool that names no uses (clientv3/ippool.go convertIpPoolFromStorage). */
export const DEFAULT_ALLOWED_USES: readonly PoolUse[] = ['Workload', 'Tunnel']

export function assignablePool(pool: Pool): AssignablePool {
  return { ...pool, cidr: formatPrefix(pool.prefix) }
}

/** A block size that Calico accepts for the family: /20 to /32 and /116 to /128 (api/pkg/apis/projectcalico/v3/ippool.go). */
export function isBlockSizeUsable({ prefix, blockSize }: AssignablePool): boolean {
  const [shortest, longest] = prefix.family === 4 ? [20, 32] : [116, 128]
  return Number.isInteger(blockSize) && blockSize >= shortest && blockSize <= longest && blockSize >= prefix.length
}
