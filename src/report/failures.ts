/** `fail`: every failure of some kinds, worst first. */

import type { Cluster } from '../cluster/cluster.js'
import type { FailingElement } from '../planning/failure/element.js'
import type { Sweep, SweptFailure } from '../planning/failure/sweep.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { LazyList } from './stream.js'
import { wordOutageCause, wordSeconds } from './wording/outage-cause.js'

/** Rows of the table; the document has all of them. */
const MOST_ROWS = 200

/** `podsOn` is the number of pods on a node. */
export function failuresAnswer(cluster: Cluster, sweep: Sweep, podsOn: (node: string) => number): Answer {
  const { failures, kinds, k, combinations, different } = sweep
  const harmful = failures.filter(({ lost }) => lost.others > 0)
  return {
    document: {
      ...envelope('FailureReport', cluster),
      kinds,
      k,
      combinations,
      different,
      failures: new LazyList(() => documents(sweep, podsOn)),
    },
    blocks: [text(summaryLines(sweep, harmful.length)), ...failureBlocks(failures)],
    found: harmful.length > 0,
  }
}

function summaryLines({ kinds, k, combinations, different }: Sweep, harmful: number): readonly string[] {
  const at = k === 1 ? 'one at a time' : `${k} at a time`
  const same = different === combinations ? '' : `, ${different} of them different`
  const what = `Failures of ${kinds.join(', ')}, ${at}: ${combinations}${same}.`
  if (combinations === 0) return [what]
  return [
    what,
    harmful === 0
      ? 'None cuts off pods that are not on what fails.'
      : `${harmful} cut${harmful === 1 ? 's' : ''} off pods that are not on what fails.`,
  ]
}

function failureBlocks(failures: readonly SweptFailure[]): readonly Block[] {
  if (failures.length === 0) return []
  const rows = failures
    .slice(0, MOST_ROWS)
    .map((failure) => [
      nameOf(failure),
      failure.lost.pairs,
      failure.lost.others,
      failure.lost.nodes,
      failure.lost.pods,
      outageText(failure),
      failure.permanent.others,
      partsText(failure.parts),
      failure.outage === undefined ? '' : wordOutageCause(failure.outage.cause),
    ])
  const left = failures.length - rows.length
  const columns = [
    'FAILS',
    { name: 'PAIRS LOST', align: 'right' as const },
    { name: 'OF OTHERS', align: 'right' as const },
    { name: 'NODES CUT', align: 'right' as const },
    { name: 'PODS CUT', align: 'right' as const },
    'OUTAGE OF OTHERS',
    { name: 'FOR GOOD', align: 'right' as const },
    'PARTS',
    { name: 'CAUSE', wide: true },
  ]
  return [table(columns, rows), ...(left > 0 ? [text([`and ${left} more; -o json shows all`])] : [])]
}

/** When others are lost and when they are back. */
function outageText({ outage, permanent, lost }: SweptFailure): string {
  if (permanent.others > 0) {
    const { begins } = permanent
    return begins === undefined || begins.max < 2 ? 'at once, for good' : `after ${wordSeconds(begins)}, for good`
  }
  if (outage === undefined || lost.others === 0) return '-'
  return wordSeconds(outage.seconds)
}

const MOST_ALIKE = 2

function nameOf({ elements, alike, instead }: SweptFailure): string {
  const names = elements.map(({ kind, name }) => `${kind} ${name}`).join(' + ')
  if (alike === 1) return names
  const others = instead.length === 1 ? (instead[0] ?? []).slice(1, 1 + MOST_ALIKE).map(({ name }) => name) : []
  const more = alike - 1 - others.length
  const tail = more > 0 ? [`${more} more`] : []
  return `${names} (or ${[...others, ...tail].join(', ')})`
}

/** One at a time, each element is a failure of its own; several together are told once for all that are alike. */
function* documents({ failures, k }: Sweep, podsOn: (node: string) => number): Generator<unknown> {
  for (const failure of failures) {
    const [members] = failure.instead
    if (k !== 1 || members === undefined) yield documentOf(failure, failure.elements, failure.lost.pods, failure.alike)
    else {
      const own = podsOf(failure.elements, podsOn)
      for (const member of members) {
        const pods = failure.lost.pods - own + podsOf([member], podsOn)
        yield documentOf(failure, [member], failure.lost.nodes === 0 ? 0 : pods, 1)
      }
    }
  }
}

function podsOf(elements: readonly FailingElement[], podsOn: (node: string) => number): number {
  return elements.reduce((sum, { down, name }) => sum + (down === 'nodes' ? podsOn(name) : 0), 0)
}

function documentOf(failure: SweptFailure, elements: readonly FailingElement[], pods: number, alike: number): object {
  const { lost, outage, permanent, parts } = failure
  return {
    element: elements.map(({ kind, name }) => `${kind}/${name}`).join('+'),
    elements: elements.map(({ kind, name }) => ({ kind, name })),
    alike,
    lost: { pairs: lost.pairs, ofOthers: lost.others, nodes: lost.nodes, pods },
    outage: outage === undefined ? null : { seconds: outage.seconds, cause: wordOutageCause(outage.cause) },
    permanent: {
      pairs: permanent.pairs,
      ofOthers: permanent.others,
      ...(permanent.begins === undefined ? {} : { begins: permanent.begins }),
    },
    partition: parts.length > 1,
    parts,
  }
}

/** Sizes of the parts, the largest first: `750 + 250 x 1`. */
export function partsText(parts: readonly number[]): string {
  if (parts.length < 2) return '-'
  const counts = new Map<number, number>()
  for (const size of parts) counts.set(size, (counts.get(size) ?? 0) + 1)
  return [...counts].map(([size, count]) => (count === 1 ? String(size) : `${count} x ${size}`)).join(' + ')
}
