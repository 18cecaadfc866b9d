/** Every finding code of the planner, with its title and explanation: what `check --explain CODE` prints. */

import type { CodeDescription } from './code.js'
import { BGP_CODES } from './codes/bgp.js'
import { CHANGE_CODES } from './codes/change.js'
import { CLUSTER_CODES } from './codes/cluster.js'
import { DATAPLANE_CODES } from './codes/dataplane.js'
import { INPUT_CODES } from './codes/input.js'
import { IPAM_CODES } from './codes/ipam.js'
import { VALIDATION_CODES } from './codes/validation.js'

export const CATALOG = {
  ...INPUT_CODES,
  ...VALIDATION_CODES,
  ...CLUSTER_CODES,
  ...IPAM_CODES,
  ...BGP_CODES,
  ...DATAPLANE_CODES,
  ...CHANGE_CODES,
} as const satisfies Readonly<Record<string, CodeDescription>>

export type FindingCode = keyof typeof CATALOG
