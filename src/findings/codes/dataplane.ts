import type { CodeDescription } from '../code.js'

export const DATAPLANE_CODES = {} as const satisfies Readonly<Record<string, CodeDescription>>
