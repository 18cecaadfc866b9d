/** A Cluster from plain resource objects: what the library, the conformance run and tests start from. */

import { type Finding, InputError } from '../findings/finding.js'
import type { Manifest, Resource } from '../manifests/resource.js'
import { type BuildOptions, buildCluster } from './build-cluster.js'
import type { Cluster } from './cluster.js'
import { at, fieldsOf, listOf, textOf } from './read-fields.js'

/**
 * Builds a Cluster from objects as JSON or YAML gives them; a `List` counts as its items.
 *
 * @throws InputError when nothing can be built: no object is a resource with apiVersion, kind and metadata.name.
 */
export function loadCluster(resources: readonly unknown[], options: BuildOptions = {}): Cluster {
  const findings: Finding[] = []
  const manifests = resources.flatMap((value) => manifestsOf(value, findings))
  if (manifests.length === 0) {
    throw new InputError(findings.length > 0 ? findings : [unusable('The input holds no resource.')])
  }
  const cluster = buildCluster(manifests, options)
  return findings.length === 0 ? cluster : { ...cluster, findings: [...findings, ...cluster.findings] }
}

function manifestsOf(value: unknown, findings: Finding[]): readonly Manifest[] {
  const kind = textOf(at(value, 'kind'))
  if (kind?.endsWith('List') && Array.isArray(at(value, 'items'))) {
    return listOf(at(value, 'items')).flatMap((item) => manifestsOf(itemOf(value, kind, item), findings))
  }
  if (
    kind !== undefined &&
    textOf(at(value, 'apiVersion')) !== undefined &&
    textOf(at(value, 'metadata', 'name')) !== undefined
  ) {
    return [{ resource: value as Resource }]
  }
  findings.push(
    unusable(`An object of kind ${kind ?? 'unknown'} has no apiVersion, kind or metadata.name and is left out.`),
  )
  return []
}

/** Items of a typed list (`IPPoolList`) leave out their apiVersion and kind. */
function itemOf(list: unknown, kind: string, item: unknown): unknown {
  if (kind === 'List' || at(item, 'kind') !== undefined) return item
  return { apiVersion: at(list, 'apiVersion'), kind: kind.slice(0, -'List'.length), ...fieldsOf(item) }
}

function unusable(message: string): Finding {
  return {
    severity: 'error',
    code: 'RESOURCE_UNUSABLE',
    message,
    hint: 'Give Kubernetes or Calico resources, as kubectl get -o yaml prints them.',
  }
}
