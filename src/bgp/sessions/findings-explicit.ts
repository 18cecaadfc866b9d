/** Sessions of BGPPeers that stay down or whose options are undecided: one finding for each BGPPeer and cause. */

import type { Family } from '../../address/address.js'
import type { Finding, Severity } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import type { Session } from '../session.js'
import { daemonOf } from './daemon.js'
import { failureFinding } from './failure-finding.js'
import { counted, listed } from './listed.js'
import { peerClasses } from './peer-classes.js'
import { sessionOf } from './sessions.js'

export function explicitFindings(context: BgpContext): readonly Finding[] {
  const failed = new Map<string, { readonly session: Session; count: number }>()
  const undecided = new Map<string, { readonly session: Session; count: number }>()
  const refused = new Map<string, string>()
  const note = (into: typeof failed, key: string, session: Session): void => {
    const held = into.get(key)
    if (held === undefined) into.set(key, { session, count: 1 })
    else held.count++
  }
  for (const speaker of context.speakers) {
    if (speaker.kind === 'router') continue
    for (const family of [4, 6] as const) {
      if (settled(context, speaker.index, family)) continue
      const why = daemonOf(context, speaker, family).refused
      if (why !== undefined) refused.set(speaker.name, why)
      for (const options of explicitSessions(context, speaker.index, family)) {
        const session = sessionOf(context, speaker, options)
        if (session.alternatives !== undefined) {
          note(undecided, JSON.stringify([session.from, session.alternatives]), session)
        }
        if (session.state === 'Established' || session.reason.code === 'configurationRefused') continue
        // What is out of order at the moment is no fault of the BGPPeer.
        if (session.reason.code === 'down') continue
        note(failed, JSON.stringify([session.from, session.reason.code, causeOf(session)]), session)
      }
    }
  }
  return [
    ...refusals(refused),
    ...[...undecided.values()].map(({ session, count }) => undecidedFinding(session, count)),
    ...[...failed.values()].map(({ session, count }) => failedFinding(session, count)),
  ]
}

/** Of a class whose sessions are all up, and whose options no two BGPPeers dispute. */
function settled(context: BgpContext, node: number, family: Family): boolean {
  const { classOf, classes } = peerClasses(context, family)
  const known = classes[classOf[node] ?? -1]
  if (known === undefined || known.peerings.length === 0) return false
  return known.peerings.every(({ session, established }) => established && session.alternatives === undefined)
}

/** What tells two failures of one BGPPeer and code apart. */
function causeOf({ reason, peerIP }: Session): string {
  if (reason.code === 'wrongAS') return `${reason.expected} ${reason.announced}`
  return reason.code === 'dependsOn' || reason.code === 'noSuchPeer' ? peerIP : ''
}

function failedFinding(session: Session, count: number): Finding {
  const { speaker, reason, birdName, from } = session
  const sessions = count === 1 ? 'A session' : `${count} sessions`
  const verb = count === 1 ? 'is' : 'are'
  const state = reason.code === 'dependsOn' ? 'unknown' : 'down'
  const example = `${sessions} of BGPPeer ${from} ${verb} ${state}, ${count === 1 ? '' : 'for example '}${birdName} on ${speaker.name}`
  return failureFinding(reason, example, speaker.name, { kind: 'BGPPeer', name: from ?? '' }, severityOf(session))
}

function severityOf({ reason }: Session): Severity {
  if (reason.code === 'dependsOn') return 'info'
  return reason.code === 'duplicateNeighbor' ? 'warning' : 'error'
}

function undecidedFinding(session: Session, count: number): Finding {
  const rivals = listed([session.from ?? '', ...(session.alternatives ?? [])])
  return {
    severity: 'warning',
    code: 'BGP_PEER_UNDECIDED',
    message: `The BGPPeers ${rivals} give different options for ${counted(count, 'session')}, for example ${session.birdName} on ${session.speaker.name}; which of them counts is random.`,
    hint: 'Let one BGPPeer make each session, or give them the same options.',
    resource: { kind: 'BGPPeer', name: session.from ?? '' },
  }
}

function refusals(refused: ReadonlyMap<string, string>): readonly Finding[] {
  const byCause = new Map<string, string[]>()
  for (const [node, why] of refused) {
    // A node without a router id has a finding of its own.
    if (why.includes('router id')) continue
    const list = byCause.get(why)
    if (list === undefined) byCause.set(why, [node])
    else list.push(node)
  }
  return [...byCause].map(([why, nodes]) => {
    const example = `BIRD refuses the configuration of ${listed(nodes)}`
    const resource = { kind: 'Node', name: nodes[0] ?? '' }
    return failureFinding({ code: 'configurationRefused', detail: why }, example, nodes[0] ?? '', resource, 'error')
  })
}
