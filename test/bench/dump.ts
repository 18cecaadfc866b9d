/**
 * A generated cluster as its operator would dump it: Lists of Node, Pod, IPAMBlock and BlockAffinity objects in JSON, every
 * address recorded. The text is made in pieces, as it is long.
 */

import { formatAddress } from '../../src/address/address.js'
import { firstAddress, formatPrefix, type Prefix, parsePrefix, subPrefix } from '../../src/address/prefix.js'
import type { Resource } from '../../src/manifests/resource.js'
import { generateCluster, type Shape } from '../../src/planning/generate.js'

export interface Recorded extends Shape {
  readonly blocksPerNode: number
}

/** Texts of the files of a dump by name, each in pieces. */
export function dumpOf(shape: Recorded): ReadonlyMap<string, Iterable<string>> {
  const resources = generateCluster({ ...shape, explicit: true, podsPerNode: 0 })
  const nodes = resources
    .filter(({ kind }) => kind === 'Node')
    .map((node, i) => (hasTunnels(shape) ? withTunnel(shape, node, i) : node))
  return new Map<string, Iterable<string>>([
    ['calico.json', listText(resources.filter(({ kind }) => kind !== 'Node'))],
    ['nodes.json', listText(nodes)],
    ['pods.json', listText(podsOf(shape, nodes))],
    ['blocks.json', listText(blocksOf(shape, nodes))],
    ['affinities.json', listText(affinitiesOf(shape, nodes))],
  ])
}

/** The same as a planner describes a cluster that does not exist yet. */
export function descriptionOf(shape: Shape): ReadonlyMap<string, Iterable<string>> {
  return new Map([['cluster.json', listText(generateCluster(shape))]])
}

function* listText(items: Iterable<Resource>): Generator<string> {
  let separator = '{"apiVersion":"v1","kind":"List","items":[\n'
  for (const item of items) {
    yield `${separator}${JSON.stringify(item)}`
    separator = ',\n'
  }
  yield separator.startsWith('{') ? '{"apiVersion":"v1","kind":"List","items":[]}\n' : ']}\n'
}

function nameOf({ metadata }: Resource): string {
  return String((metadata as { readonly name?: unknown }).name)
}

/** The blocks of the i-th node stand side by side. */
function blockOf({ pool, blockSize, blocksPerNode }: Recorded, node: number, block: number): Prefix {
  const whole = parsePrefix(pool)
  if (whole === undefined) throw new Error(`${pool} is no CIDR`)
  return subPrefix(whole, blockSize, node * blocksPerNode + block)
}

function addressOf(shape: Recorded, node: number, pod: number): string {
  const block = firstAddress(blockOf(shape, node, pod % shape.blocksPerNode))
  const ordinal = Math.floor(pod / shape.blocksPerNode)
  return formatAddress(block.family === 4 ? { family: 4, value: block.value + ordinal } : block)
}

/** The pool's IPIP mode makes every node claim a tunnel address. */
function hasTunnels({ encapsulation }: Recorded): boolean {
  return encapsulation.startsWith('ipip')
}

/** Of its first block, behind its pods there: calico-node writes it down on the Node. */
function withTunnel(shape: Recorded, node: Resource, index: number): Resource {
  const address = addressOf(shape, index, podsIn(shape, 0) * shape.blocksPerNode)
  const { metadata } = node as Resource & {
    readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
  }
  const annotations = { ...metadata.annotations, 'projectcalico.org/IPv4IPIPTunnelAddr': address }
  return { ...node, metadata: { ...metadata, annotations } }
}

/** Pods in a node's block: they take turns. */
function podsIn({ podsPerNode, blocksPerNode }: Recorded, block: number): number {
  return Math.ceil(Math.max(0, podsPerNode - block) / blocksPerNode)
}

function* podsOf(shape: Recorded, nodes: readonly Resource[]): Generator<Resource> {
  for (const [i, node] of nodes.entries()) {
    for (let pod = 0; pod < shape.podsPerNode; pod++) {
      const address = addressOf(shape, i, pod)
      yield {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 'default', name: `pod-${i}-${pod}`, labels: { app: `app-${pod % 10}` } },
        spec: { nodeName: nameOf(node) },
        status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] },
      }
    }
  }
}

function* blocksOf(shape: Recorded, nodes: readonly Resource[]): Generator<Resource> {
  const size = 2 ** (32 - shape.blockSize)
  for (const [i, node] of nodes.entries()) {
    for (let block = 0; block < shape.blocksPerNode; block++) {
      const cidr = formatPrefix(blockOf(shape, i, block))
      const pods = podsIn(shape, block)
      const used = block === 0 && hasTunnels(shape) ? pods + 1 : pods
      const ordinals = Array.from({ length: size }, (_, ordinal) => ordinal)
      yield {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'IPAMBlock',
        metadata: { name: cidr.replaceAll(/[./]/g, '-') },
        spec: {
          cidr,
          affinity: `host:${nameOf(node)}`,
          allocations: ordinals.map((ordinal) => (ordinal < used ? ordinal : null)),
          unallocated: ordinals.slice(used),
          attributes: ordinals
            .slice(0, used)
            .map((ordinal) => attributeOf(shape, node, i, block, ordinal < pods ? ordinal : undefined)),
          strictAffinity: false,
          deleted: false,
        },
      }
    }
  }
}

/** Who has an address: a pod by its ordinal in the block, or the node's tunnel. */
function attributeOf(
  shape: Recorded,
  node: Resource,
  index: number,
  block: number,
  ordinal: number | undefined,
): unknown {
  if (ordinal === undefined) {
    return {
      handle_id: `ipip-tunnel-addr-${nameOf(node)}`,
      secondary: { node: nameOf(node), type: 'ipipTunnelAddress' },
    }
  }
  const pod = ordinal * shape.blocksPerNode + block
  return {
    handle_id: `k8s-pod-network.${index}-${pod}`,
    secondary: { namespace: 'default', node: nameOf(node), pod: `pod-${index}-${pod}` },
  }
}

function* affinitiesOf(shape: Recorded, nodes: readonly Resource[]): Generator<Resource> {
  for (const [i, node] of nodes.entries()) {
    for (let block = 0; block < shape.blocksPerNode; block++) {
      const cidr = formatPrefix(blockOf(shape, i, block))
      yield {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'BlockAffinity',
        metadata: { name: `${nameOf(node)}-${cidr.replaceAll(/[./]/g, '-')}` },
        spec: { cidr, node: nameOf(node), state: 'confirmed', deleted: 'false' },
      }
    }
  }
}
