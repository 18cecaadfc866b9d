/** Resources that the input describes more than once. */

import { isDeepStrictEqual } from 'node:util'
import type { KnownKind } from './kinds.js'
import { groupOf, type Manifest, type Resource } from './resource.js'

export interface Duplicate {
  readonly first: Manifest
  readonly again: Manifest
  /** Nothing that matters differs. */
  readonly same: boolean
}

export interface DuplicateFinder {
  /** The earlier manifest of the same resource, if there is one. */
  readonly check: (manifest: Manifest, known: KnownKind) => Duplicate | undefined
}

/**
 * Finds resources of one kind, namespace and name; both Calico groups hold the same objects. By kind, then namespace,
 * then name: joined keys would cost more than all the rest with 150,000 pods.
 */
export function createDuplicateFinder(): DuplicateFinder {
  const kinds = new Map<string, Map<string, Map<string, Manifest>>>()
  return {
    check: (manifest, { identity, namespaced }) => {
      const { name, namespace } = manifest.resource.metadata
      const namespaces = entry(kinds, identity, () => new Map<string, Map<string, Manifest>>())
      const scope = namespaced ? (namespace ?? 'default') : ''
      const names = entry(namespaces, scope, () => new Map<string, Manifest>())
      const first = names.get(name)
      if (first === undefined) {
        names.set(name, manifest)
        return undefined
      }
      return { first, again: manifest, same: isSame(first.resource, manifest.resource) }
    },
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const held = map.get(key)
  if (held !== undefined) return held
  const made = make()
  map.set(key, made)
  return made
}

/**
 * True when it makes no difference which of the two counts. Of a dump through both Calico groups the metadata differ,
 * because the API server of projectcalico.org keeps its own.
 */
function isSame(a: Resource, b: Resource): boolean {
  const { metadata: metadataA, status: _a, ...restA } = a
  const { metadata: metadataB, status: _b, ...restB } = b
  if (groupOf(a.apiVersion) !== groupOf(b.apiVersion)) return isDeepStrictEqual(a.spec, b.spec)
  return (
    isDeepStrictEqual(restA, restB) &&
    isDeepStrictEqual(metadataA.labels, metadataB.labels) &&
    isDeepStrictEqual(metadataA.annotations, metadataB.annotations)
  )
}
