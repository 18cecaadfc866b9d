/** Findings as SARIF 2.1.0 (OASIS), which code scanning services read. */

import type { Log, ReportingDescriptor, Result } from 'sarif'
import { CATALOG, type FindingCode } from '../findings/catalog.js'
import { type Finding, formatFieldPath, type Severity } from '../findings/finding.js'
import { nameOf } from './check.js'
import { printable } from './text.js'

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

/** One run; rules are the codes that occur, in byte order. `version` is the program's own. */
export function sarif(findings: readonly Finding[], version: string): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort()
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'calico-plan', semanticVersion: semantic(version), rules: codes.map(ruleOf) },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, codes.indexOf(finding.code))),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function semantic(version: string): string {
  return /^\d+\.\d+\.\d+/.test(version) ? version : '0.0.0'
}

function ruleOf(code: FindingCode): ReportingDescriptor {
  const { title, explanation, source } = CATALOG[code]
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: { text: `${explanation}\n\nSource: ${source}` },
  }
}

const LEVELS: Readonly<Record<Severity, Result.level>> = { error: 'error', warning: 'warning', info: 'note' }

function resultOf(finding: Finding, ruleIndex: number): Result {
  const { code, severity, message, hint, resource, path } = finding
  const said = printable(hint === '' ? message : `${message}\n${hint}`)
  const named = resource === undefined ? undefined : nameOf(resource)
  const field = path === undefined ? '' : formatFieldPath(path)
  const location = {
    ...physical(finding),
    ...(named === undefined
      ? {}
      : { logicalLocations: [{ fullyQualifiedName: field === '' ? named : `${named} ${field}`, kind: 'resource' }] }),
  }
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: said },
    ...(Object.keys(location).length === 0 ? {} : { locations: [location] }),
    partialFingerprints: { 'finding/v1': [code, named ?? '', field].join(' ') },
  }
}

/** Standard input is no file; a service has nothing to show for it. */
function physical({ place }: Finding): Pick<NonNullable<Result['locations']>[number], 'physicalLocation'> {
  if (place === undefined || place.file === '-') return {}
  const { file, line, column } = place
  return {
    physicalLocation: {
      artifactLocation: fileLocation(file),
      ...(line === undefined
        ? {}
        : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } }),
    },
  }
}

function fileLocation(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  const path = file.replaceAll('\\', '/').replace(/^\.\//, '')
  const uri = path.split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' }
}
