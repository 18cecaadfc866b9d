/** What breaks and comes back, time that passes, and single workloads by hand. */

import { type Down, linkKey } from '../../cluster/down.js'
import { at } from '../../cluster/read-fields.js'
import type { Resource } from '../../manifests/resource.js'
import type { Change, Element } from './change.js'
import { type ChangeContext, NOTHING, type Outcome, said } from './context.js'
import { notFound, refuse } from './remark.js'
import { refIn } from './store.js'
import { nodeOf } from './workload-pods.js'
import { clusterOf, type World } from './world.js'

/** The world with an element broken or whole again; undefined when there is no such element. */
export function withElement(context: ChangeContext, element: Element, fails: boolean): World | undefined {
  if (!exists(context, element)) return undefined
  const { world } = context
  const down = changed(world.down, element, fails)
  return down === world.down ? world : { ...world, down }
}

function changed(down: Down, element: Element, fails: boolean): Down {
  switch (element.what) {
    case 'node':
      return withMember(down, 'nodes', element.name, fails)
    case 'bird':
      return withMember(down, 'birds', element.name, fails)
    case 'router':
      return withMember(down, 'routers', element.name, fails)
    case 'link':
      return withMember(down, 'links', linkKey(element.device, element.subnet), fails)
    default: {
      const unhandled: never = element
      return unhandled
    }
  }
}

function withMember(down: Down, field: keyof Down, name: string, member: boolean): Down {
  if (down[field].has(name) === member) return down
  const rest = [...down[field]].filter((held) => held !== name)
  return { ...down, [field]: new Set(member ? [...rest, name] : rest) }
}

function exists({ world, store, build }: ChangeContext, element: Element): boolean {
  if (element.what === 'node' || element.what === 'bird')
    return store.get({ kind: 'core/Node', name: element.name }) !== undefined
  const { underlay, nodeByName } = clusterOf(world, build)
  const isRouter = (name: string): boolean => underlay.routers.some((router) => router.name === name)
  if (element.what !== 'link') return isRouter(element.name)
  const known = nodeByName.has(element.device) || isRouter(element.device)
  return known && underlay.subnets.some(({ name }) => name === element.subnet)
}

export function changeElement(
  context: ChangeContext,
  change: Extract<Change, { readonly do: 'fail' | 'recover' }>,
): Outcome & { readonly world: World } {
  const { element } = change
  const world = withElement(context, element, change.do === 'fail')
  if (world === undefined) {
    const what =
      element.what === 'link' ? `link ${linkKey(element.device, element.subnet)}` : `${element.what} ${element.name}`
    const hint = 'Nodes are named as in the input, routers and subnets as in the Underlay.'
    return { ...said(refuse('CHANGE_NOT_FOUND', `There is no ${what}.`, hint)), world: context.world }
  }
  if (world === context.world) return { ...NOTHING, world }
  const effect =
    change.do === 'fail'
      ? ({ effect: 'elementFailed', element, manner: change.manner } as const)
      : ({ effect: 'elementRecovered', element } as const)
  return { findings: [], effects: [effect], world }
}

export function addWorkload(
  { store }: ChangeContext,
  change: Extract<Change, { readonly do: 'addWorkload' }>,
): Outcome {
  const { namespace, name, node, address } = change
  const ref = refIn('core/Pod', name, namespace)
  if (store.get({ kind: 'core/Node', name: node }) === undefined)
    return said(notFound({ kind: 'core/Node', name: node }))
  if (store.get(ref) !== undefined) {
    return said(
      refuse('CHANGE_ALREADY_EXISTS', `The pod ${namespace}/${name} exists already.`, 'Take another name.', ref),
    )
  }
  const pod: Resource = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { nodeName: node, containers: [] },
    status: { phase: 'Running', ...(address === undefined ? {} : { podIP: address, podIPs: [{ ip: address }] }) },
  }
  store.put(pod)
  return NOTHING
}

export function removeWorkload(
  { store }: ChangeContext,
  { namespace, name }: Extract<Change, { readonly do: 'removeWorkload' }>,
): Outcome {
  const ref = refIn('core/Pod', name, namespace)
  const pod = store.get(ref)
  if (pod === undefined) return said(notFound(ref))
  store.remove(ref)
  const gone = at(pod.spec, 'hostNetwork') === true || nodeOf(pod) === undefined
  return gone
    ? NOTHING
    : { findings: [], effects: [{ effect: 'podsDeleted', pods: { by: 'name', pods: [{ namespace, name }] } }] }
}
