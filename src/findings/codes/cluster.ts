import type { CodeDescription } from '../code.js'

export const CLUSTER_CODES = {} as const satisfies Readonly<Record<string, CodeDescription>>
