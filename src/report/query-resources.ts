/** What `calicoctl get` and `kubectl get` print of the resources at one point of a runbook. */

import { compareText } from '../cluster/inventory.js'
import type { IpamView } from '../ipam/view.js'
import type { Resource } from '../manifests/resource.js'
import { parseSelector, SelectorError } from '../manifests/selector/selector.js'
import { isNamespaced, openStore } from '../planning/change/store.js'
import { worldOf } from '../planning/change/world.js'
import type { Query } from '../planning/runbook/runbook.js'
import type { Simulation } from '../planning/simulation.js'
import { columnsOf } from './query-columns.js'
import { renderResources } from './resources.js'

type ResourceQuery = Query & { readonly ask: 'resources' }

/** A table with the columns that can be known beforehand, or the objects for `-o yaml|json` and `describe`. */
export function resourceLines(query: ResourceQuery, simulation: Simulation): readonly string[] {
  const found = resourcesFor(query, simulation)
  if (found.length === 0) return ['No resources found']
  const { output } = query
  if (output === 'name') return found.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`)
  if (output === 'yaml' || output === 'json' || output === 'describe') {
    const text = [...renderResources(found, output === 'json' ? 'json' : 'yaml')].join('')
    return text.trimEnd().split('\n')
  }
  const columns = columnsOf(query, simulation)
  const rows = found.map((resource) => columns.map(({ cell }) => cell(resource)))
  return aligned([columns.map(({ name }) => name), ...rows])
}

function resourcesFor(query: ResourceQuery, { cluster, ipam }: Simulation): readonly Resource[] {
  const { kind, namespace, names, selector } = query
  const matches = labelTest(selector)
  const wanted = isNamespaced(kind) ? (namespace ?? 'default') : '*'
  const listed = openStore({ ...worldOf(cluster.manifests) }).list(kind === 'calico/Node' ? 'core/Node' : kind)
  return [...listed, ...(kind === 'core/Pod' ? replicas(ipam, listed) : [])]
    .filter(({ metadata }) => wanted === '*' || (metadata.namespace ?? 'default') === wanted)
    .filter(({ metadata }) => names.length === 0 || names.includes(metadata.name))
    .filter(matches)
    .toSorted(
      (a, b) =>
        compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
        compareText(a.metadata.name, b.metadata.name),
    )
}

/** Pods that workloads will make; their names are made up. */
function replicas({ pods, unplaced }: IpamView, listed: readonly Resource[]): readonly Resource[] {
  const key = (namespace: string, name: string): string => `${namespace}/${name}`
  const known = new Set(listed.map(({ metadata }) => key(metadata.namespace ?? 'default', metadata.name)))
  return [...pods, ...unplaced]
    .filter(({ pod }) => !known.has(key(pod.namespace, pod.name)))
    .map(({ pod: { namespace, name, labels, annotations }, node }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels, annotations },
      spec: node === undefined ? {} : { nodeName: node },
    }))
}

/** Kubernetes' `a=b,c!=d,e,!f`, which Calico's language says with other signs. */
function labelTest(selector: string | undefined): (resource: Resource) => boolean {
  if (selector === undefined) return () => true
  const terms = selector.split(',').map((term) => {
    const [, key = '', sign = '', value = ''] = /^\s*([^=!\s]+)\s*(==|=|!=)?\s*(\S*)\s*$/.exec(term) ?? []
    if (key === '') return term.trim().startsWith('!') ? `!has(${term.trim().slice(1)})` : 'all()'
    return sign === '' ? `has(${key})` : `${key} ${sign === '!=' ? '!=' : '=='} "${value}"`
  })
  try {
    const parsed = parseSelector(terms.join(' && '))
    return ({ metadata }) => parsed.matches(metadata.labels ?? {})
  } catch (error) {
    if (error instanceof SelectorError) return () => true
    throw error
  }
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => rows.reduce((most, row) => Math.max(most, (row[i] ?? '').length), 0))
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd((widths[i] ?? 0) + 2))
      .join('')
      .trimEnd(),
  )
}
