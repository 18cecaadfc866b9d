/** Sessions that come, go or behave otherwise. The mesh is compared by classes of members and never written out. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import type { Session, SessionOptions } from '../../bgp/session.js'
import { compareText } from '../../cluster/inventory.js'
import type { ChangeKind, SessionChange, SessionDifference, SessionTotals } from './cluster-diff.js'
import { type ExplicitSession, explicitByPair } from './explicit-sessions.js'
import { meshChanges } from './mesh-difference.js'
import { optionFields, type SessionDraft, sessionFields, textOf } from './session-fields.js'
import { unchangedClasses } from './unchanged-classes.js'

export interface SessionSide {
  readonly context: BgpContext
  readonly totals: SessionTotals
}

export function sessionDifference(before: SessionSide, after: SessionSide): SessionDifference {
  const drafts = ([4, 6] as const).flatMap((family) => [
    ...meshChanges(before.context, after.context, family),
    ...explicitChanges(before.context, after.context, family),
  ])
  const count = (change: ChangeKind): number =>
    drafts.reduce((sum, draft) => sum + (draft.change === change ? draft.count : 0), 0)
  return {
    before: before.totals,
    after: after.totals,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    groups: grouped(drafts),
  }
}

function* explicitChanges(before: BgpContext, after: BgpContext, family: Family): Generator<SessionDraft> {
  const unchanged = unchangedClasses(before, after, family)
  const old = explicitByPair(before, family, unchanged.before)
  const now = explicitByPair(after, family, unchanged.after)
  for (const [key, was] of old) {
    const is = now.get(key)
    if (is === undefined) yield draftOf('removed', was, undefined, [])
    else {
      const fields = differingFields(was, is)
      if (fields.length > 0) yield draftOf('changed', was, is, fields)
    }
  }
  for (const [key, is] of now) if (!old.has(key)) yield draftOf('added', undefined, is, [])
}

function draftOf(
  change: ChangeKind,
  was: ExplicitSession | undefined,
  is: ExplicitSession | undefined,
  fields: SessionDraft['fields'],
): SessionDraft {
  const [before, after] = [was?.session, is?.session]
  const known = after ?? before
  return {
    change,
    count: 1,
    established: { before: Number(before?.state === 'Established'), after: Number(after?.state === 'Established') },
    between: [[known?.speaker.name ?? ''], [known?.peer?.name ?? known?.peerIP ?? '']],
    fields,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
}

/** Options in which two sessions differ, both ends taken together. */
function differingFields(was: ExplicitSession, is: ExplicitSession): SessionDraft['fields'] {
  const fields = new Set<keyof SessionOptions | 'state'>(sessionFields(was.session, is.session))
  if (was.back !== undefined && is.back !== undefined) {
    for (const field of optionFields(was.back, is.back)) fields.add(field)
  }
  return [...fields].sort(compareText)
}

/** Drafts that tell the same, as one. */
function grouped(drafts: readonly SessionDraft[]): readonly SessionChange[] {
  const groups = new Map<string, SessionDraft[]>()
  for (const draft of drafts) {
    const key = keyOf(draft)
    const held = groups.get(key)
    if (held === undefined) groups.set(key, [draft])
    else held.push(draft)
  }
  return [...groups.values()]
    .flatMap((group) => merged(group) ?? [])
    .sort((a, b) => ORDER[a.change] - ORDER[b.change] || b.count - a.count || compareText(orderOf(a), orderOf(b)))
}

const ORDER: Readonly<Record<ChangeKind, number>> = { removed: 0, added: 1, changed: 2 }

function orderOf({ kind, fields, between, example }: SessionChange): string {
  const { family } = (example.after ?? example.before) || { family: 4 }
  return JSON.stringify([kind, fields, between[0][0], between[1][0], family])
}

function keyOf({ change, fields, before, after }: SessionDraft): string {
  const side = (session: Session | undefined): unknown =>
    session && [session.kind, session.type, session.state, session.reason.code, session.from]
  const family = (after ?? before)?.family
  return textOf([change, family, fields, side(before), side(after)])
}

function merged(drafts: readonly SessionDraft[]): SessionChange | undefined {
  const [first] = drafts
  const known = first && (first.after ?? first.before)
  if (first === undefined || known === undefined) return undefined
  const sum = (of: (draft: SessionDraft) => number): number => drafts.reduce((total, draft) => total + of(draft), 0)
  const names = (...sides: readonly (0 | 1)[]): readonly string[] =>
    [...new Set(sides.flatMap((side) => drafts.flatMap(({ between }) => between[side])))].sort(compareText)
  const count = sum((draft) => draft.count)
  const all = names(0, 1)
  // A single session has two ends, not two groups of both.
  const everyPair = all.length > 2 && count === (all.length * (all.length - 1)) / 2
  return {
    change: first.change,
    kind: known.kind,
    count,
    established: {
      before: sum(({ established }) => established.before),
      after: sum(({ established }) => established.after),
    },
    between: everyPair ? [all, all] : [names(0), names(1)],
    fields: first.fields,
    example: {
      ...(first.before === undefined ? {} : { before: first.before }),
      ...(first.after === undefined ? {} : { after: first.after }),
    },
    causes: [],
  }
}
