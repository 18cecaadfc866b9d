/** One case of `dataplane/*.json`, and what the judges of its kinds share. */

import type { Family } from '../../../../src/address/address.js'
import { type Prefix, parseInterfaceAddressOrHost } from '../../../../src/address/prefix.js'
import type { Resource } from '../../../../src/manifests/resource.js'

export type Fields = Readonly<Record<string, unknown>>

export interface DataplaneCase {
  readonly name: string
  readonly kind: string
  readonly localNode?: string
  readonly config?: Fields
  readonly resources: readonly Fields[]
  readonly expect: Fields
  readonly [more: string]: unknown
}

/** What differs, a sentence each; or why the case is none for the product. */
export type Verdict = readonly string[] | { readonly skipped: string }

/** The cases were taken from the sources of this release. */
export const RELEASE = 'v3.33'

export function calico(kind: string, name: string, fields: Fields): Resource {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest } = fields
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, ...rest } as Resource
}

/** Pools in the records have no names; theirs is their place in the list. */
export function poolsOf(resources: readonly Fields[]): readonly Resource[] {
  return resources
    .filter(({ kind }) => kind === 'IPPool')
    .map((pool, i) => calico('IPPool', `pool-${String(i).padStart(3, '0')}`, { spec: pool.spec }))
}

export function prefixFrom(text: unknown): Prefix {
  const parsed = parseInterfaceAddressOrHost(String(text))
  if (parsed === undefined) throw new Error(`no prefix: ${String(text)}`)
  return parsed.network
}

export function familyOf(config: Fields | undefined): Family {
  return config?.ipVersion === 6 ? 6 : 4
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : [])
