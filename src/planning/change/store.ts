/**
 * The datastore of a world while one change is made: objects by kind, namespace and name, and what was written. Kinds
 * are indexed when they are first asked for, because a world may hold 150,000 pods.
 */

import { isDeepStrictEqual } from 'node:util'
import { NAMESPACED_KINDS, type ReadKind, readKindOf } from '../../cluster/inventory.js'
import { nodeSetMember } from '../../cluster/node-sets.js'
import { at, fieldsOf, textsOf, wholeWithin } from '../../cluster/read-fields.js'
import { knownKind } from '../../manifests/kinds.js'
import type { Manifest, Resource } from '../../manifests/resource.js'
import type { ObjectRef } from './effect.js'
import { calicoView, standAlone, writeBack } from './node-view.js'
import type { World } from './world.js'

/** One object before and after a change; absent where it did not exist or no longer does. */
export interface Write {
  readonly ref: ObjectRef
  readonly before?: Resource
  readonly after?: Resource
}

export interface Store {
  readonly get: (ref: ObjectRef) => Resource | undefined
  /** Objects of a kind in the order of the input, members of NodeSets as Nodes of their own. */
  readonly list: (kind: ReadKind) => readonly Resource[]
  /** Writes an object; one that is equal to what is there is no write. */
  readonly put: (resource: Resource) => void
  readonly remove: (ref: ObjectRef) => void
  /** What differs from the world that the store was opened on, in the order of the first write to each object. */
  readonly writes: () => readonly Write[]
  /** The same world when nothing differs. */
  readonly world: () => World
}

interface Slot {
  readonly ref: ObjectRef
  /** Every manifest of this identity; the last one counts. */
  readonly places: readonly number[]
  readonly original: Resource | undefined
  current: Resource | undefined
}

const DEFAULT_NAMESPACE = 'default'

/** A reference as the store keeps it: namespaced kinds always with their namespace, the others never. */
export function refIn(kind: ReadKind, name: string, namespace?: string): ObjectRef {
  return isNamespaced(kind) ? { kind, namespace: namespace || DEFAULT_NAMESPACE, name } : { kind, name }
}

const NAMESPACED: ReadonlySet<ReadKind> = new Set(NAMESPACED_KINDS)

export function isNamespaced(kind: ReadKind): boolean {
  return NAMESPACED.has(kind)
}

/** Undefined for a kind that the planner does not read. */
export function refOfResource(resource: Resource): ObjectRef | undefined {
  const { apiVersion, kind, metadata } = resource
  if (knownKind(apiVersion, kind) === undefined) return undefined
  const read = readKindOf({ apiVersion, kind })
  return read && refIn(read, metadata.name, metadata.namespace)
}

function keyOf({ namespace, name }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

export function openStore(world: World): Store {
  const kinds = new Map<ReadKind, Map<string, Slot>>()
  const written = new Set<Slot>()

  const slotsOf = (kind: ReadKind): Map<string, Slot> => {
    const held = kinds.get(kind)
    if (held !== undefined) return held
    const slots = kind === 'core/Node' ? nodeSlots(world.manifests) : indexOf(world.manifests, kind)
    kinds.set(kind, slots)
    return slots
  }

  const slotOf = (ref: ObjectRef): Slot | undefined => {
    const slot = slotsOf(ref.kind).get(keyOf(ref))
    return slot ?? (ref.kind === 'core/Node' ? memberSlot(ref.name) : undefined)
  }

  /** The slot of a member of a NodeSet, made when it is asked for by name. */
  const memberSlot = (name: string): Slot | undefined => {
    const match = /^(.*)-(0|[1-9][0-9]{0,6})$/.exec(name)
    const set = match?.[1] === undefined ? undefined : slotsOf('calico-plan/NodeSet').get(match[1])?.current
    const member = set && nodeSetMember({ resource: set }, Number(match?.[2]))
    return member && addMember(name, standAlone(name, member))
  }

  const addMember = (name: string, resource: Resource): Slot => {
    const slot: Slot = { ref: { kind: 'core/Node', name }, places: [], original: resource, current: resource }
    slotsOf('core/Node').set(name, slot)
    return slot
  }

  const addMembers = (): void => {
    const nodes = slotsOf('core/Node')
    for (const [set, { current }] of slotsOf('calico-plan/NodeSet')) {
      const count = wholeWithin(at(current?.spec, 'count'), 0, 1_000_000) ?? 0
      for (let index = 0; current !== undefined && index < count; index++) {
        const name = `${set}-${index}`
        if (nodes.has(name)) continue
        const member = nodeSetMember({ resource: current }, index)
        if (member !== undefined) addMember(name, standAlone(name, member))
      }
    }
  }

  const write = (ref: ObjectRef, resource: Resource | undefined): void => {
    let slot = slotOf(ref)
    if (slot === undefined) {
      if (resource === undefined) return
      slot = { ref, places: [], original: undefined, current: undefined }
      slotsOf(ref.kind).set(keyOf(ref), slot)
    }
    slot.current = resource !== undefined && isDeepStrictEqual(resource, slot.original) ? slot.original : resource
    written.add(slot)
  }

  const differing = (): Slot[] => [...written].filter(({ original, current }) => original !== current)

  return {
    get: (ref) => slotOf(ref)?.current,
    list: (kind) => {
      if (kind === 'core/Node') addMembers()
      return [...slotsOf(kind).values()].flatMap(({ current }) => (current === undefined ? [] : [current]))
    },
    put: (resource) => {
      const ref = refOfResource(resource)
      if (ref !== undefined) write(ref, resource)
    },
    remove: (ref) => write(ref, undefined),
    writes: () =>
      differing().map(({ ref, original, current }) => ({
        ref,
        ...(original === undefined ? {} : { before: original }),
        ...(current === undefined ? {} : { after: current }),
      })),
    world: () => rewritten(world, differing()),
  }
}

function indexOf(manifests: readonly Manifest[], kind: ReadKind): Map<string, Slot> {
  const types = new Map<string, boolean>()
  const slots = new Map<string, Slot>()
  for (const [place, { resource }] of manifests.entries()) {
    const type = `${resource.apiVersion} ${resource.kind}`
    let wanted = types.get(type)
    if (wanted === undefined) {
      wanted = readKindOf(resource) === kind
      types.set(type, wanted)
    }
    if (!wanted) continue
    const ref = refIn(kind, resource.metadata.name, resource.metadata.namespace)
    const places = slots.get(keyOf(ref))?.places ?? []
    slots.set(keyOf(ref), { ref, places: [...places, place], original: resource, current: resource })
  }
  return slots
}

/**
 * Kubernetes Nodes, each with the Calico Node of its name folded in: where a dump holds both they are views of one
 * object, and a node that only calicoctl knows is taken for one too.
 */
function nodeSlots(manifests: readonly Manifest[]): Map<string, Slot> {
  const slots = indexOf(manifests, 'core/Node')
  for (const [name, { places, current: view }] of indexOf(manifests, 'calico/Node')) {
    if (view === undefined) continue
    const node = slots.get(name)
    const resource = folded(node?.current, view)
    const ref: ObjectRef = { kind: 'core/Node', name }
    slots.set(name, { ref, places: [...(node?.places ?? []), ...places], original: resource, current: resource })
  }
  return slots
}

/** The Calico Node's fields win, the Kubernetes Node's labels do, as where the cluster is read. */
function folded(node: Resource | undefined, view: Resource): Resource {
  const { name, labels } = view.metadata
  const base = node ?? {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
  }
  const held = calicoView(base)
  const [spec, own] = [fieldsOf(held.spec), fieldsOf(view.spec)]
  const bgp = { ...fieldsOf(spec.bgp), ...fieldsOf(own.bgp) }
  const status = { ...fieldsOf(held.status), ...fieldsOf(view.status) }
  const { node: written } = writeBack(base, {
    ...view,
    metadata: { ...view.metadata, labels: { ...labels, ...held.metadata.labels } },
    spec: { ...spec, ...own, bgp },
    status,
  })
  const addresses = at(written.status, 'addresses') ?? at(own, 'addresses')
  const podCIDRs = at(written.spec, 'podCIDRs') ?? at(view.status, 'podCIDRs')
  return {
    ...written,
    ...(podCIDRs === undefined ? {} : { spec: { ...fieldsOf(written.spec), podCIDRs } }),
    ...(addresses === undefined ? {} : { status: { ...fieldsOf(written.status), addresses } }),
  }
}

function rewritten(world: World, slots: readonly Slot[]): World {
  if (slots.length === 0) return world
  const replaced = new Map<number, Resource | undefined>()
  const added: Manifest[] = []
  const leftOut = new Map<string, string[]>()
  for (const { ref, places, original, current } of slots) {
    for (const place of places) replaced.set(place, undefined)
    const last = places.at(-1)
    if (last !== undefined) replaced.set(last, current)
    else if (current !== undefined) added.push({ resource: current })
    if (last === undefined && original !== undefined) {
      const set = ref.name.slice(0, ref.name.lastIndexOf('-'))
      leftOut.set(set, [...(leftOut.get(set) ?? []), ref.name])
    }
  }
  const manifests = world.manifests.flatMap((manifest, place): Manifest[] => {
    const resource = replaced.has(place) ? replaced.get(place) : manifest.resource
    if (resource === undefined) return []
    const kept = resource === manifest.resource ? manifest : { resource }
    const gone = leftOut.size > 0 && resource.kind === 'NodeSet' ? leftOut.get(resource.metadata.name) : undefined
    return [gone === undefined ? kept : { resource: without(resource, gone) }]
  })
  return { ...world, manifests: [...manifests, ...added] }
}

function without(set: Resource, names: readonly string[]): Resource {
  const spec = fieldsOf(set.spec)
  return { ...set, spec: { ...spec, without: [...textsOf(spec.without), ...names] } }
}
