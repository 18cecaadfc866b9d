/**
 * The same steps with a drain before those that cut a node's pods off and an uncordon at the end: sessions that end
 * before the new ones are up hurt nobody on a node without pods.
 */

import { compareText } from '../../cluster/inventory.js'
import type { Change, Target } from '../change/change.js'
import type { RunbookStep } from '../runbook/runbook.js'
import { carryOut } from './carry-out.js'
import { compareCosts, costOf, type RehearsedStep, type SaferOrder, worstVerdict } from './rehearsal.js'
import type { Stage, StageOptions } from './stage.js'

/** More nodes than this are not drained for one runbook. */
const MOST_DRAINED = 3

/** `best` is the cheapest order so far. Undefined where nothing is cut, or where draining does not help. */
export function drainedOrder(
  start: Stage,
  { steps, cost, added: before }: Pick<SaferOrder, 'steps' | 'cost' | 'added'>,
  options: StageOptions,
): SaferOrder | undefined {
  const drained = new Map(steps.flatMap((step) => [[step, nodesCutOff(step)] as const]))
  const nodes = [...new Set([...drained.values()].flat())].sort(compareText)
  if (nodes.length === 0 || nodes.length > MOST_DRAINED) return undefined
  const done = new Set<string>()
  const order = steps.flatMap((rehearsed): readonly RunbookStep[] => {
    const emptied = (drained.get(rehearsed) ?? []).filter((node) => !done.has(node))
    for (const node of emptied) done.add(node)
    return [...emptied.map((node) => drainStep(node, rehearsed.step)), rehearsed.step]
  })
  const [last] = order.slice(-1)
  if (last === undefined) return undefined
  const added = order.filter((step) => !steps.some((rehearsed) => rehearsed.step === step))
  const ends = nodes.map((node) => uncordonStep(node, last))
  const { steps: rehearsed } = carryOut(start, start.simulation, [...order, ...ends], options, true)
  const better = costOf(rehearsed)
  const refused = rehearsed.some(({ step, status }) => status === 'rejected' && added.includes(step))
  if (refused || compareCosts(better, cost) >= 0) return undefined
  return {
    steps: rehearsed,
    verdict: worstVerdict(rehearsed.map(({ verdict }) => verdict)),
    cost: better,
    added: [...before, ...added, ...ends],
  }
}

/** The nodes of which each pair that the step cuts has one; none where one node does not account for a cut. */
function nodesCutOff({ transition, step }: RehearsedStep): readonly string[] {
  if (step.action.type !== 'change' || step.action.change.do === 'drain') return []
  const alone = (transition?.cuts ?? []).flatMap(({ groups }) =>
    groups.map(({ from, to }) => (from.length === 1 ? from[0] : to.length === 1 ? to[0] : undefined)),
  )
  if (alone.some((node) => node === undefined)) return []
  return [...new Set(alone)].flatMap((node) => node ?? []).sort(compareText)
}

function drainStep(node: string, { index, file }: RunbookStep): RunbookStep {
  return stepOf(index, file, `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`, {
    do: 'drain',
    target: targetOf(node),
    ignoreDaemonSets: true,
    force: false,
    deleteEmptyDirData: true,
  })
}

function uncordonStep(node: string, { index, file }: RunbookStep): RunbookStep {
  return stepOf(index, file, `kubectl uncordon ${node}`, { do: 'uncordon', target: targetOf(node) })
}

function targetOf(node: string): Target {
  return { kind: 'core/Node', pick: { by: 'name', names: [node] } }
}

function stepOf(index: number, file: string, command: string, change: Change): RunbookStep {
  return { index, name: command, command, file, action: { type: 'change', change } }
}
