/** What a page is about beside the one cluster: the JSON answers of `diff`, `rehearse` and `fail`, with a sentence each. */

import type { Answer } from '../answer.js'
import { number } from '../sessions.js'
import { jsonChunks } from '../stream.js'
import type { JsonDocument, PageChange, Tone } from './page-data.js'

export function differenceChange(answer: Answer, before: string): PageChange {
  const document = plain(answer)
  const reach = recordOf(document['reachability'])
  const [lost, restored] = [Number(reach['lost'] ?? 0), Number(reach['restored'] ?? 0)]
  const parts = [
    lost > 0 ? `${number(lost)} pairs of nodes no longer reach each other` : '',
    restored > 0 ? `${number(restored)} pairs that did not reach each other do` : '',
  ].filter((part) => part !== '')
  const text = !answer.found
    ? `The network does the same as that of ${before}.`
    : `Compared with ${before}: ${parts.length === 0 ? 'something changes, and every pair that was reached still is' : parts.join(', and ')}.`
  return { kind: 'difference', subject: before, sentence: { text, tone: lost > 0 ? 'bad' : 'good' }, document }
}

export function rehearsalChange(answer: Answer, runbook: string): PageChange {
  const document = plain(answer)
  const verdict = String(document['verdict'] ?? '')
  const steps = Array.isArray(document['steps']) ? document['steps'].length : 0
  const said: Readonly<Record<string, readonly [Tone, string]>> = {
    safe: ['good', 'no step breaks anything'],
    disruptive: ['warn', 'traffic is cut for a while, and comes back'],
    broken: ['bad', 'it leaves something broken'],
  }
  const [tone, text] = said[verdict] ?? ['plain', verdict]
  return {
    kind: 'rehearsal',
    subject: runbook,
    sentence: { text: `The runbook ${runbook} (${number(steps)} steps), rehearsed: ${text}.`, tone },
    document,
  }
}

export function failuresChange(answer: Answer, kinds: string): PageChange {
  const document = plain(answer)
  const failures = Array.isArray(document['failures']) ? document['failures'] : []
  const harmful = failures.filter((failure) => Number(recordOf(recordOf(failure)['lost'])['ofOthers'] ?? 0) > 0).length
  const text =
    harmful === 0
      ? `None of ${number(failures.length)} single failures (${kinds}) cuts off pods elsewhere.`
      : `${number(harmful)} of ${number(failures.length)} single failures (${kinds}) cut off pods that are not on what fails.`
  return { kind: 'failures', subject: kinds, sentence: { text, tone: harmful === 0 ? 'good' : 'bad' }, document }
}

/** The document as it is printed: long lists that are made while printing become arrays. */
function plain(answer: Answer): JsonDocument {
  return recordOf(JSON.parse([...jsonChunks(answer.document)].join('')))
}

function recordOf(value: unknown): JsonDocument {
  return typeof value === 'object' && value !== null ? (value as JsonDocument) : {}
}
