/** What differs in pools, blocks and addresses. */

import { formatAddress } from '../../address/address.js'
import { formatPrefix } from '../../address/prefix.js'
import { compareText } from '../../cluster/inventory.js'
import { encapsulationOf, isCrossSubnet, type Pool } from '../../cluster/pool.js'
import type { IpamView } from '../../ipam/view.js'
import type { PoolBooks } from '../capacity/books.js'
import type { Capacity } from '../capacity/capacity.js'
import type { CapacityDifference, Figure, PoolChange } from './cluster-diff.js'

export interface CapacitySide {
  readonly capacity: Capacity
  readonly ipam: IpamView
}

export function capacityDifference(before: CapacitySide, after: CapacitySide): CapacityDifference {
  const same = before.ipam === after.ipam
  const [unplacedBefore, unplacedAfter] = [unplacedOf(before.ipam), unplacedOf(after.ipam)]
  return {
    pools: poolChanges(before.capacity.books.pools, after.capacity.books.pools),
    blocks: same ? { added: 0, removed: 0, moved: 0 } : blockChanges(before.ipam, after.ipam),
    pods: same ? { added: 0, removed: 0, readdressed: 0 } : podChanges(before.ipam, after.ipam),
    unplaced: unplacedAfter.filter((name) => !unplacedBefore.includes(name)),
    placed: unplacedBefore.filter((name) => !unplacedAfter.includes(name)),
  }
}

function unplacedOf({ unplaced }: IpamView): readonly string[] {
  return unplaced.map(({ pod }) => `${pod.namespace}/${pod.name}`).sort(compareText)
}

function poolChanges(before: readonly PoolBooks[], after: readonly PoolBooks[]): readonly PoolChange[] {
  const old = new Map(before.map((books) => [books.pool.name, books]))
  const now = new Map(after.map((books) => [books.pool.name, books]))
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareText).flatMap((name): PoolChange[] => {
    const [was, is] = [old.get(name), now.get(name)]
    const settings = settingChanges(was?.pool, is?.pool)
    const figures = figureChanges(was, is)
    if (was !== undefined && is !== undefined && settings.length + figures.length === 0) return []
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    return [{ change, name, settings, figures }]
  })
}

function settingsOf(pool: Pool | undefined): Readonly<Record<string, string>> {
  if (pool === undefined) return {}
  return {
    cidr: formatPrefix(pool.prefix),
    blockSize: String(pool.blockSize),
    encapsulation: `${encapsulationOf(pool)}${isCrossSubnet(pool) ? ' across subnets' : ''}`,
    natOutgoing: String(pool.natOutgoing),
    disabled: String(pool.disabled),
    disableBGPExport: String(pool.disableBGPExport),
    nodeSelector: pool.nodeSelector.canonical,
    allowedUses: pool.allowedUses.join(),
    assignmentMode: pool.assignmentMode,
  }
}

function settingChanges(was: Pool | undefined, is: Pool | undefined): PoolChange['settings'] {
  const [old, now] = [settingsOf(was), settingsOf(is)]
  return Object.keys({ ...old, ...now }).flatMap((field) => {
    const [before, after] = [old[field], now[field]]
    if (before === after) return []
    return [{ field, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
  })
}

const FIGURES: Readonly<Record<Figure['what'], (books: PoolBooks) => number>> = {
  totalBlocks: ({ blocks }) => blocks.total,
  affineBlocks: ({ blocks }) => blocks.affine,
  freeBlocks: ({ blocks }) => blocks.free,
  pods: ({ addresses }) => addresses.pods,
  tunnels: ({ addresses }) => addresses.tunnels,
  borrowed: ({ addresses }) => addresses.borrowed,
  freeAddresses: ({ addresses }) => addresses.free,
}

function figureChanges(was: PoolBooks | undefined, is: PoolBooks | undefined): readonly Figure[] {
  return (Object.keys(FIGURES) as Figure['what'][]).flatMap((what) => {
    const [before, after] = [was === undefined ? 0 : FIGURES[what](was), is === undefined ? 0 : FIGURES[what](is)]
    return before === after ? [] : [{ what, before, after }]
  })
}

function blockChanges(before: IpamView, after: IpamView): CapacityDifference['blocks'] {
  const [old, now] = [ownersOf(before), ownersOf(after)]
  let [added, removed, moved] = [0, 0, 0]
  for (const [block, owner] of now) {
    const was = old.get(block)
    if (was === undefined) added++
    else if (was !== owner) moved++
  }
  for (const block of old.keys()) if (!now.has(block)) removed++
  return { added, removed, moved }
}

function ownersOf({ blocks }: IpamView): ReadonlyMap<string, string> {
  return new Map(
    blocks.flatMap(({ prefix, affinity }) => (affinity === undefined ? [] : [[formatPrefix(prefix), affinity.host]])),
  )
}

function podChanges(before: IpamView, after: IpamView): CapacityDifference['pods'] {
  const [old, now] = [podsOf(before), podsOf(after)]
  let [added, removed, readdressed] = [0, 0, 0]
  for (const [pod, place] of now) {
    const was = old.get(pod)
    if (was === undefined) added++
    else if (was !== place) readdressed++
  }
  for (const pod of old.keys()) if (!now.has(pod)) removed++
  return { added, removed, readdressed }
}

function podsOf({ pods }: IpamView): ReadonlyMap<string, string> {
  return new Map(
    pods.map(({ pod, node, addresses }) => [
      `${pod.namespace}/${pod.name}`,
      `${node} ${addresses.map(formatAddress).join(' ')}`,
    ]),
  )
}
