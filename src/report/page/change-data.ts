/** What a page is about beside the one cluster: the JSON answers of `diff`, `rehearse` and `fail`, with a sentence each. */

import type { ClusterDiff } from '../../planning/diff/cluster-diff.js'
import type { Sweep } from '../../planning/failure/sweep.js'
import type { Rehearsal } from '../../planning/rehearsal/rehearsal.js'
import type { Answer } from '../answer.js'
import { number } from '../sessions.js'
import { jsonChunks } from '../stream.js'
import type { JsonDocument, PageChange, Tone } from './page-data.js'

/** `before` names the input that is compared with. */
export function differenceChange(
  answer: Answer,
  { reach, routes, sessions, empty }: ClusterDiff,
  before: string,
): PageChange {
  const { lost, restored } = reach
  const parts = [
    lost > 0 ? `${pairs(lost)} no longer reach each other` : '',
    restored > 0 ? `${pairs(restored)} that did not reach each other do` : '',
  ].filter((part) => part !== '')
  const text = empty
    ? `The network does the same as that of ${before}.`
    : `Compared with ${before}: ${parts.length === 0 ? 'something changes, and every pair that was reached still is' : parts.join(', and ')}.`
  const changedRoutes = routes.added + routes.removed + routes.changed
  return {
    kind: 'difference',
    subject: before,
    sentence: { text, tone: lost > 0 ? 'bad' : 'good' },
    figure: {
      label: 'Difference',
      value: lost > 0 ? `${number(lost)} lost` : empty ? 'none' : 'no pair lost',
      note: `${number(changedRoutes)} routes and ${number(sessions.added + sessions.removed + sessions.changed)} sessions differ`,
    },
    document: plain(answer),
  }
}

export function rehearsalChange(answer: Answer, rehearsal: Rehearsal, file: string): PageChange {
  const { verdict, steps, saferOrder } = rehearsal
  const missing = steps.at(-1)?.missing ?? 0
  const cut = Math.max(0, ...steps.map((step) => step.missing))
  const said: Readonly<Record<Rehearsal['verdict'], readonly [Tone, string]>> = {
    safe: ['good', 'no step cuts anybody off'],
    disruptive: ['warn', 'some pairs are cut for a while, and find each other again by themselves'],
    broken:
      missing > 0
        ? ['bad', `it leaves ${pairs(missing)} cut`]
        : ['bad', `up to ${pairs(cut)} stay cut after a step, until a later step mends it`],
  }
  const [tone, text] = said[verdict]
  const safer = saferOrder === undefined ? '' : ' There is a safer order of the same steps.'
  return {
    kind: 'rehearsal',
    subject: file,
    sentence: { text: `The runbook ${file} (${number(steps.length)} steps), rehearsed: ${text}.${safer}`, tone },
    figure: { label: 'Rehearsal', value: verdict, note: `${number(steps.length)} steps` },
    document: plain(answer),
  }
}

/** `kinds` names what fails. */
export function failuresChange(answer: Answer, { failures }: Sweep, kinds: string): PageChange {
  const all = failures.reduce((sum, { alike }) => sum + alike, 0)
  const harmful = failures.reduce((sum, { alike, lost }) => sum + (lost.others > 0 ? alike : 0), 0)
  const text =
    harmful === 0
      ? `None of ${number(all)} single failures (${kinds}) cuts off pods elsewhere.`
      : `${number(harmful)} of ${number(all)} single failures (${kinds}) ${harmful === 1 ? 'cuts' : 'cut'} off pods that are not on what fails.`
  return {
    kind: 'failures',
    subject: kinds,
    sentence: { text, tone: harmful === 0 ? 'good' : 'bad' },
    figure: { label: 'Failures', value: number(harmful), note: `of ${number(all)} hurt pods elsewhere` },
    document: plain(answer),
  }
}

function pairs(count: number): string {
  return `${number(count)} ${count === 1 ? 'pair' : 'pairs'} of nodes`
}

/** The document as it is printed: long lists that are made while printing become arrays. */
function plain(answer: Answer): JsonDocument {
  const value: unknown = JSON.parse([...jsonChunks(answer.document)].join(''))
  return typeof value === 'object' && value !== null ? (value as JsonDocument) : {}
}
