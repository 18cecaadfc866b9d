/** Which objects a command means at this point. */

import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../../manifests/resource.js'
import type { Target } from './change.js'
import type { ChangeContext } from './context.js'
import type { ObjectRef } from './effect.js'
import { parseLabelSelector } from './label-selector.js'
import { kindName, notFound, refuse, remark } from './remark.js'
import { isNamespaced, refIn, refOfResource } from './store.js'
import { readObject } from './write-object.js'

export interface Resolved {
  readonly found: readonly { readonly ref: ObjectRef; readonly resource: Resource }[]
  readonly findings: readonly Finding[]
}

/** Names in their order; a selector's objects in the order of the input. */
export function resolve(context: ChangeContext, target: Target): Resolved {
  return target.pick.by === 'name' ? named(context, target, target.pick.names) : selected(context, target)
}

function named(context: ChangeContext, target: Target, names: readonly string[]): Resolved {
  const found: Resolved['found'][number][] = []
  const findings: Finding[] = []
  for (const name of new Set(names)) {
    const ref = refIn(target.kind, name, target.namespace)
    const resource = readObject(context, ref) ?? implied(context, ref)
    if (resource !== undefined) found.push({ ref, resource })
    else if (!target.mayBeMissing) findings.push(notFound(ref))
  }
  return { found, findings }
}

function selected(context: ChangeContext, target: Target): Resolved {
  const { kind, pick } = target
  const matches = parseLabelSelector(pick.by === 'label' ? pick.selector : '')
  if (matches === undefined) return { found: [], findings: [badSelector(pick.by === 'label' ? pick.selector : '')] }
  const storedKind = kind === 'calico/Node' ? 'core/Node' : kind
  const all = context.store.list(storedKind).flatMap((resource) => {
    const stored = refOfResource(resource)
    const ref = stored && (kind === 'calico/Node' ? { kind, name: stored.name } : stored)
    if (ref === undefined || !inNamespace(ref, target) || !matches(resource.metadata.labels ?? {})) return []
    const shown = readObject(context, ref)
    return shown === undefined ? [] : [{ ref, resource: shown }]
  })
  return { found: all, findings: all.length === 0 ? [nothingSelected(target)] : [] }
}

function inNamespace(ref: ObjectRef, { kind, namespace = 'default' }: Target): boolean {
  return !isNamespaced(kind) || namespace === '*' || ref.namespace === namespace
}

export function badSelector(selector: string): Finding {
  return refuse(
    'CHANGE_SELECTOR_INVALID',
    `The label selector ${JSON.stringify(selector.slice(0, 80))} cannot be read.`,
    'Write KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY or !KEY, joined by commas.',
  )
}

function nothingSelected({ kind, pick }: Target): Finding {
  const by = pick.by === 'label' ? ` with ${pick.selector}` : ''
  return remark(
    'warning',
    'CHANGE_NOTHING_SELECTED',
    `No ${kindName(kind)}${by} is there at this point, so nothing happens.`,
    'Check the labels and the namespace (-n).',
  )
}

/**
 * Objects that every running cluster has and an input need not list: the FelixConfiguration that calico-node makes when
 * it starts (node/pkg/lifecycle/startup/startup.go ensureDefaultConfig), and the calico-node DaemonSet.
 */
function implied({ store }: ChangeContext, ref: ObjectRef): Resource | undefined {
  const { kind, namespace, name } = ref
  if (kind === 'calico/FelixConfiguration' && name === 'default') {
    return { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', metadata: { name }, spec: {} }
  }
  if (!isCalicoNode(ref) || namespace !== 'kube-system') return undefined
  const known = store.list('apps/DaemonSet').some(({ metadata }) => metadata.name === name)
  return known ? undefined : impliedDaemonSet(namespace)
}

const CALICO_NAMESPACES: ReadonlySet<string> = new Set(['kube-system', 'calico-system'])

export function isCalicoNode({ kind, namespace, name }: ObjectRef): boolean {
  return kind === 'apps/DaemonSet' && name === 'calico-node' && CALICO_NAMESPACES.has(namespace ?? '')
}

/** What manifests/calico.yaml deploys, as far as changes look at it. */
export function impliedDaemonSet(namespace: string): Resource {
  const labels = { 'k8s-app': 'calico-node' }
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: { hostNetwork: true, terminationGracePeriodSeconds: 0, containers: [{ name: 'calico-node', env: [] }] },
      },
    },
  }
}
