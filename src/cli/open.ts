/** Opens the input of a command: reads, validates, builds the Cluster; refuses what the API server would refuse. */

import { type Cluster, type Finding, InputError, type OpenedInput, openInput } from '../index.js'
import { findingLines } from '../report/check.js'
import { EXIT, type ExitStatus } from './exit-status.js'
import type { CommonFlags } from './options.js'
import type { Terminal } from './terminal.js'

/** Throws InputError when a PATH is missing. `check` goes on with an invalid input; other commands throw. */
export function openForCommand(paths: readonly string[], flags: CommonFlags, terminal: Terminal): OpenedInput {
  const opened = readInput(paths, flags)
  if (!opened.valid) throw new InputError(opened.inputFindings.filter(({ severity }) => severity === 'error'))
  for (const [kind, count] of opened.cluster.skipped) terminal.note(`skipped ${count} of ${kind}`)
  return opened
}

/** As `openForCommand`, an invalid input included. */
export function readInput(paths: readonly string[], flags: CommonFlags): OpenedInput {
  if (paths.length === 0) {
    throw new InputError([
      {
        severity: 'error',
        code: 'INPUT_NO_PATH',
        message: 'no PATH was given',
        hint: 'Name a file or a directory of manifests, or - to read standard input.',
      },
    ])
  }
  return openInput(paths, {
    seed: flags.seed,
    ...(flags.calico === undefined ? {} : { calico: flags.calico }),
  })
}

/** Throws InputError for a node that the cluster does not have. */
export function requireNodes(cluster: Cluster, names: readonly string[]): void {
  refuseUnknown(
    names.filter((name) => !cluster.nodeByName.has(name)),
    'node',
    cluster.nodes.map(({ name }) => name),
  )
}

/** The same for nodes and routers of the Underlay. */
export function requireSpeakers(cluster: Cluster, names: readonly string[]): void {
  const routers = cluster.underlay.routers.map(({ name }) => name)
  const unknown = names.filter((name) => !cluster.nodeByName.has(name) && !routers.includes(name))
  refuseUnknown(unknown, 'node or router', [...routers, ...cluster.nodes.map(({ name }) => name)])
}

const MOST_NAMES = 5

function refuseUnknown(unknown: readonly string[], what: string, known: readonly string[]): void {
  if (unknown.length === 0) return
  const some = `${known.slice(0, MOST_NAMES).join(', ')}${known.length > MOST_NAMES ? ', ...' : ''}`
  throw new InputError(
    unknown.map((name) => ({
      severity: 'error',
      code: 'INPUT_UNKNOWN_NODE',
      message: `there is no ${what} ${JSON.stringify(name)} in the input`,
      hint: known.length === 0 ? `The input holds no ${what}.` : `There are ${some}.`,
    })),
  )
}

/** Tells on standard error what holds for the whole answer; the exit status that follows from it. */
export function noteFindings(findings: readonly Finding[], terminal: Terminal): ExitStatus {
  for (const finding of findings) terminal.note(findingLines(finding).join('\n'))
  return findings.some(({ severity }) => severity === 'error') ? EXIT.found : EXIT.clean
}
