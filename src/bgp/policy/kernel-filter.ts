/**
 * Which routes BIRD writes into the kernel and how (bird_ipam.cfg.template calico_kernel_programming,
 * confd bgp_processor.go processIPPools). An Underlay router writes everything as it is.
 */

import { type Address, sameAddress } from '../../address/address.js'
import { containsAddress, containsPrefix } from '../../address/prefix.js'
import { HIGHEST_PRIORITY } from '../config/session-template.js'
import type { KernelPoolAction, SpeakerConfig } from '../speaker-config.js'
import { DEFAULT_LOCAL_PREF, type FilterRoute } from './route.js'

/** Name of the interface of IPIP tunnels. */
export const IPIP_DEVICE = 'tunl0'

export type KernelVerdict =
  | {
      readonly accepted: false
      readonly because: 'serviceRange' | 'wireguardPeer' | 'poolNotOwned'
      readonly pool?: string
    }
  | {
      readonly accepted: true
      /** Undefined: the route is written without one. */
      readonly metric?: number
      /** Through tunl0, where it exists and the route is no multipath one (lab finding A15). */
      readonly tunnel: boolean
      readonly pool?: string
      readonly action?: KernelPoolAction
    }

/** The kernel filter for one route. Pools are tried in text order, and the first that holds the route decides. */
export function kernelFilter(config: SpeakerConfig, route: FilterRoute): KernelVerdict {
  const policy = config.kernelPolicy
  if (policy === undefined) return { accepted: true, tunnel: false }
  if (policy.serviceRejects.some((range) => containsPrefix(range, route.prefix))) {
    return { accepted: false, because: 'serviceRange' }
  }
  const nextHop = route.source === 'bgp' ? route.attributes.nextHop : undefined
  if (nextHop && policy.rejectNextHops.some((peer) => sameAddress(peer, nextHop))) {
    return { accepted: false, because: 'wireguardPeer' }
  }
  const metric =
    policy.metrics && route.source === 'bgp'
      ? { metric: HIGHEST_PRIORITY - (route.attributes.localPref ?? DEFAULT_LOCAL_PREF) }
      : {}
  const held = policy.pools.find(({ prefix }) => containsPrefix(prefix, route.prefix))
  if (held === undefined) return { accepted: true, tunnel: false, ...metric }
  const { action, pool } = held
  if (action === 'reject') return { accepted: false, because: 'poolNotOwned', pool }
  return { accepted: true, tunnel: goesThroughTunnel(config, action, nextHop), pool, action, ...metric }
}

function goesThroughTunnel(config: SpeakerConfig, action: KernelPoolAction, nextHop: Address | undefined): boolean {
  if (nextHop === undefined) return false
  switch (action) {
    case 'tunnel':
      return true
    case 'crossSubnet':
      return config.subnet === undefined || !containsAddress(config.subnet, nextHop)
    case 'accept':
    case 'reject':
      return false
  }
}
