/** Where reading collects what it has to say, with a bound on how often it says the same. */

import type { FindingCode } from '../findings/catalog.js'
import type { FieldPath, Finding, Place } from '../findings/finding.js'
import type { Question } from './locate.js'
import type { Origin } from './resource.js'

export interface Collector {
  /** A finding that has its place, or needs none. */
  readonly add: (finding: Finding) => void
  /** A finding about a field, whose place is worked out at the end. */
  readonly addAt: (finding: Finding, origin: Origin, path: FieldPath) => void
  /** True when one of them is an error. */
  readonly hasErrors: () => boolean
  /** All of them, in the order of addition; `places` answers many questions at once. */
  readonly finish: (places: (questions: readonly Question[]) => readonly Place[]) => readonly Finding[]
}

/** Findings of one code that are kept: a million documents may all have one mistake. */
const KEPT_PER_CODE = 100

export function createCollector(): Collector {
  const kept: { readonly finding: Finding; readonly question?: Question }[] = []
  const counts = new Map<FindingCode, { count: number; readonly last: Finding }>()
  let errors = 0
  const isKept = (finding: Finding): boolean => {
    const count = (counts.get(finding.code)?.count ?? 0) + 1
    counts.set(finding.code, { count, last: finding })
    if (finding.severity === 'error') errors++
    return count <= KEPT_PER_CODE
  }
  return {
    add: (finding) => {
      if (isKept(finding)) kept.push({ finding })
    },
    addAt: (finding, origin, path) => {
      if (isKept(finding)) kept.push({ finding, question: { origin, path } })
    },
    hasErrors: () => errors > 0,
    finish: (places) => {
      const questions = kept.flatMap(({ question }) => question ?? [])
      const answers = questions.length === 0 ? [] : places(questions)
      const placeOf = new Map(questions.map((question, index) => [question, answers[index]]))
      const findings = kept.map(({ finding, question }): Finding => {
        const place = question && placeOf.get(question)
        return place === undefined ? finding : { ...finding, place }
      })
      for (const { count, last } of counts.values()) {
        if (count <= KEPT_PER_CODE) continue
        const { severity, code, hint } = last
        findings.push({
          severity,
          code,
          message: `${count - KEPT_PER_CODE} more findings of this kind are not listed.`,
          hint,
        })
      }
      return findings
    },
  }
}
