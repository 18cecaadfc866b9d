/** YAML scalars as kubectl resolves them: YAML 1.1 as sigs.k8s.io/yaml reads it, then made JSON. */

import yaml from 'js-yaml'

type Plain = boolean | number | null

const WORDS: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word): [string, Plain] => [
    word,
    true,
  ]),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word): [string, Plain] => [
    word,
    false,
  ]),
  ...['~', 'null', 'Null', 'NULL'].map((word): [string, Plain] => [word, null]),
])

const LONGEST_WORD = 5

const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const UINT64_END = 2 ** 64
const INT64_END = 2 ** 63

/**
 * The value of an unquoted scalar; undefined when it stays text.
 *
 * `yes`, `on`, `y` and their opposites are booleans, a leading zero makes a number octal, underscores are passed over.
 * Times, base 60 and numbers beyond 64 bits or float64 stay text. `.inf` and `.nan`, which kubectl refuses because JSON
 * has no such numbers, stay text as well, so that the field's own rule refuses them. Recorded from kubectl 1.32.
 */
export function plainValue(text: string): Plain | undefined {
  const first = text.charCodeAt(0)
  // 0-9 + - .
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) return numberOf(text)
  return text.length <= LONGEST_WORD ? WORDS.get(text) : undefined
}

function numberOf(text: string): number | undefined {
  const digits = text.includes('_') ? text.replaceAll('_', '') : text
  const integer = INTEGER.exec(digits)
  if (integer) {
    const [, sign = '', body = ''] = integer
    const magnitude = /^0[0-7]/.test(body) ? Number(`0o${body.slice(1)}`) : Number(body.toLowerCase())
    if (magnitude < (sign === '-' ? INT64_END : UINT64_END)) return (sign === '-' ? -magnitude : magnitude) + 0
  }
  if (!DECIMAL.test(digits)) return undefined
  const value = Number(digits)
  return Number.isFinite(value) ? value + 0 : undefined
}

const PLAIN = new yaml.Type('tag:calico-plan:plain', {
  kind: 'scalar',
  resolve: (data: string) => plainValue(data) !== undefined,
  construct: plainValue,
})

/** A type that a tag asks for: the same spellings, quoted or not. */
function tagged(name: string, isOne: (value: unknown) => boolean): yaml.Type {
  return new yaml.Type(`tag:yaml.org,2002:${name}`, {
    kind: 'scalar',
    resolve: (data: string | null) => isOne(data === null || data === '' ? null : plainValue(data)),
    construct: (data: string | null) => (data === null || data === '' ? null : plainValue(data)),
  })
}

const BINARY = new yaml.Type('tag:yaml.org,2002:binary', {
  kind: 'scalar',
  construct: (data: string | null) => Buffer.from(data ?? '', 'base64').toString('utf8'),
})

/** kubectl passes over tags that it does not know; what is left of `!has(rack)` is the empty text. */
const UNKNOWN_TAGS = ['!', 'tag:'].flatMap((tag) => [
  new yaml.Type(tag, { kind: 'scalar', multi: true, construct: (data: string | null) => data ?? '' }),
  new yaml.Type(tag, { kind: 'sequence', multi: true, construct: (data: unknown) => data }),
  new yaml.Type(tag, { kind: 'mapping', multi: true, construct: (data: unknown) => data }),
])

export const KUBECTL_SCHEMA: yaml.Schema = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [PLAIN, new yaml.Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (data) => data === '<<' })],
  explicit: [
    tagged('bool', (value) => typeof value === 'boolean'),
    tagged('int', (value) => Number.isInteger(value)),
    tagged('float', (value) => typeof value === 'number'),
    tagged('null', (value) => value === null),
    BINARY,
    ...UNKNOWN_TAGS,
  ],
})
