/** Shapes of the JSON answers that a page may carry, as far as it shows them. */

import type { PageChange, PageData } from '../page-data.js'

export interface DifferenceDocument {
  readonly different?: boolean
  readonly release?: { readonly before: string; readonly after: string }
  readonly resources: readonly {
    readonly change: string
    readonly kind: string
    readonly namespace?: string
    readonly name: string
    readonly fields: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[]
  }[]
  readonly nodes: { readonly added: readonly string[]; readonly removed: readonly string[] }
  readonly sessions: {
    readonly before: Totals
    readonly after: Totals
    readonly added: number
    readonly removed: number
    readonly changed: number
    readonly groups: readonly {
      readonly change: string
      readonly kind: string
      readonly count: number
      readonly established: { readonly before: number; readonly after: number }
      readonly between: readonly string[]
      readonly and: readonly string[]
      readonly fields: readonly string[]
      readonly causes: readonly CauseDocument[]
    }[]
  }
  readonly routes: {
    readonly added: number
    readonly removed: number
    readonly changed: number
    readonly nodes: number
    readonly groups: readonly {
      readonly change: string
      readonly table: string
      readonly nodes: readonly string[]
      readonly count: number
      readonly destinations: readonly string[]
      readonly example: { readonly node: string; readonly before?: RouteDocument; readonly after?: RouteDocument }
      readonly causes: readonly CauseDocument[]
    }[]
  }
  readonly reachability: {
    readonly before: PairTotals
    readonly after: PairTotals
    readonly lost: number
    readonly restored: number
    readonly groups: readonly ReachChangeDocument[]
  }
  readonly capacity: {
    readonly pools: readonly {
      readonly change: string
      readonly name: string
      readonly settings: readonly { readonly field: string; readonly before?: string; readonly after?: string }[]
      readonly figures: readonly { readonly what: string; readonly before: number; readonly after: number }[]
    }[]
    readonly blocks: { readonly added: number; readonly removed: number; readonly moved: number }
    readonly pods: { readonly added: number; readonly removed: number; readonly readdressed: number }
    readonly unplaced: readonly string[]
  }
  readonly findings: { readonly added: readonly FindingDocument[]; readonly gone: readonly FindingDocument[] }
}

export interface Totals {
  readonly total: number
  readonly established: number
}

export interface PairTotals {
  readonly total: number
  readonly delivered: number
}

export interface CauseDocument {
  readonly kind: string
  readonly name: string
  readonly fields?: readonly string[]
}

/** With the keys of `ip -j route show`. */
export interface RouteDocument {
  readonly dst: string
  readonly type?: string
  readonly gateway?: string
  readonly dev?: string
  readonly protocol?: string
}

export interface ReachChangeDocument {
  readonly change: string
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly pairs: number
  readonly before: { readonly verdict: string; readonly reason?: string }
  readonly after: { readonly verdict: string; readonly reason?: string }
}

export interface FindingDocument {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** Seconds; `max` is null when no end is known. */
export interface Range {
  readonly min: number
  readonly max: number | null
}

export interface OutageDocument {
  readonly seconds: Range
  /** What it mostly is. */
  readonly mostly?: Range
  readonly cause: string
}

export interface GroupDocument {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly pairs: number
  readonly reason?: string
}

export interface RehearsalDocument {
  readonly verdict: string
  readonly findings: readonly FindingDocument[]
  readonly steps: readonly StepDocument[]
  readonly cost: CostDocument
  readonly whole: DifferenceDocument
  readonly saferOrder?: readonly StepDocument[]
  readonly saferOrderVerdict?: string
  readonly saferOrderCost?: CostDocument
  readonly drainedOrder?: {
    readonly added: readonly string[]
    readonly steps: readonly StepDocument[]
    readonly verdict: string
    readonly cost: CostDocument
  }
}

export interface CostDocument {
  readonly pairsMissingAfterSteps: number
  readonly pairSeconds: number
}

export interface StepDocument {
  /** From 0, as the runbook has it. */
  readonly index: number
  readonly name: string
  readonly command: string
  readonly file: string
  readonly line?: number
  readonly status: string
  /** Lines that a command which only reads would print then. */
  readonly answer?: readonly string[]
  readonly findings: readonly FindingDocument[]
  readonly sessions: {
    readonly before: number
    readonly after: number
    readonly added: number
    readonly removed: number
  }
  readonly routes: { readonly added: number; readonly removed: number; readonly changed: number }
  readonly reachability: {
    readonly lostDuring: readonly GroupDocument[]
    readonly lostAfter: readonly GroupDocument[]
    /** When those are lost, where timers keep their routes alive for a while. */
    readonly lostFrom?: OutageDocument['seconds']
    /** Ordered pairs delivered before the runbook and not after this step. */
    readonly missing: number
  }
  readonly outage: OutageDocument | null
  readonly verdict: string
  /** Absent where nothing differs. */
  readonly changes?: DifferenceDocument
}

export interface FailuresDocument {
  readonly failures: readonly FailureDocument[]
}

export interface FailureDocument {
  readonly element: string
  readonly alike?: number
  readonly lost: { readonly pairs: number; readonly ofOthers?: number; readonly nodes: number; readonly pods: number }
  readonly outage: OutageDocument | null
  readonly permanent: { readonly pairs: number; readonly ofOthers?: number }
  readonly partition: boolean
}

/** The answer of a kind that the page carries; undefined for none. */
export function changeOf(data: PageData, kind: PageChange['kind']): PageChange | undefined {
  return data.changes.find((change) => change.kind === kind)
}

/** `4 to 30 s`, `1 s`, `120 s or longer`. */
export function secondsText({ min, max }: Range): string {
  const from = rounded(min)
  if (max === null) return `${from} s or longer`
  return from === rounded(max) ? `${from} s` : `${from} to ${rounded(max)} s`
}

function rounded(seconds: number): number {
  return seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)
}
