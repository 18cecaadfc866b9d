/** Objects that a command is given: `-f FILE`, `-f -`, with what is wrong with their text. */

import type { Finding } from '../../findings/finding.js'
import { readManifestText } from '../../manifests/read-manifests.js'
import type { Resource } from '../../manifests/resource.js'
import { remark } from '../change/remark.js'
import type { CommandLine } from './command-line.js'
import { type CommandInput, incomplete, notSimulated, refusedFor } from './interpret.js'
import type { Action } from './runbook.js'

export interface GivenObjects {
  readonly resources: readonly Resource[]
  /** Kinds among them that the planner does not read. */
  readonly others: readonly string[]
}

export type Given = GivenObjects | { readonly action: Action }

/** `command` is for messages: `kubectl apply`. */
export function givenObjects(command: string, line: CommandLine, input: CommandInput): Given {
  if (line.flags.has('kustomize')) {
    return {
      action: notSimulated(
        `${command} -k runs kustomize, which is not run here.`,
        'Write what kustomize build prints into a file and apply that with -f.',
      ),
    }
  }
  const files = (line.flags.get('filename') ?? []).flatMap((list) => list.split(','))
  if (files.length === 0) return { action: incomplete(command, 'a file (-f)') }
  const resources: Resource[] = []
  const others: string[] = []
  for (const file of files) {
    const read = file === '-' ? fromStandardInput(command, input) : fromFile(file, input)
    if ('action' in read) return read
    resources.push(...read.resources)
    others.push(...read.others)
  }
  return { resources, others: [...new Set(others)] }
}

function fromStandardInput(command: string, input: CommandInput): Given {
  const { stdin } = input
  if (typeof stdin === 'string') return objectsIn(stdin, input.file)
  if (stdin === undefined) return { action: incomplete(command, 'its standard input (a here-document or a pipe)') }
  return {
    action: notSimulated(
      `${command} reads what another command prints, which is not known here.`,
      'Give the objects in a here-document or a file.',
    ),
  }
}

function fromFile(path: string, { readFile }: CommandInput): Given {
  if (/^https?:\/\//.test(path)) {
    return {
      action: notSimulated(`${path} is not fetched.`, 'Download it beside the runbook and name the file.'),
    }
  }
  const text = readFile(path)
  if (typeof text === 'string') return objectsIn(text, path)
  if (text !== undefined) {
    return {
      action: notSimulated(
        `What ${path} holds at this point is not known: another command wrote it.`,
        'Give its content in a here-document, or put the finished file beside the runbook.',
      ),
    }
  }
  return {
    action: notSimulated(
      `The file ${path} is not beside the runbook.`,
      'Put it there, or give its content in a here-document.',
      'RUNBOOK_FILE_MISSING',
    ),
  }
}

/** The objects of a text. What cannot be read, and typographic quotes around a value, is what the command would refuse. */
export function objectsIn(text: string, name: string): Given {
  const set = readManifestText(text, name)
  const faults = set.findings.filter(({ severity }) => severity === 'error')
  if (faults.length > 0) return { action: refusedFor(faults) }
  const resources = set.manifests.map(({ resource }) => resource)
  const others = [...set.skipped.keys()].map((kind) => kind.slice(kind.indexOf(' ') + 1))
  if (resources.length > 0) return { resources, others }
  const kinds = others.join(', ')
  if (kinds === '') {
    const nothing: Finding = remark('error', 'RUNBOOK_COMMAND_INVALID', `${name} holds no object.`, 'Give the objects.')
    return { action: refusedFor([nothing]) }
  }
  return {
    action: notSimulated(`${kinds} is not part of the model.`, 'It changes nothing that is predicted here.'),
  }
}
