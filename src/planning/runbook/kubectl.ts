/** kubectl's commands as changes and questions. */

import type { Resource } from '../../manifests/resource.js'
import type { Change, Patch, Target } from '../change/change.js'
import { type CommandLine, type FlagNames, flagSet, flagValue, parseCommandLine } from './command-line.js'
import { givenObjects } from './given-objects.js'
import { asks, type CommandInput, changes, incomplete, notSimulated, refused } from './interpret.js'
import { markOnLine } from './marks-on-line.js'
import { deletionsOf, writesOf } from './object-changes.js'
import { type PatchType, readPatch } from './patch-text.js'
import { kindOfWord } from './resource-words.js'
import type { Action } from './runbook.js'
import { namespaceOf, targetsOnLine } from './targets-on-line.js'

const FLAGS: FlagNames = {
  valued: new Set(
    [
      'namespace filename kustomize patch patch-file type selector output replicas current-replicas container containers',
      'timeout for grace-period context kubeconfig cluster user as field-selector field-manager cascade image env from',
      'server token request-timeout sort-by labels chunk-size pod-selector skip-wait-for-delete-timeout to-revision revision',
      'prefix keys port annotations limit subresource resource-version',
    ]
      .join(' ')
      .split(' '),
  ),
  short: {
    n: 'namespace',
    f: 'filename',
    k: 'kustomize',
    p: 'patch',
    l: 'selector',
    o: 'output',
    c: 'container',
    e: 'env',
    s: 'server',
    A: 'all-namespaces',
    R: 'recursive',
    i: 'stdin',
    t: 'tty',
    w: 'watch',
  },
}

/** Reads the command of an `exec`. */
export type InPod = (words: readonly string[], input: CommandInput) => Action

/** `words` without `kubectl`. */
export function kubectl(words: readonly string[], input: CommandInput, inner: InPod): Action {
  const line = parseCommandLine(words, FLAGS)
  const [verb = '', ...rest] = line.positionals
  const command = `kubectl ${verb}`
  if (line.unfinished !== undefined) return incomplete(command, `a value for ${line.unfinished}`)
  const dryRun = flagValue(line, 'dry-run')
  if (dryRun !== undefined && dryRun !== 'none' && dryRun !== 'false') return asks({ ask: 'other' })
  switch (verb) {
    case 'apply':
    case 'replace':
      return written(verb, line, input)
    case 'create':
      return rest.length > 0 ? createByName(rest, line) : written('create', line, input)
    case 'patch':
      return patched(line, rest, input)
    case 'delete':
      return deleted(line, rest, input)
    case 'label':
    case 'annotate':
      return markOnLine(verb, line, rest, 'kubectl')
    case 'scale':
      return scaled(line, rest)
    case 'cordon':
    case 'uncordon':
      return onTargets(line, rest, command, (target) => ({ do: verb, target }), true)
    case 'drain':
      return onTargets(
        line,
        rest,
        command,
        (target) => ({
          do: 'drain',
          target,
          ignoreDaemonSets: flagSet(line, 'ignore-daemonsets'),
          force: flagSet(line, 'force'),
          deleteEmptyDirData: flagSet(line, 'delete-emptydir-data') || flagSet(line, 'delete-local-data'),
        }),
        true,
      )
    case 'set':
      return set(line, rest)
    case 'rollout':
      return rollout(line, rest)
    case 'exec':
      return executed(line, rest, input, inner)
    case 'get':
    case 'describe':
      return got(verb, line, rest)
    case 'wait':
    case 'logs':
    case 'version':
    case 'cluster-info':
    case 'top':
    case 'explain':
    case 'config':
    case 'api-resources':
    case 'api-versions':
    case 'diff':
    case 'auth':
    case 'port-forward':
    case 'proxy':
    case 'kustomize':
    case 'events':
    case 'completion':
    case 'cp':
      return asks({ ask: 'other' })
    case 'edit':
      return notSimulated(
        `${command} ${rest.join(' ')} opens an editor, and what is changed in it is not written here.`,
        'Write the change as kubectl patch.',
      )
    case '':
      return incomplete('kubectl', 'a command')
    default:
      return notSimulated(`${command} is not simulated.`, 'Write it with apply, patch, label or delete if it can be.')
  }
}

function written(verb: 'apply' | 'create' | 'replace', line: CommandLine, input: CommandInput): Action {
  if (flagSet(line, 'prune')) {
    return notSimulated(
      'kubectl apply --prune deletes objects that the files no longer hold, which is not simulated.',
      'Write what goes as kubectl delete.',
    )
  }
  const given = givenObjects(`kubectl ${verb}`, line, input)
  if ('action' in given) return given.action
  const namespace = namespaceOf(line)
  return writesOf({ do: verb, client: 'kubectl', ...(namespace === undefined ? {} : { namespace }) }, given)
}

/** `create namespace NAME` and `create deployment NAME --image=I --replicas=N`. */
function createByName([word = '', name]: readonly string[], line: CommandLine): Action {
  const kind = kindOfWord(word, 'kubectl')
  if (name === undefined) return incomplete(`kubectl create ${word}`, 'a name')
  const resource = kind === 'core/Namespace' ? namespaceNamed(name) : deploymentNamed(name, line)
  if (kind !== 'core/Namespace' && kind !== 'apps/Deployment') {
    return notSimulated(`kubectl create ${word} is not simulated.`, 'Give the object with create -f.')
  }
  const namespace = namespaceOf(line)
  return changes({
    do: 'create',
    client: 'kubectl',
    resources: [resource],
    ...(namespace === undefined ? {} : { namespace }),
  })
}

function namespaceNamed(name: string): Resource {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

/** As kubectl makes it: the label `app` with the name (kubectl pkg/cmd/create/create_deployment.go). */
function deploymentNamed(name: string, line: CommandLine): Resource {
  const labels = { app: name }
  const image = flagValue(line, 'image') ?? ''
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: Number(flagValue(line, 'replicas') ?? 1),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image }] } },
    },
  }
}

function patched(line: CommandLine, rest: readonly string[], input: CommandInput): Action {
  const found = targetsOnLine(line, rest, { command: 'kubectl patch', client: 'kubectl' })
  if ('action' in found) return found.action
  const file = flagValue(line, 'patch-file')
  const text = file === undefined ? flagValue(line, 'patch') : input.readFile(file)
  if (typeof text === 'object') {
    return notSimulated(`What ${file} holds at this point is not known.`, 'Write the patch behind -p.')
  }
  if (text === undefined) {
    if (file === undefined) return incomplete('kubectl patch', 'a patch (-p)')
    return notSimulated(`The file ${file} is not beside the runbook.`, 'Put it there.', 'RUNBOOK_FILE_MISSING')
  }
  const type = flagValue(line, 'type') ?? 'strategic'
  if (!['json', 'merge', 'strategic'].includes(type)) {
    return refused('CHANGE_PATCH_TYPE', `--type ${type} is no type of patch.`, 'Write json, merge or strategic.')
  }
  const read = readPatch(text, type as PatchType, true)
  if ('action' in read) return read.action
  return changes(
    ...found.targets.map((target): Change => ({ do: 'patch', client: 'kubectl', target, patch: read.patch })),
  )
}

function deleted(line: CommandLine, rest: readonly string[], input: CommandInput): Action {
  if (rest.length === 0 && (line.flags.has('filename') || line.flags.has('kustomize'))) {
    const given = givenObjects('kubectl delete', line, input)
    if ('action' in given) return given.action
    const namespace = namespaceOf(line)
    const mayBeMissing = flagSet(line, 'ignore-not-found')
    return deletionsOf({ client: 'kubectl', mayBeMissing, ...(namespace === undefined ? {} : { namespace }) }, given)
  }
  return onTargets(line, rest, 'kubectl delete', (target) => ({ do: 'delete', client: 'kubectl', target }))
}

function scaled(line: CommandLine, rest: readonly string[]): Action {
  const replicas = Number(flagValue(line, 'replicas') ?? Number.NaN)
  if (!Number.isInteger(replicas) || replicas < 0) return incomplete('kubectl scale', 'a number of --replicas')
  const current = flagValue(line, 'current-replicas')
  return onTargets(line, rest, 'kubectl scale', (target) => ({
    do: 'scale',
    target,
    replicas,
    ...(current === undefined ? {} : { currentReplicas: Number(current) }),
  }))
}

function set(line: CommandLine, [what = '', ...rest]: readonly string[]): Action {
  const isPair = (word: string): boolean => /^[A-Za-z_][\w./-]*=/.test(word) || /^[A-Za-z_]\w*-$/.test(word)
  if (what !== 'env' && what !== 'image') {
    return notSimulated(`kubectl set ${what} is not simulated.`, 'Write the change as kubectl patch.')
  }
  const found = targetsOnLine(line, rest, { command: `kubectl set ${what}`, client: 'kubectl', isRest: isPair })
  if ('action' in found) return found.action
  const pairs = [...found.rest, ...(line.flags.get('env') ?? [])]
  const assigned = pairs.filter((pair) => pair.includes('=')).map(splitPair)
  if (what === 'image') {
    const containers = assigned.map(([name, image]) => ({ name, image }))
    if (containers.length === 0) return incomplete('kubectl set image', 'CONTAINER=IMAGE')
    const patch: Patch = { type: 'strategic', body: { spec: { template: { spec: { containers } } } } }
    return changes(...found.targets.map((target): Change => ({ do: 'patch', client: 'kubectl', target, patch })))
  }
  const remove = pairs.filter((pair) => !pair.includes('=') && pair.endsWith('-')).map((pair) => pair.slice(0, -1))
  if (flagSet(line, 'list')) return asks({ ask: 'other' })
  if (assigned.length + remove.length === 0) return incomplete('kubectl set env', 'NAME=VALUE')
  const containers = flagValue(line, 'containers') ?? flagValue(line, 'container')
  return changes(
    ...found.targets.map(
      (target): Change => ({
        do: 'setEnv',
        target,
        set: assigned,
        remove,
        ...(containers === undefined || containers === '*' ? {} : { containers: containers.split(',') }),
      }),
    ),
  )
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}

function rollout(line: CommandLine, [what = '', ...rest]: readonly string[]): Action {
  if (what === 'status' || what === 'history') return asks({ ask: 'other' })
  if (what !== 'restart') {
    return notSimulated(`kubectl rollout ${what} is not simulated.`, 'Apply the template that it goes back to.')
  }
  return onTargets(line, rest, 'kubectl rollout restart', (target) => ({ do: 'rolloutRestart', target }))
}

function executed(line: CommandLine, rest: readonly string[], input: CommandInput, inner: InPod): Action {
  const [name, ...old] = rest
  const words = line.after.length > 0 ? line.after : old
  if (name === undefined || words.length === 0) return incomplete('kubectl exec', 'a pod and a command')
  const pod = { namespace: namespaceOf(line) ?? 'default', pod: name.replace(/^pods?\//, '') }
  return inner(words, { ...input, on: { ...input.on, pod } })
}

function got(verb: 'get' | 'describe', line: CommandLine, rest: readonly string[]): Action {
  const [first = '', ...names] = rest
  const [word = '', single] = first.split('/')
  const kind = kindOfWord(word.split(',')[0] ?? '', 'kubectl')
  if (kind === undefined) return asks({ ask: 'other' })
  const namespace = namespaceOf(line)
  const selector = flagValue(line, 'selector')
  return asks({
    ask: 'resources',
    client: 'kubectl',
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    names: single === undefined ? names : [single],
    ...(selector === undefined ? {} : { selector }),
    output: verb === 'describe' ? verb : (flagValue(line, 'output') ?? ''),
  })
}

function onTargets(
  line: CommandLine,
  rest: readonly string[],
  command: string,
  make: (target: Target) => Change,
  nodes = false,
): Action {
  const how = { command, client: 'kubectl' as const, ...(nodes ? { kind: 'core/Node' as const } : {}) }
  const found = targetsOnLine(line, rest, how)
  return 'action' in found ? found.action : changes(...found.targets.map(make))
}
