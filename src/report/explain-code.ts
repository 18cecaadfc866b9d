/** What a finding code means: the long form behind `check --explain`. */

import { CATALOG, type FindingCode } from '../findings/catalog.js'

export function explainCode(code: FindingCode): string {
  const { title, explanation, source } = CATALOG[code]
  return `${code}: ${title}\n\n${explanation}\n\nSource: ${source}\n`
}
