import type { CodeDescription } from '../code.js'

export const IPAM_CODES = {} as const satisfies Readonly<Record<string, CodeDescription>>
