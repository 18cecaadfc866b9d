/**
 * A step that sets several fields at once, done field by field: a new AS number ends every session, the mesh that goes
 * must wait for the reflectors, and one command for both can be put nowhere in an order without harm.
 */

import { compareText } from '../../cluster/inventory.js'
import { fieldsOf } from '../../cluster/read-fields.js'
import type { Resource } from '../../manifests/resource.js'
import type { Change } from '../change/change.js'
import type { ResourceChange } from '../diff/cluster-diff.js'
import type { RunbookStep } from '../runbook/runbook.js'
import type { RehearsedStep } from './rehearsal.js'

export interface SplitStep {
  readonly whole: RehearsedStep
  /** Together they do what the step does. */
  readonly parts: readonly RunbookStep[]
}

/** Fields of BGPConfiguration that no session and no route depends on: they stay together. */
const HARMLESS: ReadonlySet<string> = new Set(['logSeverityScreen', 'bindMode', 'ignoredInterfaces'])

/** Of the steps those that can be done in parts. */
export function splitSteps(steps: readonly RehearsedStep[]): readonly SplitStep[] {
  return steps.flatMap((whole) => {
    const parts = partsOf(whole)
    return parts.length < 2 ? [] : [{ whole, parts }]
  })
}

function partsOf({ step, status, diff }: RehearsedStep): readonly RunbookStep[] {
  const [change, ...others] = diff?.resources ?? []
  if (status !== 'simulated' || change === undefined || others.length > 0 || change.kind !== 'BGPConfiguration')
    return []
  if (step.action.type !== 'change') return []
  const given = change.change === 'added' ? givenResource(step.action.change, change.name) : undefined
  if (change.change === 'removed' || (change.change === 'added' && given === undefined)) return []
  const fields = given === undefined ? changedFields(change) : Object.entries(fieldsOf(given.spec))
  const mattering = fields.filter(([field]) => !HARMLESS.has(field))
  if (mattering.length < 2) return []
  const rest = Object.fromEntries(fields.filter(([field]) => HARMLESS.has(field)))
  return [
    ...(given === undefined ? [] : [creation(step, { ...given, spec: rest })]),
    ...mattering.map(([field, value], i) =>
      patching(step, change.name, { ...(given === undefined && i === 0 ? rest : {}), [field]: value }),
    ),
  ]
}

function givenResource(change: Change, name: string): Resource | undefined {
  if (!('resources' in change) || change.resources.length !== 1) return undefined
  return change.resources.find(({ metadata }) => metadata.name === name)
}

/** Top-level fields of the spec with their new values; null takes a field away. */
function changedFields({ fields }: ResourceChange): readonly (readonly [string, unknown])[] {
  const found = new Map<string, unknown>()
  for (const { path, after } of fields) {
    const [first, field] = path
    if (first !== 'spec' || typeof field !== 'string' || path.length !== 2) return []
    found.set(field, after ?? null)
  }
  return [...found].sort(([a], [b]) => compareText(a, b))
}

function creation(step: RunbookStep, resource: Resource): RunbookStep {
  return partOf(step, `calicoctl create -f - <<EOF\n${JSON.stringify(resource)}\nEOF`, {
    do: 'create',
    client: 'calicoctl',
    resources: [resource],
  })
}

function patching(step: RunbookStep, name: string, spec: Readonly<Record<string, unknown>>): RunbookStep {
  const body = { spec }
  return partOf(step, `calicoctl patch bgpconfiguration ${name} -p '${JSON.stringify(body)}'`, {
    do: 'patch',
    client: 'calicoctl',
    target: { kind: 'calico/BGPConfiguration', pick: { by: 'name', names: [name] } },
    patch: { type: 'strategic', body },
  })
}

function partOf({ index, file }: RunbookStep, command: string, change: Change): RunbookStep {
  return { index, name: command, command, file, action: { type: 'change', change } }
}
