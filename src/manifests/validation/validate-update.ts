/** What may not change when an object is updated. */

import { formatPrefix, parsePrefix } from '../../address/prefix.js'
import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../resource.js'
import type { Breach } from './breach.js'
import { cidrChangeOK, poolBlockSize, poolUses } from './ip-pool-defaults.js'
import { rulesOf } from './kinds.js'
import { type Fields, isFields, type Layer } from './schema.js'
import { show } from './slips.js'
import { refOfAny, toFinding } from './validate-resource.js'

/**
 * The immutable fields that an update breaks: CIDR, block size and uses of an IPPool. `before` is the stored object.
 * The new object by itself is judged by `validateResource`. (api ippool.go transition rules, for kubectl and all others;
 * libcalico-go lib/clientv3/ippool.go Update, for calicoctl.)
 */
export function validateUpdate(before: Resource, after: Resource): Finding[] {
  const rules = rulesOf(after.apiVersion, after.kind)
  if (rules === undefined || after.kind !== 'IPPool' || before.kind !== 'IPPool') return []
  if (!isFields(before.spec) || !isFields(after.spec)) return []
  const breaches = [
    ...cidrChange(before.spec, after.spec),
    ...blockSizeChange(before.spec, after.spec),
    ...useChange(before.spec, after.spec),
  ]
  return breaches.map((breach) => toFinding(breach, rules, after.apiVersion, refOfAny(after)))
}

function cidrChange(before: Fields, after: Fields): readonly Breach[] {
  const [old, next] = [before.cidr, after.cidr]
  if (typeof old !== 'string' || typeof next !== 'string' || old === next) return []
  const network = parsePrefix(next)
  const refusedByClient = network === undefined || !cidrChangeOK(old, formatPrefix(network))
  return [
    {
      code: 'IPPOOL_CIDR_CHANGED',
      layers: refusedByClient ? ['schema', 'client'] : ['schema'],
      path: ['spec', 'cidr'],
      message: `IPPool CIDR cannot be modified: ${show(old)} to ${show(next)}.`,
      hint: 'Create a second pool, disable this one, recreate its pods, then delete it.',
    },
  ]
}

function blockSizeChange(before: Fields, after: Fields): readonly Breach[] {
  const [old, next] = [poolBlockSize(before), poolBlockSize(after)]
  const layers: Layer[] = []
  const written = typeof before.blockSize === 'number' && typeof after.blockSize === 'number'
  if (written && before.blockSize !== after.blockSize) layers.push('schema')
  if (old !== next) layers.push('client')
  if (layers.length === 0) return []
  return [
    {
      code: 'IPPOOL_BLOCK_SIZE_CHANGED',
      layers,
      path: ['spec', 'blockSize'],
      message: `IPPool BlockSize cannot be modified: ${old} to ${next}${written ? '' : ', the default'}.`,
      hint: 'Move the pods to a temporary pool, delete this one, and create it anew with the new block size.',
    },
  ]
}

function useChange(before: Fields, after: Fields): readonly Breach[] {
  if (!poolUses(before).includes('LoadBalancer')) return []
  if (poolUses(after).every((use) => use === 'LoadBalancer')) return []
  return [
    {
      code: 'IPPOOL_LOAD_BALANCER_USE_CHANGED',
      layers: ['client'],
      path: ['spec', 'allowedUses'],
      message: 'IPPool allowed use cannot be changed from LoadBalancer to Workload or Tunnel.',
      hint: 'Create a pool of its own for pods.',
    },
  ]
}
