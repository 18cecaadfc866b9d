/** `advise blocksize`: block sizes side by side for each pool, the one to choose, and the way there. */

import { bitsOf, formatPrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { IpamView } from '../ipam/view.js'
import { adviseBlockSize, type BlockSizeAdvice, type PoolBlockSizes } from '../planning/advise/block-size.js'
import type { BlockSizeRow } from '../planning/capacity/block-sizes.js'
import type { GrowthTarget } from '../planning/capacity/growth-target.js'
import { demandDocument, demandWords } from './advise-demand.js'
import { stepBlocks, stepDocuments } from './advise-steps.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { number } from './sessions.js'

/** Throws GrowthError for a target below what there is. */
export function adviseBlockSizeAnswer(cluster: Cluster, ipam: () => IpamView, target: GrowthTarget): Answer {
  const advice = adviseBlockSize(cluster, ipam, target)
  return {
    document: {
      ...envelope('AdviceReport', cluster),
      topic: 'blocksize',
      demand: demandDocument(advice.demand),
      pools: advice.pools.map((entry) => ({
        pool: entry.pool.name,
        cidr: formatPrefix(entry.pool.prefix),
        blockSize: entry.pool.blockSize,
        nodes: entry.nodes,
        recommended: entry.recommended ?? null,
        spare: entry.spare,
        ...(entry.neededLength === undefined ? {} : { neededLength: entry.neededLength }),
        rows: entry.rows.map(({ pool: _pool, ...row }) => row),
        steps: stepDocuments(entry.steps),
      })),
    },
    blocks: [
      text([`${demandWords(advice.demand)}:`]),
      ...advice.pools.flatMap((entry) => poolBlocks(advice, entry)),
      ...(advice.pools.length === 0 ? [text(['The input holds no pool that pods take addresses from.'])] : []),
    ],
    found: advice.pools.some(({ steps }) => steps.length > 0),
  }
}

const right = (name: string) => ({ name, align: 'right' as const })

/** Sizes far from any choice are left out of the table; -o json has them. */
const ROWS_AROUND = 3

function poolBlocks({ demand }: BlockSizeAdvice, entry: PoolBlockSizes): readonly Block[] {
  const { pool, rows, recommended } = entry
  const center = recommended ?? pool.blockSize
  const near = rows.filter(({ blockSize, current }) => current || Math.abs(blockSize - center) <= ROWS_AROUND)
  return [
    table(
      [
        '',
        right('BLOCK'),
        right('BLOCKS'),
        right('ADDRESSES'),
        right('PER NODE'),
        right('MOST NODES'),
        right('ROUTES'),
        right('STRANDED'),
      ],
      near.map((row) => cells(row, recommended)),
      `${pool.name} (${formatPrefix(pool.prefix)})`,
    ),
    text(verdict(entry, demand.podsPerNode)),
    ...stepBlocks(entry.steps, 'What to do'),
  ]
}

function cells(row: BlockSizeRow, recommended: number | undefined): readonly string[] {
  return [
    row.blockSize === recommended ? '*' : '',
    `/${row.blockSize}${row.current ? ' (now)' : ''}`,
    number(row.blocks),
    number(row.addressesPerBlock),
    row.overHostLimit ? `${number(row.blocksPerNode)} (limit)` : number(row.blocksPerNode),
    number(row.maxNodes),
    `${row.estimate ? '~' : ''}${number(row.routesPerNode)}`,
    `${row.estimate ? '~' : ''}${number(row.stranded)}`,
  ]
}

function verdict(
  { pool, nodes, rows, recommended, spare, neededLength, steps, place }: PoolBlockSizes,
  pods: number,
): readonly string[] {
  if (recommended === undefined) {
    const needed =
      neededLength === undefined ? '' : ` It takes a /${neededLength} with its block size; see advise pool.`
    return [
      `The pool is too small for ${number(nodes)} such nodes with any block size: the others borrow addresses, one route each.${needed}`,
    ]
  }
  const row = rows.find(({ blockSize }) => blockSize === recommended)
  const each = row?.blocksPerNode ?? 1
  const why = `A node of ${number(pods)} pods needs ${number(each)} ${each === 1 ? 'block' : 'blocks'}, and ${number(row?.maxNodes ?? 0)} nodes find theirs.`
  const left = spare ? ' There is room for a quarter more of both.' : ' There is no room for a quarter more.'
  if (recommended === pool.blockSize) return [`/${recommended} is right as it is. ${why}${left}`]
  const place6 =
    place?.inClusterCidr === false ? " It lies outside of kube-proxy's cluster CIDR, which has to be widened." : ''
  return [
    `/${recommended} is better. ${why}${left}`,
    ...(steps.length === 0 ? ['No prefix of that size is free for a new pool.'] : []),
    ...(steps.length > 0 ? [`The block size of a pool cannot be changed: pods move to a new one.${place6}`] : []),
    ...(recommended === bitsOf(pool.prefix.family) ? ['Blocks of one address are a route for each pod.'] : []),
  ]
}
