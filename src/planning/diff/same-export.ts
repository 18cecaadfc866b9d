/** When BIRD gives the kernel one and the same route. */

import { sameAddress } from '../../address/address.js'
import type { KernelExport, KernelHop } from '../../bgp/tables.js'

/** Whatever pool decided, and why. */
export function sameExport(a: KernelExport, b: KernelExport | undefined): boolean {
  if (!a.programmed || b?.programmed !== true) return a.programmed === b?.programmed
  return (
    a.type === b.type &&
    a.metric === b.metric &&
    (a.tunnelTo === undefined || b.tunnelTo === undefined
      ? a.tunnelTo === b.tunnelTo
      : sameAddress(a.tunnelTo, b.tunnelTo)) &&
    a.hops.length === b.hops.length &&
    a.hops.every((hop, at) => sameHop(hop, b.hops[at]))
  )
}

function sameHop(a: KernelHop, b: KernelHop | undefined): boolean {
  if (b === undefined || a.dev !== b.dev) return false
  return a.gateway === undefined || b.gateway === undefined
    ? a.gateway === b.gateway
    : sameAddress(a.gateway, b.gateway)
}
