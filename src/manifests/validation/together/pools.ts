/** Pools against each other, and blocks, reservations and nodes against the pools. */

import {
  comparePrefixes,
  containsPrefix,
  formatPrefix,
  overlaps,
  type Prefix,
  parsePrefixOrHost,
} from '../../../address/prefix.js'
import { PrefixTable } from '../../../address/prefix-table.js'
import type { Finding } from '../../../findings/finding.js'
import { refOf } from '../../resource.js'
import { poolBlockSize } from '../ip-pool-defaults.js'
import { itemsOf } from '../schema.js'
import { show } from '../slips.js'
import { type Inventory, type Ranged, specOf } from './inventory.js'

/** Overlapping pools, pools without nodes, and blocks and reservations that do not fit the pools. */
export function poolFindings(inventory: Inventory): Finding[] {
  return [
    ...overlappingPools(inventory.pools),
    ...poolsWithoutNodes(inventory),
    ...blocksOfOtherSize(inventory),
    ...blocksOutsidePools(inventory),
    ...reservationsOutsidePools(inventory),
  ]
}

/**
 * calicoctl refuses the second of two overlapping pools (clientv3/ippool.go); through kubectl both are stored and one
 * becomes Allocatable: False. Each pool is named once, with the pool that holds it.
 */
function overlappingPools(pools: readonly Ranged[]): Finding[] {
  const findings: Finding[] = []
  const sorted = [...pools].sort(
    (a, b) =>
      comparePrefixes({ ...a.prefix, length: 0 }, { ...b.prefix, length: 0 }) ||
      a.prefix.length - b.prefix.length ||
      (a.resource.metadata.name < b.resource.metadata.name ? -1 : 1),
  )
  const holders: Ranged[] = []
  for (const pool of sorted) {
    while (holders.length > 0 && !containsPrefix(holders.at(-1)?.prefix ?? pool.prefix, pool.prefix)) holders.pop()
    const holder = holders.at(-1)
    holders.push(pool)
    if (holder === undefined || holder.resource.metadata.name === pool.resource.metadata.name) continue
    findings.push({
      severity: pool.resource.apiVersion.startsWith('crd.') ? 'warning' : 'error',
      code: 'POOL_OVERLAP',
      message: `IPPool(${pool.resource.metadata.name}) CIDR ${formatPrefix(pool.prefix)} overlaps with IPPool(${holder.resource.metadata.name}) CIDR ${formatPrefix(holder.prefix)}. calicoctl refuses the second; kubectl stores both, and one of them becomes Allocatable: False.`,
      hint: 'Give each pool a range of its own, or delete the one that is not needed.',
      resource: refOf(pool.resource),
      path: ['spec', 'cidr'],
    })
  }
  return findings
}

function poolsWithoutNodes({ pools, labels }: Inventory): Finding[] {
  return pools.flatMap(({ resource, spec }): Finding[] => {
    const { nodeSelector } = spec
    if (typeof nodeSelector !== 'string' || labels.anyMatches(nodeSelector) !== false) return []
    return [
      {
        severity: 'warning',
        code: 'IPPOOL_SELECTS_NO_NODE',
        message: `nodeSelector ${show(nodeSelector)} matches no node of the input, so no address comes from this pool.`,
        hint: 'Label the nodes, or change the selector.',
        resource: refOf(resource),
        path: ['spec', 'nodeSelector'],
      },
    ]
  })
}

function tableOf(pools: readonly Ranged[]): PrefixTable<Ranged> {
  const table = new PrefixTable<Ranged>()
  for (const pool of pools) table.set(pool.prefix, pool)
  return table
}

/** Blocks outlive the pool that they were cut from; one finding for each pool. */
function blocksOfOtherSize({ pools, blocks }: Inventory): Finding[] {
  const table = tableOf(pools)
  const odd = new Map<Ranged, { readonly first: Prefix; count: number }>()
  for (const { prefix } of blocks) {
    const pool = table.covering(prefix)?.value
    if (pool === undefined || poolBlockSize(pool.spec) === prefix.length) continue
    const known = odd.get(pool)
    if (known) known.count++
    else odd.set(pool, { first: prefix, count: 1 })
  }
  return [...odd].map(([pool, { first, count }]) => ({
    severity: 'warning',
    code: 'IPPOOL_BLOCKS_OF_OTHER_SIZE',
    message: `${count} ${count === 1 ? 'block' : 'blocks'} in this pool of /${poolBlockSize(pool.spec)} blocks have another size, for example ${formatPrefix(first)}: the blockSize was changed while blocks existed.`,
    hint: 'Restore the former blockSize, or recreate the pods of those blocks so that they are released.',
    resource: refOf(pool.resource),
    path: ['spec', 'blockSize'],
  }))
}

function blocksOutsidePools({ pools, blocks }: Inventory): Finding[] {
  if (pools.length === 0) return []
  const table = tableOf(pools)
  const outside = blocks.filter(({ prefix }) => table.covering(prefix) === undefined)
  const [first] = outside
  if (first === undefined) return []
  const rest = outside.length === 1 ? '' : ` So do ${outside.length - 1} more blocks.`
  return [
    {
      severity: 'warning',
      code: 'BLOCK_OUTSIDE_POOLS',
      message: `The block ${formatPrefix(first.prefix)} lies in no pool of the input.${rest}`,
      hint: 'Recreate the pods that use it, or restore the pool; calicoctl ipam check lists the addresses.',
      resource: refOf(first.resource),
      path: ['spec', 'cidr'],
    },
  ]
}

function reservationsOutsidePools({ pools, of }: Inventory): Finding[] {
  if (pools.length === 0) return []
  return of('IPReservation').flatMap((resource) =>
    itemsOf(specOf(resource).reservedCIDRs).flatMap((text, i): Finding[] => {
      const reserved = typeof text === 'string' ? parsePrefixOrHost(text.trim()) : undefined
      if (reserved === undefined || pools.some(({ prefix }) => overlaps(prefix, reserved))) return []
      return [
        {
          severity: 'info',
          code: 'IPRESERVATION_OUTSIDE_POOLS',
          message: `${show(text)} lies in no pool of the input, so reserving it has no effect.`,
          hint: 'Check the range against the pools.',
          resource: refOf(resource),
          path: ['spec', 'reservedCIDRs', i],
        },
      ]
    }),
  )
}
