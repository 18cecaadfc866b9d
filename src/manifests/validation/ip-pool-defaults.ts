/** What Calico's client fills into an IPPool before it judges and stores it. */

import { formatPrefix, parsePrefix } from '../../address/prefix.js'
import type { Resource } from '../resource.js'
import { type Fields, filledText, isFields, itemsOf } from './schema.js'

/**
 * The pool as calicoctl sends it: canonical CIDR, default node selector, block size, uses, modes and assignment mode
 * (libcalico-go lib/clientv3/ippool.go validateAndSetDefaults, and convertIpPoolFromStorage on reading). A pool whose
 * CIDR cannot be parsed is returned as it is.
 */
export function applyIPPoolDefaults(pool: Resource): Resource {
  const spec = isFields(pool.spec) ? pool.spec : {}
  const network = typeof spec.cidr === 'string' ? parsePrefix(spec.cidr) : undefined
  if (network === undefined) return pool
  return {
    ...pool,
    spec: {
      ...spec,
      cidr: formatPrefix(network),
      nodeSelector: filledText(spec.nodeSelector) ?? 'all()',
      blockSize: poolBlockSize(spec),
      allowedUses: poolUses(spec),
      ipipMode: filledText(spec.ipipMode) ?? 'Never',
      vxlanMode: filledText(spec.vxlanMode) ?? 'Never',
      assignmentMode: spec.assignmentMode ?? 'Automatic',
    },
  }
}

/** The block size in force; undefined when the pool has neither one nor a network. */
export function poolBlockSize(spec: Fields): number | undefined {
  if (typeof spec.blockSize === 'number' && spec.blockSize !== 0) return spec.blockSize
  const network = typeof spec.cidr === 'string' ? parsePrefix(spec.cidr) : undefined
  return network && (network.family === 4 ? 26 : 122)
}

/** The uses in force: pods and tunnels when none are named. */
export function poolUses(spec: Fields): readonly unknown[] {
  const uses = itemsOf(spec.allowedUses)
  return uses.length > 0 ? uses : ['Workload', 'Tunnel']
}

/**
 * Whether an update may replace one CIDR text by another: the same text, or the canonical text of the same network
 * (clientv3/ippool.go cidrChangeOK).
 */
export function cidrChangeOK(before: string, after: string): boolean {
  if (before === after) return true
  const [old, next] = [parsePrefix(before), parsePrefix(after)]
  if (old === undefined || next === undefined) return false
  return formatPrefix(old) === formatPrefix(next) && after === formatPrefix(next)
}
