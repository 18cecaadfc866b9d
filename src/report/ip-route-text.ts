/** One line of `ip route show` (iproute2 print_route): the order of words, and what is left out because it is default. */

import type { KernelRoute, NextHop } from '../dataplane/kernel-route.js'

export function ipRouteText(route: KernelRoute): string {
  const words: string[] = []
  if (route.type !== undefined) words.push(route.type)
  words.push(route.dst)
  words.push(...via(route.gateway, route.dst), ...word('dev', route.dev))
  if (route.protocol !== undefined) words.push('proto', route.protocol)
  words.push(...word('scope', route.scope), ...word('src', route.prefsrc))
  if (route.metric !== undefined) words.push('metric', String(route.metric))
  words.push(...route.flags)
  for (const { mtu } of route.metrics ?? []) words.push('mtu', String(mtu))
  if (route.pref !== undefined) words.push('pref', route.pref)
  const line = words.join(' ')
  // Each next hop of a multipath route stands on a line of its own, after a tab.
  return [`${line}${route.nexthops === undefined ? '' : ' '}`, ...(route.nexthops ?? []).map(nextHopText)].join('\n')
}

function nextHopText(hop: NextHop): string {
  return [
    '\tnexthop',
    ...via(hop.gateway, ''),
    ...word('dev', hop.dev),
    'weight',
    String(hop.weight),
    ...hop.flags,
  ].join(' ')
}

/** An IPv6 gateway of an IPv4 route is printed as `via inet6 ADDRESS`. */
function via(gateway: string | undefined, destination: string): readonly string[] {
  if (gateway === undefined) return []
  const foreign = gateway.includes(':') && /^\d+\.\d+\.\d+\.\d+/.test(destination)
  return foreign ? ['via', 'inet6', gateway] : ['via', gateway]
}

function word(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value]
}
