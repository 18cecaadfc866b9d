/**
 * When Felix exits to be started anew. It does so for every parameter whose value in force changes, four excepted
 * (felix/daemon/daemon.go handledConfigChanges), and when an encapsulation comes into use or out of it
 * (sendMessagesToDataplaneDriver, proto.Encapsulation).
 */

import { isDeepStrictEqual } from 'node:util'
import type { Cluster } from '../../cluster/cluster.js'
import { at, fieldsOf, listOf, textOf } from '../../cluster/read-fields.js'
import { felixOwnership, ipipEnabled, vxlanEnabled } from '../../cluster/route-ownership.js'
import type { Resource } from '../../manifests/resource.js'
import type { ChangeContext } from './context.js'
import type { Effect } from './effect.js'
import type { Store, Write } from './store.js'
import { clusterOf, type World } from './world.js'

/** Of the four that Felix takes on live, the one that FelixConfiguration has. */
const LIVE: ReadonlySet<string> = new Set(['healthTimeoutOverrides'])

/** Parameters whose variable is not their field's name in capitals (felix/config/config_params.go). */
const VARIABLES: Readonly<Record<string, string>> = {
  ipipEnabled: 'IPINIPENABLED',
  ipipMTU: 'IPINIPMTU',
  externalNodesList: 'EXTERNALNODESCIDRLIST',
}

export function felixEffects({ world, store, build }: ChangeContext, writes: readonly Write[], after: World): Effect[] {
  const configured = writes.flatMap((write) => configurationEffect(store, write))
  return [
    ...configured,
    ...(writes.some(touchesEncapsulation)
      ? encapsulationEffects(clusterOf(world, build), clusterOf(after, build))
      : []),
  ]
}

function configurationEffect(store: Store, { ref, before, after }: Write): Effect[] {
  if (ref.kind !== 'calico/FelixConfiguration') return []
  const node = ref.name === 'default' ? undefined : /^node\.(.+)$/.exec(ref.name)?.[1]
  if (node === undefined && ref.name !== 'default') return []
  const [old, now] = [fieldsOf(before?.spec), fieldsOf(after?.spec)]
  const set = environmentOf(store)
  const settings = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((field) => !isDeepStrictEqual(old[field], now[field]))
    .filter((field) => !LIVE.has(field) && !set.has(VARIABLES[field] ?? field.toUpperCase()))
    .sort()
  if (settings.length === 0) return []
  const nodes = node === undefined ? concerned(store, settings) : [node]
  return nodes.length === 0 ? [] : [{ effect: 'felixRestarted', nodes, settings }]
}

/** Variables `FELIX_NAME` of calico-node, by NAME in capitals: they win over every FelixConfiguration. */
function environmentOf(store: Store): ReadonlySet<string> {
  const sets = store.list('apps/DaemonSet').filter(({ metadata }) => metadata.name === 'calico-node')
  const containers = sets.flatMap(({ spec }) => listOf(at(spec, 'template', 'spec', 'containers')))
  const names = containers.flatMap((container) =>
    listOf(at(container, 'env')).map((entry) => textOf(at(entry, 'name'))),
  )
  return new Set(names.flatMap((name) => /^FELIX_(.+)$/i.exec(name ?? '')?.[1]?.toUpperCase() ?? []))
}

/** Nodes whose own FelixConfiguration does not set all of these itself. */
function concerned(store: Store, settings: readonly string[]): readonly string[] | 'all' {
  const hidden = new Set<string>()
  for (const { metadata, spec } of store.list('calico/FelixConfiguration')) {
    const node = /^node\.(.+)$/.exec(metadata.name)?.[1]
    if (node !== undefined && settings.every((field) => at(spec, field) !== undefined)) hidden.add(node)
  }
  if (hidden.size === 0) return 'all'
  return store
    .list('core/Node')
    .map(({ metadata }) => metadata.name)
    .filter((name) => !hidden.has(name))
}

const MODES = ['cidr', 'ipipMode', 'vxlanMode'] as const

function touchesEncapsulation({ ref, before, after }: Write): boolean {
  if (ref.kind !== 'calico/IPPool') return false
  const modes = (pool: Resource | undefined): readonly unknown[] | undefined =>
    pool && MODES.map((field) => at(pool.spec, field))
  return !isDeepStrictEqual(modes(before), modes(after))
}

/** Which encapsulations each Felix has in use, before and after. */
function encapsulationEffects(old: Cluster, now: Cluster): Effect[] {
  const changed = new Map<string, string[]>()
  for (const { name } of now.nodes) {
    if (!old.nodeByName.has(name)) continue
    const [was, is] = [encapsulations(old, name), encapsulations(now, name)]
    const differing = Object.keys(is).filter((key) => was[key] !== is[key])
    if (differing.length === 0) continue
    const key = differing.join(' ')
    changed.set(key, [...(changed.get(key) ?? []), name])
  }
  return [...changed].map(([key, nodes]) => ({
    effect: 'felixRestarted',
    nodes: nodes.length === now.nodes.length ? 'all' : nodes,
    settings: key.split(' '),
  }))
}

function encapsulations(cluster: Cluster, node: string): Readonly<Record<string, boolean>> {
  const plain = cluster.pools.some(({ ipipMode, vxlanMode }) => ipipMode === 'Never' && vxlanMode === 'Never')
  return {
    ipip: ipipEnabled(cluster, node),
    vxlan: vxlanEnabled(cluster, node, 4),
    vxlanV6: vxlanEnabled(cluster, node, 6),
    noEncapsulation: plain && felixOwnership(cluster, node).none,
  }
}
