/** `--jobs`: work shared out among worker threads, its results in the order of the tasks whoever did them. */

import type { Options } from 'yargs'
import { InputError } from '../index.js'
import { type Flags, pathsOf } from './options.js'
import { type Result, type Task, type TaskInput, WORKER } from './worker.js'

/** Name and declaration of the option, for yargs. */
export function jobsOption(describe: string): ['jobs', Options] {
  return ['jobs', { type: 'number', requiresArg: true, default: 1, describe }]
}

/** Each worker holds the cluster once more. */
const MOST_JOBS = 256

/** How many workers are asked for. Throws InputError. Standard input can be read once only. */
export function jobsOf(flags: Flags): number {
  const jobs = Number(flags['jobs'])
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) {
    const message = `--jobs ${String(flags['jobs'])} is no number of workers`
    const hint = `Write a number from 1 to ${MOST_JOBS}: as many as there are processors.`
    throw new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message, hint }])
  }
  if (jobs > 1 && pathsOf(flags).includes('-')) {
    const [message, hint] = [
      '--jobs cannot share out standard input',
      'Write the input to a file, or leave --jobs out.',
    ]
    throw new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message, hint }])
  }
  return jobs
}

export function taskInput(flags: Flags): TaskInput {
  return { paths: pathsOf(flags), calico: flags.calico, seed: flags.seed }
}

/** Megabytes of short-lived objects that a worker lets come together before it looks through them. */
const YOUNG_MEGABYTES = 64

/** Results by task, as they become ready; no more of them are held than there are workers, twice over. */
export async function* sharedOut<T extends Task>(jobs: number, tasks: readonly T[]): AsyncGenerator<Result[T['kind']]> {
  // Loaded when it is wanted: everything else works where the program's one file stands alone.
  const { Tinypool } = await import('tinypool')
  const pool = new Tinypool({
    filename: WORKER,
    minThreads: jobs,
    maxThreads: jobs,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  })
  const under: Promise<Result[T['kind']]>[] = []
  try {
    for (const task of tasks) {
      const result: Promise<Result[T['kind']]> = pool.run(task)
      // An error is told when its turn comes.
      result.catch(() => undefined)
      under.push(result)
      if (under.length < 2 * jobs) continue
      const next = await under.shift()
      if (next !== undefined) yield next
    }
    for (const result of under) yield await result
  } finally {
    await pool.destroy()
  }
}
