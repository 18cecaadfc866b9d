/** Names that Calico gives to things in BIRD's configuration. */

import { createHash } from 'node:crypto'
import type { Address } from '../../address/address.js'
import type { SessionKind } from '../session.js'

const PREFIX: { readonly [K in SessionKind]: string } = {
  mesh: 'Mesh',
  global: 'Global',
  node: 'Node',
  localWorkload: 'Local_Workload',
  router: 'p',
}

/**
 * A protocol's name: kind, address with `_` for every separator, and the port where one is configured
 * (confd bgp_processor.go buildPeerFromData). A mesh name never shows the port (processMeshPeers). A router's protocol
 * is named in the same way with the prefix `p`.
 */
export function protocolName(kind: SessionKind, family: Address['family'], text: string, port?: number): string {
  const name = `${PREFIX[kind]}_${text.replaceAll(family === 4 ? '.' : ':', '_')}`
  return port === undefined || kind === 'mesh' ? name : `${name}_port_${port}`
}

const FILTER_NAME_LIMIT = 45

/**
 * A BGPFilter's name inside BIRD function names: at most 45 characters, else the first 28, `_` and 16 hexadecimal
 * digits of its SHA-256 (confd template_funcs.go TruncateAndHashName, BGPFilterFunctionName). BIRD's symbols end at 64.
 */
export function filterSymbol(name: string): string {
  if (name.length <= FILTER_NAME_LIMIT) return name
  const hash = createHash('sha256').update(name).digest('hex').toUpperCase().slice(0, 16)
  return `${name.slice(0, FILTER_NAME_LIMIT - 17)}_${hash}`
}

/** `bgp_NAME_importFilterV4`. */
export function filterFunctionName(name: string, direction: 'import' | 'export', family: 4 | 6): string {
  return `bgp_${filterSymbol(name)}_${direction}FilterV${family}`
}

/**
 * The router id that CALICO_ROUTER_ID=hash gives: four bytes of SHA-256 of the node's name, kept below the multicast
 * range (confd template_funcs.go HashToIPv4).
 */
export function hashedRouterID(node: string): string {
  const digest = createHash('sha256').update(node).digest()
  const bytes = [digest[0] ?? 0, digest[1] ?? 0, digest[2] ?? 0, digest[3] ?? 0]
  if ((bytes[0] ?? 0) > 223) bytes[0] = (bytes[0] ?? 0) - 32
  return bytes.join('.')
}
