/** metadata of an object, as Kubernetes and Calico's validator judge it, and the frame that every kind shares. */

import {
  anything,
  type FieldSchema,
  type Fields,
  filledText,
  isFields,
  map,
  type ObjectSchema,
  object,
  type Rule,
  text,
} from '../schema.js'
import { show } from '../slips.js'
import { RESOURCE_NAME } from '../text-formats.js'

const MAX_NAME = 253
const MAX_ANNOTATIONS = 262144
const BOTH = ['struct', 'schema'] as const

/** Name, labels and annotations (validator.go validateObjectMeta; apimachinery util/validation). */
const metadataRule: Rule = (self, report) => {
  const { name } = self
  if (typeof name === 'string' && name.length > MAX_NAME) {
    report({
      code: 'VALIDATION_NAME',
      layers: BOTH,
      path: ['name'],
      message: `metadata.name has ${name.length} characters, allowed are ${MAX_NAME}.`,
      hint: 'Shorten it.',
    })
  } else if (typeof name === 'string' && !RESOURCE_NAME.test(name)) {
    report({
      code: 'VALIDATION_NAME',
      layers: BOTH,
      path: ['name'],
      message: `metadata.name is ${show(name)}, it has to be ${RESOURCE_NAME.allowed}.`,
      hint: RESOURCE_NAME.hint?.(name) ?? 'Rename the object.',
    })
  }
  if (isNameless(self)) {
    report({
      code: 'VALIDATION_REQUIRED',
      layers: BOTH,
      path: ['name'],
      message: 'metadata.name is missing, name or generateName is required.',
      hint: 'Name the object.',
    })
  }
  for (const [key, value] of entriesOf(self.labels)) {
    const wrongKey = !isQualifiedName(key)
    if (!wrongKey && (typeof value !== 'string' || isLabelValue(value))) continue
    report({
      code: 'VALIDATION_LABEL',
      layers: BOTH,
      path: ['labels', key],
      message: wrongKey
        ? `The label key ${show(key)} is not valid.`
        : `The label ${show(key)} has the value ${show(value)}.`,
      hint: wrongKey
        ? "Write PREFIX/NAME or NAME: a lower-case DNS prefix, and a name of at most 63 letters, digits, '-', '_', '.'."
        : "A label value has at most 63 letters, digits, '-', '_', '.', and begins and ends with a letter or digit.",
    })
  }
  annotationsRule(self, report)
}

/** The API server takes generateName instead; calicoctl does not (apimachinery api/validation ValidateObjectMeta). */
function isNameless(self: Fields): boolean {
  return filledText(self.name) === undefined && filledText(self.generateName) === undefined
}

const annotationsRule: Rule = (self, report) => {
  let size = 0
  for (const [key, value] of entriesOf(self.annotations)) {
    size += Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0)
    if (isQualifiedName(key.toLowerCase())) continue
    report({
      code: 'VALIDATION_ANNOTATION',
      layers: BOTH,
      path: ['annotations', key],
      message: `The annotation key ${show(key)} is not valid.`,
      hint: "Write PREFIX/NAME or NAME: a DNS prefix, and a name of at most 63 letters, digits, '-', '_', '.'.",
    })
  }
  if (size > MAX_ANNOTATIONS) {
    report({
      code: 'VALIDATION_ANNOTATION',
      layers: BOTH,
      path: ['annotations'],
      message: `The annotations take ${size} bytes, allowed are ${MAX_ANNOTATIONS}.`,
      hint: 'Take some out.',
    })
  }
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return isFields(value) ? Object.entries(value) : []
}

/** `[prefix/]name` (apimachinery IsQualifiedName). */
export function isQualifiedName(key: string): boolean {
  const parts = key.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.length > 2 || name === '' || !isLabelValue(name)) return false
  const prefix = parts.length === 2 ? parts[0] : undefined
  return prefix === undefined || (prefix.length <= MAX_NAME && RESOURCE_NAME.test(prefix))
}

/** Empty, or at most 63 characters (apimachinery IsValidLabelValue). */
export function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= 63 && /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(value))
}

const METADATA_FIELDS = {
  name: text({ structRequired: true }),
  generateName: text(),
  namespace: text(),
  uid: text(),
  resourceVersion: anything(),
  generation: anything(),
  creationTimestamp: anything(),
  deletionTimestamp: anything(),
  deletionGracePeriodSeconds: anything(),
  labels: map(text()),
  annotations: map(text()),
  ownerReferences: anything(),
  finalizers: anything(),
  managedFields: anything(),
  selfLink: anything(),
} as const

/** ObjectMeta with everything that the API server and calicoctl check of it. */
export const METADATA = object(METADATA_FIELDS, { required: true, structRequired: true, rules: [metadataRule] })

/** The few fields that the planner reads, for kinds of which there are very many. */
export const LIGHT_METADATA = object(
  { name: text({ structRequired: true }), namespace: text(), labels: map(text()), annotations: map(text()) },
  { open: true, required: true },
)

/** A whole object of a Calico kind around its spec. */
export function whole(spec: FieldSchema, options: { readonly rules?: readonly Rule[] } = {}): ObjectSchema {
  return object({ apiVersion: text(), kind: text(), metadata: METADATA, spec, status: anything() }, options)
}

/** metadata.name of a whole object, for the rules that depend on it. */
export function nameOf(self: Fields): string | undefined {
  const name = isFields(self.metadata) ? self.metadata.name : undefined
  return typeof name === 'string' ? name : undefined
}
