/**
 * What the planner has to say about its input or about the network that the input describes. Every rule that is broken,
 * every hazard and every refused command is a Finding: a stable code, a place, what was found and how to mend it.
 * Nothing is thrown for bad input; throwing is for bugs.
 */

import type { FindingCode } from './catalog.js'

export type Severity = 'error' | 'warning' | 'info'

/** Names of fields and indexes of list items, from the resource's root: `['spec', 'reservedCIDRs', 0]`. */
export type FieldPath = readonly (string | number)[]

export interface ResourceRef {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** Line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

export interface Finding {
  readonly severity: Severity
  readonly code: FindingCode
  /** What is wrong, with the value that was found. One or two sentences, no trailing hint. */
  readonly message: string
  /** How to mend it: what is allowed, or which command or field changes it. */
  readonly hint: string
  readonly resource?: ResourceRef
  readonly path?: FieldPath
  readonly place?: Place
}

/** `spec.exportV4[0].cidr`, with names that are no plain word in brackets: `metadata.annotations["a/b"]`. */
export function formatFieldPath(path: FieldPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info']

/** A stable order for a report: by file, line and column, then severity, code, resource and message. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.place?.file ?? '', b.place?.file ?? '') ||
    (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
    (a.place?.column ?? 0) - (b.place?.column ?? 0) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.code, b.code) ||
    compareText(a.resource?.kind ?? '', b.resource?.kind ?? '') ||
    compareText(a.resource?.namespace ?? '', b.resource?.namespace ?? '') ||
    compareText(a.resource?.name ?? '', b.resource?.name ?? '') ||
    compareText(a.message, b.message)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Thrown by the library's entry points when the input cannot be used at all; carries every finding, not the first. */
export class InputError extends Error {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    const first = findings.find((finding) => finding.severity === 'error') ?? findings[0]
    super(first ? `${first.code}: ${first.message}` : 'the input cannot be used')
    this.name = 'InputError'
    this.findings = findings
  }
}
