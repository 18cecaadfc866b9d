/** One command of a shell text, cut out but not yet taken apart into words. */

export interface HereDocument {
  readonly body: string
  /** The delimiter was not quoted, so the shell fills in variables. */
  readonly expands: boolean
  /** The text ended before the delimiter came. */
  readonly unfinished: boolean
}

export type Trouble =
  /** A quote, a parenthesis or a compound command that is never closed. */
  | 'unclosed'
  /** `$(...)` or backquotes. */
  | 'substitution'
  /** for, while, if, case, function, a subshell or a group. */
  | 'compound'

export interface ShellCommand {
  /** Without here-documents and continuations, for shell-quote. */
  readonly text: string
  /** The text with an `x` for whatever stands in quotes. */
  readonly bare: string
  /** As it is written, here-documents included. */
  readonly raw: string
  /** Line of its first character, from 1. */
  readonly line: number
  /** The comment on the lines right above. */
  readonly comment?: string
  readonly hereDocuments: readonly HereDocument[]
  /** Runs only when the command before it fails. */
  readonly afterFailure: boolean
  readonly trouble?: Trouble
  /** The simple commands of a compound one, its own words (`for`, `do`, `done`) still before them. */
  readonly parts?: readonly ShellCommand[]
}
