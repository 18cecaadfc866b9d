/** What a worker thread does of a command that `--jobs` shares out. Each thread reads the input once for all its tasks. */

import { openInput, type Simulation, type Sweep, type SweepOptions, sweepFailures } from '../index.js'
import { routeDocuments } from '../report/routes.js'
import { jsonItems } from '../report/stream.js'

/** The input as the command line names it. */
export interface TaskInput {
  readonly paths: readonly string[]
  readonly calico: string | undefined
  readonly seed: number
}

export interface FailTask {
  readonly kind: 'fail'
  readonly input: TaskInput
  readonly options: Pick<SweepOptions, 'kinds' | 'k' | 'shard'>
}

/** The tables of some nodes as items of a JSON document. */
export interface RoutesTask {
  readonly kind: 'routes'
  readonly input: TaskInput
  readonly nodes: readonly string[]
  readonly explain: boolean
}

export type Task = FailTask | RoutesTask

/** What each kind of task gives: part of a sweep; the text of the items in UTF-8. */
export interface Result {
  readonly fail: Sweep
  readonly routes: Uint8Array
}

/** The file that a worker thread is started from: this one, or the bundle that it is part of (see main.ts). */
export const WORKER = import.meta.url

let opened: { readonly input: string; readonly simulation: Simulation } | undefined

/** The input was found good before tasks were given out. Throws RangeError as `sweepFailures` does. */
export async function work(task: Task): Promise<Result[Task['kind']]> {
  const simulation = simulationOf(task.input)
  switch (task.kind) {
    case 'fail':
      return sweepFailures(simulation, task.options)
    case 'routes':
      return handedOver(
        jsonItems(
          routeDocuments(function* () {
            for (const node of task.nodes) yield { node, tables: simulation.routes(node) }
          }, task.explain),
        ),
      )
  }
}

export default work

/** The bytes change hands and are not copied. */
async function handedOver(pieces: Iterable<string>): Promise<Uint8Array> {
  const { Tinypool } = await import('tinypool')
  let bytes = new Uint8Array(FIRST_BYTES)
  let length = 0
  for (const piece of pieces) {
    // A character takes three bytes at most.
    if (length + 3 * piece.length > bytes.length) {
      const wider = new Uint8Array(2 * bytes.length + 3 * piece.length)
      wider.set(bytes.subarray(0, length))
      bytes = wider
    }
    length += encoder.encodeInto(piece, bytes.subarray(length)).written
  }
  return Tinypool.move(bytes.subarray(0, length)) as Uint8Array
}

const FIRST_BYTES = 1 << 24
const encoder = new TextEncoder()

function simulationOf({ paths, calico, seed }: TaskInput): Simulation {
  const input = JSON.stringify([paths, calico, seed])
  if (opened?.input !== input) {
    opened = { input, simulation: openInput(paths, { seed, ...(calico === undefined ? {} : { calico }) }).simulation }
  }
  return opened.simulation
}
