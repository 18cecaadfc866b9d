/** Underlay documents as written: several count as one, a later entry of one name taking the place of an earlier. */

import { type Address, type Family, parseAddress } from '../address/address.js'
import {
  firstAddress,
  type InterfaceAddress,
  type Prefix,
  parseInterfaceAddress,
  parsePrefix,
  parsePrefixOrHost,
  prefixOf,
} from '../address/prefix.js'
import type { FieldPath } from '../findings/finding.js'
import type { Manifest } from '../manifests/resource.js'
import { at, flagOf, listOf, textOf, textsOf, wholeWithin, wordOf } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { shortly } from './spec-reader.js'
import type { OutsideHost, StaticRoute, Subnet } from './underlay.js'

/** One item of a list in an Underlay, and where it stands. */
export interface Entry {
  readonly name: string
  readonly fields: unknown
  readonly about: Manifest
  readonly path: FieldPath
}

export interface UnderlayDocuments {
  readonly given: boolean
  readonly subnets: readonly Entry[]
  readonly nodes: readonly Entry[]
  /** Undefined: no document has the list, not even an empty one. */
  readonly routers?: readonly Entry[]
  readonly hosts: readonly Entry[]
}

export function readUnderlayDocuments(manifests: readonly Manifest[], remarks: Remarks): UnderlayDocuments {
  const routers = entriesOf(manifests, 'routers', remarks)
  const saysRouters = manifests.some(({ resource }) => Array.isArray(at(resource.spec, 'routers')))
  return {
    given: manifests.length > 0,
    subnets: entriesOf(manifests, 'subnets', remarks),
    nodes: entriesOf(manifests, 'nodes', remarks),
    ...(saysRouters ? { routers } : {}),
    hosts: entriesOf(manifests, 'hosts', remarks),
  }
}

function entriesOf(manifests: readonly Manifest[], list: string, remarks: Remarks): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const about of manifests) {
    for (const [i, fields] of listOf(at(about.resource.spec, list)).entries()) {
      const path: FieldPath = ['spec', list, i]
      const name = textOf(at(fields, 'name')) ?? (list === 'subnets' ? textOf(at(fields, 'cidr')) : undefined)
      if (name === undefined) remarkUnderlay(remarks, about, path, `This entry of ${list} has no name and is left out.`)
      else entries.set(name, { name, fields, about, path })
    }
  }
  return [...entries.values()]
}

export const DEFAULT_MTU = 1500

export function readSubnets(entries: readonly Entry[], remarks: Remarks): readonly Subnet[] {
  const subnets: Subnet[] = []
  for (const { name, fields, about, path } of entries) {
    const cidr = at(fields, 'cidr')
    const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
    if (prefix === undefined) {
      remarkUnderlay(
        remarks,
        about,
        [...path, 'cidr'],
        `Subnet ${name} has the cidr ${shortly(cidr)}, which is none, and is left out.`,
      )
      continue
    }
    const gateway = addressAt(fields, 'gateway', about, path, remarks)
    subnets.push({
      index: subnets.length,
      name,
      prefix,
      ...(gateway === undefined ? {} : { gateway }),
      mtu: wholeWithin(at(fields, 'mtu'), 68, 65535) ?? DEFAULT_MTU,
      antiSpoofing: flagOf(at(fields, 'antiSpoofing')) ?? false,
      drops: textsOf(at(fields, 'drops')).map((word) => word.toLowerCase()),
    })
  }
  return subnets
}

export function readHosts(entries: readonly Entry[], remarks: Remarks): readonly OutsideHost[] {
  return entries.flatMap(({ name, fields, about, path }) => {
    const text = at(fields, 'address')
    const address = typeof text === 'string' ? parseInterfaceAddress(text) : undefined
    if (address === undefined) {
      const message = `Host ${name} has the address ${shortly(text)} and is left out; it needs one with its mask.`
      remarkUnderlay(remarks, about, [...path, 'address'], message)
      return []
    }
    const gateway = addressAt(fields, 'gateway', about, path, remarks)
    return [{ name, address, ...(gateway === undefined ? {} : { gateway }) }]
  })
}

/** Routes in the words of `ip route`; `boot` where no protocol is given, as the kernel notes it then. */
export function readStaticRoutes(entry: Entry, remarks: Remarks): readonly StaticRoute[] {
  return listOf(at(entry.fields, 'staticRoutes')).flatMap((fields, i) => {
    const route = readRoute(fields, [...entry.path, 'staticRoutes', i], entry.about, remarks)
    return route ?? []
  })
}

const ROUTE_TYPES = ['unicast', 'blackhole', 'unreachable', 'prohibit'] as const

function readRoute(fields: unknown, path: FieldPath, about: Manifest, remarks: Remarks): StaticRoute | undefined {
  const via = addressAt(fields, 'via', about, path, remarks)
  const said = at(fields, 'to')
  const to =
    said === 'default'
      ? anyDestination(via?.family ?? 4)
      : typeof said === 'string'
        ? parsePrefixOrHost(said)
        : undefined
  if (to === undefined) {
    remarkUnderlay(
      remarks,
      about,
      [...path, 'to'],
      `The destination ${shortly(said)} of a static route is none; the route is left out.`,
    )
    return undefined
  }
  const dev = textOf(at(fields, 'dev'))
  return {
    to,
    type: wordOf(at(fields, 'type'), ROUTE_TYPES) ?? 'unicast',
    ...(via === undefined ? {} : { via }),
    ...(dev === undefined ? {} : { dev }),
    protocol: protocolOf(at(fields, 'protocol')) ?? 'boot',
    metric: wholeWithin(at(fields, 'metric'), 0, 0xffffffff) ?? 0,
  }
}

/** A name or number of /etc/iproute2/rt_protos. */
export function protocolOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value)
}

export function anyDestination(family: Family): Prefix {
  return prefixOf(family === 4 ? { family, value: 0 } : { family, value: 0n }, 0)
}

/** An address of an entry; undefined when it is absent, and with a remark when it is none. */
export function addressAt(
  fields: unknown,
  name: string,
  about: Manifest,
  path: FieldPath,
  remarks: Remarks,
): Address | undefined {
  const text = at(fields, name)
  if (text === undefined || text === null || text === '') return undefined
  const address = typeof text === 'string' ? (parseAddress(text) ?? parseInterfaceAddress(text)?.address) : undefined
  if (address === undefined) remarkUnderlay(remarks, about, [...path, name], `${shortly(text)} is no address.`)
  return address
}

/** An interface address; one without a mask gets that of the subnet. */
export function interfaceAddressIn(subnet: Subnet, text: unknown): InterfaceAddress | undefined {
  if (typeof text !== 'string') return undefined
  const address = parseAddress(text)
  if (address === undefined) return parseInterfaceAddress(text)
  return address.family === firstAddress(subnet.prefix).family ? { address, network: subnet.prefix } : undefined
}

export function remarkUnderlay(remarks: Remarks, about: Manifest, path: FieldPath, message: string): void {
  remarks.add({
    severity: 'error',
    code: 'UNDERLAY_ENTRY_UNUSABLE',
    message,
    hint: 'See the Underlay reference: subnets, nodes, routers and hosts each have a name, addresses are plain text.',
    about,
    path,
  })
}
