/** Where building a Cluster collects what it has to say, with a bound on how often it says the same. */

import type { FindingCode } from '../findings/catalog.js'
import type { FieldPath, Finding, Severity } from '../findings/finding.js'
import { type Manifest, refOf } from '../manifests/resource.js'

export interface Remark {
  readonly severity: Severity
  readonly code: FindingCode
  readonly message: string
  readonly hint: string
  /** The resource that it is about, and the field. */
  readonly about?: Manifest | undefined
  readonly path?: FieldPath
}

export interface Remarks {
  readonly add: (remark: Remark) => void
  /** All of them, with one line in place of those beyond the bound. */
  readonly all: () => readonly Finding[]
}

/** Findings of one code that are kept: a cluster of 100,000 nodes may repeat one mistake on each. */
const KEPT_PER_CODE = 100

export function createRemarks(): Remarks {
  const kept: Finding[] = []
  const counts = new Map<FindingCode, { count: number; readonly last: Remark }>()
  return {
    add(remark) {
      const held = counts.get(remark.code)
      const count = (held?.count ?? 0) + 1
      counts.set(remark.code, { count, last: remark })
      if (count <= KEPT_PER_CODE) kept.push(findingOf(remark))
    },
    all() {
      const rest = [...counts.values()].filter(({ count }) => count > KEPT_PER_CODE)
      return [
        ...kept,
        ...rest.map(({ count, last: { severity, code, hint } }): Finding => {
          return {
            severity,
            code,
            message: `${count - KEPT_PER_CODE} more findings of this kind are not listed.`,
            hint,
          }
        }),
      ]
    },
  }
}

function findingOf({ severity, code, message, hint, about, path }: Remark): Finding {
  return {
    severity,
    code,
    message,
    hint,
    ...(about === undefined ? {} : { resource: refOf(about.resource) }),
    ...(path === undefined ? {} : { path }),
    ...(about?.origin === undefined ? {} : { place: { file: about.origin.file } }),
  }
}
