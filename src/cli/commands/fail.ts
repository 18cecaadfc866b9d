import {
  FAILURE_KINDS,
  type FailureKind,
  InputError,
  SWEPT_KINDS,
  type Sweep,
  type SweepOptions,
  sweepFailures,
  worstFirst,
} from '../../index.js'
import { failuresAnswer } from '../../report/failures.js'
import { EXIT } from '../exit-status.js'
import { jobsOf, jobsOption, sharedOut, taskInput } from '../jobs.js'
import { openForCommand } from '../open.js'
import { type Command, type Flags, listOf, pathsOf } from '../options.js'
import { print } from '../print.js'
import type { Terminal } from '../terminal.js'
import type { FailTask, TaskInput } from '../worker.js'

export const fail: Command = {
  name: 'fail',
  usage: 'fail [paths..]',
  about: 'Every failure of a kind: what is lost, for how long, what remains',
  examples: [
    ['fail cluster/', 'Every node, reflector and router, one at a time'],
    ['fail cluster/ --kind reflector -k 2', 'Every two reflectors together'],
    ['fail cluster/ --kind link --shard 2/8 -o json', 'The second eighth of the work, for several machines'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('kind', {
        type: 'string',
        requiresArg: true,
        default: SWEPT_KINDS.join(','),
        describe: `What fails, with commas between: ${FAILURE_KINDS.join(', ')}`,
      })
      .option('k', { type: 'number', requiresArg: true, default: 1, describe: 'How many fail together' })
      .option('shard', { type: 'string', requiresArg: true, describe: 'Only this part of the work: 1/8 to 8/8' })
      .option(...jobsOption('Workers that share the work; each reads the input')),
  run: async (flags, terminal) => {
    const options = optionsOf(flags)
    const jobs = jobsOf(flags)
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const pods = new Map<string, number>()
    for (const { node } of simulation.ipam.pods) pods.set(node, (pods.get(node) ?? 0) + 1)
    const answer = failuresAnswer(simulation.cluster, await sweep(), (node) => pods.get(node) ?? 0)
    await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean

    async function sweep(): Promise<Sweep> {
      try {
        if (jobs > 1) return await sharedSweep(options, jobs, taskInput(flags), terminal)
        const onProgress = (done: number, of: number): void => terminal.progress(`${done} of ${of} failures tried`)
        return sweepFailures(simulation, { ...options, onProgress })
      } catch (error) {
        if (error instanceof RangeError) throw badOption(error.message, 'Take a smaller -k or fewer kinds.')
        throw error
      }
    }
  },
}

/** Each worker gets so many parts of the work in turn, as one takes longer than another. */
const PARTS = 4

/** The whole of `options`, its parts worked out by several workers. */
async function sharedSweep(options: SweepOptions, jobs: number, input: TaskInput, terminal: Terminal): Promise<Sweep> {
  const { index, count } = options.shard ?? { index: 1, count: 1 }
  const parts = jobs * PARTS
  const tasks = Array.from({ length: parts }, (_, part): FailTask => {
    return {
      kind: 'fail',
      input,
      options: { ...options, shard: { index: index + count * part, count: count * parts } },
    }
  })
  const sweeps: Sweep[] = []
  for await (const sweep of sharedOut(jobs, tasks)) {
    sweeps.push(sweep)
    terminal.progress(`${sweeps.length} of ${parts} parts of the failures tried`)
  }
  const [first] = sweeps
  if (first === undefined) throw new Error('no part of the work was done')
  return { ...first, failures: sweeps.flatMap(({ failures }) => failures).sort(worstFirst) }
}

function optionsOf(flags: Flags): SweepOptions {
  const kinds = listOf(flags['kind']).flatMap((text) => text.split(','))
  const unknown = kinds.find((kind) => !FAILURE_KINDS.includes(kind as FailureKind))
  if (unknown !== undefined) {
    throw badOption(`--kind ${JSON.stringify(unknown)} is not known`, `There are ${FAILURE_KINDS.join(', ')}.`)
  }
  const k = Number(flags['k'])
  if (!Number.isInteger(k) || k < 0)
    throw badOption(`-k ${String(flags['k'])} is no number of elements`, 'Write 1, 2 ...')
  const shard = shardOf(flags['shard'])
  return { kinds: kinds as FailureKind[], k, ...(shard === undefined ? {} : { shard }) }
}

function shardOf(value: unknown): SweepOptions['shard'] {
  if (value === undefined) return undefined
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(String(value)) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (!(shard.index >= 1 && shard.index <= shard.count)) {
    throw badOption(
      `--shard ${JSON.stringify(value)} is no part of the work`,
      'Write 1/8 for the first of eight parts.',
    )
  }
  return shard
}

function badOption(message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message, hint }])
}
