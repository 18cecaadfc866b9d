/** Guesses at what the writer meant: the nearest field name, the right case of a word, quotes that should not be there. */

import { closest, distance } from 'fastest-levenshtein'
import { formatFieldPath } from '../../findings/finding.js'
import type { Breach } from './breach.js'
import type { NumberSchema } from './schema.js'

const MAX_WORD = 64

/** The candidate that differs from the word in case, or in a third of its letters at most; undefined when none does. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > MAX_WORD || candidates.length === 0) return undefined
  const plain = (value: string): string => value.toLowerCase().replace(/[-_ ]/g, '')
  const same = candidates.find((candidate) => plain(candidate) === plain(word))
  if (same !== undefined) return same
  const nearest = closest(
    word.toLowerCase(),
    candidates.map((candidate) => candidate.toLowerCase()),
  )
  if (distance(word.toLowerCase(), nearest) > Math.max(1, Math.floor(nearest.length / 3))) return undefined
  return candidates.find((candidate) => candidate.toLowerCase() === nearest)
}

/**
 * As `didYouMean`, for the values of an enumeration: also a word of the value may be meant, as in `ipip always` for
 * `Always`.
 */
export function enumMeant(value: string, allowed: readonly string[]): string | undefined {
  const whole = didYouMean(value.trim(), allowed)
  if (whole !== undefined || value.length > MAX_WORD) return whole
  const words = value.toLowerCase().split(/[^a-z0-9]+/)
  return allowed.find((candidate) => words.includes(candidate.toLowerCase()))
}

const TYPOGRAPHIC = /[\u2018-\u201f\u00ab\u00bb\u2032\u2033]/

/** True for a text with quotes as a word processor writes them. */
export function hasTypographicQuotes(text: string): boolean {
  return TYPOGRAPHIC.test(text)
}

/** The value as an error shows it: JSON, shortened. */
export function show(value: unknown): string {
  if (typeof value === 'string' && value.length > 80) return `${JSON.stringify(value.slice(0, 77))}...`
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(JSON.stringify(value))
}

/** A string where a boolean belongs. */
export function notBoolean(path: Breach['path'], value: unknown): Breach {
  const meant = typeof value === 'string' ? YES_NO.get(value.toLowerCase()) : undefined
  return {
    code: meant === undefined ? 'VALIDATION_TYPE' : 'VALIDATION_QUOTED_VALUE',
    layers: ['struct', 'schema'],
    path,
    message: `${formatFieldPath(path)} is ${show(value)}, it has to be a boolean.`,
    hint: meant === undefined ? 'Write true or false.' : `Write ${meant} without quotes.`,
  }
}

const YES_NO: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
])

/** Something that is no integer where one belongs; AS numbers in text are calicoctl's alone. */
export function notInteger(path: Breach['path'], value: unknown, schema: NumberSchema): Breach {
  const quoted = typeof value === 'string' && /^-?[0-9]{1,15}$/.test(value)
  const dotted = schema.asNumber && typeof value === 'string' ? parseAsNumber(value) : undefined
  const message = `${formatFieldPath(path)} is ${show(value)}, it has to be an integer.`
  if (dotted !== undefined) {
    return {
      code: quoted ? 'VALIDATION_QUOTED_VALUE' : 'VALIDATION_TYPE',
      layers: ['schema'],
      droppedByCalicoctl: true,
      path,
      message,
      hint: `Write ${dotted} without quotes.`,
    }
  }
  return {
    code: quoted ? 'VALIDATION_QUOTED_VALUE' : 'VALIDATION_TYPE',
    layers: ['struct', 'schema'],
    path,
    message,
    hint: quoted ? `Write ${value} without quotes.` : 'Write a whole number.',
  }
}

/**
 * An AS number as text: decimal up to 4294967295, or `high.low` with both up to 65535
 * (api/pkg/lib/numorstring/asnumber.go ASNumberFromString). Undefined when the text is none.
 */
export function parseAsNumber(text: string): number | undefined {
  if (/^[0-9]{1,20}$/.test(text)) {
    const value = Number(text)
    return value <= 4294967295 ? value : undefined
  }
  const dotted = /^([0-9]{1,20})\.([0-9]{1,20})$/.exec(text)
  if (dotted === null) return undefined
  const [high, low] = [Number(dotted[1]), Number(dotted[2])]
  return high <= 65535 && low <= 65535 ? high * 65536 + low : undefined
}
