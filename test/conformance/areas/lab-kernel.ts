/**
 * The kernel table of every node and router of every recorded cluster at its settled start, route by route. Felix did
 * not run in the lab: its cluster routes are left out of the prediction, the pods' host routes stay. Names of pod
 * interfaces depend on the pod and are recorded as `cali*`. A node whose kernel protocol waits has no BIRD routes yet.
 */

import { formatDestination } from '../../../src/address/prefix.js'
import type { BgpContext } from '../../../src/bgp/config/context.js'
import type { BgpTables } from '../../../src/bgp/tables.js'
import { nodeTables, routerTable } from '../../../src/dataplane/kernel-table.js'
import type { LabCase } from '../lab.js'
import { labArea } from '../lab-area.js'
import { isInLab, keyOfRecord, keyOfRoute } from '../lab-kernel-key.js'
import { judgeInSomeOrder } from '../lab-orders.js'

export const labKernelArea = labArea('lab-kernel', (item) =>
  judgeInSomeOrder(item, (tables) => differencesByDestination(item, tables)),
)

function differencesByDestination(item: LabCase, tables: BgpTables): Map<string, string[]> {
  const context = item.bgp()
  const input = { context, bgp: () => tables }
  const found = new Map<string, string[]>()
  const add = (dst: string, text: string): void => void found.set(dst, [...(found.get(dst) ?? []), text])
  for (const [name, { kernel, kernelProtocol }] of Object.entries(item.described.nodes)) {
    const speaker = context.speakerByName.get(name)
    if (speaker === undefined) {
      add(name, `${name}: no such element`)
      continue
    }
    const routes =
      speaker.kind === 'node'
        ? (nodeTables(input, speaker.index).get('main') ?? [])
        : routerTable(input, speaker.index - context.cluster.nodes.length)
    const predicted = routes
      .filter((entry) => isInLab(entry) && !(entry.route.protocol === 'bird' && kernelProtocol === 'wait'))
      .map(keyOfRoute)
    const partial = overSevered(context, tables, name)
    for (const { dst, text } of compare(kernel.map(keyOfRecord), predicted)) {
      if (!(text.startsWith(TOO_MUCH) && partial.has(dst))) add(dst, `${name}: ${text}`)
    }
  }
  return found
}

/** Over a session that cuts itself off only what was sent in its first moments arrived. */
function overSevered(context: BgpContext, tables: BgpTables, name: string): ReadonlySet<string> {
  const speaker = context.speakerByName.get(name)
  const cut = new Set(tables.severed(4).flatMap((session) => (session.speaker.name === name ? [session.birdName] : [])))
  const entries = speaker === undefined || cut.size === 0 ? [] : tables.table(speaker.index, 4).entries
  return new Set(
    entries
      .filter(({ paths: [best] }) => best && cut.has(best.birdName))
      .map(({ prefix }) => formatDestination(prefix)),
  )
}

const TOO_MUCH = 'too much'

interface Difference {
  readonly dst: string
  readonly text: string
}

function compare(recorded: readonly string[], predicted: readonly string[]): Difference[] {
  const left = [...predicted]
  const missing = recorded.filter((key) => {
    const at = left.indexOf(key)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  const order = missing.length === 0 && left.length === 0 && recorded.some((key, i) => predicted[i] !== key)
  return [
    ...missing.map((key) => ({ dst: destinationOf(key), text: `lacks ${key}` })),
    ...left.map((key) => ({ dst: destinationOf(key), text: `${TOO_MUCH} ${key}` })),
    ...(order ? [{ dst: '', text: 'other order' }] : []),
  ]
}

function destinationOf(key: string): string {
  return (JSON.parse(key) as { readonly dst: string }).dst
}
