/** What is carried from command to command, and from block to block of one page. */

import type { ReadFile, UnknownText } from './interpret.js'
import { MOST_CHARACTERS } from './limits.js'

export interface ShellState {
  readonly variables: Map<string, string>
  /** Files that commands before have written, or that the page shows. */
  readonly written: Map<string, string | UnknownText>
  /** As `cd` has left it, from the runbook's own directory; empty for that. */
  directory: string
  readonly readFile: ReadFile
  /** The runbook's name. */
  readonly file: string
  /** Characters that variables and loops may still put into texts, of the runbook as a whole. */
  readonly budget: { left: number }
}

export function openShell(file: string, readFile: ReadFile): ShellState {
  return { variables: new Map(), written: new Map(), directory: '', readFile, file, budget: { left: MOST_CHARACTERS } }
}

/** A file at this point: what the runbook wrote there, else what lies beside it. */
export function fileIn(state: ShellState, path: string): string | UnknownText | undefined {
  const place = placeOf(state, path)
  return state.written.get(place) ?? state.written.get(plainPath(path)) ?? state.readFile(place)
}

/** False once the runbook has used its budget up. */
export function spend({ budget }: ShellState, characters: number): boolean {
  budget.left = Math.max(-1, budget.left - characters)
  return budget.left >= 0
}

export function writeFile(state: ShellState, path: string, text: string | UnknownText, appends: boolean): void {
  const place = placeOf(state, path)
  const before = appends ? fileIn(state, path) : ''
  const known = typeof text === 'string' && (before === undefined || typeof before === 'string')
  state.written.set(place, known ? (before ?? '') + text : { unknown: true })
}

export function enterDirectory(state: ShellState, path: string): void {
  state.directory = path === '' || path === '-' || path.startsWith('~') ? '' : placeOf(state, path)
}

function placeOf({ directory }: ShellState, path: string): string {
  const plain = plainPath(path)
  return directory === '' || plain.startsWith('/') ? plain : `${directory}/${plain}`
}

const LONGEST_PATH = 4_096

function plainPath(path: string): string {
  if (path.length > LONGEST_PATH) return path
  return path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')
}
