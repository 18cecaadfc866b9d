/** Where a command prints: data on standard output, notes on standard error. */

import pc from 'picocolors'

export interface Terminal {
  readonly out: (text: string) => Promise<void>
  readonly note: (text: string) => void
  readonly heading: (text: string) => string
  readonly isTerminal: boolean
}

/** The real one. `color: auto` means: on a terminal and NO_COLOR unset. */
export function processTerminal(color: 'auto' | 'always' | 'never', quiet: boolean): Terminal {
  const isTerminal = process.stdout.isTTY === true
  const painted = color === 'always' || (color === 'auto' && isTerminal && pc.isColorSupported)
  const { bold } = pc.createColors(painted)
  return {
    out: write,
    note: (text) => {
      if (!quiet) process.stderr.write(`${text}\n`)
    },
    heading: bold,
    isTerminal,
  }
}

/** Waits for the reader where the pipe is full, so that a long table is never held in memory twice. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve()
    else process.stdout.once('drain', resolve)
  })
}
