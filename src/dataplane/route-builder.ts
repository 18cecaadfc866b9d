/** Small makers of kernel routes that know what iproute2 leaves out, and what IPv6 adds. */

import { type Address, type Family, formatAddress } from '../address/address.js'
import { formatDestination, type Prefix } from '../address/prefix.js'
import type { KernelRoute } from './kernel-route.js'

export interface RouteSpec {
  readonly prefix: Prefix
  readonly type?: KernelRoute['type']
  readonly via?: Address
  readonly dev?: string
  /** `boot` is what nothing was said about, and is not printed. */
  readonly protocol: string
  readonly link?: boolean
  readonly source?: Address
  /** 0 is none; IPv6 then has the kernel's own 1024. */
  readonly metric?: number
  readonly onlink?: boolean
  readonly mtu?: number
}

/** The kernel's default metric of an IPv6 route. */
export const V6_METRIC = 1024

export function kernelRoute(spec: RouteSpec): KernelRoute {
  const { family } = spec.prefix
  const metric = family === 6 && !spec.metric ? V6_METRIC : spec.metric
  return {
    ...(spec.type === undefined ? {} : { type: spec.type }),
    dst: formatDestination(spec.prefix),
    ...(spec.via === undefined ? {} : { gateway: formatAddress(spec.via) }),
    ...deviceOf(spec, family),
    ...(spec.protocol === 'boot' ? {} : { protocol: spec.protocol }),
    // IPv6 knows no scopes: they are all global and not printed.
    ...(spec.link === true && family === 4 ? { scope: 'link' } : {}),
    ...(spec.source === undefined ? {} : { prefsrc: formatAddress(spec.source) }),
    ...(metric ? { metric } : {}),
    flags: spec.onlink === true ? ['onlink'] : [],
    ...(spec.mtu === undefined ? {} : { metrics: [{ mtu: spec.mtu }] }),
    ...(family === 6 ? { pref: 'medium' as const } : {}),
  }
}

/** An IPv6 blackhole and its like hang on the loopback device. */
function deviceOf(spec: RouteSpec, family: Family): { readonly dev?: string } {
  if (spec.dev !== undefined) return { dev: spec.dev }
  return spec.type !== undefined && family === 6 ? { dev: 'lo' } : {}
}
