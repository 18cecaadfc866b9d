/** Why a route stands in a kernel table, in one phrase. The only place that words it. */

import type { RouteReason, RouteRule } from '../../dataplane/kernel-route.js'

export function wordRouteReason(reason: RouteReason): string {
  const from = reason.resource === undefined ? '' : ` (${reason.resource})`
  const detail = reason.detail === undefined ? '' : `, ${reason.detail}`
  return `${OWNERS[reason.owner]}: ${wordRule(reason.rule, reason.node)}${detail}${from}`
}

const OWNERS: Readonly<Record<RouteReason['owner'], string>> = {
  felix: 'Felix',
  bird: 'BIRD',
  kernel: 'kernel',
  cni: 'CNI plugin',
  underlay: 'host',
}

function wordRule(rule: RouteRule, node: string | undefined): string {
  const owner = node ?? 'another node'
  switch (rule) {
    case 'connected':
      return 'own interface address'
    case 'defaultRoute':
      return 'default route'
    case 'staticRoute':
      return 'static route'
    case 'localPod':
      return 'pod on this node'
    case 'ownBlock':
      return 'own block, free addresses are refused'
    case 'remoteBlock':
      return `block of ${owner}`
    case 'remoteBlockSameSubnet':
      return `block of ${owner}, same subnet`
    case 'remoteBlockTunnelled':
      return `block of ${owner}, tunnelled`
    case 'borrowedAddress':
      return `address that ${owner} uses out of another node's block`
    case 'remoteVtep':
      return `tunnel address of ${owner}`
    case 'bgpRoute':
      return 'learnt by BGP'
    case 'bgpUnreachable':
      return 'learnt by BGP, next hop not resolvable'
    case 'bgpMultipath':
      return 'learnt by BGP, several equal paths'
    case 'serviceRange':
      return 'service range'
    case 'reachableBy':
      return 'reachableBy of a BGPPeer'
    case 'wireguardPeer':
      return `WireGuard peer ${owner}`
    case 'wireguardThrow':
      return 'not by WireGuard'
  }
}
