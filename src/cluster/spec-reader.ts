/** Reads fields of one resource's spec and remarks on those that cannot be read. */

import type { Manifest } from '../manifests/resource.js'
import type { SelectorNode } from '../manifests/selector/ast.js'
import { parseSelector, type Selector, selectorOf } from '../manifests/selector/selector.js'
import { at } from './read-fields.js'
import type { Remarks } from './remarks.js'

/** The value of `spec.NAME`, undefined when it is absent; also undefined, with a remark, when it cannot be read. */
export type SpecReader = <T>(name: string, read: (value: unknown) => T | undefined) => T | undefined

export function createSpecReader(remarks: Remarks, about: Manifest): SpecReader {
  return (name, read) => {
    const value = at(about.resource.spec, name)
    if (value === undefined || value === null || value === '') return undefined
    const held = read(value)
    if (held === undefined) remarkIgnored(remarks, about, ['spec', name], value)
    return held
  }
}

/** Says that a value cannot be read and counts as not set. */
export function remarkIgnored(
  remarks: Remarks,
  about: Manifest,
  path: readonly (string | number)[],
  value: unknown,
): void {
  remarks.add({
    severity: 'warning',
    code: 'VALUE_IGNORED',
    message: `The value ${shortly(value)} cannot be read; the default is used in its place.`,
    hint: 'Write a value that Calico allows for this field, or leave the field out.',
    about,
    path,
  })
}

/** A value as JSON, cut to a length that a message can hold. */
export function shortly(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'undefined')
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** `!all()`. */
const NOTHING: SelectorNode = { kind: 'not', operand: { kind: 'all' } }

export type SelectorReader = (text: string, about: Manifest, path: readonly (string | number)[]) => Selector

/** Parses each distinct selector once. One that does not parse selects nothing, as in Calico, which logs it and goes on. */
export function createSelectorReader(remarks: Remarks): SelectorReader {
  const parsed = new Map<string, Selector | undefined>()
  return (text, about, path) => {
    let selector = parsed.get(text)
    if (selector === undefined && !parsed.has(text)) {
      selector = tryParse(text)
      parsed.set(text, selector)
    }
    if (selector !== undefined) return selector
    remarks.add({
      severity: 'error',
      code: 'SELECTOR_UNREADABLE',
      message: `The selector ${shortly(text)} does not parse, so it selects nothing.`,
      hint: "Write a Calico selector such as all(), has(rack) or rack == 'a'.",
      about,
      path,
    })
    return selectorOf(NOTHING, text)
  }
}

function tryParse(text: string): Selector | undefined {
  try {
    return parseSelector(text)
  } catch {
    return undefined
  }
}
