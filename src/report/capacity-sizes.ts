/** Block sizes side by side. */

import type { BlockSizeRow } from '../planning/capacity/block-sizes.js'
import type { Capacity } from '../planning/capacity/capacity.js'
import { type Block, type Column, table } from './blocks.js'
import { number } from './sessions.js'

const right = (name: string): Column => ({ name, align: 'right' })

export function sizeBlocks({ blockSizes }: Capacity): readonly Block[] {
  const pools = [...new Set(blockSizes.map(({ pool }) => pool))]
  return pools.map((pool) =>
    table(
      [
        'BLOCK SIZE',
        right('BLOCKS'),
        right('ADDRESSES EACH'),
        right('BLOCKS PER NODE'),
        right('MOST NODES'),
        right('ROUTES PER NODE'),
        right('STRANDED'),
      ],
      blockSizes.filter((row) => row.pool === pool).map(sizeRow),
      `Block sizes of ${pool} compared, for the cluster as it is`,
    ),
  )
}

function sizeRow(row: BlockSizeRow): readonly (string | number)[] {
  return [
    `/${row.blockSize}${row.current ? ' (now)' : ''}`,
    number(row.blocks),
    number(row.addressesPerBlock),
    `${number(row.blocksPerNode)}${row.overHostLimit ? ' (over the limit)' : ''}`,
    number(row.maxNodes),
    `${row.estimate ? 'about ' : ''}${number(row.routesPerNode)}`,
    `${row.estimate ? 'about ' : ''}${number(row.stranded)}`,
  ]
}
