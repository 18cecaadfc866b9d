/** What the parts of the reader say to each other about one command. */

import type { FindingCode } from '../../findings/catalog.js'
import type { Finding } from '../../findings/finding.js'
import type { Change } from '../change/change.js'
import { remark } from '../change/remark.js'
import type { Action, Query } from './runbook.js'

/** The text of a file beside the runbook, by its path as the runbook writes it; undefined when there is none. */
export type ReadFile = (path: string) => string | undefined

/** A text that another command makes, or somebody by hand. */
export interface UnknownText {
  readonly unknown: true
}

export const UNKNOWN_TEXT: UnknownText = { unknown: true }

export interface CommandInput {
  /** A file at this point of the runbook, which may have written it itself. */
  readonly readFile: (path: string) => string | UnknownText | undefined
  /** Standard input: its text, `unknown` when another command makes it, undefined when there is none. */
  readonly stdin?: string | UnknownText
  /** The node or pod on which the command runs, where it is not the operator's machine. */
  readonly on?: { readonly node?: string; readonly pod?: { readonly namespace: string; readonly pod: string } }
  /** For places: the runbook's name. */
  readonly file: string
  /** How many commands this one stands in. */
  readonly depth: number
}

export function changes(...list: readonly Change[]): Action {
  const [only] = list
  return { type: 'change', change: list.length === 1 && only !== undefined ? only : { do: 'together', changes: list } }
}

/** Reads, or changes only the machine that the operator sits at. */
export const LOOKS: Action = { type: 'query', query: { ask: 'other' } }

export function asks(query: Query): Action {
  return { type: 'query', query }
}

/** The real command would refuse it, whatever the cluster. */
export function refused(code: FindingCode, message: string, hint: string): Action {
  return { type: 'refused', findings: [remark('error', code, message, hint)] }
}

export function refusedFor(findings: readonly Finding[]): Action {
  return { type: 'refused', findings }
}

/** Real, and not carried out here. */
export function notSimulated(message: string, hint: string, code: FindingCode = 'RUNBOOK_NOT_SIMULATED'): Action {
  return { type: 'notSimulated', findings: [remark('warning', code, message, hint)] }
}

export function incomplete(command: string, lacks: string): Action {
  return refused(
    'RUNBOOK_COMMAND_INVALID',
    `${command} lacks ${lacks}.`,
    `Add ${lacks}; the command does nothing without.`,
  )
}

/** Several commands in one: what is not known of one of them goes for the whole; undefined when none does anything. */
export function combined(list: readonly (Action | undefined)[]): Action | undefined {
  const actions = list.filter((action) => action !== undefined)
  const unknown = actions.find(({ type }) => type === 'refused') ?? actions.find(({ type }) => type === 'notSimulated')
  if (unknown !== undefined) return unknown
  const made = actions.flatMap((action) => (action.type === 'change' ? [action] : []))
  const [first] = made
  if (first === undefined)
    return actions.find((action) => action.type === 'query' && action.query.ask !== 'other') ?? actions[0]
  const remarks = made.flatMap((action) => action.remarks ?? [])
  return made.length === 1
    ? first
    : { ...changes(...made.map(({ change }) => change)), ...(remarks.length === 0 ? {} : { remarks }) }
}
