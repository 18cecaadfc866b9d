/** NodeSets made into nodes: names, addresses carved from a network, a template filled in for each. */

import { addressPlus } from '../address/address.js'
import {
  bitsOf,
  firstAddress,
  type InterfaceAddress,
  type Prefix,
  parsePrefix,
  sizeOf,
  subPrefix,
  subPrefixCount,
} from '../address/prefix.js'
import type { Manifest } from '../manifests/resource.js'
import { byName, entryOf } from './inventory.js'
import { type NodeDraft, osOf, schedulingOf } from './node-draft.js'
import { factsOfCalicoNode, factsOfKubernetesNode, mergeFacts } from './node-facts.js'
import { at, type Fields, fieldsOf, textMapOf, textsOf, wholeWithin } from './read-fields.js'
import { createRemarks, type Remarks } from './remarks.js'
import { shortly } from './spec-reader.js'
import type { Labels } from './workload.js'

/** Bounds what one document can ask for. */
export const MOST_NODES = 1_000_000

/** The members of a set that `spec.without` names are left out: they stand alone, or are gone. */
function isLeftOut(manifest: Manifest): (name: string) => boolean {
  const without = new Set(textsOf(at(manifest.resource.spec, 'without')))
  return (name) => without.has(name)
}

/** One member of a NodeSet, as the Node that it stands for. */
export interface NodeSetMember {
  /** The template with its places filled in. It may hold the fields of a Kubernetes Node and of a Calico Node. */
  readonly template: Fields
  readonly labels: Labels
  readonly address?: InterfaceAddress
  readonly pods: number
}

/** The member `NAME-INDEX` of a set; undefined when the set has none, or has left it out. */
export function nodeSetMember(manifest: Manifest, index: number): NodeSetMember | undefined {
  const { metadata, spec } = manifest.resource
  const name = `${metadata.name}-${index}`
  const carve = readCarve(manifest, createRemarks())
  const count = wholeWithin(at(spec, 'count'), 0, MOST_NODES) ?? 0
  const fitting = carve === undefined ? count : Math.min(count, carve.subnets * carve.nodesPerSubnet)
  if (index >= fitting || isLeftOut(manifest)(name)) return undefined
  const subnet = carve === undefined ? 0 : Math.floor(index / carve.nodesPerSubnet)
  const host = carve === undefined ? 0 : carve.firstHost + (index % carve.nodesPerSubnet)
  const template = fieldsOf(fillIn(fieldsOf(at(spec, 'template')), { index, subnet, name }))
  const address = hostOf(createSubnetReader(carve)(subnet), host)
  const labels = textMapOf(at(template, 'metadata', 'labels'))
  return {
    template,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
    ...(address === undefined ? {} : { address }),
    pods: wholeWithin(at(spec, 'podsPerNode'), 0, 10_000) ?? 0,
  }
}

/** Nodes of all NodeSets; a name that is taken, by a Node or an earlier set, is left to who has it. */
export function expandNodeSets(
  manifests: readonly Manifest[],
  taken: ReadonlySet<string>,
  remarks: Remarks,
): NodeDraft[] {
  const names = new Set(taken)
  const drafts: NodeDraft[] = []
  for (const manifest of byName(manifests)) {
    const leftOut = isLeftOut(manifest)
    for (const draft of expandNodeSet(manifest, MOST_NODES - drafts.length, remarks)) {
      if (leftOut(draft.name)) continue
      if (names.has(draft.name)) {
        remark(remarks, manifest, 'warning', `The NodeSet makes a node ${draft.name}, which is there already.`, [
          'metadata',
          'name',
        ])
        continue
      }
      names.add(draft.name)
      drafts.push(draft)
    }
  }
  return drafts
}

function expandNodeSet(manifest: Manifest, room: number, remarks: Remarks): NodeDraft[] {
  const { metadata, spec } = manifest.resource
  const count = wholeWithin(at(spec, 'count'), 0, room)
  if (count === undefined) {
    const said = shortly(at(spec, 'count'))
    remark(remarks, manifest, 'error', `The count of the NodeSet is ${said}, not a whole number up to ${room}.`, [
      'spec',
      'count',
    ])
    return []
  }
  const carve = readCarve(manifest, remarks)
  const fitting = carve === undefined ? count : Math.min(count, carve.subnets * carve.nodesPerSubnet)
  if (fitting < count) {
    const message = `The NodeSet's subnet has room for ${fitting} nodes, not for ${count}; the others are left out.`
    remark(remarks, manifest, 'error', message, ['spec', 'subnet'])
  }
  const fill = createTemplate(manifest, remarks)
  const subnetAt = createSubnetReader(carve)
  const drafts: NodeDraft[] = []
  for (let index = 0; index < fitting; index++) {
    const subnet = carve === undefined ? 0 : Math.floor(index / carve.nodesPerSubnet)
    const host = carve === undefined ? 0 : carve.firstHost + (index % carve.nodesPerSubnet)
    drafts.push(fill({ index, subnet, name: `${metadata.name}-${index}` }, hostOf(subnetAt(subnet), host)))
  }
  return drafts
}

interface Carve {
  readonly network: Prefix
  readonly prefixLength: number
  readonly subnets: number
  readonly nodesPerSubnet: number
  readonly firstHost: number
}

/**
 * `spec.subnet`. Left out: a prefixLength of 24 (64 in IPv6) or the network's own, a firstHost of 10 where there is
 * room and else 2, and as many nodes as fit below the broadcast address.
 */
function readCarve(manifest: Manifest, remarks: Remarks): Carve | undefined {
  const said = at(manifest.resource.spec, 'subnet')
  if (said === undefined) return undefined
  const cidr = at(said, 'cidr')
  const network = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
  if (network === undefined) {
    remark(remarks, manifest, 'error', `The subnet of the NodeSet has the cidr ${shortly(cidr)}, which is none.`, [
      'spec',
      'subnet',
      'cidr',
    ])
    return undefined
  }
  const bits = bitsOf(network.family)
  const prefixLength =
    wholeWithin(at(said, 'prefixLength'), network.length, bits) ??
    Math.max(network.length, network.family === 4 ? 24 : 64)
  const size = sizeOf({ ...network, length: prefixLength })
  const firstHost =
    wholeWithin(at(said, 'firstHost'), 0, Math.min(size - 1, Number.MAX_SAFE_INTEGER)) ??
    (size >= 32 ? 10 : Math.min(2, size - 1))
  const room = Math.max(size === 1 ? 1 : 0, Math.min(size - firstHost - (size > 2 ? 1 : 0), MOST_NODES))
  return {
    network,
    prefixLength,
    subnets: Math.min(subPrefixCount(network, prefixLength), MOST_NODES),
    nodesPerSubnet: wholeWithin(at(said, 'nodesPerSubnet'), 1, room) ?? room,
    firstHost,
  }
}

/** The network of a subnet by its number; nodes come subnet by subnet, so the last one is kept. */
function createSubnetReader(carve: Carve | undefined): (subnet: number) => Prefix | undefined {
  let held: { readonly subnet: number; readonly network: Prefix } | undefined
  return (subnet) => {
    if (carve === undefined) return undefined
    if (held?.subnet !== subnet) held = { subnet, network: subPrefix(carve.network, carve.prefixLength, subnet) }
    return held.network
  }
}

function hostOf(network: Prefix | undefined, host: number): InterfaceAddress | undefined {
  const address = network && addressPlus(firstAddress(network), host)
  return network && address && { address, network }
}

/** The carved address is the BGP address and the InternalIP, unless the template gives addresses of its own. */
function withAddress(facts: Facts, held: InterfaceAddress): Pick<Facts, 'bgpAddress' | 'addresses' | 'written'> {
  if (facts.bgpAddress[held.address.family] !== undefined) return facts
  return {
    bgpAddress: held.address.family === 4 ? { ...facts.bgpAddress, 4: held } : { ...facts.bgpAddress, 6: held },
    addresses: facts.addresses.length > 0 ? facts.addresses : [{ type: 'InternalIP', address: held.address }],
    written: true,
  }
}

interface Place {
  readonly index: number
  readonly subnet: number
  readonly name: string
}

type Facts = Omit<NodeDraft, 'name' | 'labels' | 'os' | 'syntheticPods' | 'about'>

/**
 * The template for a node. `{{index}}` is its number in the set, `{{subnet}}` or `{{rack}}` the number of its subnet,
 * both from 0, and `{{name}}` its name; they count in every text of the template. One without such places is read once.
 * Each node gets the labels `kubernetes.io/hostname` and `kubernetes.io/os`, as a kubelet would set them.
 */
function createTemplate(
  manifest: Manifest,
  remarks: Remarks,
): (place: Place, held: InterfaceAddress | undefined) => NodeDraft {
  const template = fieldsOf(at(manifest.resource.spec, 'template'))
  const labels = { 'kubernetes.io/os': 'linux', ...textMapOf(at(template, 'metadata', 'labels')) }
  const rest = { ...template, metadata: { ...fieldsOf(at(template, 'metadata')), labels: {} } }
  const read = (filled: Fields, name: string): Facts => {
    const metadata = { ...fieldsOf(filled.metadata), name }
    const about: Manifest = { ...manifest, resource: { apiVersion: 'v1', kind: 'Node', ...filled, metadata } }
    const facts = mergeFacts(factsOfCalicoNode(about, remarks), factsOfKubernetesNode(about, remarks))
    return { ...facts, ...schedulingOf(filled.spec) }
  }
  const shared = varies(rest) ? undefined : read(rest, manifest.resource.metadata.name)
  const fillLabels = createLabelFiller(labels)
  const syntheticPods = wholeWithin(at(manifest.resource.spec, 'podsPerNode'), 0, 10_000) ?? 0
  return (place, held) => {
    const filled = fillLabels(place)
    const facts = shared ?? read(fieldsOf(fillIn(rest, place)), place.name)
    const { bgpAddress, addresses, written } = held === undefined ? facts : withAddress(facts, held)
    return {
      ...facts,
      bgpAddress,
      addresses,
      written,
      name: place.name,
      labels: { 'kubernetes.io/hostname': place.name, ...filled },
      os: osOf(filled),
      syntheticPods,
      about: manifest,
    }
  }
}

/** Labels that depend on the subnet alone are filled in once for each subnet: a set may have 100,000 nodes. */
function createLabelFiller(labels: Labels): (place: Place) => Labels {
  if (!varies(labels)) return () => labels
  if (/\{\{\s*(index|name)\s*\}\}/.test(JSON.stringify(labels))) return (place) => textMapOf(fillIn(labels, place))
  const bySubnet = new Map<number, Labels>()
  return (place) => entryOf(bySubnet, place.subnet, () => textMapOf(fillIn(labels, place)))
}

function varies(value: unknown): boolean {
  return JSON.stringify(value).includes('{{')
}

function fillIn(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return value.includes('{{') ? fillText(value, place) : value
  if (Array.isArray(value)) return value.map((item) => fillIn(item, place))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [fillIn(name, place), fillIn(item, place)]))
}

function fillText(text: string, { index, subnet, name }: Place): string {
  return text.replaceAll(/\{\{\s*(index|subnet|rack|name)\s*\}\}/g, (_, word: string) =>
    word === 'index' ? String(index) : word === 'name' ? name : String(subnet),
  )
}

function remark(
  remarks: Remarks,
  about: Manifest,
  severity: 'error' | 'warning',
  message: string,
  path: readonly string[],
): void {
  remarks.add({
    severity,
    code: 'NODE_SET_UNUSABLE',
    message,
    hint: 'Give count, and a subnet whose cidr has room for that many nodes; names are NAME-0, NAME-1 and so on.',
    about,
    path,
  })
}
