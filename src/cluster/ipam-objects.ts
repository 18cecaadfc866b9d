/** IPAMBlock, BlockAffinity, IPReservation and IPAMConfiguration, of both of Calico's API groups. */

import { comparePrefixes, formatPrefix, parsePrefix, parsePrefixOrHost, sizeOf } from '../address/prefix.js'
import type { Manifest } from '../manifests/resource.js'
import { byName, compareText } from './inventory.js'
import type {
  AffinityState,
  Allocation,
  BlockAffinity,
  IpamSettings,
  RecordedBlock,
  Reservation,
} from './ipam-records.js'
import { at, flagOf, listOf, textOf, wholeWithin } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { createSpecReader, shortly } from './spec-reader.js'

/** The largest block that Calico makes is a /20, or a /116 in IPv6. */
const LARGEST_BLOCK = 4096

/** Ascending by prefix; records that are marked deleted are gone (libcalico-go backend/k8s/resources/ipam_block.go). */
export function readBlocks(manifests: readonly Manifest[], remarks: Remarks): readonly RecordedBlock[] {
  const blocks = new Map<string, RecordedBlock>()
  for (const manifest of manifests) {
    if (flagOf(at(manifest.resource.spec, 'deleted'))) continue
    const block = readBlock(manifest)
    if (block === undefined) remarkUnreadable(manifest, remarks)
    else blocks.set(formatPrefix(block.prefix), block)
  }
  return [...blocks.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix))
}

function readBlock({ resource: { spec } }: Manifest): RecordedBlock | undefined {
  const cidr = at(spec, 'cidr')
  const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
  if (prefix === undefined || sizeOf(prefix) > LARGEST_BLOCK) return undefined
  const size = sizeOf(prefix)
  const attributes = listOf(at(spec, 'attributes'))
  const allocations: Allocation[] = []
  const taken = new Set<number>()
  for (const [ordinal, index] of listOf(at(spec, 'allocations')).entries()) {
    if (ordinal >= size || index === null || index === undefined) continue
    taken.add(ordinal)
    allocations.push(readAllocation(ordinal, attributes[wholeWithin(index, 0, size * 2) ?? -1]))
  }
  const affinity = affinityOf(textOf(at(spec, 'affinity')) ?? hostAffinity(spec))
  const affinityClaimTime = textOf(at(spec, 'affinityClaimTime')) ?? textOf(at(spec, 'affinity_claim_time'))
  return {
    prefix,
    ...(affinity === undefined ? {} : { affinity }),
    allocations,
    unallocated: freeOrdinals(at(spec, 'unallocated'), size, taken),
    ...(affinityClaimTime === undefined ? {} : { affinityClaimTime }),
  }
}

/** The field that held the owner before `affinity` did (libcalico-go backend/model/block.go HostAffinity). */
function hostAffinity(spec: unknown): string | undefined {
  const host = textOf(at(spec, 'hostAffinity'))
  return host === undefined ? undefined : `host:${host}`
}

function affinityOf(text: string | undefined): RecordedBlock['affinity'] {
  const colon = text?.indexOf(':') ?? -1
  if (text === undefined || colon < 0) return undefined
  const type = text.slice(0, colon)
  return type === 'host' || type === 'virtual' ? { type, host: text.slice(colon + 1) } : undefined
}

/** The queue as recorded; without one, every ordinal that is not taken, ascending. */
function freeOrdinals(value: unknown, size: number, taken: ReadonlySet<number>): readonly number[] {
  if (Array.isArray(value)) {
    const seen = new Set<number>()
    for (const item of value) {
      if (Number.isInteger(item) && item >= 0 && item < size && !taken.has(item)) seen.add(item)
    }
    return [...seen]
  }
  const free: number[] = []
  for (let ordinal = 0; ordinal < size; ordinal++) if (!taken.has(ordinal)) free.push(ordinal)
  return free
}

function readAllocation(ordinal: number, attribute: unknown): Allocation {
  const allocation: { -readonly [K in keyof Allocation]: Allocation[K] } = { ordinal }
  const handle = textOf(at(attribute, 'handle_id')) ?? textOf(at(attribute, 'handleID'))
  const releasedAt = textOf(at(attribute, 'releasedAt'))
  if (handle !== undefined) allocation.handle = handle
  if (releasedAt !== undefined) allocation.releasedAt = releasedAt
  const owner = at(attribute, 'secondary') ?? at(attribute, 'activeOwnerAttrs')
  for (const name of OWNER_ATTRIBUTES) {
    const value = textOf(at(owner, name))
    if (value !== undefined) allocation[name] = value
  }
  return allocation
}

/** libcalico-go backend/model/block.go, the IPAMBlockAttribute names. */
const OWNER_ATTRIBUTES = ['node', 'namespace', 'pod', 'type'] as const

const STATES: readonly AffinityState[] = ['confirmed', 'pending', 'pendingDeletion', '']

/** Ascending by node, then prefix. */
export function readAffinities(manifests: readonly Manifest[], remarks: Remarks): readonly BlockAffinity[] {
  const affinities = new Map<string, BlockAffinity>()
  for (const manifest of manifests) {
    const { spec } = manifest.resource
    if (flagOf(at(spec, 'deleted'))) continue
    const cidr = at(spec, 'cidr')
    const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
    const node = textOf(at(spec, 'node'))
    if (prefix === undefined || node === undefined) {
      remarkUnreadable(manifest, remarks)
      continue
    }
    const type = at(spec, 'type') === 'virtual' ? 'virtual' : 'host'
    const state = STATES.find((word) => word === (at(spec, 'state') ?? '')) ?? 'pending'
    affinities.set(`${type} ${node} ${formatPrefix(prefix)}`, { node, type, prefix, state })
  }
  return [...affinities.values()].sort((a, b) => compareText(a.node, b.node) || comparePrefixes(a.prefix, b.prefix))
}

function remarkUnreadable(manifest: Manifest, remarks: Remarks): void {
  const { kind, metadata, spec } = manifest.resource
  remarks.add({
    severity: 'warning',
    code: 'IPAM_RECORD_UNREADABLE',
    message: `${kind} ${metadata.name} with the cidr ${shortly(at(spec, 'cidr'))} cannot be read and is left out.`,
    hint: 'Export the IPAM records again with kubectl get -o yaml; they are not meant to be written by hand.',
    about: manifest,
    path: ['spec', 'cidr'],
  })
}

/** libcalico-go ipam.go GetIPAMConfig: without a resource no strict affinity, blocks on demand, no cooldown. */
export function readIpamSettings(
  configurations: readonly Manifest[],
  reservations: readonly Manifest[],
  remarks: Remarks,
): IpamSettings {
  const manifest = configurations.find(({ resource }) => resource.metadata.name === 'default') ?? configurations[0]
  const read = manifest === undefined ? () => undefined : createSpecReader(remarks, manifest)
  return {
    strictAffinity: read('strictAffinity', flagOf) ?? false,
    autoAllocateBlocks: read('autoAllocateBlocks', flagOf) ?? true,
    maxBlocksPerHost: read('maxBlocksPerHost', (value) => wholeWithin(value, 0, 0x7fffffff)) ?? 0,
    ipCooldownSeconds: read('ipCooldownSeconds', (value) => wholeWithin(value, 0, 0x7fffffff)) ?? 0,
    kubeVirtVMAddressPersistence: read('kubeVirtVMAddressPersistence', persistenceOf) ?? true,
    reservations: byName(reservations).map((reservation) => readReservation(reservation, remarks)),
  }
}

function persistenceOf(value: unknown): boolean | undefined {
  return value === 'Enabled' ? true : value === 'Disabled' ? false : flagOf(value)
}

function readReservation(manifest: Manifest, remarks: Remarks): Reservation {
  const read = createSpecReader(remarks, manifest)
  const texts = read('reservedCIDRs', (value) => (Array.isArray(value) ? value : undefined)) ?? []
  const prefixes = texts.map((text) => (typeof text === 'string' ? parsePrefixOrHost(text) : undefined))
  for (const [i, prefix] of prefixes.entries()) {
    if (prefix !== undefined) continue
    remarks.add({
      severity: 'warning',
      code: 'VALUE_IGNORED',
      message: `The reservation ${shortly(texts[i])} is neither an address nor a prefix and reserves nothing.`,
      hint: 'Write an address or ADDRESS/LENGTH.',
      about: manifest,
      path: ['spec', 'reservedCIDRs', i],
    })
  }
  return { name: manifest.resource.metadata.name, prefixes: prefixes.filter((prefix) => prefix !== undefined) }
}
