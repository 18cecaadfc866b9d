/** Texts, numbers and ports by their field tables. */

import { type FieldPath, formatFieldPath } from '../../findings/finding.js'
import type { Breach } from './breach.js'
import { formatGoDuration, parseGoDuration } from './duration.js'
import type { Layer, NumberSchema, PortSchema, TextSchema } from './schema.js'
import { enumMeant, hasTypographicQuotes, notInteger, show } from './slips.js'
import type { TextFormat } from './text-formats.js'

/** Judges a value where text belongs. */
export function walkText(schema: TextSchema, value: unknown, path: FieldPath, out: Breach[]): void {
  if (typeof value !== 'string') {
    const scalar = typeof value === 'number' || typeof value === 'boolean'
    out.push({
      code: 'VALIDATION_TYPE',
      layers: ['struct', 'schema'],
      path: [...path],
      message: `${formatFieldPath(path)} is ${show(value)}, it has to be text.`,
      hint: scalar ? `Write it in quotes: "${value}".` : 'Write text.',
    })
    return
  }
  if (schema.maxLength !== undefined && value.length > schema.maxLength && [...value].length > schema.maxLength) {
    out.push({
      code: 'VALIDATION_LENGTH',
      layers: ['schema'],
      path: [...path],
      message: `${formatFieldPath(path)} has ${[...value].length} characters, allowed are ${schema.maxLength}.`,
      hint: 'Shorten it.',
    })
  }
  walkEnum(schema, value, path, out)
  walkFormats(schema, value, path, out)
  if (schema.duration) walkDuration(schema, value, path, out)
}

/** True when calicoctl never sends the value: an empty text that is no pointer in Go. */
function dropped(schema: TextSchema, value: string): boolean {
  return value === '' && !schema.keepsEmpty
}

function walkEnum(schema: TextSchema, value: string, path: FieldPath, out: Breach[]): void {
  const layers: Layer[] = []
  if (schema.structEnum && !schema.structEnum.includes(value) && !dropped(schema, value)) layers.push('struct')
  if (schema.enum && !schema.enum.includes(value)) layers.push('schema')
  if (layers.length === 0) return
  const allowed = schema.enum ?? schema.structEnum ?? []
  const meant = enumMeant(value, allowed)
  out.push({
    code: 'VALIDATION_ENUM',
    layers,
    ...(dropped(schema, value) && { droppedByCalicoctl: true as const }),
    path: [...path],
    message: `${formatFieldPath(path)} is ${show(value)}, supported values: ${allowed.map((word) => word || '""').join(', ')}.`,
    hint: meant === undefined ? `Write one of ${allowed.join(', ')}.` : `Did you mean ${meant}?`,
  })
}

function walkFormats(schema: TextSchema, value: string, path: FieldPath, out: Breach[]): void {
  const bySchema = schema.format && !schema.format.test(value) ? schema.format : undefined
  const byStruct =
    schema.structFormat && !dropped(schema, value) && !schema.structFormat.test(value) ? schema.structFormat : undefined
  const broken = bySchema ?? byStruct
  if (broken === undefined) {
    if (hasTypographicQuotes(value)) {
      out.push({
        code: 'VALIDATION_TYPOGRAPHIC_QUOTE',
        layers: [],
        path: [...path],
        message: `${formatFieldPath(path)} holds a typographic quotation mark: ${show(value)}.`,
        hint: 'Write the plain quotes \' or ".',
      })
    }
    return
  }
  const layers: Layer[] = []
  if (byStruct) layers.push('struct')
  if (bySchema) layers.push('schema')
  out.push({
    code: broken.codeOf?.(value) ?? broken.code,
    layers,
    ...((dropped(schema, value) || mendedByCalicoctl(schema, value)) && { droppedByCalicoctl: true as const }),
    path: [...path],
    message: `${formatFieldPath(path)} is ${show(value)}, it has to be ${broken.allowed}.`,
    hint: formatHint(value, broken, byStruct),
  })
}

/** True when Go's own text of the duration fits where the text as written does not: `0` becomes `0s`. */
function mendedByCalicoctl(schema: TextSchema, value: string): boolean {
  const nanoseconds = schema.duration && parseGoDuration(value)
  return nanoseconds !== undefined && schema.format?.test(formatGoDuration(nanoseconds)) === true
}

function formatHint(value: string, broken: TextFormat, byStruct: TextFormat | undefined): string {
  if (hasTypographicQuotes(value)) return 'Write the plain quotes \' or ", not typographic ones.'
  const meant = broken.words && enumMeant(value, broken.words)
  if (meant !== undefined) return `Did you mean ${meant}?`
  return broken.hint?.(value) ?? byStruct?.hint?.(value) ?? `Write ${broken.allowed}.`
}

/** calicoctl parses a duration and sends Go's own text of it, which the CRD's pattern may refuse. */
function walkDuration(schema: TextSchema, value: string, path: FieldPath, out: Breach[]): void {
  const nanoseconds = parseGoDuration(value)
  if (nanoseconds === undefined) {
    out.push({
      code: 'VALIDATION_DURATION',
      layers: ['struct'],
      path: [...path],
      message: `${formatFieldPath(path)} is ${show(value)}, which is no duration of Go.`,
      hint: 'Write a number with a unit, such as 90s or 1m30s.',
    })
    return
  }
  const stored = formatGoDuration(nanoseconds)
  if (schema.format?.test(value) && !schema.format.test(stored)) {
    out.push({
      code: 'VALIDATION_DURATION',
      layers: ['client'],
      path: [...path],
      message: `${formatFieldPath(path)} is ${show(value)}, which calicoctl sends as ${stored}; it has to be ${schema.format.allowed}.`,
      hint: 'Choose whole seconds.',
    })
  }
}

/** Judges a value where an integer belongs. */
export function walkNumber(schema: NumberSchema, value: unknown, path: FieldPath, out: Breach[]): void {
  if (typeof value === 'string' && schema.orText) return
  if (typeof value !== 'number' || !isInteger(value)) {
    out.push(notInteger([...path], value, schema))
    return
  }
  if (schema.asNumber && value > MAX_INT32 && value <= 4294967295) adviseOnFourByteNumber(value, path, out)
  const least = Math.max(schema.minimum ?? Number.NEGATIVE_INFINITY, schema.structMinimum ?? Number.NEGATIVE_INFINITY)
  const most = Math.min(schema.maximum ?? Number.POSITIVE_INFINITY, schema.structMaximum ?? Number.POSITIVE_INFINITY)
  if (value >= least && value <= most) return
  const layers: Layer[] = []
  const droppedZero = value === 0 && !schema.keepsEmpty
  if (!droppedZero && outside(value, schema.structMinimum, schema.structMaximum)) layers.push('struct')
  if (outside(value, schema.minimum, schema.maximum)) layers.push('schema')
  if (layers.length === 0) return
  out.push({
    code: 'VALIDATION_RANGE',
    layers,
    ...(droppedZero && { droppedByCalicoctl: true as const }),
    path: [...path],
    message: `${formatFieldPath(path)} is ${value}, allowed is ${rangeText(least, most)}.`,
    hint: `Choose a number in ${rangeText(least, most)}.`,
  })
}

const MAX_INT32 = 2147483647

/** Whole, and within the 64 bits that Go gives an integer. */
function isInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63
}

/**
 * The CRDs up to August 2026 give AS numbers the format int32, and Kubernetes enforces formats of integers from 1.36 on
 * (kube-openapi validate.IsValueValidAgainstRange; projectcalico/calico issue 13494).
 */
function adviseOnFourByteNumber(value: number, path: FieldPath, out: Breach[]): void {
  out.push({
    code: 'VALIDATION_AS_NUMBER_FORMAT',
    layers: [],
    advice: 'info',
    path: [...path],
    message: `${formatFieldPath(path)} is ${value}: Kubernetes 1.36 and later refuse AS numbers above ${MAX_INT32} unless the CRD is newer than August 2026.`,
    hint: 'Update the CRDs before Kubernetes, or choose a number from 64512 to 65534.',
  })
}

function outside(value: number, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): boolean {
  return value < least || value > most
}

function rangeText(least: number, most: number): string {
  if (most === Number.POSITIVE_INFINITY) return `${least} or more`
  return least === Number.NEGATIVE_INFINITY ? `${most} or less` : `${least} to ${most}`
}

/** Ports: an integer, `min:max`, or a name (api/pkg/lib/numorstring/port.go PortFromString; validator.go validatePort). */
export function walkPort(schema: PortSchema, value: unknown, path: FieldPath, out: Breach[]): void {
  const numbers = portNumbers(value)
  const named = typeof value === 'string' && numbers === undefined && isPortName(value)
  if (named && schema.named === 'allowed') return
  const valid = numbers !== undefined && numbers[0] >= 1 && numbers[1] <= 65535 && numbers[0] <= numbers[1]
  if (valid) return
  const typed = typeof value === 'string' || (typeof value === 'number' && isInteger(value))
  out.push({
    code: 'VALIDATION_PORT',
    layers: typed ? ['struct'] : ['struct', 'schema'],
    path: [...path],
    message: `${formatFieldPath(path)} is ${show(value)}, it has to be a port from 1 to 65535 or a range of them.`,
    hint: named
      ? 'Write the number of the port: names are not allowed here.'
      : 'Write 30000, or "30000:32767" for a range.',
  })
}

/** The name of a Kubernetes port (apimachinery util/validation IsValidPortName), which is what calicoctl asks for. */
function isPortName(value: string): boolean {
  return /^[a-z0-9-]{1,15}$/.test(value) && /[a-z]/.test(value) && !/^-|-$|--/.test(value)
}

function portNumbers(value: unknown): readonly [number, number] | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? [value, value] : undefined
  if (typeof value !== 'string') return undefined
  const range = /^0*([0-9]{1,10})(?::0*([0-9]{1,10}))?$/.exec(value)
  return range === null ? undefined : [Number(range[1]), Number(range[2] ?? range[1])]
}
