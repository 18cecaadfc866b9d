/**
 * `npm run conformance`: runs every recorded case against the product and prints a table.
 *
 * `--area A` (may be repeated) runs one area, `--json FILE` writes the result, `--verbose` lists every failed and every
 * skipped case. `--ratchet` fails only where fewer cases pass than ratchet.json says, `--ratchet-write` raises it.
 * Exit status 0 when nothing failed (with --ratchet: nothing fell), 1 otherwise, 2 when the folder is missing or the
 * call is wrong.
 */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Area, AreaResult } from './area.js'
import { AREA_NAMES, AREAS } from './areas.js'

const RATCHET = 'test/conformance/ratchet.json'
const MOST_FAILURES_SHOWN = 10

interface Judged extends AreaResult {
  readonly area: string
}

interface Flags {
  readonly area?: readonly string[]
  readonly json?: string
  readonly verbose: boolean
  readonly ratchet: boolean
  readonly 'ratchet-write': boolean
}

process.exitCode = await main()

async function main(): Promise<number> {
  const flags = readFlags()
  if (flags === undefined) return 2
  const folder = process.env.CALICO_PLAN_CASES ?? '../shared/cases'
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return refuse(`there is no folder ${folder}; name it in CALICO_PLAN_CASES`)
  }
  const wanted = flags.area ?? AREA_NAMES
  const unknown = wanted.filter((name) => !(AREA_NAMES as readonly string[]).includes(name))
  if (unknown.length > 0) return refuse(`no area ${unknown.join(', ')}; areas are ${AREA_NAMES.join(', ')}`)
  const judged: Judged[] = []
  for (const name of AREA_NAMES.filter((entry) => wanted.includes(entry))) {
    const area = AREAS.find((entry) => entry.name === name)
    if (area === undefined) process.stdout.write(`${name.padEnd(14)}not built yet\n`)
    else judged.push({ area: name, ...(await runArea(area, folder)) })
  }
  printTable(judged, flags.verbose)
  if (flags.json !== undefined)
    writeFileSync(flags.json, `${JSON.stringify({ areas: judged.map(inContract) }, null, 2)}\n`)
  if (flags['ratchet-write']) return raise(judged)
  if (flags.ratchet) return hold(judged, wanted)
  return judged.some(({ failed }) => failed.length > 0) ? 1 : 0
}

function readFlags(): Flags | undefined {
  try {
    return parseArgs({
      options: {
        area: { type: 'string', multiple: true },
        json: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        ratchet: { type: 'boolean', default: false },
        'ratchet-write': { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

function refuse(message: string): 2 {
  process.stderr.write(`conformance: ${message}\n`)
  return 2
}

/** An area that breaks counts as one failed case, and the others still run. */
async function runArea(area: Area, folder: string): Promise<AreaResult> {
  try {
    return await area.run(folder)
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { cases: 1, passed: 0, failed: [{ case: 'the whole area', why }], skipped: [] }
  }
}

/** Exactly the members of the public contract, in its order. */
function inContract({ area, cases, passed, failed, skipped }: Judged): Judged {
  return { area, cases, passed, failed, skipped }
}

function printTable(judged: readonly Judged[], verbose: boolean): void {
  const line = (cells: readonly (string | number)[]): string =>
    `${cells.map((cell, i) => (i === 0 ? String(cell).padEnd(14) : String(cell).padStart(8))).join('')}\n`
  process.stdout.write(line(['AREA', 'CASES', 'PASSED', 'FAILED', 'SKIPPED']))
  for (const { area, cases, passed, failed, skipped } of judged) {
    process.stdout.write(line([area, cases, passed, failed.length, skipped.length]))
  }
  for (const { area, failed, skipped } of judged) {
    const shown = verbose ? failed : failed.slice(0, MOST_FAILURES_SHOWN)
    for (const failure of shown) process.stdout.write(`FAILED  ${area} ${failure.case}: ${failure.why}\n`)
    if (shown.length < failed.length)
      process.stdout.write(`        ${area}: and ${failed.length - shown.length} more\n`)
    const reasons = new Map<string, number>()
    for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    if (verbose) for (const skip of skipped) process.stdout.write(`SKIPPED ${area} ${skip.case}: ${skip.reason}\n`)
    else for (const [reason, count] of reasons) process.stdout.write(`SKIPPED ${area} ${count}: ${reason}\n`)
  }
}

function readRatchet(): Record<string, number> {
  return existsSync(RATCHET) ? (JSON.parse(readFileSync(RATCHET, 'utf8')) as Record<string, number>) : {}
}

/** No area may fall below what was reached, and none that was built may go missing. */
function hold(judged: readonly Judged[], wanted: readonly string[]): number {
  const passed = new Map(judged.map((entry) => [entry.area, entry.passed]))
  const fallen = Object.entries(readRatchet()).filter(([area, reached]) => {
    return wanted.includes(area) && (passed.get(area) ?? 0) < reached
  })
  for (const [area, reached] of fallen) {
    process.stdout.write(`RATCHET ${area} fell from ${reached} to ${passed.get(area) ?? 0} passed cases\n`)
  }
  return fallen.length > 0 ? 1 : 0
}

function raise(judged: readonly Judged[]): number {
  const reached = readRatchet()
  for (const { area, passed } of judged) reached[area] = Math.max(passed, reached[area] ?? 0)
  const ordered = Object.fromEntries(
    AREA_NAMES.flatMap((name) => (reached[name] === undefined ? [] : [[name, reached[name]]])),
  )
  writeFileSync(RATCHET, `${JSON.stringify(ordered, null, 2)}\n`)
  return 0
}
