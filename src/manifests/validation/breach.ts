/** One broken rule, before it is worded as a Finding for a certain kind of input. */

import type { FindingCode } from '../../findings/catalog.js'
import type { FieldPath } from '../../findings/finding.js'
import type { Layer } from './schema.js'

/** A broken rule: where, who refuses the object for it, and how to mend it. */
export interface Breach {
  readonly code: FindingCode
  /** Who refuses the object for it; empty when nobody does and it is advice. */
  readonly layers: readonly Layer[]
  readonly advice?: 'warning' | 'info'
  /** The value is empty: calicoctl leaves the field out, so only kubectl sees it. */
  readonly droppedByCalicoctl?: true
  readonly path: FieldPath
  readonly message: string
  readonly hint: string
}

/** A resource may be as wrong as it likes: after so many breaches the rest is not listed. */
export const MAX_BREACHES = 200
