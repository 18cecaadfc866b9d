/** `reach`: who reaches whom, in groups that share a verdict and its reason, and what mends each loss. */

import type { Cluster } from '../cluster/cluster.js'
import type { Reach, ReachCell, ReachExample, ReachGroup, ReachVerdict } from '../planning/reach/reach.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { number } from './sessions.js'
import { LazyList } from './stream.js'
import { wordLossReason } from './wording/loss-reason.js'
import { wordLossRemedy } from './wording/loss-remedy.js'

export interface ReachQuestion {
  /** Also list every ordered pair of nodes. */
  readonly pairs: boolean
}

/** Groups that are explained one by one; the rest is counted. */
const MOST_EXPLAINED = 40

export function reachAnswer(cluster: Cluster, reach: Reach, { pairs: listed }: ReachQuestion): Answer {
  const { pairs, groups } = reach
  const failing = groups.filter(({ verdict }) => verdict !== 'delivered')
  return {
    document: {
      ...envelope('ReachReport', cluster),
      pairs: { ...pairs },
      groups: groups.map(groupDocument),
      ...(listed ? { pairList: new LazyList(() => pairList(cluster, reach)) } : {}),
    },
    blocks: [
      text([summaryOf(reach)]),
      ...(groups.length > 0 ? [groupTable(groups)] : []),
      ...failureBlocks(failing),
      ...(listed ? [pairTable(cluster, reach)] : []),
    ],
    found: failing.length > 0,
  }
}

function summaryOf({ pairs, classes }: Reach): string {
  const { total, delivered, lost, oneWay } = pairs
  if (total === 0) return 'Fewer than two nodes: nobody has anybody to reach.'
  const kinds = classes.length === 1 ? 'one kind' : `${number(classes.length)} kinds`
  const head = `${number(total)} ordered pairs of nodes (${kinds} of node)`
  if (delivered === total) return `${head}: all of them reach each other.`
  return `${head}: ${number(delivered)} delivered, ${number(lost)} lost, ${number(oneWay)} one-way.`
}

function groupDocument(group: ReachGroup): Readonly<Record<string, unknown>> {
  const { from, to, pairs, verdict, reason, at, example } = group
  return {
    from,
    to,
    pairs,
    verdict,
    ...(reason === undefined ? {} : { reason: wordLossReason(reason), rule: reason.code }),
    ...(at === undefined ? {} : { at }),
    ...(reason === undefined ? {} : { remedy: wordLossRemedy(reason) }),
    example: { ...example },
  }
}

function* pairList({ nodes }: Cluster, reach: Reach): Generator<Readonly<Record<string, unknown>>> {
  for (const [from, to, { verdict, reason }] of cellsByPair(nodes.length, reach)) {
    yield {
      from: nodes[from]?.name,
      to: nodes[to]?.name,
      verdict,
      ...(reason === undefined ? {} : { reason: wordLossReason(reason) }),
    }
  }
}

/** Nodes are in byte order of their names, and so are the pairs. */
function* cellsByPair(nodes: number, { classOf, cell }: Reach): Generator<readonly [number, number, ReachCell]> {
  for (let from = 0; from < nodes; from++) {
    for (let to = 0; to < nodes; to++) {
      if (from !== to) yield [from, to, cell(classOf[from] ?? 0, classOf[to] ?? 0)]
    }
  }
}

function groupTable(groups: readonly ReachGroup[]): Block {
  const shown = groups.slice(0, MOST_EXPLAINED)
  return table(
    ['VERDICT', { name: 'PAIRS', align: 'right' }, 'FROM', 'TO', { name: 'EXAMPLE', wide: true }],
    shown.map(({ verdict, pairs, from, to, example }) => [
      VERDICTS[verdict],
      number(pairs),
      namesOf(from),
      namesOf(to),
      exampleOf(example).join(' to '),
    ]),
  )
}

const VERDICTS: Readonly<Record<ReachVerdict, string>> = {
  delivered: 'delivered',
  lost: 'LOST',
  'one-way': 'ONE-WAY',
}

/** Names that are written out before the rest is counted. */
const MOST_NAMES = 3

function namesOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMES + 1) return names.join(', ')
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${number(names.length - MOST_NAMES)} others`
}

function exampleOf({ from, to, fromPod, toPod }: ReachExample): readonly [string, string] {
  return [fromPod ?? from, toPod ?? to]
}

function failureBlocks(failing: readonly ReachGroup[]): readonly Block[] {
  const blocks = failing.slice(0, MOST_EXPLAINED).map((group) => text(explain(group), titleOf(group)))
  const rest = failing.length - blocks.length
  return rest > 0 ? [...blocks, text([`${number(rest)} further groups are in -o json.`])] : blocks
}

function titleOf({ from, to, verdict, pairs }: ReachGroup): string {
  return `${namesOf(from)} to ${namesOf(to)}: ${VERDICTS[verdict]}, ${number(pairs)} ${pairs === 1 ? 'pair' : 'pairs'}`
}

function explain({ verdict, reason, example }: ReachGroup): readonly string[] {
  const [from, to] = exampleOf(example)
  if (reason === undefined) return [`For example ${from} to ${to}.`]
  const way = verdict === 'one-way' ? 'it arrives, but of the answer: ' : ''
  const pods = example.fromPod !== undefined && example.toPod !== undefined
  return [
    `For example ${from} to ${to}: ${way}${wordLossReason(reason)}.`,
    wordLossRemedy(reason),
    ...(pods ? [`See it with: trace --from ${from} --to ${to}`] : []),
  ]
}

function pairTable({ nodes }: Cluster, reach: Reach): Block {
  const rows = [...cellsByPair(nodes.length, reach)].map(([from, to, { verdict, reason }]) => [
    nodes[from]?.name ?? '',
    nodes[to]?.name ?? '',
    VERDICTS[verdict],
    reason === undefined ? '' : wordLossReason(reason),
  ])
  return table(['FROM', 'TO', 'VERDICT', 'REASON'], rows)
}
