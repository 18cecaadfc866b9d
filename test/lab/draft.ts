/** A cluster's resources as data that may be changed in place, and the parts of it that changes look for. */

import type { Resource } from '../../src/manifests/resource.js'

export type Fields = { [field: string]: unknown }

export interface Item {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; namespace?: string; labels?: Fields; annotations?: Fields }
  spec?: Fields
  [field: string]: unknown
}

export interface Draft {
  readonly items: Item[]
}

export function draftOf(resources: readonly Resource[]): Draft {
  return { items: JSON.parse(JSON.stringify(resources)) as Item[] }
}

export function resourcesOf(draft: Draft): readonly Resource[] {
  return JSON.parse(JSON.stringify(draft.items)) as readonly Resource[]
}

export function kindOf(draft: Draft, kind: string): readonly Item[] {
  return draft.items.filter((item) => item.kind === kind)
}

export function specOf(item: Item): Fields {
  item.spec ??= {}
  return item.spec
}

export function fieldsIn(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name]
  return Array.isArray(list) ? (list as readonly Fields[]) : []
}

export function add(draft: Draft, kind: string, name: string, spec: Fields): void {
  draft.items.push({ apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec })
}

/** BGPConfiguration of this name, made if it is not there. */
export function configuration(draft: Draft, name = 'default'): Fields {
  const held = kindOf(draft, 'BGPConfiguration').find((item) => item.metadata.name === name)
  if (held !== undefined) return specOf(held)
  const spec: Fields = {}
  add(draft, 'BGPConfiguration', name, spec)
  return spec
}

const ANNOTATIONS: Readonly<Record<string, string>> = {
  ipv4Address: 'projectcalico.org/IPv4Address',
  ipv6Address: 'projectcalico.org/IPv6Address',
  asNumber: 'projectcalico.org/ASNumber',
  routeReflectorClusterID: 'projectcalico.org/RouteReflectorClusterID',
}

export function bgpOf(node: Item, name: string): string | undefined {
  const bgp = node.spec?.['bgp'] as Fields | undefined
  const value = bgp?.[name] ?? node.metadata.annotations?.[ANNOTATIONS[name] ?? '']
  return value === undefined ? undefined : String(value)
}

/** Where the node itself keeps it: a Kubernetes Node in annotations, a Calico Node in its spec. */
export function setBgp(node: Item, name: string, value: string | number | undefined): void {
  if (node.apiVersion === 'v1') {
    const annotations = node.metadata.annotations ?? {}
    node.metadata.annotations = annotations
    const key = ANNOTATIONS[name] ?? name
    if (value === undefined) delete annotations[key]
    else annotations[key] = String(value)
    return
  }
  const spec = specOf(node)
  const bgp = (spec['bgp'] ?? {}) as Fields
  spec['bgp'] = bgp
  if (value === undefined) delete bgp[name]
  else bgp[name] = value
}

export function addressOf(node: Item, family: 4 | 6): string {
  return bgpOf(node, family === 4 ? 'ipv4Address' : 'ipv6Address')?.split('/')[0] ?? ''
}

export function underlayOf(draft: Draft): Fields {
  const [underlay] = kindOf(draft, 'Underlay')
  return underlay === undefined ? {} : specOf(underlay)
}
