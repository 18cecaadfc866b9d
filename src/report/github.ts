/** Findings as workflow commands of GitHub Actions, which show them beside the lines of a pull request. */

import { type Finding, formatFieldPath, type Severity } from '../findings/finding.js'
import { nameOf } from './check.js'
import { printable } from './text.js'

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

/** A line for each finding: `::error file=pool.yaml,line=3,col=9,title=CODE::message`. */
export function githubAnnotations(findings: readonly Finding[]): string {
  return findings.map((finding) => `${annotation(finding)}\n`).join('')
}

function annotation({ severity, code, message, hint, resource, path, place }: Finding): string {
  const properties = [
    ...(place === undefined || place.file === '-' ? [] : [`file=${property(place.file)}`]),
    ...(place?.line === undefined || place.file === '-' ? [] : [`line=${place.line}`]),
    ...(place?.column === undefined || place.file === '-' ? [] : [`col=${place.column}`]),
    `title=${property(code)}`,
  ]
  const where = [resource && nameOf(resource), path && formatFieldPath(path)].filter(Boolean).join(' ')
  const said = [where === '' ? message : `${where}: ${message}`, ...(hint === '' ? [] : [hint])].join('\n')
  return `::${COMMANDS[severity]} ${properties.join(',')}::${data(said)}`
}

/** Everything behind `::` is one line; the runner undoes these escapes. */
function data(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
