import type { CodeDescription } from '../code.js'

export const BGP_CODES = {} as const satisfies Readonly<Record<string, CodeDescription>>
