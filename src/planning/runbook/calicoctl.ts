/** calicoctl's commands (calicoctl/calicoctl/commands). */

import type { Change } from '../change/change.js'
import { ipamCommand } from './calicoctl-ipam.js'
import { type CommandLine, flagSet, flagValue, parseCommandLine } from './command-line.js'
import { givenObjects } from './given-objects.js'
import { asks, type CommandInput, changes, incomplete, LOOKS, notSimulated, refused } from './interpret.js'
import { deletionsOf, writesOf } from './object-changes.js'
import { readPatch } from './patch-text.js'
import { isOtherKind, kindOfWord } from './resource-words.js'
import type { Action } from './runbook.js'

const FLAGS = {
  valued: new Set(
    'filename config namespace output context patch type log-level log-dir ip from-report cidr name since strictaffinity max-blocks-per-host kubevirt-ip-persistence ip-cooldown-seconds kubeconfig max-logs poll'.split(
      ' ',
    ),
  ),
  short: {
    f: 'filename',
    c: 'config',
    n: 'namespace',
    o: 'output',
    p: 'patch',
    t: 'type',
    l: 'log-level',
    R: 'recursive',
    s: 'skip-not-exists',
    A: 'all-namespaces',
    a: 'all-namespaces',
    h: 'help',
  },
} as const

/** `words` are those after the program's name. */
export function calicoctl(words: readonly string[], input: CommandInput): Action {
  const line = parseCommandLine(words, FLAGS)
  const [verb = '', ...rest] = line.positionals
  if (line.unfinished !== undefined) return incomplete(`calicoctl ${verb}`, `a value behind ${line.unfinished}`)
  if (verb === '' || flagSet(line, 'help') || verb === 'help' || verb === 'version') return LOOKS
  switch (verb) {
    case 'apply':
    case 'create':
    case 'replace':
      return writeObjects(verb, line, input)
    case 'patch':
      return patch(line, rest)
    case 'delete':
      return remove(line, rest, input)
    case 'label':
      return label(line, rest)
    case 'get':
      return get(line, rest)
    case 'validate':
    case 'convert':
    case 'cluster':
      return LOOKS
    case 'node':
      return node(rest, input)
    case 'ipam':
      return ipamCommand(line, rest)
    case 'datastore':
      return datastore(rest)
    default:
      return refused(
        'RUNBOOK_COMMAND_INVALID',
        `calicoctl has no command ${verb.slice(0, 60)}.`,
        'See calicoctl --help.',
      )
  }
}

function writeObjects(verb: 'apply' | 'create' | 'replace', line: CommandLine, input: CommandInput): Action {
  const given = givenObjects(`calicoctl ${verb}`, line, input)
  if ('action' in given) return given.action
  const skip = verb === 'create' && flagSet(line, 'skip-exists')
  const namespace = flagValue(line, 'namespace')
  const scope = namespace === undefined ? {} : { namespace }
  return writesOf({ do: verb, client: 'calicoctl', ...scope, skipExisting: skip }, given)
}

/** Whatever --type says, the patch is merged (resourcemgr.go Patch). */
function patch(line: CommandLine, [word, name]: readonly string[]): Action {
  const text = flagValue(line, 'patch')
  if (word === undefined || name === undefined) return incomplete('calicoctl patch', 'a kind and a name')
  if (text === undefined) return incomplete('calicoctl patch', 'a patch (-p)')
  const kind = kindOfWord(word, 'calicoctl')
  if (kind === undefined) return unknownKind(word)
  const read = readPatch(text, 'strategic', false)
  if ('action' in read) return read.action
  return changes({
    do: 'patch',
    client: 'calicoctl',
    target: { kind, pick: { by: 'name', names: [name] } },
    patch: read.patch,
  })
}

function remove(line: CommandLine, [word, ...names]: readonly string[], input: CommandInput): Action {
  const mayBeMissing = flagSet(line, 'skip-not-exists')
  if (line.flags.has('filename')) {
    const given = givenObjects('calicoctl delete', line, input)
    return 'action' in given ? given.action : deletionsOf({ client: 'calicoctl', mayBeMissing }, given)
  }
  if (word === undefined) return incomplete('calicoctl delete', 'a kind and a name')
  const kind = kindOfWord(word, 'calicoctl')
  if (kind === undefined) return unknownKind(word)
  if (names.length === 0) return incomplete('calicoctl delete', 'a name')
  return changes({ do: 'delete', client: 'calicoctl', target: { kind, pick: { by: 'name', names }, mayBeMissing } })
}

function label(line: CommandLine, [word, name, mark]: readonly string[]): Action {
  if (word === undefined || name === undefined || mark === undefined)
    return incomplete('calicoctl label', 'a kind, a name and KEY=VALUE')
  const kind = kindOfWord(word, 'calicoctl')
  if (kind === undefined) return unknownKind(word)
  const equals = mark.indexOf('=')
  const remove = flagSet(line, 'remove')
  if (!remove && equals < 0)
    return refused(
      'RUNBOOK_COMMAND_INVALID',
      `calicoctl label takes KEY=VALUE, not ${mark.slice(0, 60)}.`,
      'Add a value.',
    )
  const change: Change = {
    do: 'label',
    client: 'calicoctl',
    target: { kind, pick: { by: 'name', names: [name] } },
    set: remove ? [] : [[mark.slice(0, equals), mark.slice(equals + 1)]],
    remove: remove ? [mark] : [],
    overwrite: flagSet(line, 'overwrite'),
  }
  return changes(change)
}

function get(line: CommandLine, [word, ...names]: readonly string[]): Action {
  const kind = word === undefined ? undefined : kindOfWord(word, 'calicoctl')
  if (word !== undefined && kind === undefined && !isOtherKind(word)) return unknownKind(word)
  if (kind === undefined) return LOOKS
  return asks({ ask: 'resources', client: 'calicoctl', kind, names, output: flagValue(line, 'output') ?? 'ps' })
}

function node([verb]: readonly string[], { on }: CommandInput): Action {
  if (verb === 'status') return asks({ ask: 'nodeStatus', ...(on?.node === undefined ? {} : { node: on.node }) })
  if (verb === 'diags' || verb === 'checksystem' || verb === undefined) return LOOKS
  return notSimulated(
    `calicoctl node ${verb.slice(0, 40)} starts calico-node outside Kubernetes, which is not simulated.`,
    'Describe such a speaker as a router of the Underlay.',
  )
}

function datastore([verb = '']: readonly string[]): Action {
  if (verb === '' || verb === 'export') return LOOKS
  return notSimulated(
    `calicoctl datastore ${verb.slice(0, 40)} is not simulated.`,
    'Migrating a datastore, and locking it meanwhile, is no change of the network that is predicted here.',
  )
}

function unknownKind(word: string): Action {
  if (isOtherKind(word)) {
    return notSimulated(`${word} is not part of the model.`, 'It changes nothing that is predicted here.')
  }
  return refused('CHANGE_KIND_UNKNOWN', `calicoctl knows no kind ${word.slice(0, 60)}.`, 'See calicoctl get --help.')
}
