/** The rules that hold between resources. Each resource by itself is judged by `validateResource`. */

import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../resource.js'
import { createInventory } from './together/inventory.js'
import { nodeFindings } from './together/nodes.js'
import { peerFindings } from './together/peers.js'
import { poolFindings } from './together/pools.js'
import { referenceFindings } from './together/references.js'

/**
 * What is wrong between the resources of one input: overlapping pools, blocks and reservations outside the pools or of
 * another size, peerings that name no node or filter, selectors that match no node, nodes with one address, names that
 * refer to nothing. Nothing is said about kinds that the input does not show at all. Never throws.
 */
export function validateTogether(resources: readonly Resource[]): Finding[] {
  const inventory = createInventory(resources)
  return [
    ...poolFindings(inventory),
    ...peerFindings(inventory),
    ...nodeFindings(inventory),
    ...referenceFindings(inventory),
  ]
}
