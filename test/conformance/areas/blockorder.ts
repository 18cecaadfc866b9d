/** Area `blockorder`: where a host starts in a pool, and Go's generator behind it. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatPrefix, parsePrefix } from '../../../src/address/prefix.js'
import { fnv1, startIndex } from '../../../src/ipam/block-order.js'
import { GoRandom } from '../../../src/ipam/go-random.js'
import { PoolSpace } from '../../../src/ipam/pool-space.js'
import { ReservedSet } from '../../../src/ipam/reservations.js'
import type { Area, AreaResult } from '../area.js'

interface OrderRow {
  readonly pool: string
  readonly blockSize: number
  readonly host: string
  readonly seed: number
  readonly numBlocks: string
  readonly startIndex: string
  readonly firstBlocks: readonly string[]
  readonly lastBlock: string
}

interface RandomRow {
  readonly host: string
  readonly fnv1_32: number
  readonly uint32: readonly number[]
}

export const blockOrder: Area = {
  name: 'blockorder',
  run(folder: string): AreaResult {
    const file = JSON.parse(readFileSync(join(folder, 'ipam', 'blockorder.json'), 'utf8')) as {
      readonly order: readonly OrderRow[]
      readonly rng: readonly RandomRow[]
    }
    const failed = [
      ...file.order.flatMap((row) => fault(`${row.pool}/${row.blockSize}/${row.host}`, orderFault(row))),
      ...file.rng.flatMap((row) => fault(`rng/${row.host}`, randomFault(row))),
    ]
    const cases = file.order.length + file.rng.length
    return { cases, passed: cases - failed.length, failed, skipped: [] }
  },
}

function fault(name: string, why: string | undefined): { readonly case: string; readonly why: string }[] {
  return why === undefined ? [] : [{ case: name, why }]
}

function orderFault(row: OrderRow): string | undefined {
  const prefix = parsePrefix(row.pool)
  if (prefix === undefined) return `cannot parse ${row.pool}`
  const pool = {
    name: 'pool',
    cidr: row.pool,
    prefix,
    blockSize: row.blockSize,
    disabled: false,
    allocatable: true,
    allowedUses: [],
    assignmentMode: 'Automatic',
  } as const
  const space = new PoolSpace(
    pool,
    new ReservedSet([]),
    () => [],
    () => false,
  )
  const start = startIndex(row.host, space.bits)
  const count = 1n << BigInt(space.bits)
  const at = (steps: bigint): string => formatPrefix(space.blockAt((BigInt(start) + steps) % count))
  const first = row.firstBlocks.map((_, i) => at(BigInt(i)))
  if (fnv1(row.host) !== row.seed) return `seed ${fnv1(row.host)}, expected ${row.seed}`
  if (String(count) !== row.numBlocks) return `${count} blocks, expected ${row.numBlocks}`
  if (String(start) !== row.startIndex) return `start ${start}, expected ${row.startIndex}`
  if (first.join() !== row.firstBlocks.join()) return `first blocks ${first}, expected ${row.firstBlocks}`
  return at(count - 1n) === row.lastBlock ? undefined : `last block ${at(count - 1n)}, expected ${row.lastBlock}`
}

function randomFault(row: RandomRow): string | undefined {
  if (fnv1(row.host) !== row.fnv1_32) return `hash ${fnv1(row.host)}, expected ${row.fnv1_32}`
  const random = new GoRandom(row.fnv1_32)
  const drawn = row.uint32.map(() => random.uint32())
  return drawn.join() === row.uint32.join() ? undefined : `draws ${drawn}, expected ${row.uint32}`
}
