/**
 * Strategic merge patch (k8s.io/apimachinery pkg/util/strategicpatch): as a merge patch, but some lists are merged item
 * by item by a key that the kind defines. Calico's own types define none, so their lists are replaced.
 */

import { type Fields, isFields } from '../../manifests/objects.js'

/** Lists with `patchStrategy: merge` and their keys, by the names of the fields above (k8s.io/api core/v1, apps/v1). */
const MERGE_KEYS: ReadonlyMap<string, string> = new Map([
  ['containers', 'name'],
  ['initContainers', 'name'],
  ['ephemeralContainers', 'name'],
  ['env', 'name'],
  ['volumes', 'name'],
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['imagePullSecrets', 'name'],
  ['hostAliases', 'ip'],
  ['topologySpreadConstraints', 'topologyKey'],
  ['ownerReferences', 'uid'],
  ['conditions', 'type'],
  ['addresses', 'type'],
  ['secrets', 'name'],
])

/** Lists of plain values that are merged as sets. */
const MERGED_SETS: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs'])

/** `ports` of a container are told apart by containerPort, those of a Service by port. */
function mergeKeyOf(field: string, item: unknown): string | undefined {
  if (field === 'ports') return isFields(item) && Object.hasOwn(item, 'containerPort') ? 'containerPort' : 'port'
  return MERGE_KEYS.get(field)
}

export function strategicMerge(target: unknown, patch: unknown, typed: boolean): unknown {
  if (!isFields(patch)) return patch
  if (patch.$patch === 'replace') return withoutDirectives(patch)
  const held = isFields(target) ? target : {}
  const retained = Array.isArray(patch.$retainKeys) ? new Set<unknown>(patch.$retainKeys) : undefined
  const merged = new Map(Object.entries(held).filter(([name]) => retained === undefined || retained.has(name)))
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$deleteFromPrimitiveList/')) removeValues(merged, name.slice(name.indexOf('/') + 1), value)
    else if (name.startsWith('$')) continue
    else if (value === null || (isFields(value) && value.$patch === 'delete')) merged.delete(name)
    else if (Array.isArray(value)) merged.set(name, typed ? mergeLists(name, merged.get(name), value) : value)
    else merged.set(name, strategicMerge(merged.get(name), value, typed))
  }
  return Object.fromEntries(merged)
}

function withoutDirectives(patch: Fields): Fields {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith('$')))
}

function removeValues(merged: Map<string, unknown>, name: string, values: unknown): void {
  const held = merged.get(name)
  if (!Array.isArray(held) || !Array.isArray(values)) return
  const gone = new Set<unknown>(values)
  merged.set(
    name,
    held.filter((value) => !gone.has(value)),
  )
}

function mergeLists(field: string, target: unknown, patch: readonly unknown[]): readonly unknown[] {
  const held: readonly unknown[] = Array.isArray(target) ? target : []
  if (MERGED_SETS.has(field)) return [...new Set([...held, ...patch])]
  const key = mergeKeyOf(field, patch.find(isFields))
  if (key === undefined || patch.some((item) => isFields(item) && item.$patch === 'replace')) {
    return patch.filter((item) => !(isFields(item) && item.$patch === 'replace'))
  }
  const merged = [...held]
  const places = new Map<unknown, number>()
  for (const [place, item] of held.entries()) if (isFields(item)) places.set(item[key], place)
  const gone = new Set<number>()
  for (const item of patch) {
    const place = isFields(item) ? places.get(item[key]) : undefined
    if (isFields(item) && item.$patch === 'delete') {
      if (place !== undefined) gone.add(place)
    } else if (place === undefined) merged.push(item)
    else merged[place] = strategicMerge(merged[place], item, true)
  }
  return gone.size === 0 ? merged : merged.filter((_, place) => !gone.has(place))
}
