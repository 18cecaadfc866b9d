/** Words of a rehearsal that several of its blocks use: commands, costs, ends of a cut. */

import type { SessionChange } from '../planning/diff/cluster-diff.js'
import type { Cost, RehearsedStep } from '../planning/rehearsal/rehearsal.js'
import type { Cut } from '../planning/transition/lost-between.js'
import type { Seconds } from '../planning/transition/outage-cause.js'
import { nameOf } from './check.js'
import { counted, nameList } from './name-list.js'
import { number } from './sessions.js'
import { wordLossReason } from './wording/loss-reason.js'
import { wordOutageCause, wordSeconds } from './wording/outage-cause.js'

const MOST_CHARACTERS = 76
/** Of these, so many stand behind the dots: the end of a patch says more than its brackets. */
const BEHIND = 30
const MOST_OBJECTS = 2

/** The command in one line; a here-document or a file stands as the objects that it holds. */
export function commandLine({ command, action }: RehearsedStep['step']): string {
  const line = oneLine(command)
  const cut =
    line.length > MOST_CHARACTERS
      ? `${line.slice(0, MOST_CHARACTERS - BEHIND - 3)}...${line.slice(line.length - BEHIND)}`
      : line
  const change = action.type === 'change' ? action.change : undefined
  if (change === undefined || !('resources' in change) || change.resources.length === 0) return cut
  const objects = change.resources.map(({ kind, metadata }) => `${kind}/${metadata.name}`)
  return `${cut} (${nameList(objects, MOST_OBJECTS)})`
}

/** `cat <<EOF | calicoctl apply -f - ... EOF` is `calicoctl apply -f -`. */
function oneLine(command: string): string {
  const [first = '', ...rest] = command
    .trim()
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
  const piped = /^cat\s*<<-?\s*\S+\s*\|\s*(.+)$/.exec(first)?.[1]
  const line = (piped ?? first).replace(/\s*<<-?\s*\S+\s*$/, '').replace(/\s+/g, ' ')
  return rest.length > 0 && line === first ? `${line} ...` : line
}

export function costText({ missing, pairSeconds }: Cost): string {
  const parts = [
    ...(missing === 0 ? [] : [`${counted(missing, 'ordered pair')} cut after a step, summed over the steps`]),
    ...(pairSeconds === 0 ? [] : [`up to ${number(Math.round(pairSeconds))} pair-seconds of passing outage`]),
  ]
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

/** `up to 60 s, mostly 4 to 30 s`. */
export function lengthText(seconds: Seconds, mostly: Seconds | undefined): string {
  return `${wordSeconds(seconds)}${mostly === undefined ? '' : `, mostly ${wordSeconds(mostly)}`}`
}

const KINDS: Readonly<Record<SessionChange['kind'], string>> = {
  mesh: 'mesh',
  node: 'node-specific',
  global: 'global',
  localWorkload: 'local-workload',
  router: 'router',
}

/** Which sessions a step ends, and what they end of. */
export function sessionLine({ diff }: RehearsedStep): readonly string[] {
  const parts = (diff?.sessions.groups ?? [])
    .filter(({ change, established }) => change !== 'added' && established.before > 0)
    .map(({ change, kind, count, fields, causes }) => {
      const what =
        change === 'removed'
          ? 'go'
          : fields.join() === 'state'
            ? 'go down'
            : `are made anew with another ${nameList(fields)}`
      const why = causes.map((cause) => [nameOf(cause), ...cause.fields.slice(0, 1)].join(' '))
      return `${number(count)} ${KINDS[kind]} ${count === 1 ? 'one' : 'ones'} ${count === 1 ? what.replace(/^go\b/, 'goes').replace(/^are /, 'is ') : what}${why.length === 0 ? '' : ` (${nameList(why, 1)})`}`
    })
  return parts.length === 0 ? [] : [`Sessions: ${parts.slice(0, MOST_SESSIONS).join('; ')}.`]
}

const MOST_SESSIONS = 4

/** One group of pairs, or two that are each other the other way round. */
export interface Between {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly pairs: number
  readonly bothWays: boolean
}

/** Groups that mirror each other become one. */
export function pairedUp<G extends Omit<Between, 'bothWays'>>(groups: readonly G[]): readonly (G & Between)[] {
  const left = new Map(groups.map((group) => [`${group.from.join()} ${group.to.join()}`, group]))
  const found: (G & Between)[] = []
  for (const group of groups) {
    const [key, mirror] = [`${group.from.join()} ${group.to.join()}`, `${group.to.join()} ${group.from.join()}`]
    if (!left.delete(key)) continue
    const other = left.get(mirror)
    left.delete(mirror)
    found.push({ ...group, pairs: group.pairs + (other?.pairs ?? 0), bothWays: other !== undefined })
  }
  return found
}

export function endsText({ from, to, bothWays }: Between): string {
  if (from.length > 1 && from.join() === to.join()) return `every pair of ${nameList(from)}`
  return bothWays ? `between ${nameList(from)} and ${nameList(to)}` : `${nameList(from)} to ${nameList(to)}`
}

/** What passes by itself. The reason of the loss stands with the first group: the others have the same in other places. */
export function cutLines(cuts: readonly Cut[]): readonly string[] {
  return cuts.flatMap(({ seconds, mostly, endedBy, groups }) =>
    pairedUp(groups).map((group, i) => {
      const { reason, example, pairs } = group
      const line = `cut for ${lengthText(seconds, mostly)}: ${counted(pairs, 'ordered pair')}, ${endsText(group)}`
      const why = `${wordOutageCause(endedBy)}.`
      const meanwhile =
        reason === undefined ? '' : ` Meanwhile ${example.from} to ${example.to}: ${wordLossReason(reason)}.`
      return i === 0 ? `${line}: ${why}${meanwhile}` : `${line}, for the same cause.`
    }),
  )
}
