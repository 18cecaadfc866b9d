/**
 * What was done to the recorded clusters and what came of it: the last snapshot's sessions and kernel tables, and for
 * each pair of pods whether, when and for how long it was cut off. A timer's end is a range, so that around it the record
 * may show the state before or the one after.
 */

import { parseAddress } from '../../../src/address/address.js'
import type { Simulation } from '../../../src/planning/simulation.js'
import { controlOf, type Phase, planeOf } from '../../../src/planning/transition/network.js'
import type { Area, AreaResult } from '../area.js'
import { type Course, courseDiffers } from '../events/lab-course.js'
import { eventsOf, pingOutagesOf } from '../events/lab-event.js'
import { filmOf } from '../events/lab-film.js'
import { type LabCase, labCases, type RecordedNode } from '../lab.js'
import { isInLab, keyOfRecord, keyOfRoute } from '../lab-kernel-key.js'

const MOST_TOLD = 6

export const labEventsArea: Area = {
  name: 'lab-events',
  run(folder): AreaResult {
    const cases = labCases(folder).filter((item) => eventsOf(item).length > 0 || item.snapshots.length > 1)
    const failed: { case: string; why: string }[] = []
    for (const item of cases) {
      const found = judge(item)
      if (found.length > 0) failed.push({ case: item.name, why: found.slice(0, MOST_TOLD).join('; ') })
    }
    return { cases: cases.length, passed: cases.length - failed.length, failed, skipped: [] }
  },
}

function judge(item: LabCase): readonly string[] {
  try {
    const phases = filmOf(item)
    return [...startDiffers(item, phases), ...endDiffers(item, phases), ...outagesDiffer(item, phases)]
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** The start has to be right before anything else can be. */
function startDiffers(item: LabCase, phases: readonly Phase[]): readonly string[] {
  const [first] = item.snapshots
  return first === undefined ? [] : snapshotDiffers('start', first.nodes, phases.slice(0, 1))
}

function endDiffers(item: LabCase, phases: readonly Phase[]): readonly string[] {
  const last = item.snapshots.at(-1)
  if (last === undefined) return []
  const end = eventsOf(item).findLast((event) => event.do === 'record')?.end ?? last.t + 5
  const possible = phases.filter((phase, i) => {
    const next = phases[i + 1]
    return phase.from.min <= end && (next === undefined || next.from.max >= last.t)
  })
  return snapshotDiffers('end', last.nodes, possible)
}

function snapshotDiffers(
  when: string,
  nodes: Readonly<Record<string, RecordedNode>>,
  possible: readonly Phase[],
): readonly string[] {
  const found: string[] = []
  for (const [name, node] of Object.entries(nodes)) {
    const tables = possible.map(({ network }) => new Set(tableOf(planeOf(network), name)))
    const recorded = new Set(node.kernel.map(keyOfRecord))
    for (const key of recorded) if (!tables.some((table) => table.has(key))) found.push(`${when} ${name}: lacks ${key}`)
    for (const key of tables[0] ?? []) {
      if (tables.every((table) => table.has(key)) && !recorded.has(key)) found.push(`${when} ${name}: too much ${key}`)
    }
    if (!node.running) continue
    for (const session of node.sessions) {
      const states = possible.flatMap(({ network }) => stateOf(controlOf(network), name, session.birdName) ?? [])
      if (!states.includes(session.state === 'Established')) {
        found.push(`${when} ${name} ${session.birdName}: recorded ${session.state}`)
      }
    }
    const names = new Set(node.sessions.map(({ birdName }) => birdName))
    for (const missing of namesOf(possible.at(-1), name)) {
      if (!names.has(missing)) found.push(`${when} ${name}: ${missing} is not in the record`)
    }
  }
  return found
}

function tableOf(simulation: Simulation, name: string): readonly string[] {
  const node = simulation.cluster.nodeByName.get(name)
  const routes = node === undefined ? simulation.routerRoutes(name) : (simulation.routes(name).get('main') ?? [])
  return routes.filter(isInLab).map(keyOfRoute)
}

function stateOf(simulation: Simulation, name: string, birdName: string): boolean | undefined {
  for (const { sessions } of simulation.sessions(name)) {
    const found = sessions.find((session) => session.birdName === birdName)
    if (found !== undefined) return found.state === 'Established'
  }
  return undefined
}

function namesOf(phase: Phase | undefined, name: string): readonly string[] {
  if (phase === undefined) return []
  return [...controlOf(phase.network).sessions(name)].flatMap(({ sessions }) => sessions.map((one) => one.birdName))
}

function outagesDiffer(item: LabCase, phases: readonly Phase[]): readonly string[] {
  const [firstEvent] = eventsOf(item)
  const found: string[] = []
  for (const [pair, outages] of Object.entries(pingOutagesOf(item))) {
    const course = courseOf(phases, pair)
    if (course === undefined) continue
    const seen = outages.filter(({ end, lost }) => end >= (firstEvent?.t ?? 0) - 1 && lost >= 3)
    found.push(...courseDiffers(course, seen).map((text) => `${pair}: ${text}`))
  }
  return found
}

function courseOf(phases: readonly Phase[], pair: string): Course | undefined {
  const [from, to] = pair.split('>').map((text) => parseAddress(text))
  if (from === undefined || to === undefined) return undefined
  return phases.map(({ from: since, network }) => {
    const trace = planeOf(network).trace({
      from: { kind: 'address', address: from },
      to: { kind: 'address', address: to },
      family: 4,
      protocol: 'icmp',
      size: 84,
    })
    return { since, delivered: trace.verdict === 'delivered' }
  })
}
