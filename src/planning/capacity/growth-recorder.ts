/** Keeps the steps of a growth: every few nodes or pods, and wherever something happens for the first time. */

import type { Cluster } from '../../cluster/cluster.js'
import type { UnplacedPod } from '../../ipam/view.js'
import type { Given, Ledger, NodeTally, PoolTally } from './growth-ledger.js'
import type { GrowthEvent, GrowthStep } from './growth-step.js'
import { MESH_COMFORT } from './limits.js'
import type { PodCidrRoom } from './pod-cidrs.js'

/** Steps kept for events: a hostile input can have thousands of pools that run out one by one. */
const MOST_EVENT_STEPS = 60

export interface Recorder {
  readonly steps: readonly GrowthStep[]
  /** Looks at what a node was given. */
  readonly given: (node: NodeTally, given: readonly Given[]) => void
  /** Looks at a node that has asked for all that it wants. */
  readonly settled: (node: NodeTally) => void
  readonly joined: (node: NodeTally) => void
  /** Remembers an event unless one of its kind and key happened before. */
  readonly note: (event: GrowthEvent, key?: string) => void
  readonly happened: (kind: GrowthEvent['event']) => boolean
  /** Keeps the present moment if something has just happened. */
  readonly flush: () => void
  /** Keeps the present moment. */
  readonly step: () => void
}

/**
 * @param wantsBlock true for a node that ought to own a block
 * @param unplaced pods that were refused before the growth
 */
export function createRecorder(
  cluster: Cluster,
  ledger: Ledger,
  wantsBlock: (node: NodeTally) => boolean,
  podCidrs: PodCidrRoom | undefined,
  unplaced: readonly UnplacedPod[],
): Recorder {
  const steps: GrowthStep[] = []
  const known = new Set<string>()
  const mesh = cluster.bgp.nodeToNodeMeshEnabled && cluster.backend === 'bird'
  let fresh: GrowthEvent[] = []
  let eventSteps = 0

  const note = (event: GrowthEvent, key = ''): void => {
    if (known.has(`${event.event} ${key}`)) return
    known.add(`${event.event} ${key}`).add(event.event)
    fresh.push(event)
  }
  const lookAt = (tally: PoolTally, node: NodeTally | undefined): void => {
    const { name } = tally.pool
    if (tally.freeBlocks === 0)
      note({ event: 'blocksExhausted', pool: name, effect: nextOf(cluster, ledger, tally, node) }, name)
    if (tally.free === 0) note({ event: 'addressesExhausted', pool: name }, name)
  }
  const lacking = (node: NodeTally): boolean => wantsBlock(node) && ledger.lacksBlock(node)
  const settled = (node: NodeTally): void => {
    if (!known.has('nodeWithoutBlock') && lacking(node)) note({ event: 'nodeWithoutBlock', node: node.node.name })
  }
  const joined = (): void => {
    const count = ledger.nodes.length
    if (mesh && count > MESH_COMFORT) note({ event: 'meshSize', value: MESH_COMFORT })
    if (podCidrs && count > podCidrs.nodes) {
      note({ event: 'podCidrsExhausted', node: ledger.nodes[podCidrs.nodes]?.node.name ?? '', value: podCidrs.nodes })
    }
  }
  const step = (): void => {
    const now = momentOf(ledger, lacking, mesh)
    const last = steps.at(-1)
    if (last && last.nodes === now.nodes && last.pods === now.pods && last.refused === now.refused) steps.pop()
    const events = last && steps.at(-1) !== last ? [...last.events, ...fresh] : fresh
    steps.push({ ...now, events })
    fresh = []
  }
  const flush = (): void => {
    if (fresh.length === 0 || eventSteps >= MOST_EVENT_STEPS) return
    eventSteps++
    step()
  }

  for (const tally of ledger.pools) lookAt(tally, undefined)
  for (const { node = '', failure = 'notScheduled', reason } of unplaced) {
    if (failure === 'notScheduled') continue
    note({ event: 'podWithoutAddress', node, cause: failure, reason: reason.trim() }, failure)
  }
  for (const node of ledger.nodes) settled(node)
  const borrower = ledger.nodes.find(({ borrowed }) => borrowed > 0)?.node.name ?? ''
  for (const { pool, borrowed } of ledger.pools) {
    if (borrowed > 0) note({ event: 'borrowing', node: borrower, pool: pool.name }, pool.name)
  }
  joined()
  return {
    steps,
    note,
    flush,
    step,
    settled,
    joined,
    happened: (kind) => known.has(kind),
    given: (node, given) => {
      for (const { pool, lender } of given) {
        if (pool) lookAt(pool, node)
        if (lender) {
          // It borrows because it found no block, so that is said first.
          settled(node)
          const name = pool?.pool.name ?? ''
          note({ event: 'borrowing', node: node.node.name, pool: name, from: lender.owner ?? null }, name)
        }
      }
    },
  }
}

/** Where nodes turn that find no block in the pool; judged by one node, which stands for those that the pool serves. */
function nextOf(
  { ipam, nodes }: Cluster,
  { pools }: Ledger,
  { pool }: PoolTally,
  node: NodeTally | undefined,
): 'borrowing' | 'noAddress' | 'nextPool' {
  const labels = (node?.node ?? nodes.find((one) => pool.nodeSelector.matches(one.labels)))?.labels
  const other = pools.some(
    ({ pool: { prefix, nodeSelector }, freeBlocks }) =>
      freeBlocks > 0 && prefix.family === pool.prefix.family && labels !== undefined && nodeSelector.matches(labels),
  )
  if (other) return 'nextPool'
  return ipam.strictAffinity || !ipam.autoAllocateBlocks ? 'noAddress' : 'borrowing'
}

function momentOf(ledger: Ledger, lacking: (node: NodeTally) => boolean, mesh: boolean): Omit<GrowthStep, 'events'> {
  const { nodes, totals, pools } = ledger
  return {
    nodes: nodes.length,
    pods: totals.placed,
    refused: totals.refused,
    nodesWithoutBlock: nodes.filter(lacking).length,
    borrowed: totals.borrowed,
    routesPerNode: ledger.mostRoutes(),
    ...(mesh ? { meshSessionsPerNode: nodes.length - 1 } : {}),
    pools: pools.map(({ pool, blocks, freeBlocks, used, free }) => ({
      pool: pool.name,
      blocks: { used: blocks, free: freeBlocks },
      addresses: { used, free },
    })),
  }
}
