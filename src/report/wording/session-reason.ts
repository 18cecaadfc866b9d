/** Why a BGP session is in its state, in one sentence. The only place that words it. */

import type { SessionReason } from '../../bgp/session.js'

export function wordSessionReason(reason: SessionReason): string {
  switch (reason.code) {
    case 'established':
      return 'both ends agree'
    case 'noSuchPeer':
      return 'nothing in the input has this address: describe the peer as a router of the Underlay to know'
    case 'peerHasNoBgp':
      return `${reason.peer} runs no BGP`
    case 'oneSided':
      return `${reason.peer} has no session back to this node`
    case 'bothPassive':
      return `this node and ${reason.peer} both wait for the other to connect`
    case 'wrongAS':
      return reason.side === 'here'
        ? `${reason.peer} announces AS ${reason.announced}, this node expects AS ${reason.expected}`
        : `${reason.peer} expects AS ${reason.expected}, this node announces AS ${reason.announced}`
    case 'portMismatch':
      return `this node dials port ${reason.dialled}, ${reason.peer} listens on ${reason.listening}`
    case 'passwordMismatch':
      return `the TCP MD5 passwords of this node and ${reason.peer} differ`
    case 'duplicateNeighbor':
      return `${reason.runningInstead} already holds the session with this neighbour; BIRD runs one protocol for each`
    case 'duplicateRouterID':
      return `${reason.peer} has the same router ID ${reason.routerID}`
    case 'noRouteToPeer':
      return reason.at === undefined
        ? 'the node has no route to the peer address'
        : `${reason.at} on the way cannot deliver to the peer address`
    case 'gatewayUnreachable':
      return `the route to the peer goes by ${reason.gateway}, which nobody answers for`
    case 'notOnLink':
      return `the node's mask makes the peer look on-link, but the peer is not on subnet ${reason.subnet}`
    case 'filtered':
      return `subnet ${reason.subnet} drops ${reason.protocol}`
    case 'ttlSecurity':
      return `ttlSecurity is set here and not on ${reason.peer}, or the peer is further away than it allows`
    case 'sourceAddress':
      return `${reason.peer} expects ${reason.expected}, the session comes from ${reason.used}`
    case 'configurationRefused':
      return `BIRD refuses its whole configuration: ${reason.detail}`
    case 'down':
      return `${reason.element} is down`
    case 'dependsOn':
      return `depends on ${reason.what}`
  }
}
