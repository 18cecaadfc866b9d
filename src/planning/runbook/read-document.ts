/** Steps of a `kind: Runbook` document. */

import { readKindOf } from '../../cluster/inventory.js'
import type { Finding } from '../../findings/finding.js'
import { type Fields, isFields } from '../../manifests/objects.js'
import { readManifestText } from '../../manifests/read-manifests.js'
import type { Manifest, Resource } from '../../manifests/resource.js'
import { validateResource } from '../../manifests/validation/validate-resource.js'
import type { Change, Client, Element, Target } from '../change/change.js'
import { objectsIn } from './given-objects.js'
import { changes, combined, incomplete, refused } from './interpret.js'
import { writesOf } from './object-changes.js'
import { readPatch } from './patch-text.js'
import { readShell } from './read-shell.js'
import { kindOfWord } from './resource-words.js'
import type { Action } from './runbook.js'
import { fileIn, type ShellState } from './shell-state.js'
import { secondsOf } from './tools.js'

export interface DocumentStep {
  readonly name?: string
  readonly command: string
  readonly action: Action
}

export interface RunbookDocuments {
  readonly documents: readonly Manifest[]
  /** What is wrong with the text, and with the documents. */
  readonly findings: readonly Finding[]
}

export function runbookDocuments(text: string, file: string): RunbookDocuments {
  const { manifests, findings } = readManifestText(text, file)
  const documents = manifests.filter(({ resource }) => readKindOf(resource) === 'calico-plan/Runbook')
  const judged = documents.flatMap(({ resource }) => validateResource(resource))
  return { documents, findings: [...findings, ...judged].filter(({ severity }) => severity === 'error') }
}

export function readDocument({ resource }: Manifest, state: ShellState): readonly DocumentStep[] {
  const { spec } = resource
  const steps = isFields(spec) && Array.isArray(spec.steps) ? spec.steps : []
  return steps.flatMap((step): readonly DocumentStep[] => (isFields(step) ? readStep(step, state) : []))
}

const VERBS: Readonly<Record<string, (value: unknown, state: ShellState) => Action>> = {
  apply: applied,
  patch: patched,
  delete: deleted,
  fail: (value) => broken('fail', value),
  recover: (value) => broken('recover', value),
  wait: waited,
  expect: expected,
}

function readStep(step: Fields, state: ShellState): readonly DocumentStep[] {
  const named = typeof step.name === 'string' ? { name: step.name } : {}
  if (typeof step.run === 'string') {
    return readShell(step.run, state).map(({ command, comment, action }) => ({
      ...(comment === undefined ? named : { name: comment, ...named }),
      command,
      action,
    }))
  }
  const [verb] = Object.entries(VERBS).filter(([key]) => step[key] !== undefined)
  if (verb === undefined) {
    const lacks = 'run, apply, patch, delete, fail, recover, wait or expect'
    return [{ ...named, command: shown(step), action: incomplete('a step', lacks) }]
  }
  const [key, read] = verb
  return [{ ...named, command: `${key}: ${shown(step[key])}`, action: read(step[key], state) }]
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** An object, several, their text, or the name of a file. Calico's own go through calicoctl, which judges the most. */
function applied(value: unknown, state: ShellState): Action {
  const given = objectsIn(typeof value === 'string' ? textOf(value, state) : JSON.stringify(listed(value)), state.file)
  if ('action' in given) return given.action
  const isCalico = ({ apiVersion }: Resource): boolean => apiVersion === 'projectcalico.org/v3'
  const calico = given.resources.filter(isCalico)
  const others = given.resources.filter((resource) => !isCalico(resource))
  const written = [
    ...(calico.length === 0 ? [] : [writesOf({ do: 'apply', client: 'calicoctl' }, { ...given, resources: calico })]),
    ...(others.length === 0
      ? []
      : [
          writesOf(
            { do: 'apply', client: 'kubectl' },
            { resources: others, others: calico.length === 0 ? given.others : [] },
          ),
        ]),
  ]
  return combined(written) ?? incomplete('apply', 'an object')
}

function listed(value: unknown): unknown {
  return Array.isArray(value) ? { apiVersion: 'v1', kind: 'List', items: value } : value
}

/** A word alone is the name of a file, where there is one. */
function textOf(value: string, state: ShellState): string {
  const text = value.includes('\n') ? undefined : fileIn(state, value.trim())
  return typeof text === 'string' ? text : value
}

/** `{kind, name, namespace, patch, type}`; the patch is an object, or operations of a JSON patch. */
function patched(value: unknown): Action {
  const fields = isFields(value) ? value : {}
  const found = targetOf('patch', fields)
  if ('action' in found) return found.action
  const body = fields.patch ?? (fields.spec === undefined ? undefined : { spec: fields.spec })
  if (body === undefined) return incomplete('patch', 'a patch')
  const type = Array.isArray(body) ? 'json' : fields.type === 'strategic' ? 'strategic' : 'merge'
  const read = readPatch(typeof body === 'string' ? body : JSON.stringify(body), type, true)
  if ('action' in read) return read.action
  return changes({ do: 'patch', client: found.client, target: found.target, patch: read.patch })
}

function deleted(value: unknown): Action {
  const found = targetOf('delete', isFields(value) ? value : {})
  return 'action' in found ? found.action : changes({ do: 'delete', client: found.client, target: found.target })
}

type Found = { readonly target: Target; readonly client: Client } | { readonly action: Action }

/** A Node is Calico's view for a patch of `spec.bgp` alone; labels and all the rest are the Kubernetes Node's. */
function targetOf(what: 'patch' | 'delete', fields: Fields): Found {
  const [word, name] = [typeof fields.kind === 'string' ? fields.kind : '', fields.name]
  const isNode = /^nodes?$/i.test(word)
  const kind = isNode
    ? isCalicoNodePatch(fields)
      ? 'calico/Node'
      : 'core/Node'
    : (kindOfWord(word, 'calicoctl') ?? kindOfWord(word, 'kubectl'))
  if (kind === undefined || typeof name !== 'string') return { action: incomplete(what, 'a kind and a name') }
  const { namespace } = fields
  return {
    target: { kind, pick: { by: 'name', names: [name] }, ...(typeof namespace === 'string' ? { namespace } : {}) },
    client: kind.startsWith('calico/') ? 'calicoctl' : 'kubectl',
  }
}

function isCalicoNodePatch({ patch, spec }: Fields): boolean {
  const given = isFields(patch) ? patch.spec : spec
  return isFields(given) && Object.hasOwn(given, 'bgp')
}

/** `{node: n1}`, `{bird: n1, manner: orderly}`, `{router: tor1}`, `{link: n1/rack-a}`; a list of names breaks together. */
function broken(what: 'fail' | 'recover', value: unknown): Action {
  const fields = isFields(value) ? value : {}
  const manner = fields.manner === 'orderly' ? 'orderly' : 'killed'
  const elements: Element[] = (['node', 'bird', 'router'] as const).flatMap((kind) =>
    namesOf(fields[kind]).map((name): Element => ({ what: kind, name })),
  )
  for (const link of namesOf(fields.link)) {
    const at = link.indexOf('/')
    if (at <= 0) {
      return refused('RUNBOOK_COMMAND_INVALID', `${link.slice(0, 60)} is no link.`, 'Write DEVICE/SUBNET: n1/rack-a.')
    }
    elements.push({ what: 'link', device: link.slice(0, at), subnet: link.slice(at + 1) })
  }
  if (elements.length === 0) return incomplete(what, 'a node, bird, router or link')
  const made = elements.map(
    (element): Change => (what === 'fail' ? { do: 'fail', element, manner } : { do: 'recover', element }),
  )
  return changes(...made)
}

const MOST_NAMES = 10_000

function namesOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value.slice(0, MOST_NAMES) : [value]
  return values.filter((name) => typeof name === 'string')
}

/** Seconds, or a text as sleep takes it. */
function waited(value: unknown): Action {
  const seconds = typeof value === 'number' || typeof value === 'string' ? secondsOf(String(value)) : undefined
  return seconds === undefined ? incomplete('wait', 'a number of seconds') : changes({ do: 'wait', seconds })
}

function expected(value: unknown): Action {
  const resource: Resource = {
    apiVersion: 'calico-plan/v1',
    kind: 'Expectation',
    metadata: { name: 'expect' },
    spec: isFields(value) ? value : {},
  }
  const faults = validateResource(resource).filter(({ severity }) => severity === 'error')
  return faults.length > 0 ? { type: 'refused', findings: faults } : { type: 'expect', expectation: { resource } }
}
