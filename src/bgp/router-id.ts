/** Router ids and cluster ids: dotted quads that BGP carries and compares as unsigned 32-bit numbers. */

import { formatV4, parseV4Value } from '../address/address.js'

/** Undefined when the text is no dotted quad; BIRD refuses such a configuration. */
export function parseRouterID(text: string): number | undefined {
  return parseV4Value(text)
}

export function formatRouterID(id: number): string {
  return formatV4(id)
}
