/** JSON patch, RFC 6902, on a copy of the object, with what could reach a prototype refused. */

import { applyPatch, type Operation } from 'rfc6902'
import { isFields } from '../../manifests/objects.js'
import type { JsonPatchOperation } from './change.js'

export type JsonPatchOutcome =
  | { readonly value: unknown }
  /** The number of the operation that failed, and why. */
  | { readonly failed: number; readonly why: string }

const OPERATIONS: ReadonlySet<string> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])
const DANGEROUS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const MOST_OPERATIONS = 10_000

/** Operations out of parsed JSON; undefined when it is no list of them. */
export function jsonPatchOf(value: unknown): readonly JsonPatchOperation[] | undefined {
  if (!Array.isArray(value) || value.length > MOST_OPERATIONS) return undefined
  const operations: JsonPatchOperation[] = []
  for (const item of value) {
    if (!isFields(item)) return undefined
    const { op, path, from } = item
    if (typeof op !== 'string' || typeof path !== 'string') return undefined
    operations.push({
      op,
      path,
      ...(typeof from === 'string' ? { from } : {}),
      ...(Object.hasOwn(item, 'value') ? { value: item.value } : {}),
    })
  }
  return operations
}

/** All operations or none. */
export function jsonPatch(target: unknown, operations: readonly JsonPatchOperation[]): JsonPatchOutcome {
  const copy: unknown = structuredClone(target)
  for (const [number, operation] of operations.entries()) {
    const why = refusal(operation) ?? applyOne(copy, operation)
    if (why !== undefined) return { failed: number, why }
  }
  return { value: copy }
}

function refusal({ op, path, from }: JsonPatchOperation): string | undefined {
  if (!OPERATIONS.has(op)) return `there is no operation ${op}`
  const tokens = [path, from ?? ''].flatMap((pointer) => pointer.split('/'))
  const bad = tokens.find((token) => DANGEROUS.has(token))
  if (bad !== undefined) return `no field is called ${bad}`
  return path === '' ? 'the whole object cannot be replaced' : undefined
}

function applyOne(copy: unknown, operation: JsonPatchOperation): string | undefined {
  try {
    const [error] = applyPatch(copy, [operation as Operation])
    return error === null || error === undefined ? undefined : whyOf(error.name, operation)
  } catch {
    return `${operation.path} is no JSON pointer`
  }
}

function whyOf(error: string, { path, op }: JsonPatchOperation): string {
  if (error === 'TestError') return `the value at ${path} is another one`
  return error === 'MissingError' ? `the object has nothing at ${path}` : `${op} lacks a field`
}
