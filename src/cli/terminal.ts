/** Where a command prints: data on standard output, notes and errors on standard error. */

import pc from 'picocolors'

export interface Console {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

export interface Terminal {
  readonly out: (text: string) => Promise<void>
  readonly note: (text: string) => void
  readonly heading: (text: string) => string
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
  return {
    out: write,
    note: (text) => {
      if (!quiet) process.stderr.write(`${text}\n`)
    },
    heading: bold,
  }
}

/** Waits for the reader where the pipe is full, so that a long table is never held in memory twice. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve()
    else process.stdout.once('drain', resolve)
  })
}
