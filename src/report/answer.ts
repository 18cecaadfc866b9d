/** One answer of the planner, ready to be printed in any format. */

import type { Cluster } from '../cluster/cluster.js'
import type { Block } from './blocks.js'
import { renderMarkdown } from './markdown.js'
import { jsonChunks, yamlChunks } from './stream.js'
import { renderText } from './text.js'

export const FORMATS = ['table', 'wide', 'json', 'yaml', 'markdown'] as const
export type Format = (typeof FORMATS)[number]

/** The head that every document carries. */
export interface Envelope {
  readonly apiVersion: 'calico-plan/v1'
  readonly kind: string
  /** The release whose behaviour was predicted. */
  readonly calico: string
  readonly input: { readonly nodes: number; readonly pools: number; readonly skipped: number }
}

export interface Answer {
  /** What `-o json` and `-o yaml` print; long lists are LazyLists. */
  readonly document: Envelope & Readonly<Record<string, unknown>>
  readonly blocks: readonly Block[]
  /** The blocks as `renderText` prints them, in pieces of text, also in UTF-8: where they would not fit into memory. */
  readonly text?: (heading: (text: string) => string) => Iterable<string | Uint8Array>
  /** True when there is something that the exit status must tell: a hazard, a failed expectation, a difference. */
  readonly found: boolean
}

export function envelope(kind: string, cluster: Cluster): Envelope {
  let skipped = 0
  for (const count of cluster.skipped.values()) skipped += count
  return {
    apiVersion: 'calico-plan/v1',
    kind,
    calico: cluster.release.name,
    input: { nodes: cluster.nodes.length, pools: cluster.pools.length, skipped },
  }
}

/** The answer's text in pieces, to be written one after the other: one is good until the next is asked for. */
export function* render(
  answer: Answer,
  format: Format,
  heading: (text: string) => string = (text) => text,
): Generator<string | Uint8Array> {
  switch (format) {
    case 'json':
      yield* jsonChunks(answer.document)
      return
    case 'yaml':
      yield* yamlChunks(answer.document)
      return
    case 'markdown':
      yield renderMarkdown(answer.blocks)
      return
    case 'table':
    case 'wide':
      if (answer.text !== undefined) yield* answer.text(heading)
      else yield renderText(answer.blocks, { wide: format === 'wide', heading })
  }
}
