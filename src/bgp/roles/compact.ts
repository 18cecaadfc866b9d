/**
 * Every speaker's table as numbers. A row is filled from a few shapes, one for each prefix class, so that a network's
 * tables together cost little more than writing the numbers down.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { type CompactTables, type KernelExport, NO_ROUTE } from '../tables.js'
import type { Placed } from './classes.js'
import { type RoleEngine, roleEngine } from './engine.js'
import { exportFor, exportText } from './kernel-shapes.js'
import type { PrefixInfo } from './prefix-index.js'
import type { Solution } from './solution.js'

/** A prefix that stands for others with its solution. */
interface Sample {
  readonly place: Placed
  readonly info: PrefixInfo
}

/** Prefixes that share a solution. */
interface Kind {
  readonly number: number
  /** By frame, up to two with unlike origins. */
  readonly samples: Map<number, Sample[]>
  /** Places of the prefixes by frame, for frames in which more than the origin stands out. */
  readonly framed: Map<number, number[]>
}

/** Throws NeedsPlain where roles do not tell enough. */
export function compactTables(context: BgpContext, family: Family, felix: boolean): CompactTables {
  return compactOf(roleEngine(context, family, felix))
}

export function compactOf(engine: RoleEngine): CompactTables {
  const { prefixes } = engine
  const { nodes } = engine.network.context.cluster
  const kinds: Kind[] = []
  const kindOf = new Int32Array(prefixes.length)
  const originOf = new Int32Array(prefixes.length)
  const alone: number[] = []
  const byOrigin = new Map<number, number[]>()
  const numbers = new Map<object, Kind>()
  for (const [p, info] of prefixes.entries()) {
    const place = engine.placed(info)
    if (!place.shared) {
      alone.push(p)
      continue
    }
    const kind = numbers.get(place.solution) ?? { number: kinds.length, samples: new Map(), framed: new Map() }
    if (kind.number === kinds.length) {
      kinds.push(kind)
      numbers.set(place.solution, kind)
    }
    const samples = listIn(kind.samples, place.frame)
    if (samples.length === 0 || (samples.length === 1 && samples[0]?.place.origin !== place.origin)) {
      samples.push({ place, info })
    }
    if (place.frame >= 0) listIn(kind.framed, place.frame).push(p)
    kindOf[p] = kind.number
    if (place.origin === undefined) continue
    originOf[p] = place.origin
    listIn(byOrigin, place.origin).push(p)
  }
  const apart = standingOut(kinds)
  const meanings = meaningsOf(nodes.length)
  const base = new Int32Array(kinds.length)
  const step = new Int32Array(kinds.length)

  // Where a speaker's own route is the best it writes nothing, or a blackhole, and all members of its class do.
  const own = new Map<Solution, Map<number, number>>()
  const single = (speaker: number, p: number): number => {
    const info = prefixes[p]
    if (info === undefined) return NO_ROUTE
    const place = engine.placed(info)
    const cls = place.classOf(speaker)
    const held = own.get(place.solution)?.get(cls)
    if (held !== undefined) return held
    const found = !place.solution.has(cls) ? undefined : engine.kernel(speaker, info, place)
    const number = found === undefined ? NO_ROUTE : meanings.number(found)
    if (speaker === place.origin ? isNameless(found) : !place.shared && isOwn(found)) {
      const byClass = own.get(place.solution) ?? new Map<number, number>()
      own.set(place.solution, byClass.set(cls, number))
    }
    return number
  }

  const addressOf = (origin: number | undefined) =>
    origin === undefined ? undefined : engine.network.context.endpoints[engine.network.family][origin]?.address

  /** False where each prefix has to be looked at. `later` takes the prefixes that differ from the others. */
  const setKind = (speaker: number, { number }: Kind, { place, info }: Sample, later: number[]): boolean => {
    const cls = place.classOf(speaker)
    base[number] = NO_ROUTE
    step[number] = 0
    if (!place.solution.has(cls)) return true
    const shape = place.solution.isSure(cls) ? engine.shape(speaker, info, place) : undefined
    if (shape === undefined || shape.only !== undefined) return false
    if (shape.namesOrigin) {
      const from = addressOf(shape.origin)
      if (from === undefined) return false
      const nobody = { family: from.family, value: from.family === 4 ? -1 : -1n } as typeof from
      base[number] = meanings.range(exportText(exportFor(shape, from, nobody)), (origin) => {
        const to = addressOf(origin)
        return to === undefined ? shape.export : exportFor(shape, from, to)
      })
      step[number] = 1
    } else base[number] = meanings.number(shape.export)
    for (const origin of shape.except) {
      for (const p of byOrigin.get(origin) ?? []) if (kindOf[p] === number) later.push(p)
    }
    return true
  }

  /** A prefix of somebody else; of a frame in which the speaker does not stand out, or of the one given. */
  const sampleFor = (speaker: number, { samples }: Kind, frame?: number): Sample | undefined => {
    const out = apart.get(speaker)
    for (const [held, list] of samples) {
      if (frame === undefined ? out?.has(held) : held !== frame) continue
      const found = list.find(({ place }) => place.origin !== speaker)
      if (found !== undefined) return found
    }
    return undefined
  }

  const number = (p: number): number => {
    const kind = kindOf[p] ?? 0
    return (base[kind] ?? 0) + (step[kind] ?? 0) * (originOf[p] ?? 0)
  }

  /** Numbers of all prefixes by their kinds; often they are one number, where Felix has the pool's routes. */
  const fill = (into: Int32Array): void => {
    const [first] = base
    if (first !== undefined && base.every((number, kind) => number === first && step[kind] === 0)) into.fill(first)
    else for (let p = 0; p < into.length; p++) into[p] = number(p)
  }

  /** The prefixes for which the speaker stands out with their origin. */
  const setFramed = (speaker: number, into: Int32Array, later: number[]): void => {
    for (const frame of apart.get(speaker) ?? []) {
      for (const kind of kinds) {
        const list = kind.framed.get(frame)
        const sample = list && sampleFor(speaker, kind, frame)
        if (list === undefined || sample === undefined) continue
        const isOne = setKind(speaker, kind, sample, later)
        for (const p of list) into[p] = isOne ? number(p) : single(speaker, p)
      }
    }
  }

  return {
    prefixes: prefixes.map(({ prefix }) => prefix),
    meaning: meanings.of,
    row: (speaker, into = new Int32Array(prefixes.length)) => {
      engine.trim()
      const later = [...alone, ...(byOrigin.get(speaker) ?? [])]
      const unlike = new Set<number>()
      for (const kind of kinds) {
        const sample = sampleFor(speaker, kind)
        if (sample !== undefined && !setKind(speaker, kind, sample, later)) unlike.add(kind.number)
      }
      fill(into)
      if (unlike.size > 0) {
        for (let p = 0; p < into.length; p++) if (unlike.has(kindOf[p] ?? 0)) into[p] = single(speaker, p)
      }
      setFramed(speaker, into, later)
      for (const p of later) into[p] = single(speaker, p)
      return into
    },
  }
}

function listIn<T>(lists: Map<number, T[]>, key: number): T[] {
  const held = lists.get(key)
  if (held !== undefined) return held
  const fresh: T[] = []
  lists.set(key, fresh)
  return fresh
}

/** The frames in which each speaker stands out. */
function standingOut(kinds: readonly Kind[]): ReadonlyMap<number, ReadonlySet<number>> {
  const found = new Map<number, Set<number>>()
  for (const { samples } of kinds) {
    for (const [frame, [first]] of samples) {
      if (frame < 0 || first === undefined) continue
      for (const speaker of first.place.view().marked) {
        const held = found.get(speaker)
        if (held === undefined) found.set(speaker, new Set([frame]))
        else held.add(frame)
      }
    }
  }
  return found
}

function isOwn(found: KernelExport | undefined): boolean {
  return found !== undefined && !found.programmed && found.because === 'ownProtocol'
}

function isNameless(found: KernelExport | undefined): boolean {
  if (found === undefined) return false
  return found.programmed ? found.type === 'blackhole' : found.because !== 'wireguardPeer'
}

interface Range {
  readonly first: number
  readonly meaning: (place: number) => KernelExport
}

interface Meanings {
  number(shape: KernelExport): number
  /** The first of as many numbers as there are nodes, which mean the same by way of each. */
  range(text: string, meaning: (node: number) => KernelExport): number
  of(number: number): KernelExport | undefined
}

function meaningsOf(nodes: number): Meanings {
  const ranges: Range[] = []
  const known = new Map<string, number>()
  const numbers = new Map<KernelExport, number>()
  let next = 0
  const add = (text: string, size: number, meaning: Range['meaning']): number => {
    const held = known.get(text)
    if (held !== undefined) return held
    const first = next
    ranges.push({ first, meaning })
    known.set(text, first)
    next += size
    return first
  }
  return {
    number: (shape) => {
      const held = numbers.get(shape)
      if (held !== undefined) return held
      if (numbers.size > MOST_REMEMBERED) numbers.clear()
      const fresh = add(exportText(shape), 1, () => shape)
      numbers.set(shape, fresh)
      return fresh
    },
    range: (text, meaning) => add(`each ${text}`, nodes, meaning),
    of: (number) => {
      let [low, high] = [0, ranges.length - 1]
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((ranges[middle]?.first ?? 0) <= number) low = middle
        else high = middle - 1
      }
      const range = number < 0 ? undefined : ranges[low]
      return range?.meaning(number - range.first)
    },
  }
}

/** Exports whose number is remembered by what they are, which saves comparing their texts. */
const MOST_REMEMBERED = 10_000
