/** JSON merge patch, RFC 7386. */

import { type Fields, isFields } from '../../manifests/objects.js'

/**
 * The target with the patch merged in: objects field by field, null takes a field away, anything else replaces. Parts
 * that the patch does not touch are the target's own. Any field name is harmless: fields are defined, never assigned.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const merged = new Map<string, unknown>(isFields(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

/** A field at a path set, or taken away with undefined; objects on the way are made. */
export function withField(target: Fields, path: readonly string[], value: unknown): Fields {
  const [name, ...rest] = path
  if (name === undefined) return target
  const fields = new Map<string, unknown>(Object.entries(target))
  const held = fields.get(name)
  const next = rest.length === 0 ? value : withField(isFields(held) ? held : {}, rest, value)
  if (next === undefined) fields.delete(name)
  else fields.set(name, next)
  return Object.fromEntries(fields)
}
