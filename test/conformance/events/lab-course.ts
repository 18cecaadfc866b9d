/** The predicted course of one pair of pods, and what was recorded of it. */

import type { Seconds } from '../../../src/planning/transition/outage-cause.js'
import type { PingOutage } from './lab-event.js'

export type Course = readonly { readonly since: Seconds; readonly delivered: boolean }[]

/** Pings are sent five times in a second; those that wait for an answer of ARP are delivered late, up to 4 s. */
const START_SLACK = 1.5
const END_SLACK_BEFORE = 5
const END_SLACK_AFTER = 2

interface Cut {
  readonly start: Seconds
  readonly end: Seconds
}

/** What the record and the prediction disagree on; empty when they agree. */
export function courseDiffers(course: Course, outages: readonly PingOutage[]): readonly string[] {
  const cuts = cutsOf(course)
  const found: string[] = []
  const explained = new Set<Cut>()
  for (const outage of joined(outages)) {
    const cut = cuts.find((candidate) => explains(candidate, outage))
    if (cut === undefined) {
      found.push(`recorded ${outage.start} to ${outage.open ? 'the end' : outage.end}, predicted ${textOf(cuts)}`)
    } else explained.add(cut)
  }
  const until = Math.max(0, ...outages.map(({ end }) => end))
  for (const cut of cuts) {
    const certain = cut.end.min - cut.start.max > 1 && (outages.length === 0 || cut.start.max < until)
    if (certain && !explained.has(cut) && found.length === 0) found.push(`predicted ${textOf([cut])}, none recorded`)
  }
  return found
}

function cutsOf(course: Course): readonly Cut[] {
  const cuts: Cut[] = []
  let start: Seconds | undefined
  for (const { since, delivered } of course) {
    if (!delivered) start ??= since
    else if (start !== undefined) {
      cuts.push({ start, end: since })
      start = undefined
    }
  }
  if (start !== undefined) cuts.push({ start, end: { min: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY } })
  return cuts
}

/** Outages with hardly an answer between them are one. */
function joined(outages: readonly PingOutage[]): readonly PingOutage[] {
  const all: PingOutage[] = []
  for (const outage of outages) {
    const last = all.at(-1)
    if (last !== undefined && outage.start - last.end < 3) all[all.length - 1] = { ...outage, start: last.start }
    else all.push(outage)
  }
  return all
}

function explains({ start, end }: Cut, outage: PingOutage): boolean {
  const starts = outage.start >= start.min - START_SLACK && outage.start <= start.max + START_SLACK
  const ends = outage.open
    ? end.max >= outage.end - END_SLACK_AFTER
    : outage.end >= end.min - END_SLACK_BEFORE && outage.end <= end.max + END_SLACK_AFTER
  return starts && ends
}

function textOf(cuts: readonly Cut[]): string {
  if (cuts.length === 0) return 'none'
  return cuts.map(({ start, end }) => `[${start.min}..${start.max}] to [${end.min}..${end.max}]`).join(', ')
}
