/** The host's end of a pod's veth pair (libcalico-go/lib/backend/k8s/conversion VethNameForWorkload). */

import { createHash } from 'node:crypto'

const HASH_CHARACTERS = 11

/** `cali` (or the configured prefix) and the first 11 hex digits of SHA-1 over `namespace.name`. */
export function podInterfaceName(prefix: string, namespace: string, name: string): string {
  const digest = createHash('sha1').update(`${namespace}.${name}`).digest('hex')
  return `${prefix}${digest.slice(0, HASH_CHARACTERS)}`
}
