/** Sessions that have to come up after a change, and how long the slowest kind of them takes. */

import type { BgpContext, KeptSessions } from '../../bgp/config/context.js'
import { meshMembers } from '../../bgp/config/mesh.js'
import type { Session, SessionOptions, Speaker } from '../../bgp/session.js'
import { linksBetween, protocolsBetween } from '../../bgp/sessions/links.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'
import type { OutageCause, Seconds } from './outage-cause.js'
import { explicitOf } from './survival.js'
import { BOTH_SIDES_DIAL, ONE_SIDE_DIALS } from './timers.js'

export interface NewSessions {
  readonly takes: Seconds
  readonly cause: Extract<OutageCause, { readonly code: 'sessionsReplaced' }>
}

/** `context` is the settled state with every session; undefined when each of them is kept. */
export function newSessions(context: BgpContext, kept: KeptSessions): NewSessions | undefined {
  let explicit = false
  for (const speaker of context.speakers) {
    for (const family of [4, 6] as const) {
      for (const options of explicitOf(context, speaker, family)) {
        if (kept.explicit(speaker.index, options)) continue
        const session = sessionOf(context, speaker, options)
        if (session.state !== 'Established') continue
        explicit = true
        if (bothDial(context, session)) {
          return { takes: BOTH_SIDES_DIAL, cause: { code: 'sessionsReplaced', kind: 'explicit', collision: true } }
        }
      }
    }
  }
  if (!explicit && !meshIsNew(context, kept)) return undefined
  const kind = explicit ? 'explicit' : 'mesh'
  return { takes: ONE_SIDE_DIALS, cause: { code: 'sessionsReplaced', kind, collision: false } }
}

function meshIsNew(context: BgpContext, kept: KeptSessions): boolean {
  return ([4, 6] as const).some((family) => {
    const members = meshMembers(context, family).filter((node) => !isDown(context, node))
    return members.length > 1 && members.some((node) => !kept.mesh(node, family))
  })
}

function isDown({ cluster }: BgpContext, node: number): boolean {
  const name = cluster.nodes[node]?.name
  return name !== undefined && (cluster.down?.nodes.has(name) === true || cluster.down?.birds.has(name) === true)
}

/** Whether connections of both ends may meet half-way. */
export function bothDial(context: BgpContext, session: Session): boolean {
  const { speaker, peer, family } = session
  if (peer === undefined) return false
  const [one, other] = [
    protocolsBetween(context, speaker, peer, family),
    protocolsBetween(context, peer, speaker, family),
  ]
  return linksBetween(context, one, other).some(
    (link) => link.a.birdName === session.birdName && link.aDials && link.bDials,
  )
}

/** How long a speaker's sessions take to come up once its BIRD starts. */
export function startTime(context: BgpContext, speaker: Speaker): Seconds {
  const collides = ([4, 6] as const).some((family) =>
    explicitOf(context, speaker, family).some((options: SessionOptions) => {
      const session = sessionOf(context, speaker, options)
      return session.state === 'Established' && bothDial(context, session)
    }),
  )
  return collides ? BOTH_SIDES_DIAL : ONE_SIDE_DIALS
}
