/**
 * `npm run conformance`: runs every recorded case against the product and prints a table.
 * Exit status 0 when nothing failed, 1 otherwise (or, with --ratchet, when a figure fell), 2 when the folder is missing.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { AreaResult } from './area.js'
import { AREA_NAMES, AREAS } from './areas.js'

const RATCHET = 'test/conformance/ratchet.json'
const MOST_FAILURES_SHOWN = 10

interface Judged extends AreaResult {
  readonly area: string
}

const { values: flags } = parseArgs({
  options: {
    area: { type: 'string', multiple: true },
    json: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    ratchet: { type: 'boolean', default: false },
    'ratchet-write': { type: 'boolean', default: false },
  },
})

process.exitCode = await main()

async function main(): Promise<number> {
  const folder = process.env['CALICO_PLAN_CASES'] ?? '../shared/cases'
  if (!existsSync(folder)) {
    process.stderr.write(`conformance: there is no folder ${folder}; name it in CALICO_PLAN_CASES\n`)
    return 2
  }
  const wanted = flags.area ?? AREA_NAMES
  const unknown = wanted.filter((name) => !(AREA_NAMES as readonly string[]).includes(name))
  if (unknown.length > 0) {
    process.stderr.write(`conformance: no area ${unknown.join(', ')}; areas are ${AREA_NAMES.join(', ')}\n`)
    return 2
  }
  const judged: Judged[] = []
  for (const name of AREA_NAMES.filter((entry) => wanted.includes(entry))) {
    const area = AREAS.find((entry) => entry.name === name)
    if (area === undefined) process.stdout.write(`${name.padEnd(14)}not built yet\n`)
    else judged.push({ area: name, ...(await area.run(folder)) })
  }
  printTable(judged)
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ areas: judged }, null, 2)}\n`)
  if (flags['ratchet-write']) return raise(judged)
  if (flags.ratchet) return hold(judged)
  return judged.some(({ failed }) => failed.length > 0) ? 1 : 0
}

function printTable(judged: readonly Judged[]): void {
  const line = (cells: readonly (string | number)[]): string =>
    `${cells.map((cell, i) => (i === 0 ? String(cell).padEnd(14) : String(cell).padStart(8))).join('')}\n`
  process.stdout.write(line(['AREA', 'CASES', 'PASSED', 'FAILED', 'SKIPPED']))
  for (const { area, cases, passed, failed, skipped } of judged) {
    process.stdout.write(line([area, cases, passed, failed.length, skipped.length]))
  }
  for (const { area, failed, skipped } of judged) {
    const shown = flags.verbose ? failed : failed.slice(0, MOST_FAILURES_SHOWN)
    for (const failure of shown) process.stdout.write(`FAILED  ${area} ${failure.case}: ${failure.why}\n`)
    if (shown.length < failed.length)
      process.stdout.write(`        ${area}: and ${failed.length - shown.length} more\n`)
    const reasons = new Map<string, number>()
    for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    for (const [reason, count] of reasons) process.stdout.write(`SKIPPED ${area} ${count}: ${reason}\n`)
  }
}

function readRatchet(): Record<string, number> {
  return existsSync(RATCHET) ? (JSON.parse(readFileSync(RATCHET, 'utf8')) as Record<string, number>) : {}
}

/** No area may fall below what was reached. */
function hold(judged: readonly Judged[]): number {
  const reached = readRatchet()
  const fallen = judged.filter(({ area, passed }) => passed < (reached[area] ?? 0))
  for (const { area, passed } of fallen) {
    process.stdout.write(`RATCHET ${area} fell from ${reached[area]} to ${passed} passed cases\n`)
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
