/**
 * The kernel table of every node and router of every recorded cluster at its settled start, route by route. Felix did
 * not run in the lab: its cluster routes are left out of the prediction, the pods' host routes stay. Names of pod
 * interfaces depend on the pod and are recorded as `cali*`. A node whose kernel protocol waits has no BIRD routes yet.
 */

import { plainTables } from '../../../src/bgp/plain/tables.js'
import type { ExplainedRoute } from '../../../src/dataplane/kernel-route.js'
import { nodeTables, routerTable } from '../../../src/dataplane/kernel-table.js'
import type { Area, AreaResult } from '../area.js'
import { canonical } from '../compare.js'
import { type LabCase, labCases } from '../lab.js'

export const labKernelArea: Area = {
  name: 'lab-kernel',
  run(folder): AreaResult {
    const failed: { case: string; why: string }[] = []
    const cases = labCases(folder)
    for (const item of cases) {
      const found = judge(item)
      if (found.length > 0) failed.push({ case: item.name, why: found.slice(0, 4).join('; ') })
    }
    return { cases: cases.length, passed: cases.length - failed.length, failed, skipped: [] }
  },
}

function judge(item: LabCase): string[] {
  try {
    const context = item.bgp()
    const tables = plainTables(context, { felix: false })
    const input = { context, bgp: () => tables }
    return Object.entries(item.described.nodes).flatMap(([name, { kernel, kernelProtocol }]) => {
      const speaker = context.speakerByName.get(name)
      if (speaker === undefined) return [`${name}: no such element`]
      const routes =
        speaker.kind === 'node'
          ? (nodeTables(input, speaker.index).get('main') ?? [])
          : routerTable(input, speaker.index - context.cluster.nodes.length)
      const predicted = routes.filter((entry) => isInLab(entry, kernelProtocol)).map(keyOfRoute)
      return compare(kernel.map(keyOfRecord), predicted).map((text) => `${name}: ${text}`)
    })
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`]
  }
}

function isInLab({ route, why }: ExplainedRoute, kernelProtocol: string | null): boolean {
  if (route.protocol === 'bird') return kernelProtocol !== 'wait'
  return why.owner !== 'felix' || why.rule === 'localPod'
}

function keyOfRoute({ route }: ExplainedRoute): string {
  const { flags, dev, ...rest } = route
  const shown = dev?.startsWith('cali') === true ? 'cali*' : dev
  return canonical({ ...rest, ...(shown === undefined ? {} : { dev: shown }), ...(flags.length > 0 ? { flags } : {}) })
}

function keyOfRecord(route: Readonly<Record<string, unknown>>): string {
  return canonical({
    ...route,
    ...(Array.isArray(route.flags) && route.flags.length === 0 ? { flags: undefined } : {}),
  })
}

function compare(recorded: readonly string[], predicted: readonly string[]): string[] {
  const left = [...predicted]
  const missing = recorded.filter((key) => {
    const at = left.indexOf(key)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  const order = missing.length === 0 && left.length === 0 && recorded.some((key, i) => predicted[i] !== key)
  return [
    ...missing.map((key) => `lacks ${key}`),
    ...left.map((key) => `too much ${key}`),
    ...(order ? ['other order'] : []),
  ]
}
