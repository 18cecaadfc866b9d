/** What was done to a recorded cluster, in the words of the lab, and when. */

import type { LabCase } from '../lab.js'

export interface Patch {
  readonly do: 'patch'
  readonly set?: {
    readonly mesh?: boolean
    readonly peers?: readonly Readonly<Record<string, unknown>>[]
    readonly pools?: readonly Readonly<Record<string, unknown>>[]
  }
  readonly nodesSet?: Readonly<
    Record<string, { readonly rrClusterId?: string; readonly labels?: Readonly<Record<string, string>> }>
  >
}

export interface LabEvent {
  readonly do: string
  /** Seconds after the start. */
  readonly t: number
  readonly end: number
  readonly node?: string
  readonly ip?: string
  readonly args?: string
  readonly patch?: Patch
}

/** The events with the times at which they were seen; the log also tells what happened by itself. */
export function eventsOf(item: LabCase): readonly LabEvent[] {
  const log = (item.expect['eventLog'] ?? []) as readonly (Patch & {
    readonly t: number
    readonly t_end?: number
    readonly node?: string
    readonly ip?: string
    readonly args?: string
  })[]
  const events = (item.expect['events'] ?? []) as readonly { readonly do: string }[]
  const done = new Set(events.map((event) => event.do))
  return log
    .filter((entry) => done.has(entry.do))
    .map((entry) => ({
      do: entry.do,
      t: entry.t,
      end: entry.t_end ?? entry.t,
      ...(entry.node === undefined ? {} : { node: entry.node }),
      ...(entry.ip === undefined ? {} : { ip: entry.ip }),
      ...(entry.args === undefined ? {} : { args: entry.args }),
      ...(entry.do === 'patch' ? { patch: entry } : {}),
    }))
}

export interface PingOutage {
  readonly start: number
  readonly end: number
  readonly lost: number
  /** Still so when the record ended. */
  readonly open: boolean
}

/** By `source address>destination address`. */
export function pingOutagesOf(item: LabCase): Readonly<Record<string, readonly PingOutage[]>> {
  return (item.expect['pingOutages'] ?? {}) as Readonly<Record<string, readonly PingOutage[]>>
}
