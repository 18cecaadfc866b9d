import type { CodeDescription } from '../code.js'

export const INPUT_CODES = {} as const satisfies Readonly<Record<string, CodeDescription>>
