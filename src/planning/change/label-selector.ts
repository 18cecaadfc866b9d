/** Kubernetes label selectors, as kubectl's `-l` takes them (k8s.io/apimachinery pkg/labels/selector.go). */

import type { Labels } from '../../cluster/workload.js'

export type LabelSelector = (labels: Labels) => boolean

const LONGEST = 4096
const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?'
const VALUE = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?'
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`)
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`)
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`)
const ONE_VALUE = new RegExp(`^${VALUE}$`)

/** Undefined for a text that is no selector. The empty one matches everything. */
export function parseLabelSelector(text: string): LabelSelector | undefined {
  if (text.length > LONGEST) return undefined
  if (text.trim() === '') return () => true
  const parts = text.split(/,(?![^()]*\))/).map(parseRequirement)
  const all = parts.filter((part) => part !== undefined)
  return all.length < parts.length ? undefined : (labels) => all.every((matches) => matches(labels))
}

function parseRequirement(text: string): LabelSelector | undefined {
  const part = text.trim()
  const equality = EQUALITY.exec(part)
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality
    return operator === '!=' ? (labels) => labelOf(labels, key) !== value : (labels) => labelOf(labels, key) === value
  }
  const set = SET.exec(part)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    if (!values.every((value) => ONE_VALUE.test(value))) return undefined
    const named = new Set(values)
    return (labels) => {
      const value = labelOf(labels, key)
      return operator === 'in' ? value !== undefined && named.has(value) : value === undefined || !named.has(value)
    }
  }
  const exists = EXISTS.exec(part)
  if (exists === null) return undefined
  const [, not, key = ''] = exists
  return not === '!' ? (labels) => !Object.hasOwn(labels, key) : (labels) => Object.hasOwn(labels, key)
}

function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}
