/** One object written as kubectl or calicoctl writes it: merged already, judged here, defaults filled in, stored. */

import { isDeepStrictEqual } from 'node:util'
import { formatPrefix } from '../../address/prefix.js'
import { fieldsOf } from '../../cluster/read-fields.js'
import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../../manifests/resource.js'
import { applyIPPoolDefaults } from '../../manifests/validation/ip-pool-defaults.js'
import type { Client } from './change.js'
import type { ChangeContext } from './context.js'
import type { ObjectRef } from './effect.js'
import { judge } from './judge.js'
import { calicoView, writeBack } from './node-view.js'
import { isRefusal, nameOf, refuse, remark } from './remark.js'

/** The object that a reference means: for Calico's Node the view of the Kubernetes Node. */
export function readObject({ store }: ChangeContext, ref: ObjectRef): Resource | undefined {
  if (ref.kind !== 'calico/Node') return store.get(ref)
  const node = store.get({ kind: 'core/Node', name: ref.name })
  return node && calicoView(node)
}

export interface ObjectWrite {
  readonly ref: ObjectRef
  readonly before: Resource | undefined
  readonly after: Resource
  readonly client: Client
  /** The user gave the whole object. */
  readonly strict: boolean
}

/** Stores the object unless it is refused. The findings say why, and what to think of. */
export function writeObject(context: ChangeContext, write: ObjectWrite): readonly Finding[] {
  const { ref, before, after, client, strict } = write
  if (ref.kind === 'calico/ClusterInformation' && client === 'calicoctl') return [readOnly(ref)]
  const findings = judge(before, after, { client, strict, existing: existing(context, ref) })
  if (findings.some(isRefusal)) return findings
  return [...findings, ...(ref.kind === 'calico/Node' ? putNode(context, ref, after) : put(context, write))]
}

function readOnly(ref: ObjectRef): Finding {
  return refuse(
    'CHANGE_READ_ONLY',
    `${nameOf(ref)} is written by calico-node; calicoctl does not change it.`,
    'Change the release of calico-node itself.',
    ref,
  )
}

/** What the object must agree with: pools with pools and with the blocks that are in use, peers with filters. */
function existing({ store, ipam }: ChangeContext, { kind }: ObjectRef): readonly Resource[] {
  if (kind === 'calico/BGPPeer') return store.list('calico/BGPFilter')
  if (kind !== 'calico/IPPool') return []
  const simulated = (ipam()?.blocks ?? []).map(
    ({ prefix }): Resource => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPAMBlock',
      metadata: { name: formatPrefix(prefix) },
      spec: { cidr: formatPrefix(prefix) },
    }),
  )
  return [...store.list('calico/IPPool'), ...store.list('calico/IPAMBlock'), ...simulated]
}

function put({ store }: ChangeContext, { before, after, client }: ObjectWrite): readonly Finding[] {
  const stored = before === undefined ? after : { ...after, apiVersion: before.apiVersion, kind: before.kind }
  if (client === 'calicoctl' && stored.kind === 'IPPool') {
    // What was written without defaults and what has them are the same pool.
    const filled = applyIPPoolDefaults(stored)
    if (before === undefined || !isDeepStrictEqual(filled, applyIPPoolDefaults(before)))
      store.put(withoutUnsaidMode(filled, stored))
    return []
  }
  store.put(stored)
  return []
}

/** Releases that do not know assignmentMode fill none in, and to the others Automatic is the same as none. */
function withoutUnsaidMode(filled: Resource, stored: Resource): Resource {
  const spec = fieldsOf(filled.spec)
  if (fieldsOf(stored.spec)['assignmentMode'] !== undefined) return filled
  return { ...filled, spec: Object.fromEntries(Object.entries(spec).filter(([name]) => name !== 'assignmentMode')) }
}

function putNode({ store }: ChangeContext, { name }: ObjectRef, view: Resource): readonly Finding[] {
  const ref: ObjectRef = { kind: 'core/Node', name }
  const node = store.get(ref) ?? { apiVersion: 'v1', kind: 'Node', metadata: { name } }
  const { node: written, masked } = writeBack(node, view)
  store.put(written)
  if (masked.length === 0) return []
  return [
    remark(
      'warning',
      'CHANGE_LABEL_MASKED',
      `The label ${masked.join(', ')} of node ${name} stays as Kubernetes has it.`,
      `Use kubectl label node ${name} in its place.`,
      ref,
    ),
  ]
}
