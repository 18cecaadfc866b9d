/**
 * What `calicoctl node status` prints (calicoctl/commands/node/status.go): one table a family with the sessions named
 * Global_, Mesh_ and Node_, in BIRD's order. SINCE cannot be known beforehand and shows a dash.
 */

import type { Family } from '../address/address.js'
import type { Session } from '../bgp/session.js'

const HEADINGS = ['PEER ADDRESS', 'PEER TYPE', 'STATE', 'SINCE', 'INFO'] as const

const TYPES: Readonly<Record<string, string>> = {
  Mesh: 'node-to-node mesh',
  Global: 'global',
  Node: 'node specific',
}

export interface FamilySessions {
  readonly family: Family
  readonly sessions: readonly Session[]
}

export function nodeStatusLines(families: readonly FamilySessions[]): readonly string[] {
  const lines = ['Calico process is running.']
  for (const family of [4, 6] as const) {
    const sessions = families.find((entry) => entry.family === family)?.sessions ?? []
    const rows = sessions.flatMap((session) => statusRow(session) ?? [])
    lines.push('', `IPv${family} BGP status`)
    if (rows.length === 0) lines.push(`No IPv${family} peers found.`)
    else lines.push(...boxed([HEADINGS, ...rows]))
  }
  return [...lines, '']
}

/** Undefined for a protocol that calicoctl does not list, such as Local_Workload_. */
function statusRow(session: Session): readonly [readonly string[]] | undefined {
  const underscore = session.birdName.indexOf('_')
  const type = TYPES[session.birdName.slice(0, underscore)]
  if (type === undefined) return undefined
  const separator = session.family === 4 ? '.' : ':'
  const address = session.birdName.slice(underscore + 1).replaceAll('_', separator)
  const state = session.state === 'Established' ? 'up' : 'start'
  const info = session.lastError === undefined ? session.state : `${session.state} ${session.lastError}`
  return [[address, type, state, '-', info]]
}

function boxed(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADINGS.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`
  const line = (row: readonly string[]): string =>
    `|${widths.map((width, i) => ` ${(row[i] ?? '').padEnd(width)} `).join('|')}|`
  const [head, ...body] = rows
  return [rule, line(head ?? []), rule, ...body.map(line), rule]
}
