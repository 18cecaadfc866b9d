/** In what two sessions differ. */

import type { Session, SessionOptions } from '../../bgp/session.js'
import type { ChangeKind } from './cluster-diff.js'

/** Some sessions that changed alike, before they are put together with others. */
export interface SessionDraft {
  readonly change: ChangeKind
  readonly count: number
  readonly established: { readonly before: number; readonly after: number }
  readonly between: readonly [readonly string[], readonly string[]]
  readonly fields: readonly (keyof SessionOptions | 'state')[]
  readonly before?: Session
  readonly after?: Session
}

/** Fields that follow from others or name what made the session. */
const DERIVED = new Set(['peerAddress', 'from', 'reverse', 'birdName', 'alternatives', 'localASOverridden'])

/** Options in which two sessions differ, as far as BIRD's configuration goes. */
export function optionFields(was: SessionOptions, is: SessionOptions): readonly (keyof SessionOptions)[] {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])] as (keyof SessionOptions)[]
  return keys.filter((key) => !DERIVED.has(key) && !NOT_OPTIONS.has(key) && textOf(was[key]) !== textOf(is[key]))
}

const NOT_OPTIONS: ReadonlySet<string> = new Set(['speaker', 'peer', 'state', 'alsoSeen', 'lastError', 'reason'])

/** As `optionFields`, with `state` when that differs. */
export function sessionFields(was: Session, is: Session): SessionDraft['fields'] {
  const fields: (keyof SessionOptions | 'state')[] = [...optionFields(was, is)]
  return was.state === is.state ? fields : [...fields, 'state']
}

/** A value as text; addresses and numbers of any size included. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? ''
}
