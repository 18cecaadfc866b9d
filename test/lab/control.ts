/** BIRD's control socket: one command, its whole answer (BIRD nest/cli.c). */

import { connect } from 'node:net'

/** A line of an answer begins with a code of four digits, and a space after it where the answer ends. */
const LAST = /^\d{4} /
const GREETING = /^0001 /

/** The lines of the answer without their codes. Rejects when nobody listens or the answer takes too long. */
export async function ask(socket: string, command: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const client = connect(socket)
    const lines: string[] = []
    let rest = ''
    client.setTimeout(10_000, () => client.destroy(new Error(`${socket}: no answer to ${command}`)))
    client.on('error', reject)
    client.on('close', () => resolve(lines))
    client.on('connect', () => client.write(`${command}\n`))
    client.on('data', (data) => {
      const parts = `${rest}${data.toString('utf8')}`.split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        if (GREETING.test(line)) continue
        lines.push(/^\d{4}[ -]/.test(line) ? line.slice(5) : line.slice(1))
        if (LAST.test(line)) client.end()
      }
    })
  })
}
