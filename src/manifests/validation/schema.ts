/**
 * The field tables of the kinds, as data: what each field may hold, and which of Calico's two judges says so.
 *
 * A table rather than zod schemas, because every constraint has to say who enforces it (the Kubernetes API server or
 * calicoctl, see `Layer`), because an error must name the field, the value and the remedy in one manner for 400 fields,
 * and because the same table gives the names for "did you mean". One walker (`walk.ts`) reads it.
 */

import type { FindingCode } from '../../findings/catalog.js'
import type { FieldPath } from '../../findings/finding.js'
import type { TextFormat } from './text-formats.js'

/** The fields of an object as they were read. Nothing about a value's type is known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** What every field may say of itself. */
export interface CommonSchema {
  /** The API server refuses the object without it. `zero` when calicoctl writes the zero value by itself. */
  readonly required?: true | 'zero'
  /** calicoctl refuses the object when it is absent or empty (validator tag `required`); `present`: only when absent. */
  readonly structRequired?: true | 'present'
  /** What the API server fills in. */
  readonly default?: unknown
  /** Null may stand for the value, also in a list. */
  readonly nullable?: true
  /** calicoctl keeps an empty value (a pointer in Go) instead of leaving the field out (`omitempty`). */
  readonly keepsEmpty?: true
}

/** A field that holds text. */
export interface TextSchema extends CommonSchema {
  readonly type: 'text'
  readonly enum?: readonly string[]
  /** An enumeration that calicoctl checks itself (validator tag `oneof`). */
  readonly structEnum?: readonly string[]
  readonly maxLength?: number
  /** Format or pattern of the CRD. */
  readonly format?: TextFormat
  /** What calicoctl's validator checks of the text. */
  readonly structFormat?: TextFormat
  /** A Go duration: calicoctl parses it, and writes it in Go's own form. */
  readonly duration?: true
}

/** A field that holds an integer. */
export interface NumberSchema extends CommonSchema {
  readonly type: 'integer'
  readonly minimum?: number
  readonly maximum?: number
  readonly structMinimum?: number
  readonly structMaximum?: number
  /** calicoctl also takes the number as text: an AS number in plain or dotted notation. */
  readonly asNumber?: true
  /** Any text will do as well (x-kubernetes-int-or-string). */
  readonly orText?: true
}

/** A field that holds true or false. */
export interface BooleanSchema extends CommonSchema {
  readonly type: 'boolean'
}

/** A port, a `min:max` range of ports or a port's name (api/pkg/lib/numorstring/port.go). */
export interface PortSchema extends CommonSchema {
  readonly type: 'port'
  readonly named: 'allowed' | 'refused'
}

/** A field that holds a list. */
export interface ListSchema extends CommonSchema {
  readonly type: 'list'
  readonly items: FieldSchema
  readonly minItems?: number
  readonly maxItems?: number
  /** x-kubernetes-list-type: set. */
  readonly set?: true
}

/** A field that holds values by keys that the table does not know. */
export interface MapSchema extends CommonSchema {
  readonly type: 'map'
  readonly values: FieldSchema
  readonly structKeys?: TextFormat
}

/** A field, or a whole resource, with named fields. */
export interface ObjectSchema extends CommonSchema {
  readonly type: 'object'
  readonly fields: Readonly<Record<string, FieldSchema>>
  /** Fields that the table does not list are right: only what the planner reads is listed. */
  readonly open?: true
  readonly minProperties?: number
  readonly maxProperties?: number
  /** `false` may stand in place of the object. */
  readonly orFalse?: true
  /** CEL rules of this level and the struct functions of calicoctl's validator. */
  readonly rules?: readonly Rule[]
}

/** Anything: the planner does not look inside. */
export interface AnySchema extends CommonSchema {
  readonly type: 'any'
}

/** What one field may hold. */
export type FieldSchema =
  | TextSchema
  | NumberSchema
  | BooleanSchema
  | PortSchema
  | ListSchema
  | MapSchema
  | ObjectSchema
  | AnySchema

/**
 * Who refuses: `struct` is the validator of calicoctl and of Calico's API server (libcalico-go lib/validator/v3),
 * `schema` the CRD in the Kubernetes API server (OpenAPI and CEL), `client` what calicoctl does per kind on top
 * (libcalico-go lib/clientv3).
 */
export type Layer = 'struct' | 'schema' | 'client'

/** What a rule reports; the path is relative to the object that the rule was given. */
export interface RuleBreach {
  readonly code: FindingCode
  readonly layers: readonly Layer[]
  /** For what nobody refuses. */
  readonly advice?: 'warning' | 'info'
  readonly droppedByCalicoctl?: true
  readonly path?: FieldPath
  readonly message: string
  readonly hint: string
}

/** A condition over the fields of one object. It must bear any value in any field: wrong types are reported elsewhere. */
export type Rule = (self: Fields, report: (breach: RuleBreach) => void) => void

type Options<S> = Omit<S, 'type'>

/** Text; `oneOf`, `integer`, `boolean`, `port`, `list`, `map`, `object` and `anything` make the other schemas. */
export const text = (options: Options<TextSchema> = {}): TextSchema => ({ type: 'text', ...options })
/** Text of an enumeration of the CRD. */
export const oneOf = (values: readonly string[], options: Options<TextSchema> = {}): TextSchema => ({
  type: 'text',
  enum: values,
  ...options,
})
/** A whole number. */
export const integer = (options: Options<NumberSchema> = {}): NumberSchema => ({ type: 'integer', ...options })
/** True or false. */
export const boolean = (options: Options<BooleanSchema> = {}): BooleanSchema => ({ type: 'boolean', ...options })
/** A port or a range of ports. */
export const port = (named: PortSchema['named'], options: CommonSchema = {}): PortSchema => ({
  type: 'port',
  named,
  ...options,
})
/** A list of items of one schema. */
export const list = (items: FieldSchema, options: Omit<ListSchema, 'type' | 'items'> = {}): ListSchema => ({
  type: 'list',
  items,
  ...options,
})
/** Values of one schema by free keys. */
export const map = (values: FieldSchema, options: Omit<MapSchema, 'type' | 'values'> = {}): MapSchema => ({
  type: 'map',
  values,
  ...options,
})
/** Named fields. */
export const object = (
  fields: ObjectSchema['fields'],
  options: Omit<ObjectSchema, 'type' | 'fields'> = {},
): ObjectSchema => ({ type: 'object', fields, ...options })
/** A value that is not looked into. */
export const anything = (options: CommonSchema = {}): AnySchema => ({ type: 'any', ...options })

/** An AS number: an unsigned 32-bit integer for the API server (api/pkg/lib/numorstring/asnumber.go). */
export const asNumber = (options: CommonSchema = {}): NumberSchema => ({
  type: 'integer',
  asNumber: true,
  structMinimum: 0,
  structMaximum: 4294967295,
  ...options,
})

/** True for an object that is no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The field's text; undefined when it is absent, empty or no text. Rules treat an empty text as absent, as CEL's do. */
export function filledText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The items of a list; none when the value is no list. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** True when the field is there: present and not null. */
export function has(value: unknown): boolean {
  return value !== undefined && value !== null
}
