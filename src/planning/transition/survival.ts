/**
 * Which sessions outlive a new configuration. BIRD compares a protocol's old and new configuration and leaves the session
 * alone when they are equal; filters are compared apart and never end it (BIRD proto.c proto_reconfigure, bgp.c
 * bgp_reconfigure). A router id that changes ends them all.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext, KeptSessions } from '../../bgp/config/context.js'
import { explicitSessions } from '../../bgp/config/explicit-sessions.js'
import { isMeshMember } from '../../bgp/config/mesh.js'
import { routerProtocols } from '../../bgp/config/router-config.js'
import { passwordOf } from '../../bgp/config/session-password.js'
import { routerIDOfSpeaker } from '../../bgp/config/speaker-config.js'
import type { SessionOptions, Speaker } from '../../bgp/session.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'

/** Sessions of `after` that were up in `before` and stay up. Speakers in `restarted`, by name, lose all of theirs. */
export function keptSessions(
  before: BgpContext,
  after: BgpContext,
  restarted: ReadonlySet<string> = new Set(),
): KeptSessions {
  const meshStays = meshText(before) === meshText(after)
  const steady = remembered((index: number): Speaker | undefined => {
    const now = after.speakers[index]
    const then = now && before.speakerByName.get(now.name)
    if (now === undefined || then === undefined || then.kind !== now.kind || restarted.has(now.name)) return undefined
    return routerIDOfSpeaker(before, then) === routerIDOfSpeaker(after, now) ? then : undefined
  })
  const running = runningSessions(before)
  const configured = configuredSessions(after)
  return {
    mesh: (node, family) => {
      const then = steady(node)
      if (!meshStays || then === undefined || !isMeshMember(before, then.index, family)) return false
      return endpointText(before, then.index, family) === endpointText(after, node, family)
    },
    explicit: (speaker, options) => {
      const then = steady(speaker)
      const held = then && running(then, options.family).get(options.birdName)
      if (held === undefined || held.text !== sessionText(after, speaker, options)) return false
      const peer = after.speakerByName.get(held.peer.name)
      if (peer === undefined || steady(peer.index) === undefined) return false
      // The other end's protocols with this speaker have to be there as they were, too.
      for (const [name, back] of running(held.peer, options.family)) {
        if (back.peer.index !== then?.index) continue
        if (configured(peer, options.family).get(name) !== back.text) return false
      }
      return true
    },
  }
}

interface Running {
  readonly text: string
  readonly peer: Speaker
}

/** Explicit sessions of a speaker that are up, by BIRD's name. */
function runningSessions(context: BgpContext): (speaker: Speaker, family: Family) => ReadonlyMap<string, Running> {
  return bySpeaker((speaker, family) => {
    const up = new Map<string, Running>()
    for (const options of explicitOf(context, speaker, family)) {
      const { state, peer } = sessionOf(context, speaker, options)
      if (state !== 'Established' || peer === undefined) continue
      up.set(options.birdName, { text: sessionText(context, speaker.index, options), peer })
    }
    return up
  })
}

function configuredSessions(context: BgpContext): (speaker: Speaker, family: Family) => ReadonlyMap<string, string> {
  return bySpeaker((speaker, family) => {
    const sessions = explicitOf(context, speaker, family)
    return new Map(sessions.map((options) => [options.birdName, sessionText(context, speaker.index, options)]))
  })
}

/** A speaker's sessions apart from the mesh. */
export function explicitOf(context: BgpContext, speaker: Speaker, family: Family): readonly SessionOptions[] {
  return speaker.kind === 'node'
    ? explicitSessions(context, speaker.index, family)
    : routerProtocols(context, speaker, family)
}

/** Everything that BIRD compares of a protocol. */
function sessionText(context: BgpContext, index: number, options: SessionOptions): string {
  const { importFilters: _i, exportFilters: _e, from: _f, reverse: _r, alternatives: _a, ...compared } = options
  const speaker = context.speakers[index]
  const password = options.password && speaker ? passwordOf(context, speaker, options) : undefined
  return JSON.stringify([compared, password], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}

/** What all mesh sessions have in common. */
function meshText({ cluster: { bgp, release, backend } }: BgpContext): string {
  return JSON.stringify([
    bgp.nodeToNodeMeshEnabled,
    backend,
    release.meshPassword,
    bgp.nodeMeshPassword?.value ?? null,
    bgp.nodeMeshMaxRestartTime ?? null,
    release.meshPeerASFallback,
  ])
}

/** What a node brings into its mesh sessions. */
function endpointText(context: BgpContext, node: number, family: Family): string {
  const endpoint = context.endpoints[family][node]
  if (endpoint === undefined) return ''
  return JSON.stringify([endpoint.text, endpoint.port ?? null, endpoint.asNumber, endpoint.ownAS ?? null])
}

function bySpeaker<T>(make: (speaker: Speaker, family: Family) => T): (speaker: Speaker, family: Family) => T {
  const held = new Map<number, T>()
  return (speaker, family) => {
    const key = speaker.index * 10 + family
    const known = held.get(key)
    if (known !== undefined) return known
    const made = make(speaker, family)
    held.set(key, made)
    return made
  }
}

function remembered<T>(make: (index: number) => T): (index: number) => T {
  const held = new Map<number, { readonly value: T }>()
  return (index) => {
    const known = held.get(index)
    if (known !== undefined) return known.value
    const value = make(index)
    held.set(index, { value })
    return value
  }
}
