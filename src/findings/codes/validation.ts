import type { CodeDescription } from '../code.js'

export const VALIDATION_CODES = {} as const satisfies Readonly<Record<string, CodeDescription>>
