/** The steps of a design: commands and the manifests that they read, as text and as data. */

import { stringify } from 'yaml'
import type { AdvisedStep } from '../planning/advise/steps.js'
import { type Block, literal } from './blocks.js'

/** Nothing to do has no steps. */
export function stepBlocks(steps: readonly AdvisedStep[], title: string): readonly Block[] {
  if (steps.length === 0) return []
  const lines = steps.flatMap(({ about, command, change, readOnly }, i) => [
    ...(i === 0 ? [] : ['']),
    `# ${i + 1}. ${about}${change === undefined && readOnly !== true ? ' (not tried out)' : ''}`,
    command,
  ])
  return [
    literal(lines, title),
    ...steps.flatMap(({ command, manifest }) => {
      if (manifest === undefined) return []
      const file = command.split(' ').at(-1) ?? ''
      return [literal(stringify(manifest).trimEnd().split('\n'), file)]
    }),
  ]
}

export function stepDocuments(steps: readonly AdvisedStep[]): readonly Readonly<Record<string, unknown>>[] {
  return steps.map(({ about, command, change, readOnly, manifest }) => ({
    about,
    command,
    rehearsed: change !== undefined || readOnly === true,
    ...(manifest === undefined ? {} : { manifest }),
  }))
}
