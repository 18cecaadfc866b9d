/** Prefixes of one family as keys of Maps. */

import type { Prefix } from '../../address/prefix.js'

export type PrefixKey = number | string

/** Below 2^38 in IPv4. */
export function prefixKey(prefix: Prefix): PrefixKey {
  return prefix.family === 4 ? prefix.base * 64 + prefix.length : `${prefix.base}/${prefix.length}`
}
