/** Where a packet ended and by which rule, in one sentence with the remedy's direction. The only place that words it. */

import { formatAddress } from '../../address/address.js'
import type { LossReason, PathCaveat } from '../../dataplane/trace/packet.js'

export function wordLossReason(reason: LossReason): string {
  switch (reason.code) {
    case 'noRoute':
      return reason.atKind === 'router'
        ? `router ${reason.at} has no route to ${formatAddress(reason.destination)}: it does not know the pod routes`
        : `${reason.at} has no route to ${formatAddress(reason.destination)}`
    case 'blackhole':
      return `${reason.at} drops it silently: ${formatAddress(reason.destination)} falls into blackhole ${reason.route}`
    case 'unreachable':
      return `${reason.at} answers host unreachable: ${reason.route} has no usable next hop`
    case 'prohibited':
      return `${reason.at} prohibits ${reason.route}`
    case 'noNeighbor':
      return `nobody on ${reason.subnet} answers ARP for ${formatAddress(reason.nextHop)}, the next hop of ${reason.at}`
    case 'notAttached':
      return `${reason.dev} of ${reason.at} hangs on no segment that the Underlay describes`
    case 'filtered':
      return `segment ${reason.subnet} drops ${reason.protocol}`
    case 'antiSpoofing':
      return `segment ${reason.subnet} drops packets of ${reason.at} whose source is ${formatAddress(reason.source)}, not its own`
    case 'loop':
      return `it comes back to ${reason.at}: a routing loop`
    case 'tooBig':
      return reason.silent === true
        ? `${reason.size} bytes leave ${reason.dev} of ${reason.at} and are dropped beyond it, where ${reason.mtu} are the most; the sender is told nothing`
        : `${reason.size} bytes do not fit into ${reason.dev} of ${reason.at}, whose MTU is ${reason.mtu}, and may not be fragmented`
    case 'podsCannotSend':
      return `pods of ${reason.at} cannot send at all: the node has no route to 169.254.1.1, so nobody answers ARP for it`
    case 'tunnelNotExpected':
      return `${reason.at} is sent a ${reason.type} packet but ends no such tunnel`
    case 'nobodyThere':
      return `${reason.at} has the route, but no pod uses ${formatAddress(reason.destination)}`
    case 'someNextHops':
      return `depends on which next hop of ${reason.route} the kernel of ${reason.at} takes for the flow; by one of them ${wordLossReason(reason.otherwise)}`
    case 'noEndpoints':
      return `service ${reason.service} has no ready endpoint: kube-proxy of ${reason.at} refuses the connection`
    case 'noLocalEndpoint':
      return `service ${reason.service} is for endpoints of the same node only (traffic policy Local), and ${reason.at} has none`
    case 'someEndpoints':
      return `depends on which endpoint of ${reason.service} kube-proxy takes; at ${reason.endpoint} ${wordLossReason(reason.otherwise)}`
    case 'leavesCluster':
      return `at ${reason.at} it leaves what the input describes: nothing there has the address ${formatAddress(reason.destination)}`
    case 'noAddress':
      return `${reason.what} has no address in this family, or does not exist`
  }
}

/** What the input leaves open about a path. */
export function wordCaveat(caveat: PathCaveat): string {
  switch (caveat.code) {
    case 'strictRpFilter': {
      const back = caveat.back === undefined ? 'there is no route' : `the route goes by ${caveat.back}`
      return `comes to ${caveat.at} by ${caveat.dev}, but back to ${formatAddress(caveat.source)} ${back}: with rp_filter 1 on ${caveat.dev} the node drops it`
    }
    case 'fragmented':
      return `${caveat.size} bytes are cut into pieces at ${caveat.dev} of ${caveat.at}, whose MTU is ${caveat.mtu}`
  }
}
