/** Objects deleted, with what goes with them. */

import { containsPrefix, formatPrefix, type Prefix, parsePrefix } from '../../address/prefix.js'
import { NAMESPACED_KINDS } from '../../cluster/inventory.js'
import { at, textOf, textsOf } from '../../cluster/read-fields.js'
import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../../manifests/resource.js'
import type { Change } from './change.js'
import { type ChangeContext, joined, NOTHING, type Outcome, said } from './context.js'
import type { Effect, ObjectRef } from './effect.js'
import { nameOf, refuse, remark } from './remark.js'
import { refOfResource } from './store.js'
import { isCalicoNode, resolve } from './targets.js'
import { removeNode } from './verbs-nodes.js'
import { deletePods } from './verbs-pods.js'
import { isWorkloadKind, namespaceOf, podRef, podsOf, selectorOf } from './workload-pods.js'

type Delete = Extract<Change, { readonly do: 'delete' }>

export function deleteObjects(context: ChangeContext, change: Delete): Outcome {
  const { client, target } = change
  if (target.kind === 'core/Pod') return deletePods(context, target)
  const { found, findings } = resolve(context, target)
  return joined([said(...findings), ...found.map(({ ref, resource }) => deleteObject(context, client, ref, resource))])
}

function deleteObject(context: ChangeContext, client: Delete['client'], ref: ObjectRef, resource: Resource): Outcome {
  if (ref.kind === 'calico/Node') return said(noDelete(ref))
  if (ref.kind === 'calico/ClusterInformation' && client === 'calicoctl') return said(noDelete(ref))
  if (ref.kind === 'core/Node') return removeNode(context, resource)
  if (ref.kind === 'calico/IPPool') return deletePool(context, ref, resource)
  if (ref.kind === 'core/Namespace') return deleteNamespace(context, ref)
  if (isCalicoNode(ref)) return said(unsupported(ref))
  context.store.remove(ref)
  return isWorkloadKind(ref.kind) ? endWorkload(context, resource) : NOTHING
}

function noDelete(ref: ObjectRef): Finding {
  return refuse(
    'CHANGE_READ_ONLY',
    `calicoctl deletes no ${nameOf(ref)} on a Kubernetes datastore.`,
    ref.kind === 'calico/Node' ? `Use kubectl delete node ${ref.name}.` : 'calico-node writes it.',
    ref,
  )
}

function unsupported(ref: ObjectRef): Finding {
  return remark(
    'warning',
    'CHANGE_UNSUPPORTED',
    `Deleting ${nameOf(ref)} takes networking itself away, which is not simulated.`,
    'Use fail with bird for single nodes.',
    ref,
  )
}

/** Pods of a workload that is deleted go with it. */
function endWorkload(context: ChangeContext, workload: Resource): Outcome {
  const listed = podsOf(context, workload)
  for (const pod of listed) context.store.remove({ kind: 'core/Pod', ...podRef(pod) })
  const made = { by: 'label', namespace: namespaceOf(workload), selector: selectorOf(workload) } as const
  const effects: Effect[] = [{ effect: 'podsDeleted', pods: made }]
  if (listed.length > 0) effects.push({ effect: 'podsDeleted', pods: { by: 'name', pods: listed.map(podRef) } })
  return { findings: [], effects }
}

function deleteNamespace({ store }: ChangeContext, ref: ObjectRef): Outcome {
  store.remove(ref)
  for (const kind of NAMESPACED_KINDS) {
    for (const resource of store.list(kind)) {
      const own = refOfResource(resource)
      if (own?.namespace === ref.name) store.remove(own)
    }
  }
  return {
    findings: [],
    effects: [{ effect: 'podsDeleted', pods: { by: 'label', namespace: ref.name, selector: '' } }],
  }
}

const FINALIZER = 'projectcalico.org/ippool-finalizer'

/** The API server's own stamp is the time; any text marks the pool as being deleted. */
const SOME_TIME = '1970-01-01T00:00:00Z'

/**
 * A pool goes in steps: no new addresses, its blocks lose their owners, empty blocks are deleted, then the pool itself
 * (clientv3/ippool.go Delete). Pods that still have addresses in it keep them. With the finalizer of the v3 CRD the
 * pool waits for its last block (kube-controllers ippool/pool_controller.go).
 */
function deletePool(context: ChangeContext, ref: ObjectRef, pool: Resource): Outcome {
  const cidr = parsePrefix(textOf(at(pool.spec, 'cidr')) ?? '')
  const { empty, used, pods } = cidr === undefined ? NO_BLOCKS : blocksIn(context, cidr)
  const waits = textsOf(at(pool.metadata, 'finalizers')).includes(FINALIZER) && used.length > 0
  if (waits) context.store.put({ ...pool, metadata: { ...pool.metadata, deletionTimestamp: SOME_TIME } })
  else context.store.remove(ref)
  const effects: Effect[] = []
  if (empty.length > 0) effects.push({ effect: 'addressesReleased', blocks: empty, addresses: [], later: false })
  if (used.length > 0) effects.push({ effect: 'blocksOrphaned', pool: ref.name, blocks: used })
  const findings = [
    ...(pods > 0 ? [inUse(ref, pods, used.length)] : []),
    ...(waits ? [terminating(ref, used.length)] : []),
  ]
  return { findings, effects }
}

interface PoolBlocks {
  readonly empty: readonly string[]
  readonly used: readonly string[]
  readonly pods: number
}

const NO_BLOCKS: PoolBlocks = { empty: [], used: [], pods: 0 }

function blocksIn({ ipam }: ChangeContext, pool: Prefix): PoolBlocks {
  const view = ipam()
  if (view === undefined) return NO_BLOCKS
  const inside = view.blocks.filter(({ prefix }) => containsPrefix(pool, prefix))
  const name = ({ prefix }: { readonly prefix: Prefix }): string => formatPrefix(prefix)
  return {
    empty: inside.filter((block) => block.allocations.length === 0).map(name),
    used: inside.filter((block) => block.allocations.length > 0).map(name),
    pods: inside.reduce((sum, { allocations }) => sum + allocations.filter(({ pod }) => pod !== undefined).length, 0),
  }
}

function inUse(ref: ObjectRef, pods: number, blocks: number): Finding {
  return remark(
    'warning',
    'CHANGE_POOL_IN_USE',
    `${pods} ${pods === 1 ? 'pod has its address' : 'pods have their addresses'} in ${nameOf(ref)}; the pool goes and ${blocks} ${blocks === 1 ? 'block is' : 'blocks are'} left without an owner.`,
    'Disable the pool, make its pods anew so that they move to another pool, and delete it then.',
    ref,
  )
}

function terminating(ref: ObjectRef, blocks: number): Finding {
  const message = `${nameOf(ref)} stays, marked as being deleted, until its last block is free; ${blocks} are not.`
  return remark('warning', 'CHANGE_POOL_TERMINATING', message, 'Make the pods that have its addresses anew.', ref)
}
