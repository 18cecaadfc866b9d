/** `check`: findings as kubectl-like lines, as JSON, with the place of each. */

import type { Cluster } from '../cluster/cluster.js'
import { type Finding, formatFieldPath, type ResourceRef, type Severity } from '../findings/finding.js'
import { type Answer, envelope } from './answer.js'
import { type Block, text } from './blocks.js'
import { printable } from './text.js'

export function checkAnswer(cluster: Cluster, findings: readonly Finding[], strict: boolean): Answer {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length
  const summary = { errors: count('error'), warnings: count('warning'), infos: count('info') }
  return {
    document: { ...envelope('CheckReport', cluster), findings: findings.map(findingDocument), summary },
    blocks: [...worstFirst(findings).map(findingBlock), text([summaryLine(summary, cluster.release.name)])],
    found: summary.errors > 0 || (strict && summary.warnings > 0),
  }
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 }

/** Among findings of one severity their order stays: by place. */
function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity])
}

/** A finding with the keys of the public contract. */
export function findingDocument(finding: Finding): Readonly<Record<string, unknown>> {
  return {
    severity: finding.severity,
    code: finding.code,
    message: finding.message,
    hint: finding.hint,
    ...(finding.resource ? { resource: finding.resource } : {}),
    ...(finding.path ? { field: formatFieldPath(finding.path) } : {}),
    ...(finding.place?.file === undefined ? {} : { file: finding.place.file }),
    ...(finding.place?.line === undefined ? {} : { line: finding.place.line }),
    ...(finding.place?.column === undefined ? {} : { column: finding.place.column }),
  }
}

function findingBlock(finding: Finding): Block {
  return text(findingLines(finding))
}

/** `file:line:column: severity CODE`, the sentence, the resource and field, the hint. */
export function findingLines(finding: Finding): readonly string[] {
  const place = placeOf(finding)
  const where = [finding.resource && nameOf(finding.resource), finding.path && formatFieldPath(finding.path)]
  const named = where.filter((part) => part !== undefined && part !== '').join(' ')
  return [
    `${place === '' ? '' : `${place}: `}${finding.severity} ${finding.code}${named === '' ? '' : ` ${named}`}`,
    `  ${finding.message}`,
    ...(finding.hint === '' ? [] : [`  hint: ${finding.hint}`]),
  ].map((line) => printable(line))
}

export function placeOf(finding: Finding): string {
  const { place } = finding
  if (place === undefined) return ''
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':')
}

export function nameOf(resource: ResourceRef): string {
  const name = resource.namespace === undefined ? resource.name : `${resource.namespace}/${resource.name}`
  return `${resource.kind}/${name}`
}

function summaryLine(summary: { errors: number; warnings: number; infos: number }, release: string): string {
  const some = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
  return `${some(summary.errors, 'error')}, ${some(summary.warnings, 'warning')}, ${some(summary.infos, 'note')} (Calico ${release})`
}
