/**
 * BGPPeer. Sources: api/pkg/apis/projectcalico/v3/bgppeer.go (markers), libcalico-go lib/validator/v3
 * validateBGPPeerSpec. Nothing is required: an empty spec peers nobody with all nodes.
 */

import { parseAddress } from '../../../address/address.js'
import { asNumber, boolean, filledText, has, integer, list, object, oneOf, type Rule, text } from '../schema.js'
import { SELECTOR } from '../selector-format.js'
import { show } from '../slips.js'
import { ADDRESS, ADDRESS_AND_PORT, parseAddressAndPort, RESOURCE_NAME } from '../text-formats.js'
import { PASSWORD } from './bgp-configuration.js'
import { whole } from './metadata.js'

const nodeOrSelector: Rule = (self, report) => {
  if (!filledText(self.node) || !filledText(self.nodeSelector)) return
  report({
    code: 'BGPPEER_NODE_AND_SELECTOR',
    layers: ['schema'],
    path: ['nodeSelector'],
    message: `node and nodeSelector cannot both be set: ${show(self.node)} and ${show(self.nodeSelector)}.`,
    hint: 'Keep one of the two.',
  })
}

const peerOrSelector: Rule = (self, report) => {
  if (!filledText(self.peerSelector)) return
  if (filledText(self.peerIP)) {
    report({
      code: 'BGPPEER_PEER_IP_AND_SELECTOR',
      layers: ['schema'],
      path: ['peerSelector'],
      message: `peerIP and peerSelector cannot both be set: ${show(self.peerIP)} and ${show(self.peerSelector)}.`,
      hint: 'Use peerIP for a router outside the cluster, peerSelector for nodes.',
    })
  }
  if (has(self.asNumber) && self.asNumber !== 0) {
    report({
      code: 'BGPPEER_AS_AND_SELECTOR',
      layers: ['schema'],
      path: ['asNumber'],
      message: `asNumber is ${show(self.asNumber)}, but asNumber must be empty when peerSelector is set.`,
      hint: "Take asNumber out: it comes from the peer node's own AS number.",
    })
  }
}

const localWorkloadStandsAlone: Rule = (self, report) => {
  if (!filledText(self.localWorkloadSelector)) return
  for (const field of ['peerIP', 'peerSelector'] as const) {
    if (!filledText(self[field])) continue
    report({
      code: 'BGPPEER_LOCAL_WORKLOAD',
      layers: ['schema'],
      path: [field],
      message: `${field} must be empty when localWorkloadSelector is set.`,
      hint: `Take ${field} out.`,
    })
  }
  if (!has(self.asNumber) || self.asNumber === 0) {
    report({
      code: 'BGPPEER_LOCAL_WORKLOAD',
      layers: ['schema'],
      path: ['asNumber'],
      message: 'asNumber is required when localWorkloadSelector is set.',
      hint: "Add asNumber, the workload's AS number.",
    })
  }
}

const reachableByNeedsPeer: Rule = (self, report) => {
  const gateway = filledText(self.reachableBy)
  if (gateway === undefined) return
  const peerIP = filledText(self.peerIP)
  if (peerIP === undefined) {
    report({
      code: 'BGPPEER_REACHABLE_BY',
      layers: ['schema'],
      path: ['reachableBy'],
      message: 'reachableBy must be empty when peerIP is empty.',
      hint: 'Add peerIP, or take reachableBy out.',
    })
    return
  }
  const [via, peer] = [parseAddress(gateway), parseAddressAndPort(peerIP)?.address]
  if (via && peer && via.family !== peer.family) {
    report({
      code: 'BGPPEER_REACHABLE_BY',
      layers: ['struct'],
      path: ['reachableBy'],
      message: `ReachableBy and PeerIP address family mismatched: IPv${via.family} and IPv${peer.family}.`,
      hint: `Give the IPv${peer.family} address of the gateway.`,
    })
  }
}

const oneNextHopSetting: Rule = (self, report) => {
  if (self.keepOriginalNextHop !== true || !has(self.nextHopMode)) return
  report({
    code: 'BGPPEER_NEXT_HOP',
    layers: ['schema'],
    path: ['nextHopMode'],
    message: 'keepOriginalNextHop and nextHopMode cannot both be set.',
    hint: 'Take keepOriginalNextHop out: nextHopMode Keep says the same.',
  })
}

const INT32 = {
  minimum: -2147483648,
  maximum: 2147483647,
  structMinimum: -2147483648,
  structMaximum: 2147483647,
} as const

/** spec of a BGPPeer. */
export const BGP_PEER_SPEC = object(
  {
    node: text({ maxLength: 253, structFormat: RESOURCE_NAME }),
    nodeSelector: text({ maxLength: 1024, structFormat: SELECTOR }),
    peerIP: text({ maxLength: 64, structFormat: ADDRESS_AND_PORT }),
    asNumber: asNumber(),
    localASNumber: asNumber({ keepsEmpty: true }),
    peerSelector: text({ maxLength: 1024, structFormat: SELECTOR }),
    keepOriginalNextHop: boolean(),
    nextHopMode: oneOf(['Auto', 'Self', 'Keep'], { keepsEmpty: true }),
    password: PASSWORD,
    sourceAddress: oneOf(['UseNodeIP', 'None']),
    maxRestartTime: text({ duration: true }),
    keepaliveTime: text({ duration: true }),
    numAllowedLocalASNumbers: integer({ ...INT32, keepsEmpty: true }),
    ttlSecurity: integer({ structMinimum: 0, structMaximum: 255, keepsEmpty: true }),
    reachableBy: text({ maxLength: 64, structFormat: ADDRESS }),
    filters: list(text({ structFormat: RESOURCE_NAME, keepsEmpty: true })),
    localWorkloadSelector: text({ maxLength: 1024, structFormat: SELECTOR }),
    reversePeering: oneOf(['Auto', 'Manual'], { keepsEmpty: true }),
  },
  {
    required: 'zero',
    rules: [nodeOrSelector, peerOrSelector, localWorkloadStandsAlone, reachableByNeedsPeer, oneNextHopSetting],
  },
)

/** A whole BGPPeer. */
export const BGP_PEER = whole(BGP_PEER_SPEC)
