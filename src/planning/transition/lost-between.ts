/**
 * Pairs of nodes whose pods lose each other for a while: delivered at the start and at the end, lost in some phase
 * between. Worked out by classes that are alike in all phases, never pair by pair.
 */

import type { Cluster } from '../../cluster/cluster.js'
import type { IpamView } from '../../ipam/view.js'
import type { ReachCell, ReachGroup } from '../reach/reach.js'
import type { OutageCause, Seconds } from './outage-cause.js'
import { type Alike, commonClasses, type Stage } from './stage.js'
import { BOTH_SIDES_DIAL_MOSTLY } from './timers.js'

/** Pairs that are cut off and come back in the same phases. */
export interface Cut {
  readonly seconds: Seconds
  /** What was mostly measured, where it is narrower. */
  readonly mostly?: Seconds
  /** What began it. */
  readonly cause: OutageCause
  /** Why it lasts that long: what the end waits for. */
  readonly endedBy: OutageCause
  readonly groups: readonly ReachGroup[]
}

/** The first stage is the settled start, the last the settled end. Longest cuts first. */
export function cutsBetween(stages: readonly Stage[], ipam: IpamView): readonly Cut[] {
  const [first, last] = [stages[0], stages.at(-1)]
  if (first === undefined || last === undefined || stages.length < 3) return []
  const alike = commonClasses(stages, ipam)
  const cuts = new Map<string, { begin: number; end: number; rows: Map<number, Row> }>()
  for (const [from, one] of alike.entries()) {
    for (const [to, other] of alike.entries()) {
      if (from === to && one.names.length < 2) continue
      const course = stages.map(({ reach }, i) => reach.cell(one.classes[i] ?? 0, other.classes[i] ?? 0))
      if (course[0]?.verdict !== 'delivered' || course.at(-1)?.verdict !== 'delivered') continue
      const begin = course.findIndex(({ verdict }) => verdict !== 'delivered')
      if (begin < 0) continue
      const end = course.findLastIndex(({ verdict }) => verdict !== 'delivered') + 1
      const sample = course[begin]
      if (sample === undefined) continue
      const key = `${begin} ${end} ${sample.verdict} ${sample.reason?.code ?? ''}`
      const cut = cuts.get(key) ?? { begin, end, rows: new Map<number, Row>() }
      cuts.set(key, cut)
      const row = cut.rows.get(from)
      if (row === undefined) cut.rows.set(from, { to: [to], sample })
      else row.to.push(to)
    }
  }
  return [...cuts.values()]
    .flatMap(({ begin, end, rows }) => {
      const [start, back] = [stages[begin], stages[end]]
      if (start === undefined || back === undefined) return []
      const seconds = { min: Math.max(0, back.from.min - start.from.max), max: back.from.max - start.from.min }
      const mostly = mostlyOf(back.cause)
      const usual = mostly === undefined ? {} : { mostly }
      return {
        seconds,
        ...usual,
        cause: start.cause,
        endedBy: back.cause,
        groups: groupsOf(rows, alike, ipam, start.cluster),
      }
    })
    .sort((a, b) => b.seconds.max - a.seconds.max || b.seconds.min - a.seconds.min)
}

/** When pairs that are lost at the end and were delivered at the start are lost; undefined when there are none. */
export function lossBegins(stages: readonly Stage[], ipam: IpamView): Seconds | undefined {
  const alike = commonClasses(stages, ipam)
  let begins: Seconds | undefined
  for (const [from, one] of alike.entries()) {
    for (const [to, other] of alike.entries()) {
      if (from === to && one.names.length < 2) continue
      const course = stages.map(({ reach }, i) => reach.cell(one.classes[i] ?? 0, other.classes[i] ?? 0).verdict)
      if (course[0] !== 'delivered' || course.at(-1) === 'delivered') continue
      const moment = stages[course.findIndex((verdict) => verdict !== 'delivered')]?.from
      if (moment === undefined) continue
      begins = begins && { min: Math.min(begins.min, moment.min), max: Math.max(begins.max, moment.max) }
      begins ??= moment
    }
  }
  return begins
}

/** Both ends dial: the bounds are wide, and what was seen of them mostly is not. */
function mostlyOf(cause: OutageCause): Seconds | undefined {
  return cause.code === 'sessionsReplaced' && cause.collision ? BOTH_SIDES_DIAL_MOSTLY : undefined
}

interface Row {
  readonly to: number[]
  readonly sample: ReachCell
}

/** Rows that lose the same columns are one group. */
function groupsOf(
  rows: ReadonlyMap<number, Row>,
  alike: readonly Alike[],
  ipam: IpamView,
  cluster: Cluster,
): readonly ReachGroup[] {
  const merged = new Map<string, { from: number[]; to: readonly number[]; sample: ReachCell }>()
  // A node alone has no pair with itself, and is put with those that lose the same nodes and it.
  const withSelf = new Map<string, number>()
  const joined = [...rows].map(([from, { to, sample }]) => {
    const all = alike[from]?.names.length === 1 ? [...to, from].sort((a, b) => a - b) : to
    withSelf.set(all.join(' '), (withSelf.get(all.join(' ')) ?? 0) + 1)
    return { from, to, all, sample }
  })
  for (const { from, to, all, sample } of joined) {
    const list = (withSelf.get(all.join(' ')) ?? 0) > 1 ? all : to
    const held = merged.get(list.join(' '))
    if (held === undefined) merged.set(list.join(' '), { from: [from], to: list, sample })
    else held.from.push(from)
  }
  const names = (list: readonly number[]): readonly string[] => list.flatMap((i) => alike[i]?.names ?? []).sort(byText)
  return [...merged.values()]
    .map(({ from, to, sample }): ReachGroup => {
      const [senders, receivers] = [names(from), names(to)]
      const both = new Set(receivers)
      const pairs = senders.length * receivers.length - senders.filter((name) => both.has(name)).length
      return {
        from: senders,
        to: receivers,
        pairs,
        verdict: sample.verdict,
        ...(sample.reason === undefined ? {} : { reason: sample.reason }),
        ...(sample.at === undefined ? {} : { at: sample.at }),
        example: exampleOf(sample, ipam, cluster),
      }
    })
    .sort((a, b) => b.pairs - a.pairs || byText(a.from.join(), b.from.join()))
}

function exampleOf({ example }: ReachCell, ipam: IpamView, { nodes }: Cluster): ReachGroup['example'] {
  const [from, to] = [nodes[example.from]?.name ?? '', nodes[example.to]?.name ?? '']
  const pod = (node: string): string | undefined => {
    const found = ipam.pods.find((placed) => placed.node === node)?.pod
    return found && `${found.namespace}/${found.name}`
  }
  const [fromPod, toPod] = [pod(from), pod(to)]
  return {
    from,
    to,
    ...(fromPod === undefined ? {} : { fromPod }),
    ...(toPod === undefined ? {} : { toPod }),
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
