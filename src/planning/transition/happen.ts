/** A change as it begins: what is so at once, and what follows when which timer ends. */

import { type BgpContext, createBgpContext } from '../../bgp/config/context.js'
import type { Speaker } from '../../bgp/session.js'
import { sessionsOf } from '../../bgp/sessions/sessions.js'
import type { Cluster } from '../../cluster/cluster.js'
import { clusterWith } from '../../cluster/cluster-with-down.js'
import { type Down, NOTHING_DOWN } from '../../cluster/down.js'
import type { IpamView } from '../../ipam/view.js'
import type { Manner } from '../change/change.js'
import { controlOf, type Network, type Phase, withHeld, withNoticed, withoutPending, withPending } from './network.js'
import { type NewSessions, newSessions, startTime } from './new-sessions.js'
import type { OutageCause, Seconds } from './outage-cause.js'
import { explicitOf, keptSessions } from './survival.js'
import {
  AT_ONCE,
  BACK_ON_WIRE,
  DIALLED_AGAIN,
  HOLD_EXPIRY,
  later,
  RECOVERY_WAIT,
  RESTART_TIME,
  RESTART_TIME_SLACK,
} from './timers.js'

export interface Happening {
  /** The cluster from now on, with what is broken. */
  readonly cluster: Cluster
  readonly ipam: IpamView
  /** How each element that breaks now goes, by its key in Down; killed when it is not named. */
  readonly manner?: ReadonlyMap<string, Manner>
  /** Machines that come back with an empty kernel, by name: they were started anew. */
  readonly rebooted?: ReadonlySet<string>
  /** Nodes whose BIRD is started anew. */
  readonly restarts?: Restarts
}

export interface Restarts {
  readonly nodes: ReadonlySet<string>
  /** Killed, so that peers keep its routes meanwhile; otherwise it says farewell. */
  readonly graceful: boolean
  readonly rolling: boolean
}

export interface Begun {
  readonly network: Network
  /** How things stand until the first pending event. */
  readonly phase: Phase
}

const KINDS = ['nodes', 'birds', 'routers', 'links'] as const

/** At second `at`. Pending events of earlier happenings stay. */
export function happen(network: Network, at: number, happening: Happening): Begun {
  const [was, is] = [network.cluster.down ?? NOTHING_DOWN, happening.cluster.down ?? NOTHING_DOWN]
  const half = configured(network, at, happening)
  let current = half.network
  let back = false
  for (const kind of KINDS) {
    for (const key of is[kind]) if (!was[kind].has(key)) current = breaks(current, at, kind, key, happening)
    for (const key of was[kind]) {
      if (is[kind].has(key)) continue
      current = comesBack(current, at, kind, key, happening)
      back ||= kind !== 'birds'
    }
  }
  const cause = causeOfBreak(was, is, happening) ?? half.cause ?? { code: 'takenOver' }
  return { network: current, phase: { from: later(back ? BACK_ON_WIRE : AT_ONCE, at), network: current, cause } }
}

function causeOfBreak(was: Down, is: Down, { manner }: Happening): OutageCause | undefined {
  const fresh = (kind: keyof Down): string[] => [...is[kind]].filter((key) => !was[kind].has(key)).sort()
  const dead = [...fresh('nodes'), ...fresh('routers'), ...fresh('links')]
  if (dead.length > 0) return { code: 'elementDown', elements: dead }
  const silent = fresh('birds').filter((key) => manner?.get(key) === 'orderly')
  return silent.length > 0 ? { code: 'farewell', elements: silent } : undefined
}

/** The new configuration: sessions that it ends are down at once, new ones come up later. */
function configured(
  network: Network,
  at: number,
  happening: Happening,
): { readonly network: Network; readonly cause?: OutageCause } {
  const { cluster, ipam, restarts } = happening
  const farewell = restarts !== undefined && !restarts.graceful ? restarts.nodes : new Set<string>()
  const full = createBgpContext(clusterWith(cluster, network.noticed), ipam)
  const kept = keptSessions(controlOf(network).bgp, full, farewell)
  const fresh = newSessions(full, kept)
  const { kept: _, ...rest } = network
  const next: Network = { ...rest, cluster, ipam }
  if (fresh === undefined) return { network: waiting(next, at, network, happening, full) }
  const own = ownSessions(network, full, fresh, farewell)
  const cause: OutageCause =
    farewell.size > 0 ? { code: 'calicoNodeRestart', rolling: restarts?.rolling === true } : (own ?? fresh).cause
  const takes = own === undefined ? undefined : later(farewell.size > 0 ? later(own.takes, 1) : own.takes, at)
  const half = withPending(
    { ...next, kept },
    {
      key: 'sessions',
      at: together(network.pending.find(({ key }) => key === 'sessions')?.at, takes) ?? later(fresh.takes, at),
      cause,
      becomes: ({ kept: _kept, ...settled }) => settled,
    },
  )
  return { network: waiting(half, at, network, happening, full), cause }
}

/** Of the sessions that are to come up, those that this change ended itself: others have been dialling since an earlier one. */
function ownSessions(
  network: Network,
  full: BgpContext,
  fresh: NewSessions,
  farewell: ReadonlySet<string>,
): NewSessions | undefined {
  if (network.kept === undefined) return fresh
  const { kept: _, ...up } = network
  return newSessions(full, keptSessions(controlOf(up).bgp, full, farewell))
}

/** When the last of two is over; it may be as early as the first, for the sessions of that one. */
function together(earlier: Seconds | undefined, own: Seconds | undefined): Seconds | undefined {
  if (earlier === undefined || own === undefined) return earlier ?? own
  return { min: Math.min(earlier.min, own.min), max: Math.max(earlier.max, own.max) }
}

/** Nodes that are started anew while one of their peers never comes up write nothing new for a while. */
function waiting(next: Network, at: number, old: Network, { restarts }: Happening, full: BgpContext): Network {
  let current = next
  for (const name of [...(restarts?.nodes ?? [])].sort()) {
    const speaker = full.speakerByName.get(name)
    if (speaker !== undefined && waitsForPeer(full, speaker)) current = holdBack(current, at, old, full, speaker)
  }
  return current
}

/** The node's own kernel stays as it was, and so do those that learn from it as a reflector. */
function holdBack(network: Network, at: number, old: Network, full: BgpContext, speaker: Speaker): Network {
  const before = controlOf(old)
  const names = [speaker.name, ...clientsOf(full, speaker)]
  let current = network
  for (const name of names) {
    if (current.held.has(name)) continue
    current = withHeld(current, name, before)
  }
  return withPending(current, {
    key: `recovery ${speaker.name}`,
    at: later(RECOVERY_WAIT, at),
    cause: { code: 'recoveryWait', elements: [speaker.name] },
    becomes: (then) => names.reduce((held, name) => withHeld(held, name, undefined), then),
  })
}

function clientsOf(context: BgpContext, speaker: Speaker): readonly string[] {
  const names = new Set<string>()
  for (const family of [4, 6] as const) {
    if (!explicitOf(context, speaker, family).some(({ rrClient }) => rrClient)) continue
    for (const { peer, state } of sessionsOf(context, speaker, family)) {
      if (peer?.kind === 'node' && state === 'Established') names.add(peer.name)
    }
  }
  return [...names].sort()
}

/**
 * A session that never comes up holds BIRD's recovery; one whose OPEN is refused does not (lab findings, part B: wrong AS
 * number, equal router ids).
 */
function waitsForPeer(context: BgpContext, speaker: Speaker): boolean {
  return ([4, 6] as const).some((family) =>
    sessionsOf(context, speaker, family).some(
      ({ state, reason, passive, kind }) =>
        state !== 'Established' &&
        kind !== 'localWorkload' &&
        reason.code !== 'wrongAS' &&
        reason.code !== 'duplicateRouterID' &&
        !(passive && reason.code === 'dependsOn'),
    ),
  )
}

function breaks(network: Network, at: number, kind: keyof Down, key: string, { manner }: Happening): Network {
  const orderly = manner?.get(key) === 'orderly'
  const name = elementOf(kind, key)
  const held = kind === 'links' ? network : withHeld(network, name, network.held.get(name) ?? controlOf(network))
  const event = `notice ${kind} ${key}`
  if (orderly) return withNoticed(withoutPending(held, event), kind, key, true)
  const [in_, cause] = noticeTime(network, kind, key)
  return withPending(held, {
    key: event,
    at: later(in_, at),
    cause,
    becomes: (then) => withNoticed(then, kind, key, true),
  })
}

function noticeTime(network: Network, kind: keyof Down, key: string): readonly [Seconds, OutageCause] {
  if (kind !== 'birds') return [HOLD_EXPIRY, { code: 'holdTimer', elements: [key] }]
  const context = controlOf(network).bgp
  const speaker = context.speakerByName.get(key)
  const announced =
    speaker === undefined
      ? []
      : ([4, 6] as const).flatMap((family) =>
          sessionsOf(context, speaker, family).map(({ gracefulRestartTime }) => gracefulRestartTime ?? RESTART_TIME),
        )
  const [least, most] = [
    announced.reduce((a, b) => Math.min(a, b), RESTART_TIME),
    announced.reduce((a, b) => Math.max(a, b), announced.length === 0 ? RESTART_TIME : 0),
  ]
  const seconds = { min: least + RESTART_TIME_SLACK.min, max: most + RESTART_TIME_SLACK.max }
  return [seconds, { code: 'restartTimer', elements: [key] }]
}

function comesBack(network: Network, at: number, kind: keyof Down, key: string, happening: Happening): Network {
  const name = elementOf(kind, key)
  const loss = network.pending.find((event) => event.key === `notice ${kind} ${key}`)
  // Where the timer may have ended already, the worse of the two is taken, and the range says the better one too.
  const perhaps = loss !== undefined && loss.at.min <= at
  const noticed = loss === undefined || perhaps
  const rebooted = happening.rebooted?.has(name) === true
  const settled = clusterWith(happening.cluster, withNoticed(network, kind, key, false).noticed)
  const context = createBgpContext(settled, happening.ipam)
  const speaker = context.speakerByName.get(name)
  const waits = (kind === 'birds' || rebooted) && speaker !== undefined && waitsForPeer(context, speaker)
  const clients = waits && speaker !== undefined ? clientsOf(context, speaker) : []

  let current = withoutPending(network, `notice ${kind} ${key}`)
  if (noticed) current = withNoticed(current, kind, key, true)
  if (rebooted) current = withHeld(current, name, 'nothing')
  for (const client of clients) if (!current.held.has(client)) current = withHeld(current, client, controlOf(network))
  const start = speaker === undefined ? BACK_ON_WIRE : startTime(context, speaker)
  return withPending(current, {
    key: `back ${kind} ${key}`,
    at: later(timeBack(), at),
    cause: { code: waits ? 'recoveryWait' : 'elementBack', elements: [key] },
    becomes: (then) => {
      const released = [name, ...clients].reduce((held, client) => withHeld(held, client, undefined), then)
      return withNoticed(released, kind, key, false)
    },
  })

  function timeBack(): Seconds {
    if (waits) return RECOVERY_WAIT
    if (kind === 'birds' || rebooted) return perhaps ? { ...start, min: 0 } : start
    if (!noticed) return BACK_ON_WIRE
    return { min: perhaps ? 0 : DIALLED_AGAIN.min, max: Math.max(DIALLED_AGAIN.max, start.max) }
  }
}

/** The device at which a link is cut; otherwise the element itself. */
function elementOf(kind: keyof Down, key: string): string {
  return kind === 'links' ? key.slice(0, key.indexOf('/')) : key
}
