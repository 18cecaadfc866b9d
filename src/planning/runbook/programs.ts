/** The words of one command made into what it does, whichever program it is. */

import { calicoctl } from './calicoctl.js'
import { type CommandInput, LOOKS, notSimulated } from './interpret.js'
import { kubectl } from './kubectl.js'
import { MOST_NESTING } from './limits.js'
import { programOf, unwrap } from './prefixes.js'
import type { Action } from './runbook.js'
import { isLocal, passedOver } from './shell-programs.js'
import { tool } from './tools.js'

/** What a text is in the mouth of another shell: `bash -c`, `ssh`. */
export type RunScript = (script: string, input: CommandInput) => Action | undefined

/** Undefined for a command that only prepares: export, set, cd. */
export function interpret(words: readonly string[], input: CommandInput, run: RunScript): Action | undefined {
  if (words.length === 0) return undefined
  if (input.depth > MOST_NESTING) {
    return notSimulated('Commands inside commands go too deep here.', 'Write the innermost command by itself.')
  }
  const { words: inner, on, script } = unwrap(words)
  const inside = { ...input, depth: input.depth + 1, ...(on === undefined ? {} : { on: { ...input.on, ...on } }) }
  if (script !== undefined) return run(script, inside)
  return inner === words ? program(words, input, run) : interpret(inner, inside, run)
}

const KUBECTL: ReadonlySet<string> = new Set(['kubectl', 'oc', 'k', 'microk8s.kubectl'])
/** Programs that carry kubectl as their first word. */
const CARRIERS: ReadonlySet<string> = new Set(['k3s', 'rke2', 'microk8s', 'minikube', 'k0s'])

function program(words: readonly string[], input: CommandInput, run: RunScript): Action | undefined {
  const [first = '', ...rest] = words
  const name = programOf(first)
  if (CARRIERS.has(name) && rest[0] === 'kubectl') {
    return program(['kubectl', ...rest.slice(rest[1] === '--' ? 2 : 1)], input, run)
  }
  if (/^calicoctl(?:[-.].*)?$/.test(name) || name === 'kubectl-calico') return calicoctl(rest, input)
  if (KUBECTL.has(name)) {
    if (rest[0] === 'calico') return calicoctl(rest.slice(1), input)
    return kubectl(rest, input, (inner, inPod) => interpret(inner, { ...inPod, depth: input.depth + 1 }, run) ?? LOOKS)
  }
  if (passedOver(name)) return undefined
  if (isLocal(name, rest, input.on !== undefined)) return LOOKS
  return tool(name, rest, input) ?? unknownProgram(name)
}

function unknownProgram(name: string): Action {
  return notSimulated(
    `${name.slice(0, 60)} is not simulated: what it does to the cluster is not known here.`,
    'Where it changes nothing, leave it out; else write what it changes as kubectl or calicoctl commands.',
  )
}
