/** The manifest of a pool that does not exist yet. */

import { bitsOf, formatPrefix, type Prefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Pool } from '../../cluster/pool.js'
import { at, fieldsOf } from '../../cluster/read-fields.js'
import type { Resource } from '../../manifests/resource.js'
import { manifestOf } from './steps.js'

export interface NewPool {
  /** A pool whose other fields it takes over. */
  readonly like: Pool | undefined
  readonly name: string
  readonly prefix: Prefix
  readonly blockSize: number
  /** Takes the place of the other pool, nodes and all. */
  readonly sameNodes?: boolean
}

/** Where there is no pool to take after: CrossSubnet, which works inside a subnet and across routers, and NAT. */
export function newPool(cluster: Cluster, { like, name, prefix, blockSize, sameNodes }: NewPool): Resource {
  const written = like && manifestOf(cluster, 'IPPool', like.name)?.resource.spec
  const spec = written === undefined ? settingsOf(like, prefix) : keptFields(written)
  const nodeSelector = sameNodes === true ? at(written, 'nodeSelector') : undefined
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec: { cidr: formatPrefix(prefix), blockSize, ...spec, ...(nodeSelector === undefined ? {} : { nodeSelector }) },
  }
}

/** A selector of nodes is for the caller to keep: it is what tells two pools apart. */
const REPLACED = new Set(['cidr', 'blockSize', 'disabled', 'nodeSelector'])

function keptFields(spec: unknown): Readonly<Record<string, unknown>> {
  const fields = fieldsOf(spec)
  return Object.fromEntries(Object.keys(fields).flatMap((key) => (REPLACED.has(key) ? [] : [[key, at(spec, key)]])))
}

function settingsOf(like: Pool | undefined, { family }: Prefix): Readonly<Record<string, unknown>> {
  if (like !== undefined) {
    return { ipipMode: like.ipipMode, vxlanMode: like.vxlanMode, natOutgoing: like.natOutgoing }
  }
  return family === 4
    ? { ipipMode: 'CrossSubnet', vxlanMode: 'Never', natOutgoing: true }
    : { vxlanMode: 'CrossSubnet', natOutgoing: true }
}

/** Calico makes blocks of 1 to 4096 addresses. */
const LARGEST_BLOCK_BITS = 12

/** The smallest block that holds so many addresses, as far as Calico makes such. */
export function blockSizeFor(addresses: number, family: 4 | 6): number {
  const bits = Math.min(LARGEST_BLOCK_BITS, Math.ceil(Math.log2(Math.max(1, addresses))))
  return bitsOf(family) - bits
}
