/** What `check` has to say about a cluster's BGP sessions. */

import type { Finding } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import { addressFindings } from './findings-addresses.js'
import { explicitFindings } from './findings-explicit.js'
import { meshFindings } from './findings-mesh.js'
import { peerFindings } from './findings-peers.js'
import { reflectorFindings } from './findings-reflectors.js'

/**
 * Every hazard of the sessions, one finding for each cause and not for each session. The order is fixed: addresses,
 * the mesh, BGPPeers, their sessions, reflectors. Empty when the cluster runs no BGP.
 */
export function bgpFindings(context: BgpContext): readonly Finding[] {
  if (context.cluster.backend !== 'bird') return []
  return [
    ...addressFindings(context),
    ...meshFindings(context),
    ...peerFindings(context),
    ...explicitFindings(context),
    ...reflectorFindings(context),
  ]
}
