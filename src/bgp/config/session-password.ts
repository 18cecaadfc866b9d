/** The TCP MD5 password of a session (confd client.go getPassword, getNodeMeshPassword). */

import { sameAddress } from '../../address/address.js'
import type { SessionOptions, Speaker } from '../session.js'
import { type BgpContext, routerOf } from './context.js'

/** `known` is false when the input holds no Secret: then nothing can be said about a mismatch. */
export interface SessionPassword {
  readonly known: boolean
  readonly value?: string
}

const NONE: SessionPassword = { known: true }

export function passwordOf(context: BgpContext, speaker: Speaker, session: SessionOptions): SessionPassword {
  const { bgp, bgpPeers, release } = context.cluster
  if (speaker.kind === 'router') {
    const neighbors = routerOf(context, speaker)?.bgp?.neighbors ?? []
    const value = neighbors.find((neighbor) => sameAddress(neighbor.address, session.peerAddress))?.password
    return value === undefined ? NONE : { known: true, value }
  }
  if (session.kind === 'localWorkload') return NONE
  const mesh = session.kind === 'mesh'
  if (mesh ? !release.meshPassword : !release.peerPasswords) return NONE
  const ref = mesh ? bgp.nodeMeshPassword : bgpPeers.find((peer) => peer.name === session.from)?.password
  if (ref === undefined) return NONE
  if (!ref.known) return { known: false }
  return ref.readable && ref.value !== undefined ? { known: true, value: ref.value } : NONE
}
