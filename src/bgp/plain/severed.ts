/**
 * Sessions that cut themselves off. A node that learns a route to its peer's network which does not resolve writes it
 * into the kernel as `unreachable`, and from then on its own packets to the peer go nowhere: what it has to say never
 * arrives, until the peer's hold timer ends the session, the route goes with it, and all begins anew (lab cases 25f and
 * r024).
 */

import type { Prefix } from '../../address/prefix.js'
import { formatPrefix } from '../../address/prefix.js'
import type { PlainInput, PlainSpeaker } from './input.js'
import { kernelExport } from './kernel-export.js'
import type { Engine, Net } from './state.js'

export interface SeveredEnd {
  readonly speaker: number
  readonly place: number
  /** The prefix that BIRD wrote as unreachable, blackhole or prohibit. */
  readonly by: Prefix
}

/** Ends whose kernel, with BIRD's routes in it, refuses packets to the neighbour. Nodes only. */
export function severedEnds(input: PlainInput, engine: Engine): readonly SeveredEnd[] {
  return engine.speakers.flatMap((state) => {
    if (state.speaker.config.kernelPolicy === undefined) return []
    return state.speaker.sessions.flatMap((session, place) => {
      for (const id of engine.covering(session.options.peerAddress)) {
        const [net, prefix] = [state.nets.get(id), engine.prefixes[id]]
        const verdict = net && prefix ? inKernel(input.speakers[state.index] ?? state.speaker, prefix, net) : 'nothing'
        if (verdict === 'refused' && prefix) return { speaker: state.index, place, by: prefix }
        if (verdict === 'forwarded') break
      }
      return []
    })
  })
}

/** What the kernel does with packets for this prefix: the route with the lowest metric counts, others before BIRD's. */
export function inKernel(speaker: PlainSpeaker, prefix: Prefix, net: Net): 'refused' | 'forwarded' | 'nothing' {
  const text = formatPrefix(prefix)
  const others = [
    ...net.routes.flatMap((route) =>
      route.source === 'kernel' || route.source === 'direct' ? (route.krtMetric ?? 0) : [],
    ),
    ...speaker.unlearnt.flatMap((route) => (formatPrefix(route.prefix) === text ? (route.krtMetric ?? 0) : [])),
  ]
  const other = Math.min(...others)
  const bird = kernelExport(speaker, prefix, net)
  if (!bird.programmed) return others.length > 0 ? 'forwarded' : 'nothing'
  if (others.length > 0 && other <= (bird.metric ?? 0)) return 'forwarded'
  return bird.type === 'unicast' ? 'forwarded' : 'refused'
}
