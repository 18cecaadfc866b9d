/** Words before the real command: sudo, variables for one command, and ways onto another machine or into a pod. */

import type { CommandInput } from './interpret.js'

export interface Unwrapped {
  readonly words: readonly string[]
  readonly on?: CommandInput['on']
  /** The words are one text for a shell: `bash -c TEXT`, `ssh HOST TEXT`. */
  readonly script?: string
}

/** Flags with a value of each program that runs another one. */
const RUNNERS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    sudo: ['-u', '-g', '-h', '-p', '-C', '-D', '-r', '-t', '-U', '--user', '--group'],
    doas: ['-u', '-C'],
    env: ['-u', '--unset', '-C', '--chdir'],
    nohup: [],
    time: ['-f', '-o'],
    command: [],
    exec: ['-a'],
    stdbuf: ['-i', '-o', '-e'],
    nice: ['-n'],
    ionice: ['-c', '-n'],
    watch: ['-n', '--interval'],
    timeout: ['-s', '-k', '--signal', '--kill-after'],
  }).map(([name, flags]) => [name, new Set(flags)]),
)

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/

/** The name of a program without its directory. */
export function programOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1)
}

/** One layer taken off; the same words where there is none. */
export function unwrap(words: readonly string[]): Unwrapped {
  const start = words.findIndex((word) => !ASSIGNMENT.test(word))
  if (start !== 0) return { words: start < 0 ? [] : words.slice(start) }
  const program = programOf(words[0] ?? '')
  const valued = RUNNERS.get(program)
  if (valued !== undefined) return { words: withoutFlags(words.slice(1), valued, program === 'timeout' ? 1 : 0) }
  switch (program) {
    case 'bash':
    case 'sh':
    case 'zsh':
    case 'dash':
    case 'ash':
      return shellScript(words)
    case 'ssh':
      return overSsh(words)
    case 'vagrant':
      return overVagrant(words)
    case 'docker':
    case 'nerdctl':
    case 'crictl':
    case 'podman':
      return inContainer(words)
    default:
      return { words }
  }
}

function withoutFlags(words: readonly string[], valued: ReadonlySet<string>, operands: number): readonly string[] {
  let at = 0
  while (at < words.length && (words[at] ?? '').startsWith('-')) {
    const word = words[at] ?? ''
    at += valued.has(word) ? 2 : 1
    if (word === '--') break
  }
  return words.slice(at + operands)
}

function shellScript(words: readonly string[]): Unwrapped {
  const at = words.findIndex((word) => /^-[a-z]*c$/.test(word))
  const script = at < 0 ? undefined : words[at + 1]
  return script === undefined ? { words } : { words: [], script }
}

const SSH_VALUED: ReadonlySet<string> = new Set([
  '-i',
  '-p',
  '-l',
  '-o',
  '-J',
  '-F',
  '-L',
  '-R',
  '-D',
  '-b',
  '-c',
  '-m',
])

function overSsh(words: readonly string[]): Unwrapped {
  const [host, ...command] = withoutFlags(words.slice(1), SSH_VALUED, 0)
  if (host === undefined || command.length === 0) return { words }
  return { words: [], script: command.join(' '), on: { node: host.slice(host.lastIndexOf('@') + 1) } }
}

function overVagrant(words: readonly string[]): Unwrapped {
  const [, verb, node, flag, script] = words
  const known = verb === 'ssh' && node !== undefined && (flag === '-c' || flag === '--command') && script !== undefined
  return known ? { words: [], script, on: { node } } : { words }
}

const CONTAINER_VALUED: ReadonlySet<string> = new Set(['-u', '-w', '-e', '--user', '--workdir', '--env', '-r'])

/** A container of the node on which the operator sits. */
function inContainer(words: readonly string[]): Unwrapped {
  if (words[1] !== 'exec') return { words }
  const [, ...command] = withoutFlags(words.slice(2), CONTAINER_VALUED, 0)
  return command.length === 0 ? { words } : { words: command }
}
