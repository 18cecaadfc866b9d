/**
 * Reading fields of resources that nobody has typed yet. Calico's CRDs hold some booleans and numbers as strings, and
 * the input may be hostile, so every reader takes `unknown`, looks at own properties only and answers undefined.
 */

export type Fields = Readonly<Record<string, unknown>>

const NONE: Fields = Object.freeze(Object.create(null))

/** The value as an object; an empty one when it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NONE
}

/** The value at a path of own property names. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let held = value
  for (const name of path) {
    if (typeof held !== 'object' || held === null || !Object.hasOwn(held, name)) return undefined
    held = (held as Fields)[name]
  }
  return held
}

/** A non-empty string. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A whole number, written as a number or as decimal digits. */
export function wholeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  if (typeof value !== 'string' || !/^-?[0-9]{1,15}$/.test(value.trim())) return undefined
  return Number(value)
}

/** A whole number between two bounds, ends included. */
export function wholeWithin(value: unknown, min: number, max: number): number | undefined {
  const whole = wholeOf(value)
  return whole !== undefined && whole >= min && whole <= max ? whole : undefined
}

/** A boolean, or the words `true` and `false` that crd.projectcalico.org/v1 writes. */
export function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  const word = value.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

/** One of the words given, by exact spelling. */
export function wordOf<const W extends string>(value: unknown, words: readonly W[]): W | undefined {
  return words.find((word) => word === value)
}

const NO_TEXTS: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

/** A map of strings, such as labels. The object itself when all its values are strings: there may be 150,000 of them. */
export function textMapOf(value: unknown): Readonly<Record<string, string>> {
  const fields = fieldsOf(value)
  if (fields === NONE) return NO_TEXTS
  for (const name in fields) {
    if (typeof fields[name] !== 'string') {
      return Object.fromEntries(
        Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    }
  }
  return fields as Readonly<Record<string, string>>
}

/** An AS number, plain or dotted (`1.10` is 65546), 0 to 2^32-1 (numorstring.ASNumberFromString). */
export function asNumberOf(value: unknown): number | undefined {
  const plain = wholeWithin(value, 0, 0xffffffff)
  if (plain !== undefined || typeof value !== 'string') return plain
  const match = /^([0-9]{1,5})\.([0-9]{1,5})$/.exec(value)
  const [high, low] = [Number(match?.[1]), Number(match?.[2])]
  return match !== null && high <= 0xffff && low <= 0xffff ? high * 0x10000 + low : undefined
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
}

/** Seconds of a Go duration (`2m`, `1h30m`, `200ms`), rounded to whole seconds as Go's Duration.Round does. */
export function durationSecondsOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined
  if (value === '0') return 0
  if (!/^\+?([0-9]+(\.[0-9]*)?(h|ms|m|s|us|µs|ns))+$/.test(value)) return undefined
  let seconds = 0
  for (const [, amount, unit] of value.matchAll(/([0-9.]+)(h|ms|m|s|us|µs|ns)/g)) {
    seconds += Number(amount) * (DURATION_UNITS[unit ?? 's'] ?? 0)
  }
  return Math.round(seconds)
}
