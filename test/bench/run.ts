/**
 * `npm run bench`: what each stage costs, and what whole processes cost that read a dump from disk, for clusters of several
 * sizes and BGP designs. Prints tables; `-o FILE` writes the numbers as JSON.
 *
 * `--sizes 100,1000,5000` and `--designs mesh,tor` choose, `--large` adds 100,000 nodes, `--no-stages` and `--no-whole` leave
 * out. `--racks 10` makes as many racks at every size, so that there are no more roles. The last column is one process that
 * works out the answers of all commands before it. `--tables` writes every kernel table to a file, too, which 5,000 nodes
 * take 32 GB of the folder for temporary files for.
 */

import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { TOPOLOGIES, type Topology } from '../../src/planning/generate.js'
import { COMPARED, type Design, designOf, LARGE } from './designs.js'
import { descriptionOf, dumpOf } from './dump.js'
import { exponent } from './growth.js'
import { MOST_SECONDS, measured } from './measured.js'
import type { StageTime } from './stages.js'

const PROGRAM = 'dist/bin/calico-plan.js'
const STAGES = 'node_modules/.cache/calico-plan/bench-stages.js'
const ANSWERS = 'node_modules/.cache/calico-plan/bench-answers.js'

interface WholeRun {
  readonly command: string
  readonly seconds: number
  readonly megabytes: number
  /** It took too long. */
  readonly stopped: boolean
  /** Megabytes that it wrote to a file. */
  readonly written?: number
}

interface Result {
  readonly design: string
  readonly nodes: number
  readonly stages: readonly StageTime[]
  readonly whole: readonly WholeRun[]
}

function designs(): readonly Design[] {
  const wanted = values.designs.split(',')
  const topologies = TOPOLOGIES.filter((topology): topology is Topology => wanted.includes(topology))
  const sizes = values.sizes.split(',').map(Number)
  const racks = values.racks === undefined ? undefined : Number(values.racks)
  return [
    ...(wanted.includes('compared') || wanted.length === TOPOLOGIES.length ? COMPARED : []),
    ...sizes.flatMap((nodes) => topologies.map((topology) => designOf(topology, nodes, { racks }))),
    ...(values.large ? [LARGE] : []),
  ]
}

async function resultOf({ name, shape, described }: Design): Promise<Result> {
  const { nodes } = shape
  process.stderr.write(`${nodes} nodes, ${name}\n`)
  const input = join(folder, `${nodes}-${name.replaceAll(/[^a-z0-9]+/g, '-')}`)
  mkdirSync(input)
  for (const [file, text] of described ? descriptionOf(shape) : dumpOf(shape)) {
    await pipeline(Readable.from(text), createWriteStream(join(input, file)))
  }
  const iterations = nodes <= 100 ? 9 : 3
  const stages =
    values['no-stages'] || described ? [] : stagesIn((await measured(STAGES, [input, String(iterations)], true)).out)
  const whole: WholeRun[] = []
  const node = described ? 'rack-0-0' : 'node-0'
  for (const argv of values['no-whole'] ? [] : commands(input, node)) {
    const { seconds, megabytes, status } = await measured(PROGRAM, argv)
    const command = argv.filter((word) => word !== input && word !== '-q' && word !== node).join(' ')
    whole.push({ command, seconds, megabytes, stopped: status === null })
  }
  if (!values['no-whole']) {
    const { seconds, megabytes, status } = await measured(ANSWERS, [input])
    if (status !== 0 && status !== null) throw new Error(`${ANSWERS} ended with status ${status}`)
    whole.push({ command: 'all of them', seconds, megabytes, stopped: status === null })
  }
  if (described && !values['no-whole']) whole.push(await differenceOf(shape, input))
  if (values.tables && !described) whole.push(await everyTable(input))
  rmSync(input, { recursive: true })
  for (const { stage, milliseconds } of stages) process.stderr.write(`  ${stage} ${text(milliseconds)} ms\n`)
  for (const run of whole) process.stderr.write(`  ${run.command}: ${text(run.seconds)} s, ${text(run.megabytes)} MB\n`)
  return { design: name, nodes, stages, whole }
}

/** `diff` with a cluster of one node fewer. */
async function differenceOf(shape: Design['shape'], input: string): Promise<WholeRun> {
  const other = `${input}-less`
  mkdirSync(other)
  for (const [file, text] of descriptionOf({ ...shape, nodes: shape.nodes - 1 })) {
    await pipeline(Readable.from(text), createWriteStream(join(other, file)))
  }
  const { seconds, megabytes, status } = await measured(PROGRAM, ['diff', input, other, '-q'])
  rmSync(other, { recursive: true })
  return { command: 'diff', seconds, megabytes, stopped: status === null }
}

async function everyTable(input: string): Promise<WholeRun> {
  const file = join(input, 'tables.out')
  const { seconds, megabytes, status } = await measured(PROGRAM, ['routes', input, '-q', '-o', 'json'], file)
  const written = statSync(file).size / 1e6
  return { command: 'routes -o json', seconds, megabytes, stopped: status === null, written }
}

function stagesIn(text: string): readonly StageTime[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as StageTime]))
}

/** Commands as a user types them, each a process of its own that reads everything from disk. */
function commands(input: string, node: string): readonly (readonly string[])[] {
  return [
    ['sessions', input, '-q'],
    ['routes', input, '-q', '--node', node],
    ['capacity', input, '-q'],
    ['reach', input, '-q'],
  ]
}

function report(results: readonly Result[]): void {
  const machine = { processors: cpus().length, model: cpus()[0]?.model, memory: totalmem(), node: process.version }
  if (values.output !== undefined) {
    writeFileSync(values.output, `${JSON.stringify({ machine, results }, null, 2)}\n`)
  }
  const out: string[] = []
  if (!values['no-stages'])
    out.push('Stages, in milliseconds of one process', stageTable(results), growthTable(results))
  if (!values['no-whole'] || values.tables)
    out.push('Whole processes, JSON files read from disk: seconds, and megabytes at most', wholeTable(results))
  process.stdout.write(`${out.join('\n')}\n`)
}

const text = (value: number | undefined): string => {
  if (value === undefined || Number.isNaN(value)) return '-'
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2)
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}

const stageNames = (results: readonly Result[]): readonly string[] => [
  ...new Set(results.flatMap(({ stages }) => stages.map(({ stage }) => stage))),
]

const timeOf = ({ stages }: Result, name: string): number | undefined =>
  stages.find(({ stage }) => stage === name)?.milliseconds

function stageTable(results: readonly Result[]): string {
  const names = stageNames(results)
  return tableOf(
    ['NODES', 'DESIGN', ...names],
    results.map((result) => [String(result.nodes), result.design, ...names.map((name) => text(timeOf(result, name)))]),
  )
}

/** From size to size of one design: 1 is as many times the time as nodes. */
function growthTable(results: readonly Result[]): string {
  const names = stageNames(results)
  const rows = results.flatMap((many) => {
    const few = results.filter(({ design, nodes }) => design === many.design && nodes < many.nodes).at(-1)
    if (few === undefined) return []
    const of = (name: string): string =>
      text(exponent(few.nodes, timeOf(few, name) ?? Number.NaN, many.nodes, timeOf(many, name) ?? Number.NaN))
    return [[`${few.nodes} to ${many.nodes}`, many.design, ...names.map(of)]]
  })
  return rows.length === 0
    ? ''
    : `Growth: the exponent of time over nodes\n${tableOf(['NODES', 'DESIGN', ...names], rows)}`
}

function wholeTable(results: readonly Result[]): string {
  const commandsRun = [...new Set(results.flatMap(({ whole }) => whole.map(({ command }) => command)))]
  return tableOf(
    ['NODES', 'DESIGN', ...commandsRun],
    results.map(({ nodes, design, whole }) => [
      String(nodes),
      design,
      ...commandsRun.map((command) => {
        const run = whole.find((one) => one.command === command)
        if (run === undefined) return '-'
        if (run.stopped) return `over ${MOST_SECONDS} s`
        const speed = run.written === undefined ? '' : `, ${(run.written / run.seconds).toFixed(0)} MB/s`
        return `${run.seconds.toFixed(1)} s, ${run.megabytes.toFixed(0)} MB${speed}`
      }),
    ]),
  )
}

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100,1000,5000' },
    designs: { type: 'string', default: TOPOLOGIES.join() },
    large: { type: 'boolean', default: false },
    racks: { type: 'string' },
    'no-stages': { type: 'boolean', default: false },
    'no-whole': { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o' },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'calico-plan-bench-'))
try {
  const results: Result[] = []
  for (const design of designs()) results.push(await resultOf(design))
  report(results)
} finally {
  rmSync(folder, { recursive: true })
}
