/** Runs a program of its own and measures it: wall-clock seconds and peak memory. */

import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

export interface Measured {
  readonly seconds: number
  /** Peak resident memory in megabytes. */
  readonly megabytes: number
  /** Null where it was stopped. */
  readonly status: number | null
  readonly out: string
}

/** Each Node process says at its end how much memory it had at most. */
const PEAK = `data:text/javascript,process.on("exit",()=>process.getBuiltinModule("node:fs").writeSync(3,String(process.resourceUsage().maxRSS)))`

/** A process that takes longer is stopped. */
export const MOST_SECONDS = 120

/** `keep`: the standard output is returned; a path: it is written to that file; otherwise it is thrown away. */
export function measured(program: string, argv: readonly string[], keep: boolean | string = false): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const file = typeof keep === 'string' ? openSync(keep, 'w') : undefined
    const child = spawn(process.execPath, ['--import', PEAK, program, ...argv], {
      stdio: ['ignore', file ?? 'pipe', 'inherit', 'pipe'],
      timeout: MOST_SECONDS * 1000,
      killSignal: 'SIGKILL',
    })
    let [out, peak] = ['', '']
    child.stdio[1]?.on('data', (chunk: Buffer) => {
      if (keep === true) out += chunk.toString()
    })
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      peak += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (status) => {
      if (file !== undefined) closeSync(file)
      const seconds = (performance.now() - start) / 1000
      resolve({ seconds, megabytes: Number(peak) / 1024, status, out })
    })
  })
}
