/** What `calicoctl ipam show` prints of a cluster (calicoctl/calicoctl/commands/ipam/show.go). */

import { addressPlus } from '../address/address.js'
import { firstAddress, formatPrefix, overlaps, type Prefix, sizeOf } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { RecordedBlock } from '../cluster/ipam-records.js'
import { at } from '../cluster/read-fields.js'
import { ReservedSet } from '../ipam/reservations.js'
import { countPoolSpace } from '../ipam/utilization.js'
import type { IpamView } from '../ipam/view.js'
import { boxLines, fiveDigits, percentOf } from './ipam-show-table.js'

/** The largest number that calicoctl can count up to (libcalico-go/lib/ipam/reserved.go clampToInt). */
const MOST = 2 ** 63

interface Row {
  readonly kind: 'IP Pool' | 'Block'
  readonly prefix: Prefix
  readonly capacity: number
  readonly inUse: number
  readonly reserved: number
  readonly free: number
}

/** `calicoctl ipam show`, with `--show-blocks` each block below its pool and those outside all pools at the end. */
export function poolUsageLines(cluster: Cluster, view: IpamView, showBlocks: boolean): readonly string[] {
  const { release } = cluster
  const rows = usageRows(cluster, view, showBlocks)
  const columns = [
    { name: 'GROUPING' },
    { name: 'CIDR' },
    { name: 'IPS TOTAL', right: true },
    { name: 'IPS IN USE', right: true },
    ...(release.ipamShowReserved ? [{ name: 'IPS RESERVED', right: true }] : []),
    { name: 'IPS FREE', right: true },
  ]
  return boxLines(
    release,
    columns,
    rows.map(({ kind, prefix, capacity, inUse, reserved, free }) => {
      const share = (count: number): string => `${fiveDigits(count)} (${percentOf(count, capacity)}%)`
      return [
        kind,
        formatPrefix(prefix),
        fiveDigits(capacity),
        share(inUse),
        ...(release.ipamShowReserved ? [share(reserved), share(free)] : [share(capacity - inUse)]),
      ]
    }),
  )
}

function usageRows(cluster: Cluster, view: IpamView, showBlocks: boolean): Row[] {
  const reserved = new ReservedSet(cluster.ipam.reservations.flatMap(({ prefixes }) => prefixes))
  const byPool = cluster.pools.map((): RecordedBlock[] => [])
  const strays: RecordedBlock[] = []
  for (const block of blocksAsListed(view)) {
    const pool = cluster.pools.find(({ prefix }) => overlaps(prefix, block.prefix))
    if (pool) byPool[pool.index]?.push(block)
    // The pool that stands for blocks without one is 0.0.0.0/0, in which no IPv6 block lies.
    else if (block.prefix.family === 4) strays.push(block)
  }
  const rows = cluster.pools.flatMap(({ prefix, index }) => {
    const blocks = (byPool[index] ?? []).map((block) => blockRow(block, reserved))
    const space = countPoolSpace(
      prefix,
      reserved,
      blocks.map((block) => block.prefix),
    )
    const sum = (of: 'inUse' | 'free'): number => blocks.reduce((total, block) => total + block[of], 0)
    const clamp = (count: number): number => (cluster.release.ipamShowReserved ? Math.min(count, MOST) : count)
    const pool: Row = {
      kind: 'IP Pool',
      prefix,
      capacity: clamp(space.capacity),
      inUse: sum('inUse'),
      reserved: clamp(space.reserved),
      free: clamp(sum('free') + clamp(space.outsideBlocks)),
    }
    return showBlocks ? [pool, ...blocks] : [pool]
  })
  return showBlocks ? [...rows, ...strays.map((block) => blockRow(block, reserved))] : rows
}

function blockRow({ prefix, unallocated }: RecordedBlock, reserved: ReservedSet): Row {
  const capacity = sizeOf(prefix)
  const touched = reserved.touches(prefix)
  const first = firstAddress(prefix)
  const withheld = (ordinal: number): boolean => {
    const address = addressPlus(first, ordinal)
    return address !== undefined && reserved.hasAddress(address)
  }
  return {
    kind: 'Block',
    prefix,
    capacity,
    inUse: capacity - unallocated.length,
    reserved: touched ? reserved.countIn(prefix) : 0,
    free: touched ? unallocated.filter((ordinal) => !withheld(ordinal)).length : unallocated.length,
  }
}

/** Kubernetes lists the blocks in byte order of their names, which are their prefixes with dashes. */
export function blocksAsListed({ blocks }: IpamView): readonly RecordedBlock[] {
  return blocks
    .map((block) => ({ block, name: formatPrefix(block.prefix).replaceAll(/[.:/]/g, '-') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ block }) => block)
}

/**
 * `calicoctl ipam show --show-configuration`. The KubeVirt setting is printed as the place in memory where calicoctl
 * keeps it, which nobody can know beforehand: zeros stand for it.
 */
export function configurationLines(cluster: Cluster): readonly string[] {
  const { strictAffinity, autoAllocateBlocks, maxBlocksPerHost, ipCooldownSeconds } = cluster.ipam
  const rows = [
    ['StrictAffinity', String(strictAffinity)],
    ['AutoAllocateBlocks', String(autoAllocateBlocks)],
    ['MaxBlocksPerHost', String(maxBlocksPerHost)],
    ['KubeVirtVMAddressPersistence', `(*ipam.VMAddressPersistence)(${persistencePointer(cluster)})`],
    ['IPCooldownSeconds', String(ipCooldownSeconds)],
  ]
  const columns = [{ name: 'PROPERTY' }, { name: 'VALUE' }]
  return boxLines(cluster.release, columns, rows.slice(0, cluster.release.ipamConfigurationShown))
}

/** A resource that says nothing of it leaves it nil; without a resource calicoctl fills in Enabled. */
function persistencePointer({ manifests }: Cluster): string {
  const stored = manifests.filter(({ resource: { kind } }) => kind === 'IPAMConfiguration' || kind === 'IPAMConfig')
  const said = stored.some(({ resource: { spec } }) => {
    const value = at(spec, 'kubeVirtVMAddressPersistence')
    return value !== undefined && value !== null
  })
  return stored.length > 0 && !said ? 'nil' : '0xc000000000'
}
