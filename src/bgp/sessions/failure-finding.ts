/** The finding for a session that stays down, by its reason. */

import type { FindingCode } from '../../findings/catalog.js'
import type { Finding, ResourceRef, Severity } from '../../findings/finding.js'
import type { SessionReason } from '../session.js'

/** `example` begins the message: how many sessions, and one of them. `node` is where the reason was seen. */
export function failureFinding(
  reason: SessionReason,
  example: string,
  node: string,
  resource: ResourceRef,
  severity: Severity,
): Finding {
  const { code, cause, hint } = explain(reason, node)
  return { severity, code, message: `${example}: ${cause}.`, hint, resource }
}

interface Explained {
  readonly code: FindingCode
  readonly cause: string
  readonly hint: string
}

function explain(reason: SessionReason, node: string): Explained {
  switch (reason.code) {
    case 'wrongAS': {
      const [expects, announces] = reason.side === 'here' ? [node, reason.peer] : [reason.peer, node]
      return {
        code: 'BGP_WRONG_AS',
        cause: `${expects} expects AS ${reason.expected}, ${announces} announces AS ${reason.announced}`,
        hint: 'Make asNumber of the BGPPeer that of the peer. In the mesh, set spec.bgp.asNumber on every node or on none.',
      }
    }
    case 'peerHasNoBgp':
      return {
        code: 'BGP_PEER_ONE_SIDED',
        cause: `${reason.peer} runs no BGP session and refuses the connection`,
        hint: 'Configure the peer too: with the right asNumber, and reversePeering not Manual, Calico does it by itself.',
      }
    case 'oneSided':
      return {
        code: 'BGP_PEER_ONE_SIDED',
        cause: `${reason.peer} has no session for this node's address`,
        hint: 'Configure the peer too: with the right asNumber, and reversePeering not Manual, Calico does it by itself.',
      }
    case 'noSuchPeer':
      return {
        code: 'BGP_PEER_ONE_SIDED',
        cause: 'nobody on the described subnets has the peer address',
        hint: 'Correct peerIP, or describe the peer as a router of the Underlay.',
      }
    case 'noRouteToPeer':
      return {
        code: 'BGP_PEER_UNREACHABLE',
        cause: reason.at === undefined ? `${node} has no route to the peer` : `${reason.at} cannot deliver to the peer`,
        hint:
          reason.at === undefined
            ? 'Give the node a default gateway or a static route to the peer.'
            : 'Let both nodes have addresses that reach each other, or give the router a route.',
      }
    case 'gatewayUnreachable':
      return {
        code: 'BGP_PEER_UNREACHABLE',
        cause: `the way goes by the gateway ${reason.gateway}, which is not on the segment`,
        hint: 'Correct the gateway of the node or of the subnet.',
      }
    case 'notOnLink':
      return {
        code: 'BGP_MASK_TOO_WIDE',
        cause: `${node} takes the peer for a neighbour on the subnet ${reason.subnet}, where it is not`,
        hint: 'Let the BGP address of the node have the mask of its subnet.',
      }
    case 'filtered':
      return {
        code: 'BGP_TRAFFIC_DROPPED',
        cause: `the subnet ${reason.subnet} drops ${reason.protocol}`,
        hint: 'Allow TCP port 179 between the speakers.',
      }
    case 'configurationRefused':
      return {
        code: 'BGP_CONFIGURATION_REFUSED',
        cause: reason.detail,
        hint: 'Mend the BGPPeer or the node address; until then BIRD keeps its previous configuration or does not start.',
      }
    case 'duplicateRouterID':
      return {
        code: 'BGP_DUPLICATE_ROUTER_ID',
        cause: `${reason.peer} has the router ID ${reason.routerID} too`,
        hint: 'Give each speaker a router ID of its own.',
      }
    case 'duplicateNeighbor':
      return {
        code: 'BGP_DUPLICATE_PEERING',
        cause: `${reason.runningInstead} holds the neighbour`,
        hint: 'Switch the mesh off once the BGPPeers are in place, or delete the BGPPeer that says the same again.',
      }
    case 'portMismatch':
      return mismatch(`port ${reason.dialled} is dialled, ${reason.listening} is listened on`)
    case 'passwordMismatch':
      return mismatch(`the passwords of the two ends differ`)
    case 'ttlSecurity':
      return mismatch(`ttlSecurity is set on one end only, or the peer is further away than it allows`)
    case 'bothPassive':
      return mismatch(`both ends wait for the other to connect`)
    case 'sourceAddress':
      return mismatch(`${reason.peer} has a session for ${reason.expected}, not for the address ${reason.used}`)
    case 'established':
    case 'down':
    case 'dependsOn':
      return {
        code: 'BGP_PEER_NOT_DESCRIBED',
        cause: reason.code === 'dependsOn' ? `it depends on ${reason.what}` : 'the input does not say why',
        hint: 'Describe the peer as a router of an Underlay.',
      }
  }
}

function mismatch(cause: string): Explained {
  return { code: 'BGP_SESSION_MISMATCH', cause, hint: 'Configure both ends alike.' }
}
