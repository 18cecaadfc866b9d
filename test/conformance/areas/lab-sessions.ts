/** The sessions of every recorded cluster at its settled start: names, states and last errors, nodes and routers. */

import type { Session } from '../../../src/bgp/session.js'
import { sessionsOf } from '../../../src/bgp/sessions/sessions.js'
import type { LabCase, RecordedSession } from '../lab.js'
import { labArea } from '../lab-area.js'

export const labSessionsArea = labArea('lab-sessions', judge)

function judge(item: LabCase): string[] {
  const context = item.bgp()
  const recorded = item.described.nodes
  // A node whose BIRD the lab had stopped: nothing in the input says so, and its neighbours see it down.
  const stopped = new Set(
    context.speakers.flatMap(({ kind, name }) => (kind === 'node' && recorded[name]?.running === false ? name : [])),
  )
  return Object.entries(recorded).flatMap(([name, node]) => {
    const speaker = context.speakerByName.get(name)
    if (speaker === undefined) return [`no speaker ${name}`]
    if (stopped.has(name)) return []
    return compare(name, node.sessions, sessionsOf(context, speaker, 4), stopped)
  })
}

function compare(
  node: string,
  recorded: readonly RecordedSession[],
  predicted: readonly Session[],
  stopped: ReadonlySet<string>,
): string[] {
  const found: string[] = []
  const byName = new Map(predicted.map((session) => [session.birdName, session]))
  for (const wanted of recorded) {
    const session = byName.get(wanted.birdName)
    byName.delete(wanted.birdName)
    if (session === undefined) found.push(`${node}: no ${wanted.birdName}`)
    else if (session.peer !== undefined && stopped.has(session.peer.name)) {
      if (wanted.state === 'Established') found.push(`${node} ${wanted.birdName}: its peer does not run`)
    } else found.push(...disagreements(wanted, session).map((text) => `${node} ${wanted.birdName}: ${text}`))
  }
  for (const name of byName.keys()) found.push(`${node}: ${name} is not in the record`)
  return found
}

/** A session that retries is seen in whichever state the snapshot met; the rule names them all. */
function disagreements(wanted: RecordedSession, session: Session): string[] {
  const found: string[] = []
  const states: readonly string[] = [
    session.state,
    ...(session.state === 'Established' ? [] : (session.alsoSeen ?? [])),
  ]
  if (!states.includes(wanted.state)) found.push(`recorded ${wanted.state}, predicted ${states.join(' or ')}`)
  // An error is remembered only while the session is down.
  if (session.state !== 'Established' && wanted.lastError !== session.lastError) {
    found.push(`recorded error ${wanted.lastError ?? 'none'}, predicted ${session.lastError ?? 'none'}`)
  }
  return found
}
