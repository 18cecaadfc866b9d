/** Runs the program in this process and keeps what it prints. */

import { runProgram } from '../src/cli/program.js'

export interface Outcome {
  readonly status: number
  readonly out: string
  readonly error: string
}

export async function calicoPlan(...argv: string[]): Promise<Outcome> {
  const out: string[] = []
  const error: string[] = []
  const status = await runProgram(argv, {
    name: 'calico-plan',
    width: 100,
    console: { out: (text) => void out.push(text), error: (text) => void error.push(text) },
    terminal: ({ quiet }) => ({
      out: async (text) => void out.push(text),
      bytes: async (text) => void out.push(Buffer.from(text).toString()),
      note: (text) => void (quiet || error.push(`${text}\n`)),
      heading: (text) => text,
      progress: () => undefined,
    }),
  })
  return { status, out: out.join(''), error: error.join('') }
}
