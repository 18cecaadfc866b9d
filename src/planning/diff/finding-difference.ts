/** Hazards that appear and hazards that go. */

import { compareFindings, type Finding } from '../../findings/finding.js'
import type { ClusterDiff } from './cluster-diff.js'

/** Two findings are the same when they say the same of the same field, wherever it is written. */
export function findingDifference(before: readonly Finding[], after: readonly Finding[]): ClusterDiff['findings'] {
  return { added: missingFrom(before, after), gone: missingFrom(after, before) }
}

function missingFrom(known: readonly Finding[], findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set(known.map(keyOf))
  return findings.filter((finding) => !seen.has(keyOf(finding))).sort(compareFindings)
}

function keyOf({ severity, code, resource, path, message }: Finding): string {
  return JSON.stringify([severity, code, resource?.kind, resource?.namespace, resource?.name, path, message])
}
