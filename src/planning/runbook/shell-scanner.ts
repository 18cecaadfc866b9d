/**
 * A shell text cut into commands: at line ends, `;`, `&&`, `||` and `&` outside quotes, with line continuations joined,
 * comments told apart, here-documents taken out, and compound commands kept whole. Words are for shell-quote; this is
 * only what has to be known before a command's text can be handed to it (POSIX.1-2017 Shell Command Language 2.2 to 2.7).
 */

import { createLineIndex } from '../../manifests/line-index.js'
import type { HereDocument, ShellCommand, Trouble } from './shell-command.js'
import { joinCompounds } from './shell-compounds.js'

/** Commands in their order. Never throws. Time is linear in the text. */
export function scanShell(source: string): readonly ShellCommand[] {
  return joinCompounds(new Scanner(source).scan())
}

/** True when a shell would ask for another line after this text. */
export function isIncomplete(source: string): boolean {
  const tail = /\\*$/.exec(source.slice(-100))?.[0].length ?? 0
  if (tail % 2 === 1) return true
  const last = new Scanner(source).scan().at(-1)
  return last !== undefined && (last.trouble === 'unclosed' || last.hereDocuments.some(({ unfinished }) => unfinished))
}

interface Draft {
  text: string
  bare: string
  /** The last characters of `bare`: to cut them from the growing text itself would copy it at every line end. */
  ending: string
  /** Offsets in the source; `start` is that of the first character that is no blank. */
  start: number | undefined
  end: number
  readonly documents: HereDocument[]
  documentText: string
  comment: string | undefined
  substitution: boolean
  subshell: boolean
  unclosed: boolean
  readonly afterFailure: boolean
}

interface PendingDocument {
  readonly draft: Draft
  readonly delimiter: string
  readonly expands: boolean
  readonly tabs: boolean
}

class Scanner {
  readonly #source: string
  readonly #drafts: Draft[] = []
  #pending: PendingDocument[] = []
  #comment: string[] = []
  #draft: Draft = newDraft(false)
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  scan(): ShellCommand[] {
    while (this.#at < this.#source.length) this.#step()
    this.#readDocuments()
    this.#finish(false)
    const lineOf = createLineIndex(this.#source)
    return this.#drafts.map((draft) => commandOf(draft, this.#source, (offset) => lineOf(offset).line))
  }

  #peek(ahead = 0): string {
    return this.#source[this.#at + ahead] ?? ''
  }

  #step(): void {
    const [character, next] = [this.#peek(), this.#peek(1)]
    if (character === '\\') this.#escape(next)
    else if (character === "'" || character === '"') this.#quoted(character)
    else if (character === '`') this.#backquoted()
    else if (character === '$' && next === '(') this.#parenthesised(1)
    else if (character === '(') this.#parenthesised(0)
    else if (character === '#' && this.#atWordStart()) this.#readComment()
    else if (character === '\n') this.#lineEnd()
    else if (character === '<' && next === '<') this.#hereDocument()
    else this.#separatorOrLetter(character, next)
  }

  #separatorOrLetter(character: string, next: string): void {
    const redirects = next === '>' || this.#peek(-1) === '>' || this.#peek(-1) === '<'
    if (character === ';') this.#separate(next === ';' ? 2 : 1, false)
    else if (character === '&' && next === '&') this.#separate(2, false)
    else if (character === '|' && next === '|') this.#separate(2, true)
    else if (character === '&' && this.#peek(-1) !== '|' && !redirects) this.#separate(1, false)
    else this.#take(1)
  }

  /** Characters that are part of the command; `bare` is what stands for them outside quotes. */
  #take(count: number, bare?: string): void {
    const taken = this.#source.slice(this.#at, this.#at + count)
    if (this.#draft.start === undefined && taken.trim() !== '') this.#draft.start = this.#at
    this.#append(taken, bare ?? taken)
    this.#at += taken.length
    if (taken.trim() !== '') this.#draft.end = this.#at
  }

  #append(text: string, bare: string): void {
    this.#draft.text += text
    this.#draft.bare += bare
    this.#draft.ending = (this.#draft.ending + bare.slice(-20)).slice(-20)
  }

  #escape(next: string): void {
    const width = next === '\r' && this.#peek(2) === '\n' ? 3 : next === '\n' ? 2 : 0
    if (width === 0) {
      this.#take(2, 'x')
      return
    }
    this.#at += width
    this.#append(' ', ' ')
  }

  #quoted(quote: string): void {
    let to = this.#at + 1
    for (; to < this.#source.length && this.#source[to] !== quote; to++) {
      if (quote !== '"') continue
      const character = this.#source[to]
      if (character === '`' || (character === '$' && this.#source[to + 1] === '(')) this.#draft.substitution = true
      if (character === '\\') to++
    }
    if (to >= this.#source.length) this.#draft.unclosed = true
    this.#take(to + 1 - this.#at, 'x')
  }

  #backquoted(): void {
    const end = this.#source.indexOf('`', this.#at + 1)
    this.#draft.substitution = true
    if (end < 0) this.#draft.unclosed = true
    this.#take(end < 0 ? this.#source.length : end + 1 - this.#at, 'x')
  }

  /** A parenthesis with all that it holds: a substitution behind a `$`, else a subshell or a function's name. */
  #parenthesised(skip: 0 | 1): void {
    if (skip === 1) this.#draft.substitution = true
    else this.#draft.subshell = true
    let depth = 0
    let to = this.#at + skip
    for (; to < this.#source.length; to++) {
      if (this.#source[to] === '(') depth++
      else if (this.#source[to] === ')' && --depth === 0) break
    }
    if (to >= this.#source.length) this.#draft.unclosed = true
    this.#take(to + 1 - this.#at, 'x')
  }

  #atWordStart(): boolean {
    return this.#at === 0 || /[\s;&|()]/.test(this.#peek(-1))
  }

  #readComment(): void {
    const end = this.#source.indexOf('\n', this.#at)
    const to = end < 0 ? this.#source.length : end
    const words = this.#source
      .slice(this.#at, to)
      .replace(/^[#!\s]+/, '')
      .trim()
    if (this.#draft.start === undefined && words !== '') this.#comment.push(words)
    this.#at = to
  }

  #lineEnd(): void {
    this.#at++
    // An empty line parts a comment from what follows.
    if (this.#draft.start === undefined && /^[ \t\r]*\n/.test(this.#source.slice(this.#at, this.#at + 200)))
      this.#comment = []
    this.#readDocuments()
    // A pipe at the end of a line goes on in the next one.
    if (/\|&?[ \t\r]*$/.test(this.#draft.ending)) {
      this.#append(' ', ' ')
      return
    }
    this.#finish(false)
  }

  #readDocuments(): void {
    for (const { draft, delimiter, expands, tabs } of this.#pending.splice(0)) {
      const from = this.#at
      const lines: string[] = []
      let unfinished = true
      while (unfinished && this.#at < this.#source.length) {
        const end = this.#source.indexOf('\n', this.#at)
        const to = end < 0 ? this.#source.length : end
        const line = this.#source.slice(this.#at, to).replace(/\r$/, '')
        this.#at = Math.min(to + 1, this.#source.length)
        const plain = tabs ? line.replace(/^\t+/, '') : line
        if (plain === delimiter) unfinished = false
        else lines.push(plain)
      }
      draft.documents.push({ body: lines.map((line) => `${line}\n`).join(''), expands, unfinished })
      draft.documentText += `\n${this.#source.slice(from, this.#at).trimEnd()}`
    }
  }

  #hereDocument(): void {
    if (this.#peek(2) === '<') {
      this.#take(3)
      return
    }
    const rest = this.#source.slice(this.#at, this.#at + 200)
    const match = /^<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|(\\?)([^\s;&|<>()'"]+))/.exec(rest)
    if (match === null) {
      this.#take(2)
      return
    }
    const [whole, tabs, single, double, backslash, plain] = match
    const delimiter = single ?? double ?? plain ?? ''
    this.#take(whole.length)
    this.#pending.push({
      draft: this.#draft,
      delimiter,
      expands: plain !== undefined && backslash === '',
      tabs: tabs === '-',
    })
  }

  #separate(length: number, failure: boolean): void {
    this.#at += length
    this.#finish(failure)
  }

  #finish(nextAfterFailure: boolean): void {
    const draft = this.#draft
    if (draft.start === undefined) {
      if (nextAfterFailure) this.#draft = newDraft(true)
      return
    }
    if (this.#comment.length > 0) draft.comment = this.#comment.join(' ')
    this.#comment = []
    this.#drafts.push(draft)
    this.#draft = newDraft(nextAfterFailure)
  }
}

function newDraft(afterFailure: boolean): Draft {
  return {
    text: '',
    bare: '',
    ending: '',
    start: undefined,
    end: 0,
    documents: [],
    documentText: '',
    comment: undefined,
    substitution: false,
    subshell: false,
    unclosed: false,
    afterFailure,
  }
}

function commandOf(draft: Draft, source: string, lineOf: (offset: number) => number): ShellCommand {
  const start = draft.start ?? 0
  const trouble = troubleOf(draft)
  return {
    text: draft.text.trim(),
    bare: draft.bare.trim(),
    raw: source.slice(start, draft.end) + draft.documentText,
    line: lineOf(start),
    ...(draft.comment === undefined ? {} : { comment: draft.comment }),
    hereDocuments: draft.documents,
    afterFailure: draft.afterFailure,
    ...(trouble === undefined ? {} : { trouble }),
  }
}

function troubleOf({ unclosed, subshell, substitution }: Draft): Trouble | undefined {
  if (unclosed) return 'unclosed'
  return subshell ? 'compound' : substitution ? 'substitution' : undefined
}
