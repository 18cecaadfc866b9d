/**
 * Runs inside a pod: answers every datagram, sends one to every other pod five times in a second, and tells at the end
 * when each of them was cut off. `--pod FILE OWN OTHER,OTHER,...`; SIGTERM ends it.
 */

import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'

const PORT = 7777
const EVERY = 200

/** In milliseconds since 1970; of the first probe that was lost, and of the next one that was answered. */
export interface Gap {
  readonly from: number
  readonly to: number
  readonly lost: number
  readonly open: boolean
}

/** Never ends by itself. */
export function runPod(file: string, own: string, others: readonly string[]): void {
  const sent = new Map(others.map((other) => [other, [] as number[]]))
  const answered = new Map(others.map((other) => [other, new Set<number>()]))
  const socket = createSocket('udp4')
  socket.on('error', () => undefined)
  socket.on('message', (data, from) => {
    const text = data.toString()
    if (text.startsWith('?')) socket.send(`!${text.slice(1)}`, from.port, from.address, () => undefined)
    else answered.get(from.address)?.add(Number(text.slice(1)))
  })
  socket.bind(PORT, own)
  setInterval(() => {
    for (const [other, times] of sent) {
      socket.send(`?${times.push(Date.now()) - 1}`, PORT, other, () => undefined)
    }
  }, EVERY)
  process.on('SIGTERM', () => {
    const gaps = others.map((other) => [other, gapsOf(sent.get(other) ?? [], answered.get(other) ?? new Set())])
    writeFileSync(file, JSON.stringify(Object.fromEntries(gaps)))
    process.exit(0)
  })
}

function gapsOf(sent: readonly number[], answered: ReadonlySet<number>): readonly Gap[] {
  const gaps: Gap[] = []
  // The last ones may still be on their way.
  const last = sent.length - 3
  let start = -1
  for (let i = 0; i <= last; i++) {
    const lost = !answered.has(i) && i < last
    if (lost && start < 0) start = i
    if (lost || start < 0) continue
    const open = !answered.has(i)
    gaps.push({ from: sent[start] ?? 0, to: sent[i] ?? 0, lost: i - start, open })
    start = -1
  }
  return gaps
}
