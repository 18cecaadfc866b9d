/** Judges a value by its field table: types, constraints, unknown fields, and the rules of each object. */

import { type FieldPath, formatFieldPath } from '../../findings/finding.js'
import { type Breach, MAX_BREACHES } from './breach.js'
import { walkNumber, walkPort, walkText } from './scalars.js'
import { type FieldSchema, type Fields, isFields, type Layer, type ListSchema, type ObjectSchema } from './schema.js'
import { didYouMean, notBoolean, show } from './slips.js'

/** Everything that is wrong with the value, in the order of the fields; at most `MAX_BREACHES`. */
export function breachesOf(schema: FieldSchema, value: unknown): readonly Breach[] {
  const breaches: Breach[] = []
  walk(schema, value, [], breaches)
  return merged(breaches)
}

/** One breach for each code and field: where the table and a rule say the same, their layers are joined. */
function merged(breaches: readonly Breach[]): readonly Breach[] {
  if (breaches.length < 2) return breaches
  const byPlace = new Map<string, Breach>()
  for (const breach of breaches) {
    const key = `${breach.code} ${JSON.stringify(breach.path)}`
    const first = byPlace.get(key)
    if (first === undefined) byPlace.set(key, breach)
    else byPlace.set(key, { ...first, layers: [...new Set([...first.layers, ...breach.layers])] })
  }
  return [...byPlace.values()]
}

/** `path` is a stack that is pushed and popped on the way; a breach takes a copy. */
function walk(schema: FieldSchema, value: unknown, path: (string | number)[], out: Breach[]): void {
  if (value === undefined || value === null || out.length >= MAX_BREACHES) return
  switch (schema.type) {
    case 'any':
      return
    case 'text':
      walkText(schema, value, path, out)
      return
    case 'integer':
      walkNumber(schema, value, path, out)
      return
    case 'port':
      walkPort(schema, value, path, out)
      return
    case 'boolean':
      if (typeof value !== 'boolean') out.push(notBoolean([...path], value))
      return
    case 'list':
      walkList(schema, value, path, out)
      return
    case 'map':
      if (!isFields(value)) {
        wrongType(value, 'an object', path, out)
        return
      }
      for (const [key, item] of Object.entries(value)) {
        path.push(key)
        if (schema.structKeys && !schema.structKeys.test(key)) {
          out.push({
            code: schema.structKeys.code,
            layers: ['struct'],
            path: [...path],
            message: `The key ${show(key)} has to be ${schema.structKeys.allowed}.`,
            hint: 'Rename the key.',
          })
        }
        walk(schema.values, item, path, out)
        path.pop()
      }
      return
    case 'object':
      walkObject(schema, value, path, out)
      return
    default:
      schema satisfies never
  }
}

function walkList(schema: ListSchema, value: unknown, path: (string | number)[], out: Breach[]): void {
  if (!Array.isArray(value)) {
    wrongType(value, 'a list', path, out)
    return
  }
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema
  if (value.length < minItems || value.length > maxItems) {
    const allowed =
      minItems === maxItems
        ? `exactly ${minItems}`
        : value.length < minItems
          ? `at least ${minItems}`
          : `at most ${maxItems}`
    out.push({
      code: 'VALIDATION_ITEMS',
      layers: ['schema'],
      ...(value.length === 0 && !schema.keepsEmpty && { droppedByCalicoctl: true as const }),
      path: [...path],
      message: `${formatFieldPath(path)} has ${value.length} items, allowed are ${allowed}.`,
      hint: value.length < minItems ? 'Add an item, or leave the field out.' : 'Take items out.',
    })
  }
  if (schema.set) reportDuplicates(value, path, out)
  for (let i = 0; i < value.length && out.length < MAX_BREACHES; i++) {
    path.push(i)
    if (value[i] === null && !schema.items.nullable) nullItem(schema.items, path, out)
    else walk(schema.items, value[i], path, out)
    path.pop()
  }
}

/** The API server refuses a null in a list; calicoctl takes it for the zero value of its type. */
function nullItem(schema: FieldSchema, path: (string | number)[], out: Breach[]): void {
  const zero = zeroOf(schema)
  const judged: Breach[] = []
  if (zero !== undefined) walk(schema, zero, path, judged)
  const struct = judged.some(({ layers }) => layers.includes('struct'))
  out.push({
    code: 'VALIDATION_TYPE',
    layers: struct ? ['struct', 'schema'] : ['schema'],
    ...(!struct && { droppedByCalicoctl: true as const }),
    path: [...path],
    message: `${formatFieldPath(path)} is null, it has to be a value.`,
    hint: 'Take the item out.',
  })
}

function zeroOf(schema: FieldSchema): unknown {
  switch (schema.type) {
    case 'text':
      return ''
    case 'integer':
    case 'port':
      return 0
    case 'boolean':
      return false
    case 'list':
      return []
    case 'map':
    case 'object':
      return {}
    case 'any':
      return undefined
    default:
      return schema satisfies never
  }
}

function reportDuplicates(items: readonly unknown[], path: FieldPath, out: Breach[]): void {
  const seen = new Set<unknown>()
  for (const [i, item] of items.entries()) {
    if (seen.has(item) && out.length < MAX_BREACHES) {
      out.push({
        code: 'VALIDATION_DUPLICATE_ITEM',
        layers: ['schema'],
        path: [...path, i],
        message: `${formatFieldPath(path)} lists ${show(item)} twice.`,
        hint: 'Take the second one out.',
      })
    }
    seen.add(item)
  }
}

function walkObject(schema: ObjectSchema, value: unknown, path: (string | number)[], out: Breach[]): void {
  if (schema.orFalse && value === false) return
  if (!isFields(value)) {
    wrongType(value, 'an object', path, out)
    return
  }
  for (const name in schema.fields) {
    const field = schema.fields[name]
    if (field === undefined) continue
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    path.push(name)
    if (given === undefined || given === null || given === '') reportMissing(field, given, path, out)
    walk(field, given, path, out)
    path.pop()
  }
  if (!schema.open) reportUnknown(schema, value, path, out)
  reportPropertyCount(schema, value, path, out)
  if (schema.rules === undefined || out.length >= MAX_BREACHES) return
  for (const rule of schema.rules) {
    rule(value, (breach) => {
      if (out.length < MAX_BREACHES) out.push({ ...breach, path: [...path, ...(breach.path ?? [])] })
    })
  }
}

function reportMissing(field: FieldSchema, given: unknown, path: FieldPath, out: Breach[]): void {
  const absent = given === undefined || given === null
  const layers: Layer[] = []
  if (field.structRequired && (absent || field.structRequired === true)) layers.push('struct')
  if (field.required && absent && field.default === undefined) layers.push('schema')
  if (layers.length === 0) return
  out.push({
    code: 'VALIDATION_REQUIRED',
    layers,
    ...(field.required === 'zero' && !field.structRequired && { droppedByCalicoctl: true as const }),
    path: [...path],
    message: `${formatFieldPath(path)} is ${absent ? 'missing' : 'empty'}, it is required.`,
    hint: field.type === 'text' && field.enum ? `Write one of ${field.enum.join(', ')}.` : 'Add the field.',
  })
}

function reportUnknown(schema: ObjectSchema, value: Fields, path: FieldPath, out: Breach[]): void {
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(schema.fields, name) || out.length >= MAX_BREACHES) continue
    const names = Object.keys(schema.fields)
    const meant = didYouMean(name, names)
    const level = path.length === 0 ? 'the object' : formatFieldPath(path)
    out.push({
      code: 'VALIDATION_UNKNOWN_FIELD',
      layers: [],
      path: [...path, name],
      message: `${show(name)} is no field of ${level}, so it has no effect.`,
      hint: meant === undefined ? `Known fields: ${names.join(', ')}.` : `Did you mean ${meant}?`,
    })
  }
}

function reportPropertyCount(schema: ObjectSchema, value: Fields, path: FieldPath, out: Breach[]): void {
  const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema
  if (minProperties === 0 && maxProperties === Number.POSITIVE_INFINITY) return
  const present = Object.keys(value).filter((name) => value[name] !== undefined && value[name] !== null)
  if (present.length >= minProperties && present.length <= maxProperties) return
  out.push({
    code: 'VALIDATION_PROPERTIES',
    layers: ['schema'],
    path: [...path],
    message: `${formatFieldPath(path)} has ${present.length === 0 ? 'no field' : `the fields ${present.slice(0, 8).map(show).join(', ')}`}, exactly one is allowed.`,
    hint: `Give exactly one of ${Object.keys(schema.fields).join(', ')}.`,
  })
}

function wrongType(value: unknown, expected: string, path: FieldPath, out: Breach[]): void {
  out.push({
    code: 'VALIDATION_TYPE',
    layers: ['struct', 'schema'],
    path: [...path],
    message: `${path.length === 0 ? 'The document' : formatFieldPath(path)} is ${show(value)}, it has to be ${expected}.`,
    hint: `Write ${expected}.`,
  })
}
