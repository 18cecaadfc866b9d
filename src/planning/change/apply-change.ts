/** A change applied to a world. */

import type { Finding } from '../../findings/finding.js'
import type { IpamView } from '../../ipam/view.js'
import type { Change } from './change.js'
import type { ChangeContext, Outcome } from './context.js'
import type { Effect } from './effect.js'
import { birdEffect, otherEffects, settleWorkloads } from './effects-of-writes.js'
import { felixEffects } from './felix-effects.js'
import { isRefusal, notFound } from './remark.js'
import { openStore } from './store.js'
import { withUnread } from './unread.js'
import { deleteObjects } from './verbs-delete.js'
import { markObjects, patchObjects } from './verbs-edits.js'
import { addWorkload, changeElement, removeWorkload } from './verbs-elements.js'
import { configureIpam } from './verbs-ipam.js'
import { cordonNodes, drainNodes, removeNode } from './verbs-nodes.js'
import { changeObjects } from './verbs-objects.js'
import { restartRollout, scaleWorkloads, setEnvironment } from './verbs-workloads.js'
import type { World } from './world.js'

export type ChangeStatus = 'simulated' | 'readOnly' | 'notSimulated' | 'rejected'

export interface ChangeResult {
  /** The world afterwards; the same object when nothing changed. */
  readonly world: World
  readonly status: ChangeStatus
  readonly findings: readonly Finding[]
  readonly effects: readonly Effect[]
}

export interface ChangeOptions {
  /** The release to predict, `v3.28`; left out, the manifests tell it. */
  readonly calico?: string
  /** IPAM before the change: lets pools in use be told from empty ones. */
  readonly ipam?: () => IpamView
}

/**
 * Pure. A change that the real tool would refuse leaves the world as it is and says why; one that is refused in part,
 * such as two names of which one does not exist, is made in the other part.
 */
export function applyChange(world: World, change: Change, options: ChangeOptions = {}): ChangeResult {
  if (change.do === 'together') return applyTogether(world, change.changes, options)
  if (change.do === 'wait') {
    return { world, status: 'simulated', findings: [], effects: [{ effect: 'waited', seconds: change.seconds }] }
  }
  const store = openStore(world)
  const build = options.calico === undefined ? {} : { calico: options.calico }
  const context: ChangeContext = { world, store, build, ipam: () => options.ipam?.() }
  if (change.do === 'fail' || change.do === 'recover') {
    const { world: after, findings, effects } = changeElement(context, change)
    return resultOf(world, after, findings, effects)
  }
  const outcome = outcomeOf(context, change)
  const settled = settleWorkloads(context)
  const writes = store.writes()
  const written = store.world()
  const effects = [
    ...outcome.effects,
    ...settled,
    ...birdEffect(writes),
    ...felixEffects(context, writes, written),
    ...otherEffects(writes),
  ]
  return resultOf(world, withUnread(world, written, writes, effects), outcome.findings, effects)
}

function resultOf(before: World, world: World, findings: readonly Finding[], effects: readonly Effect[]): ChangeResult {
  const refused = world === before && effects.length === 0 && findings.some(isRefusal)
  return { world, status: refused ? 'rejected' : 'simulated', findings, effects }
}

type ObjectChange = Exclude<Change, { readonly do: 'together' | 'wait' | 'fail' | 'recover' }>

function outcomeOf(context: ChangeContext, change: ObjectChange): Outcome {
  switch (change.do) {
    case 'apply':
    case 'create':
    case 'replace':
      return changeObjects(context, change)
    case 'addNode':
      return changeObjects(context, { do: 'create', client: 'kubectl', resources: change.resources })
    case 'patch':
      return patchObjects(context, change)
    case 'delete':
      return deleteObjects(context, change)
    case 'label':
    case 'annotate':
      return markObjects(context, change)
    case 'scale':
      return scaleWorkloads(context, change)
    case 'cordon':
    case 'uncordon':
      return cordonNodes(context, change)
    case 'drain':
      return drainNodes(context, change)
    case 'setEnv':
      return setEnvironment(context, change)
    case 'rolloutRestart':
      return restartRollout(context, change)
    case 'configureIpam':
      return configureIpam(context, change)
    case 'removeNode': {
      const ref = { kind: 'core/Node', name: change.node } as const
      const node = context.store.get(ref)
      return node === undefined ? { findings: [notFound(ref)], effects: [] } : removeNode(context, node)
    }
    case 'addWorkload':
      return addWorkload(context, change)
    case 'removeWorkload':
      return removeWorkload(context, change)
    default: {
      const unhandled: never = change
      return unhandled
    }
  }
}

/** One after the other, as one result: nobody sees the worlds between. Refused only when every part is. */
function applyTogether(world: World, changes: readonly Change[], options: ChangeOptions): ChangeResult {
  let current = world
  const findings: Finding[] = []
  const effects: Effect[] = []
  const statuses = new Set<ChangeStatus>()
  for (const change of changes) {
    const result = applyChange(current, change, options)
    current = result.world
    findings.push(...result.findings)
    effects.push(...result.effects)
    statuses.add(result.status)
  }
  return {
    world: current,
    status: statuses.size === 1 && statuses.has('rejected') ? 'rejected' : 'simulated',
    findings,
    effects,
  }
}
