/** The patch of `kubectl patch` and `calicoctl patch`, read as they read it. */

import { parse } from 'yaml'
import { typographicQuoteIn } from '../../manifests/typographic-quotes.js'
import type { JsonPatchOperation, Patch } from '../change/change.js'
import { refused } from './interpret.js'
import type { Action } from './runbook.js'

export type PatchType = Patch['type']

/** kubectl takes YAML as well, calicoctl JSON alone (calicoctl/resourcemgr/resourcemgr.go Patch). */
export function readPatch(text: string, type: PatchType, yaml: boolean): { patch: Patch } | { action: Action } {
  const body = bodyOf(text, yaml)
  if (body === undefined || typeof body !== 'object' || body === null) return { action: notAPatch(text) }
  if (type !== 'json') {
    return Array.isArray(body) ? { action: notAPatch(text) } : { patch: { type, body } }
  }
  if (!Array.isArray(body) || !body.every(isOperation)) return { action: notAPatch(text) }
  return { patch: { type, operations: body } }
}

function bodyOf(text: string, yaml: boolean): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (!yaml || typographicQuoteIn(text, 0, text.length) !== undefined) return undefined
  }
  try {
    return parse(text, { maxAliasCount: 20 })
  } catch {
    return undefined
  }
}

function isOperation(value: unknown): value is JsonPatchOperation {
  if (typeof value !== 'object' || value === null) return false
  const { op, path } = value as { readonly op?: unknown; readonly path?: unknown }
  return typeof op === 'string' && typeof path === 'string'
}

const MOST_SHOWN = 80

function notAPatch(text: string): Action {
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text
  if (typographicQuoteIn(text, 0, text.length) !== undefined) {
    return refused(
      'RUNBOOK_QUOTES',
      `The patch ${shown} holds typographic quotes, which JSON does not take for quotes.`,
      'Write plain quotes: ".',
    )
  }
  return refused('CHANGE_PATCH_INVALID', `The patch ${shown} cannot be read.`, 'Write a JSON object in single quotes.')
}
