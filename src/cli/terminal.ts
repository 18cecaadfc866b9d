/** Where a command prints: data on standard output, notes and errors on standard error. */

import { writeSync } from 'node:fs'
import pc from 'picocolors'

export interface Console {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

export interface Terminal {
  readonly out: (text: string) => Promise<void>
  /** As `out`, of text in UTF-8; afterwards the bytes may change. */
  readonly bytes: (text: Uint8Array) => Promise<void>
  readonly note: (text: string) => void
  readonly heading: (text: string) => string
  /** How far long work has come. It is shown in one line on a terminal, from the second second on, and gone afterwards. */
  readonly progress: (text: string) => void
}

export const processConsole: Console = {
  out: (text) => {
    process.stdout.write(text)
  },
  error: (text) => {
    process.stderr.write(text)
  },
}

/** The real one. `color: auto` means: on a terminal and NO_COLOR unset. */
export function processTerminal(color: 'auto' | 'always' | 'never', quiet: boolean): Terminal {
  const painted = color === 'always' || (color === 'auto' && process.stdout.isTTY === true && pc.isColorSupported)
  const { bold } = pc.createColors(painted)
  const line = progressLine(process.stderr.isTTY === true && !quiet)
  return {
    out: (text) => {
      line.clear()
      return write(text)
    },
    bytes: writeOut,
    note: (text) => {
      line.clear()
      if (!quiet) process.stderr.write(`${text}\n`)
    },
    heading: bold,
    progress: line.show,
  }
}

/** Milliseconds of silence: what is done sooner needs no telling; and those between two tellings. */
const PATIENCE = 1000
const PAUSE = 100

interface ProgressLine {
  readonly show: (text: string) => void
  readonly clear: () => void
}

/** Written at once and not by the event loop, which long work keeps from turning. */
function progressLine(wanted: boolean): ProgressLine {
  const started = performance.now()
  let shown = started + PATIENCE - PAUSE
  let visible = false
  const put = (text: string): void => {
    try {
      writeSync(process.stderr.fd, `\r\u001b[K${text}`)
    } catch {
      // A terminal that does not take it just now misses one line.
    }
  }
  return {
    show: (text) => {
      const now = performance.now()
      if (!wanted || now < shown + PAUSE) return
      shown = now
      visible = true
      put(text.slice(0, (process.stderr.columns ?? 80) - 1))
    },
    clear: () => {
      if (!visible) return
      visible = false
      put('')
    },
  }
}

/** Waits for the reader where the pipe is full, so that a long table is never held in memory twice. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve()
    else process.stdout.once('drain', resolve)
  })
}

/** Waits until the bytes have been handed over. An error is told to the stream's own listeners. */
function writeOut(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(bytes, () => resolve())
  })
}
