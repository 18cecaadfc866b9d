/** scale, set env and rollout restart. */

import { at, fieldsOf, listOf, wholeWithin } from '../../cluster/read-fields.js'
import type { Finding } from '../../findings/finding.js'
import { type Fields, isFields } from '../../manifests/objects.js'
import type { Resource } from '../../manifests/resource.js'
import type { Change } from './change.js'
import { type ChangeContext, joined, type Outcome, said } from './context.js'
import type { Effect, ObjectRef } from './effect.js'
import { withField } from './merge-patch.js'
import { nameOf, refuse } from './remark.js'
import { isCalicoNode, resolve } from './targets.js'
import { namespaceOf, selectorOf } from './workload-pods.js'
import { writeObject } from './write-object.js'

type Scale = Extract<Change, { readonly do: 'scale' }>

export function scaleWorkloads(context: ChangeContext, change: Scale): Outcome {
  if (change.target.kind === 'apps/DaemonSet') {
    const message = 'A DaemonSet has no replicas to scale: it has a pod on each node that it selects.'
    return said(refuse('RUNBOOK_COMMAND_INVALID', message, 'Change its nodeSelector in its place.'))
  }
  const { found, findings } = resolve(context, change.target)
  const each = found.flatMap(({ ref, resource }): readonly Finding[] => {
    const held = wholeWithin(at(resource.spec, 'replicas'), 0, 1_000_000) ?? 1
    if (change.currentReplicas !== undefined && change.currentReplicas !== held) {
      const message = `${nameOf(ref)} has ${held} replicas, not ${change.currentReplicas}, so it is not scaled.`
      return [refuse('CHANGE_REPLICAS_DIFFER', message, 'Take --current-replicas out or correct it.', ref)]
    }
    if (held === change.replicas) return []
    return writeSpec(context, ref, resource, ['replicas'], change.replicas)
  })
  return said(...findings, ...each)
}

function writeSpec(
  context: ChangeContext,
  ref: ObjectRef,
  before: Resource,
  path: readonly string[],
  value: unknown,
): readonly Finding[] {
  const after = { ...before, spec: withField(fieldsOf(before.spec), path, value) }
  return writeObject(context, { ref, before, after, client: 'kubectl', strict: false })
}

type SetEnv = Extract<Change, { readonly do: 'setEnv' }>

const CONTAINERS = ['template', 'spec', 'containers'] as const

export function setEnvironment(context: ChangeContext, change: SetEnv): Outcome {
  const { found, findings } = resolve(context, change.target)
  const each = found.flatMap(({ ref, resource }): readonly Finding[] => {
    const containers = listOf(at(resource.spec, ...CONTAINERS))
    const known = containers.map((container) => at(container, 'name'))
    const missing = change.containers?.find((name) => !known.includes(name))
    if (missing !== undefined) {
      const message = `The pod template of ${nameOf(ref)} has no container ${missing}.`
      return [refuse('CHANGE_CONTAINER_UNKNOWN', message, 'Check the name behind -c.', ref)]
    }
    const changed = containers.map((container) => {
      const chosen = change.containers === undefined || change.containers.includes(String(at(container, 'name')))
      return chosen && isFields(container) ? withEnvironment(container, change) : container
    })
    return writeSpec(context, ref, resource, CONTAINERS, changed)
  })
  return said(...findings, ...each)
}

function withEnvironment(container: Fields, { set, remove }: SetEnv): Fields {
  const gone = new Set<unknown>(remove)
  const values = new Map(set)
  const kept = listOf(container.env).flatMap((entry) => {
    const name = at(entry, 'name')
    if (gone.has(name)) return []
    const value = typeof name === 'string' ? values.get(name) : undefined
    if (value === undefined) return [entry]
    values.delete(String(name))
    return [{ name, value }]
  })
  const added = [...values].map(([name, value]) => ({ name, value }))
  const env = [...kept, ...added]
  return env.length === 0 && container.env === undefined ? container : { ...container, env }
}

/** Pods are made anew without another word in the template but a time, which is left out here. */
export function restartRollout(
  context: ChangeContext,
  { target }: Extract<Change, { readonly do: 'rolloutRestart' }>,
): Outcome {
  const { found, findings } = resolve(context, target)
  const effects = found.map(({ ref, resource }): Outcome => {
    const { type } = strategyOf(resource)
    if (type === 'OnDelete') return { findings: [], effects: [waitsForDeletion(ref)] }
    return { findings: [], effects: [rollout(ref, resource)] }
  })
  return joined([said(...findings), ...effects])
}

export function waitsForDeletion(object: ObjectRef): Effect {
  return { effect: 'notPickedUp', object, fields: ['spec.template'], until: 'podRecreation' }
}

/** What a changed pod template sets going. */
export function rollout(
  ref: ObjectRef,
  workload: Resource,
  cause: 'template' | 'upgrade' | 'rolloutRestart' = 'rolloutRestart',
): Effect {
  if (isCalicoNode(ref)) {
    const { maxUnavailable } = strategyOf(workload)
    return { effect: 'calicoNodeRestarted', nodes: 'all', rolling: true, maxUnavailable, graceful: true, cause }
  }
  const pods = { by: 'label', namespace: namespaceOf(workload), selector: selectorOf(workload) } as const
  return { effect: 'podsRecreated', pods, rolling: true }
}

interface Strategy {
  readonly type: 'RollingUpdate' | 'OnDelete'
  readonly maxUnavailable: number | string
}

/** A DaemonSet replaces one pod at a time unless it says otherwise (k8s.io/api apps/v1 defaults). */
export function strategyOf({ spec }: Resource): Strategy {
  const type = at(spec, 'updateStrategy', 'type') === 'OnDelete' ? 'OnDelete' : 'RollingUpdate'
  const given = at(spec, 'updateStrategy', 'rollingUpdate', 'maxUnavailable')
  return { type, maxUnavailable: typeof given === 'number' || typeof given === 'string' ? given : 1 }
}
