/** What calicoctl refuses when an object is created beside others. */

import { formatPrefix, overlaps, parsePrefix } from '../../address/prefix.js'
import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../resource.js'
import type { Breach } from './breach.js'
import { applyIPPoolDefaults, poolBlockSize } from './ip-pool-defaults.js'
import { rulesOf } from './kinds.js'
import { isFields } from './schema.js'
import { show } from './slips.js'
import { refOfAny, toFinding, validateResource } from './validate-resource.js'

/**
 * A resource judged as `calicoctl create` judges it: its defaults filled in, alone by `validateResource`, and against
 * the objects that exist. An object of the same name is passed over: whether it may be replaced is the datastore's
 * matter. (libcalico-go lib/clientv3/ippool.go Create, bgppeer.go validate.) kubectl makes none of the checks against
 * other objects.
 */
export function validateCreate(resource: Resource, existing: readonly Resource[]): Finding[] {
  const rules = rulesOf(resource.apiVersion, resource.kind)
  const breaches: Breach[] = []
  if (resource.kind === 'IPPool')
    breaches.push(...poolOverlaps(resource, existing), ...foreignBlocks(resource, existing))
  if (resource.kind === 'BGPPeer') breaches.push(...missingFilters(resource, existing))
  const against = rules
    ? breaches.map((breach) => toFinding(breach, rules, resource.apiVersion, refOfAny(resource)))
    : []
  return [...validateAsWritten(resource), ...against]
}

/** Calicoctl judges the pool after its defaults were filled in, but its CIDR as it was written. */
function validateAsWritten(resource: Resource): Finding[] {
  if (resource.kind !== 'IPPool' || !isFields(resource.spec)) return validateResource(resource)
  const filled = applyIPPoolDefaults(resource)
  if (!isFields(filled.spec)) return validateResource(resource)
  return validateResource({ ...filled, spec: { ...filled.spec, cidr: resource.spec.cidr } })
}

function specOf(resource: Resource): Readonly<Record<string, unknown>> {
  return isFields(resource.spec) ? resource.spec : {}
}

function poolOverlaps(pool: Resource, existing: readonly Resource[]): readonly Breach[] {
  const { cidr } = specOf(pool)
  const network = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
  if (network === undefined) return []
  return existing.flatMap((other): Breach[] => {
    if (other.kind !== 'IPPool' || other.metadata.name === pool.metadata.name) return []
    const otherCidr = specOf(other).cidr
    const taken = typeof otherCidr === 'string' ? parsePrefix(otherCidr) : undefined
    if (taken === undefined || !overlaps(network, taken)) return []
    return [
      {
        code: 'POOL_OVERLAP',
        layers: ['client'],
        path: ['spec', 'cidr'],
        message: `IPPool(${pool.metadata.name}) CIDR overlaps with IPPool(${other.metadata.name}) CIDR ${otherCidr}.`,
        hint: 'Choose a range that no other pool has.',
      },
    ]
  })
}

function foreignBlocks(pool: Resource, existing: readonly Resource[]): readonly Breach[] {
  const spec = specOf(pool)
  const network = typeof spec.cidr === 'string' ? parsePrefix(spec.cidr) : undefined
  const blockSize = poolBlockSize(spec)
  if (network === undefined) return []
  for (const block of existing) {
    if (block.kind !== 'IPAMBlock') continue
    const { cidr } = specOf(block)
    const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
    if (prefix === undefined || prefix.length === blockSize || !overlaps(network, prefix)) continue
    return [
      {
        code: 'IPPOOL_BLOCKS_OF_OTHER_SIZE',
        layers: ['client'],
        path: ['spec', 'blockSize'],
        message: `IPPool blocksSize conflicts with existing allocations that use a different blockSize: the block ${formatPrefix(prefix)} exists, the pool has /${blockSize}.`,
        hint: 'Release the addresses of the old blocks first, or keep their block size.',
      },
    ]
  }
  return []
}

function missingFilters(peer: Resource, existing: readonly Resource[]): readonly Breach[] {
  const { filters } = specOf(peer)
  if (!Array.isArray(filters)) return []
  const known = new Set(existing.filter(({ kind }) => kind === 'BGPFilter').map(({ metadata }) => metadata.name))
  return filters.flatMap((filter: unknown, i): Breach[] =>
    typeof filter !== 'string' || known.has(filter)
      ? []
      : [
          {
            code: 'BGPPEER_FILTER_UNKNOWN',
            layers: ['client'],
            path: ['spec', 'filters', i],
            message: `BGPFilter(s) not found: ${show(filter)}.`,
            hint: 'Create the BGPFilter first, or take its name out.',
          },
        ],
  )
}
