/** Parts of a failure sweep, made on several machines, put together again. */

import type { Answer, Envelope } from './answer.js'
import { table, text } from './blocks.js'

/** A `FailureReport` as `fail -o json` prints it, as far as merging looks into it. */
export interface FailureDocument {
  readonly apiVersion: 'calico-plan/v1'
  readonly kind: 'FailureReport'
  readonly calico: string
  readonly input: Envelope['input']
  readonly kinds: readonly string[]
  readonly k: number
  readonly combinations: number
  readonly different: number
  readonly failures: readonly FailureEntry[]
}

interface FailureEntry {
  readonly element: string
  readonly alike: number
  readonly lost: { readonly pairs: number; readonly ofOthers: number; readonly nodes: number; readonly pods: number }
  readonly permanent: { readonly pairs: number; readonly ofOthers: number }
}

export function isFailureDocument(value: unknown): value is FailureDocument {
  if (typeof value !== 'object' || value === null) return false
  const { kind, failures, different } = value as Partial<FailureDocument>
  return (
    kind === 'FailureReport' && typeof different === 'number' && Array.isArray(failures) && failures.every(isFailure)
  )
}

function isFailure(value: unknown): value is FailureEntry {
  if (typeof value !== 'object' || value === null) return false
  const { element, lost, permanent } = value as Partial<FailureEntry>
  return typeof element === 'string' && typeof lost?.ofOthers === 'number' && typeof permanent?.ofOthers === 'number'
}

/** Why the parts do not belong together; undefined when they do. */
export function mergeObstacle(parts: readonly FailureDocument[]): string | undefined {
  const [first] = parts
  if (first === undefined) return 'no part was given'
  const question = ({ calico, input, kinds, k, different }: FailureDocument): string =>
    JSON.stringify([calico, input, kinds, k, different])
  if (parts.some((part) => question(part) !== question(first))) return 'the parts are of different sweeps'
  const names = parts.flatMap(({ failures }) => failures.map(({ element }) => element))
  return new Set(names).size < names.length ? 'a part was given twice' : undefined
}

const MOST_ROWS = 200

/** Throws RangeError without parts; `mergeObstacle` is asked before. */
export function mergedFailures(parts: readonly FailureDocument[]): Answer {
  const [first] = parts
  if (first === undefined) throw new RangeError('no part was given')
  const failures = parts.flatMap((part) => part.failures).sort(worstFirst)
  const harmful = failures.filter(({ lost }) => lost.ofOthers > 0).length
  const missing = first.k === 1 ? first.combinations - failures.length : first.different - failures.length
  return {
    document: { ...first, failures },
    blocks: [
      text([
        `${parts.length} parts, ${failures.length} failures; ${harmful} cut off pods that are not on what fails.`,
        ...(missing > 0 ? [`${missing} are missing: not every part is here.`] : []),
      ]),
      table(
        ['FAILS', ...['PAIRS LOST', 'OF OTHERS', 'FOR GOOD'].map((name) => ({ name, align: 'right' as const }))],
        failures
          .slice(0, MOST_ROWS)
          .map(({ element, lost, permanent }) => [element, lost.pairs, lost.ofOthers, permanent.ofOthers]),
      ),
    ],
    found: harmful > 0,
  }
}

function worstFirst(a: FailureEntry, b: FailureEntry): number {
  return (
    b.permanent.ofOthers - a.permanent.ofOthers ||
    b.lost.ofOthers - a.lost.ofOthers ||
    b.permanent.pairs - a.permanent.pairs ||
    b.lost.pairs - a.lost.pairs ||
    (a.element < b.element ? -1 : a.element > b.element ? 1 : 0)
  )
}
