/** Kinds of element that fail, as a flag names them: with commas between. */

import { FAILURE_KINDS, type FailureKind, InputError } from '../index.js'
import { listOf } from './options.js'

/** Throws InputError for an unknown kind. */
export function failureKindsOf(value: unknown, flag: string): readonly FailureKind[] {
  const kinds = listOf(value).flatMap((text) => text.split(','))
  const isKind = (kind: string): kind is FailureKind => FAILURE_KINDS.some((known) => known === kind)
  const unknown = kinds.find((kind) => !isKind(kind))
  if (unknown === undefined) return kinds.filter(isKind)
  throw new InputError([
    {
      severity: 'error',
      code: 'INPUT_BAD_OPTION',
      message: `${flag} ${JSON.stringify(unknown)} is not known`,
      hint: `There are ${FAILURE_KINDS.join(', ')}.`,
    },
  ])
}
