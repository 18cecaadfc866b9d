/** The first lines of a rehearsal: all that somebody needs who reads nothing else. */

import { felixOwnership } from '../cluster/route-ownership.js'
import type { Rehearsal, RehearsedStep, SaferOrder, Verdict } from '../planning/rehearsal/rehearsal.js'
import { counted, nameList } from './name-list.js'
import { findingText } from './rehearsal-findings.js'
import { costText, lengthText } from './rehearsal-text.js'
import { number } from './sessions.js'

const VERDICTS: Readonly<Record<Verdict, string>> = {
  safe: 'safe: no pair of nodes with pods loses each other',
  disruptive: 'DISRUPTIVE: some pairs of nodes lose each other for a while',
  broken: 'BROKEN: some pairs of nodes stay cut after a step',
}

export function summaryLines(rehearsal: Rehearsal): readonly string[] {
  const { runbook, steps, verdict, cost, first, whole, saferOrder, drainedOrder } = rehearsal
  const lines = [
    `${runbook.name}: ${counted(steps.length, 'step')} on ${counted(first.cluster.nodes.length, 'node')}, Calico ${first.cluster.release.name}`,
    `Verdict ${VERDICTS[verdict]}.`,
    ...steps.flatMap((step, at) => harmLine(step, steps.slice(at + 1))),
    ...steps.flatMap(notDoneLine),
  ]
  if (verdict !== 'safe') {
    lines.push(`Cost: ${costText(cost)}.`)
    if (saferOrder !== undefined) {
      const order = saferOrder.steps.map(({ step }) => step.index + 1).join(', ')
      lines.push(`Safer: the same steps in the order ${order}, which ${leftText(saferOrder)}.`)
    }
    if (drainedOrder !== undefined) {
      lines.push(`Safest: with other steps besides, as the last table shows, which ${leftText(drainedOrder)}.`)
    }
    if (saferOrder === undefined && drainedOrder === undefined) lines.push('No better order of these steps was found.')
  }
  lines.push(endLine(whole, steps.at(-1)?.missing ?? 0), ...felixLines(rehearsal))
  for (const finding of runbook.findings) lines.push(findingText(finding))
  return lines
}

function harmLine({ step, lostAfter, transition }: RehearsedStep, later: readonly RehearsedStep[]): readonly string[] {
  const lost = lostAfter.reduce((sum, { pairs }) => sum + pairs, 0)
  const cut = (transition?.lostDuring ?? []).reduce((sum, { pairs }) => sum + pairs, 0)
  const parts = [
    ...(lost === 0 ? [] : [`cuts ${counted(lost, 'ordered pair')} of nodes ${untilText(later)}`]),
    ...(cut === 0 || transition?.outage === undefined
      ? []
      : [
          `cuts ${counted(cut, 'ordered pair')} for ${lengthText(transition.outage.seconds, transition.outage.mostly)}`,
        ]),
  ]
  return parts.length === 0 ? [] : [`Step ${step.index + 1} ${parts.join(' and ')}.`]
}

function untilText(later: readonly RehearsedStep[]): string {
  const mending = later.find(({ missing }) => missing === 0)
  return mending === undefined ? 'for good' : `until step ${mending.step.index + 1} mends that`
}

function notDoneLine({ step, status, remarks }: RehearsedStep): readonly string[] {
  const codes = nameList(remarks.filter(({ severity }) => severity === 'error').map(({ code }) => code))
  switch (status) {
    case 'rejected':
      return [`Step ${step.index + 1} is refused, as the real command would be${codes === '' ? '' : ` (${codes})`}.`]
    case 'notSimulated':
      return [`Step ${step.index + 1} is not simulated: what follows takes it to change nothing.`]
    default:
      return []
  }
}

function leftText({ cost, verdict }: SaferOrder): string {
  return verdict === 'safe' ? 'cuts nobody off' : `still costs ${costText(cost)}`
}

/** `missing`: pairs with pods at both ends that are lost in the end. */
function endLine({ empty, reach, sessions }: Rehearsal['whole'], missing: number): string {
  if (empty) return 'In the end the network is as it was.'
  const { before, after, lost } = reach
  const idle = lost > missing ? ` Of those lost, ${number(lost - missing)} have no pods at one end.` : ''
  return `In the end ${number(after.delivered)} of ${number(after.total)} ordered pairs of nodes reach each other (${number(before.delivered)} before), over ${number(sessions.after.established)} established sessions (${number(sessions.before.established)} before).${idle}`
}

/** Sessions that come and go harm nobody where Felix writes the routes; an older release would tell otherwise. */
function felixLines({ steps, first }: Rehearsal): readonly string[] {
  const { cluster } = first
  const moved = steps.some(({ diff }) => diff !== undefined && diff.sessions.removed > 0)
  const [node] = cluster.nodes
  if (!moved || node === undefined) return []
  const owned = felixOwnership(cluster, node.name)
  const pools = cluster.pools.filter(({ ipipMode, vxlanMode }) =>
    ipipMode !== 'Never' ? owned.ipip : vxlanMode !== 'Never' || owned.none,
  )
  if (pools.length === 0) return []
  const names = nameList(pools.map(({ name }) => name))
  return [
    `Felix itself writes the routes of ${names} in Calico ${cluster.release.name}: there sessions carry no pod's traffic, and the loss of one cuts nobody off.`,
  ]
}
