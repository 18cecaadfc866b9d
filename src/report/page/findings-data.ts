/** Findings with their places, and what their codes mean. */

import { CATALOG } from '../../findings/catalog.js'
import { type Finding, formatFieldPath } from '../../findings/finding.js'
import { nameOf, placeOf } from '../check.js'
import type { PageFinding } from './page-data.js'

/** Errors first, otherwise in the order given. */
export function pageFindings(findings: readonly Finding[]): readonly PageFinding[] {
  const order = ['error', 'warning', 'info'] as const
  return order.flatMap((severity) => findings.filter((finding) => finding.severity === severity).map(pageFinding))
}

function pageFinding(finding: Finding): PageFinding {
  const { title, explanation } = CATALOG[finding.code]
  return {
    severity: finding.severity,
    code: finding.code,
    title,
    explanation,
    message: finding.message,
    hint: finding.hint,
    resource: finding.resource === undefined ? '' : nameOf(finding.resource),
    field: finding.path === undefined ? '' : formatFieldPath(finding.path),
    place: placeOf(finding),
  }
}
