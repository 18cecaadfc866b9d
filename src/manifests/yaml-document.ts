/** One YAML document: its value, or what is wrong with it. */

import yaml from 'js-yaml'
import type { ReadLimits } from './limits.js'
import { isGrown } from './size.js'
import type { SyntaxFault } from './syntax.js'
import { diagnoseYaml } from './yaml-faults.js'
import { KUBECTL_SCHEMA } from './yaml-schema.js'
import { MERGED_KEYS, traceYaml } from './yaml-trace.js'

export interface YamlDocument {
  readonly value: unknown
  readonly faults: readonly SyntaxFault[]
}

/** The `!` of a tag that YAML does not define, at the start of a value. `!!str` and its like are none. */
const MAYBE_TAG = /(?:^|[:\-?,[{])[ \t]*!(?!!)/m

/** What may be an alias, `*name`; in a text or a comment it does no harm. */
const ALIAS = /[\s[{,]\*[^\s*]/

const DUPLICATE = 'duplicated mapping key'

export function parseYaml(text: string, limits: ReadLimits): YamlDocument {
  let value: unknown
  const faults: SyntaxFault[] = []
  try {
    value = load(text, limits, false)
  } catch (error) {
    const fault = faultOf(text, error)
    if (fault !== DUPLICATE) return { value: undefined, faults: [fault] }
    // As kubectl does, the last one counts, and the rest of the document is judged all the same.
    try {
      value = load(text, limits, true)
    } catch (later) {
      const worse = faultOf(text, later)
      return { value: undefined, faults: worse === DUPLICATE ? [] : [worse] }
    }
    faults.push(...remarksOn(text, limits))
  }
  // Without an alias nothing is shared, and the parser has bounded the depth.
  if (ALIAS.test(text) && isGrown(value, limits.depth, limits.aliasGrowth)) {
    return { value: undefined, faults: [{ kind: 'alias-growth', offset: Math.max(0, text.search(/&\S/)) }] }
  }
  if (faults.length === 0 && text.includes('!') && MAYBE_TAG.test(text)) faults.push(...remarksOn(text, limits))
  const template = templateIn(text, value)
  return template === undefined ? { value, faults } : { value: undefined, faults: [template] }
}

function load(text: string, limits: ReadLimits, lastKeyCounts: boolean): unknown {
  const options = {
    schema: KUBECTL_SCHEMA,
    json: lastKeyCounts,
    maxDepth: limits.depth,
    maxTotalMergeKeys: MERGED_KEYS,
  }
  return yaml.load(text, options)
}

function faultOf(text: string, error: unknown): SyntaxFault | typeof DUPLICATE {
  if (error instanceof yaml.YAMLException) {
    if (error.reason === DUPLICATE) return DUPLICATE
    return diagnoseYaml(text, error.reason ?? error.message, error.mark?.position ?? 0)
  }
  if (error instanceof RangeError) return { kind: 'depth', offset: 0 }
  throw error
}

const MOST_REMARKS = 100

function remarksOn(text: string, limits: ReadLimits): readonly SyntaxFault[] {
  const faults: SyntaxFault[] = []
  traceYaml(text, limits.depth, undefined, {
    onDuplicate: (what, offset, firstOffset) => {
      if (faults.length < MOST_REMARKS) faults.push({ kind: 'duplicate-key', offset, what, firstOffset })
    },
    onUnknownTag: (what, offset) => {
      if (faults.length < MOST_REMARKS) faults.push({ kind: 'unknown-tag', offset, what })
    },
  })
  // Of two documents without --- between them every field comes twice; the first one says it.
  const joined = faults.filter((fault) => fault.kind === 'duplicate-key' && isOuterType(text, fault.what, fault.offset))
  return joined.length > 0 ? joined : faults
}

function isOuterType(text: string, key: string, offset: number): boolean {
  return key === 'apiVersion' && (offset === 0 || text.charAt(offset - 1) === '\n')
}

/** `{{ .Values.x }}` without quotes parses, as a mapping that is the key of a mapping; no manifest has such a key. */
function templateIn(text: string, value: unknown): SyntaxFault | undefined {
  const match = /\{\{[^\n]{0,40}/.exec(text)
  if (match === null || !hasObjectKey(value)) return undefined
  return { kind: 'template', offset: match.index, what: match[0].trimEnd() }
}

function hasObjectKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, '[object Object]') || Object.values(value).some(hasObjectKey)
}
