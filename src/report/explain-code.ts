/** What a finding code means: the long form behind `check --explain`. */

import { CATALOG, type FindingCode } from '../findings/catalog.js'

export function explainCode(code: FindingCode): string {
  const { title, explanation, source } = CATALOG[code]
  return `${code}: ${title}\n\n${explanation}\n\nSource: ${source}\n`
}

/** All codes as a Markdown page, in alphabetical order: docs/findings.md. */
export function findingsPage(): string {
  const codes = (Object.keys(CATALOG) as FindingCode[]).sort()
  const entries = codes.map((code) => {
    const { title, explanation, source } = CATALOG[code]
    return `## ${code}\n\n${title}.\n\n${explanation}\n\nSource: ${source}\n`
  })
  return `# Findings\n\nEvery code that calico-plan reports. Codes are stable; \`calico-plan check --explain CODE\` prints the same text.\n\n${entries.join('\n')}`
}
