/** What mends a loss, in one sentence for each rule. */

import type { LossReason } from '../../dataplane/trace/packet.js'

export function wordLossRemedy(reason: LossReason): string {
  switch (reason.code) {
    case 'noRoute':
      return reason.atKind === 'node'
        ? 'No neighbour announces that network to the node: look at its sessions and reflectors, and at disableBGPExport of the pool.'
        : 'Encapsulate between subnets (ipipMode or vxlanMode CrossSubnet in the pool), or let the router learn the pod routes by BGP or static routes.'
    case 'blackhole':
      return 'A node drops what falls into its block and belongs to no pod of it: another node uses an address of the block and its route is missing here.'
    case 'unreachable':
      return 'BIRD has the route but no way to its next hop: give the node a default or static route of a protocol that BIRD learns (any but `kernel`), and let no neighbour announce a prefix that covers the node addresses.'
    case 'prohibited':
      return 'Take the prohibit route away.'
    case 'noNeighbor':
      return 'The next hop is not on that segment: correct the mask of the node address, or encapsulate between subnets.'
    case 'notAttached':
      return 'Describe the segment in the Underlay, or repair the link.'
    case 'filtered':
      return FILTER_REMEDY[reason.protocol] ?? `Let the fabric pass ${reason.protocol}.`
    case 'antiSpoofing':
      return 'Turn the source check of the fabric off for the nodes, or encapsulate inside the subnet too (mode Always).'
    case 'loop':
      return 'Two routes point at each other: look at both with `routes --explain`.'
    case 'tooBig':
      return 'Lower the MTU of the pods or of the tunnel, or raise that of the network.'
    case 'podsCannotSend':
      return 'Give the node a default route.'
    case 'tunnelNotExpected':
      return 'The packet is tunnelled to something that is no node of the cluster: look at the gateway of the route.'
    case 'nobodyThere':
      return 'Ask for an address that a pod has.'
    case 'someNextHops':
      return 'Take the next hop away that does not deliver: one origin for each block.'
    case 'noEndpoints':
      return 'Start a pod that the selector of the Service picks, and let it become ready.'
    case 'noLocalEndpoint':
      return 'Let only nodes with an endpoint be asked (BGP announces such a Service from them alone), or set externalTrafficPolicy Cluster.'
    case 'someEndpoints':
      return wordLossRemedy(reason.otherwise)
    case 'leavesCluster':
      return 'Describe the host or the router that has the address in the Underlay.'
    case 'noAddress':
      return 'Give both ends an address of the same family.'
  }
}

const FILTER_REMEDY: Readonly<Record<string, string>> = {
  ipip: 'Let the fabric pass IP protocol 4, or use VXLAN (UDP port 4789) in place of IPIP.',
  vxlan: 'Let the fabric pass UDP port 4789.',
  wireguard: 'Let the fabric pass UDP port 51820.',
}
