/** Prints an answer in the format that was asked for, piece by piece. */

import { type Answer, render } from '../report/answer.js'
import type { CommonFlags } from './options.js'
import type { Terminal } from './terminal.js'

/** Pieces are joined up to this size before they are written: a write for each small piece would cost more. */
const WRITE_CHARACTERS = 1 << 16

export async function print(answer: Answer, flags: CommonFlags, terminal: Terminal): Promise<void> {
  let pending = ''
  for (const piece of render(answer, flags.output, terminal.heading)) {
    pending += piece
    if (pending.length >= WRITE_CHARACTERS) {
      await terminal.out(pending)
      pending = ''
    }
  }
  if (pending !== '') await terminal.out(pending)
}
