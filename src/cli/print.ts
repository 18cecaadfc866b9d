/** Prints an answer in the format that was asked for, piece by piece. */

import { type Answer, render } from '../report/answer.js'
import type { CommonFlags } from './options.js'
import type { Terminal } from './terminal.js'

/** Pieces are joined up to this size before they are written: a write for each small piece would cost more. */
const WRITE_CHARACTERS = 1 << 16

export async function print(answer: Answer, flags: CommonFlags, terminal: Terminal): Promise<void> {
  await printPieces(render(answer, flags.output, terminal.heading), terminal)
}

/** Bytes are text in UTF-8. A piece may change when the next one is asked for. */
export async function printPieces(
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  terminal: Terminal,
): Promise<void> {
  let pending = ''
  for await (const piece of pieces) {
    const isText = typeof piece === 'string'
    if (isText) pending += piece
    if (pending.length >= WRITE_CHARACTERS || !isText) {
      await terminal.out(pending)
      pending = ''
    }
    if (!isText) await terminal.bytes(piece)
  }
  if (pending !== '') await terminal.out(pending)
}
