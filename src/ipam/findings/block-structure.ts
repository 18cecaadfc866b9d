/**
 * What does not add up inside a recorded block (calicoctl/calicoctl/commands/ipam/check.go validateBlock). Indexes that
 * point nowhere are refused when the resource is validated; a releasedAt in the future needs a clock.
 */

import { parsePrefix, sizeOf } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import { at, flagOf, listOf } from '../../cluster/read-fields.js'
import type { Finding } from '../../findings/finding.js'
import { refOf } from '../../manifests/resource.js'

export function blockStructureFindings({ manifests }: Cluster): Finding[] {
  return manifests.flatMap(({ resource }): Finding[] => {
    if (resource.kind !== 'IPAMBlock' || flagOf(at(resource.spec, 'deleted'))) return []
    const fault = faultOf(resource.spec)
    if (fault === undefined) return []
    return [
      {
        severity: 'warning',
        code: 'BLOCK_INCONSISTENT',
        message: `Block ${String(at(resource.spec, 'cidr'))}: ${fault}`,
        hint: 'Export the block again; if the cluster has it so, calicoctl ipam check reports it as invalid as well.',
        resource: refOf(resource),
        path: ['spec'],
      },
    ]
  })
}

/** The first fault, in the order in which calicoctl looks. */
function faultOf(spec: unknown): string | undefined {
  const cidr = at(spec, 'cidr')
  const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
  if (prefix === undefined) return undefined
  const allocated = listOf(at(spec, 'allocations')).filter((index) => typeof index === 'number')
  const named = new Set(allocated)
  const orphan = listOf(at(spec, 'attributes')).findIndex((_, i) => !named.has(i))
  if (orphan >= 0) return `attribute ${orphan} belongs to no allocated address.`
  const free = listOf(at(spec, 'unallocated'))
  const seen = new Set<unknown>()
  for (const ordinal of free) {
    if (seen.has(ordinal)) return `address ${String(ordinal)} is listed as free more than once.`
    seen.add(ordinal)
  }
  const size = sizeOf(prefix)
  if (allocated.length + free.length === size) return undefined
  return `${allocated.length} allocated and ${free.length} free addresses do not make ${size}.`
}
