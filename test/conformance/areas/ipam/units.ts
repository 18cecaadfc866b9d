/** The unit tables of the IPAM cases: each row calls one function. */

import { formatAddress } from '../../../../src/address/address.js'
import { formatPrefix, subPrefixCount } from '../../../../src/address/prefix.js'
import { partialFulfillment } from '../../../../src/ipam/auto-assign.js'
import { Block, type Held } from '../../../../src/ipam/block.js'
import { isFailure } from '../../../../src/ipam/failure.js'
import { candidatePools } from '../../../../src/ipam/pool-candidates.js'
import { determinePools } from '../../../../src/ipam/pool-selection.js'
import { releaseFromBlock } from '../../../../src/ipam/release-addresses.js'
import { ReservedSet, reservedPrefixes, withoutContained } from '../../../../src/ipam/reservations.js'
import { countPoolSpace } from '../../../../src/ipam/utilization.js'
import { addressOf, type CasePool, poolOf, prefixOfText } from './input.js'

type Row = Readonly<Record<string, unknown>>
export type UnitTables = Readonly<Record<string, readonly Row[]>>

interface UnitResult {
  readonly cases: number
  readonly failed: readonly { readonly case: string; readonly why: string }[]
}

export function runUnits(tables: UnitTables): UnitResult {
  const rows = Object.entries(tables).flatMap(([name, list]) =>
    list.map((row, i) => ({ name, row, id: `${name}/${i}` })),
  )
  const failed = rows.flatMap(({ name, row, id }) => {
    const why = runRow(name, row)
    return why === undefined ? [] : [{ case: id, why }]
  })
  return { cases: rows.length, failed }
}

function runRow(name: string, row: Row): string | undefined {
  switch (name) {
    case 'determinePools':
      return determine(row)
    case 'partialFulfillmentError':
      return differ(partial(row) ?? null, row.expect)
    case 'countPoolSpace': {
      const reserved = new ReservedSet(reservedPrefixes(strings(row.reservations)))
      const count = countPoolSpace(prefixOfText(String(row.pool)), reserved, strings(row.blocks).map(prefixOfText))
      const { capacity, reserved: held, outsideBlocks } = count
      return differ({ capacity, reserved: held, availableOutsideBlocks: outsideBlocks }, row.expect)
    }
    case 'reservedCIDRs':
      return differ(reservedPrefixes(strings(row.reserved)).map(formatPrefix), row.expect)
    case 'addrFilter':
      return filter(row)
    case 'filterOutDuplicates': {
      const left = withoutContained(strings(row.cidrs).map(prefixOfText)).map(formatPrefix)
      return differ(left.sort(), [...strings(row.expect)].sort())
    }
    case 'blockCount':
      return differ(subPrefixCount(prefixOfText(String(row.pool)), Number(row.blockSize)), row.expect)
    case 'blockUnit':
      return blockUnit(row)
    default:
      return 'unknown table'
  }
}

function strings(value: unknown): string[] {
  return ((value ?? []) as readonly unknown[]).map(String)
}

function differ(actual: unknown, wanted: unknown): string | undefined {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)]
  return a === b ? undefined : `${a}, expected ${b}`
}

function determine(row: Row): string | undefined {
  const family = row.version === 6 ? 6 : 4
  const enabled = (row.pools as readonly CasePool[])
    .map(poolOf)
    .filter((pool) => !pool.disabled && pool.prefix.family === family)
  const pools = determinePools({
    family,
    enabled,
    requested: strings(row.requested).map(prefixOfText),
    candidates: candidatePools(enabled, (row.nodeLabels ?? {}) as Readonly<Record<string, string>>),
    namespaceLabels: row.namespaceLabels as Readonly<Record<string, string>> | undefined,
    maxPrefixLength: Number(row.maxPrefixLen ?? (family === 4 ? 32 : 128)),
  })
  const wanted = row.expect as { readonly pools: readonly string[]; readonly error: boolean | string }
  if (isFailure(pools)) {
    const agrees = wanted.error === true || (typeof wanted.error === 'string' && pools.message.includes(wanted.error))
    return agrees ? undefined : `failed: ${pools.message}`
  }
  return wanted.error
    ? 'succeeded'
    : differ(
        pools.map(({ cidr }) => cidr),
        wanted.pools,
      )
}

function partial(row: Row): string | undefined {
  const address = addressOf(row.version === 6 ? '::' : '0.0.0.0')
  const handle = row.hostReservedHandle
  return partialFulfillment({
    family: row.version === 6 ? 6 : 4,
    requested: Number(row.requested),
    addresses: Array.from({ length: Number(row.assigned) }, () => address),
    messages: strings(row.msgs),
    ...(typeof handle === 'string' ? { reservation: { startOfBlock: 0, endOfBlock: 0, handle } } : {}),
  })
}

function filter(row: Row): string | undefined {
  const set = new ReservedSet(strings(row.filter).map(prefixOfText))
  const wrong = [
    ...strings(row.ipsMatch).filter((ip) => !set.hasAddress(addressOf(ip))),
    ...strings(row.ipsNoMatch).filter((ip) => set.hasAddress(addressOf(ip))),
    ...strings(row.cidrsMatchWhole).filter((cidr) => !set.covers(prefixOfText(cidr))),
    ...strings(row.cidrsNoMatchWhole).filter((cidr) => set.covers(prefixOfText(cidr))),
    ...strings(row.cidrsMatchSome).filter((cidr) => !set.touches(prefixOfText(cidr))),
    ...strings(row.cidrsNoMatchSome).filter((cidr) => set.touches(prefixOfText(cidr))),
  ]
  return wrong.length === 0 ? undefined : `wrong for ${wrong}`
}

interface CaseAllocation {
  readonly ordinals: readonly number[]
  readonly handle?: string
  readonly releasedSecondsAgo?: number
  readonly sequence?: Readonly<Record<string, number>>
}

function blockOf(row: Row): Block {
  const prefix = prefixOfText(String(row.block))
  const held = ((row.allocations ?? []) as readonly CaseAllocation[]).flatMap((allocation) =>
    allocation.ordinals.map((ordinal): readonly [number, Held] => {
      const { handle, releasedSecondsAgo, sequence } = allocation
      const cooling = releasedSecondsAgo !== undefined
      return [
        ordinal,
        {
          sequence: sequence?.[String(ordinal)] ?? 0,
          ...(cooling ? { releasedAt: -releasedSecondsAgo } : { owner: handle === undefined ? {} : { handle } }),
        },
      ]
    }),
  )
  const taken = new Set(held.map(([ordinal]) => ordinal))
  const size = 2 ** ((prefix.family === 4 ? 32 : 128) - prefix.length)
  const free = Array.from({ length: size }, (_, ordinal) => ordinal).filter((ordinal) => !taken.has(ordinal))
  return new Block(prefix, { held, free })
}

function blockUnit(row: Row): string | undefined {
  const block = blockOf(row)
  const op = row.op as Row
  const reserved = new ReservedSet(reservedPrefixes(strings(op.reservations)))
  const addresses = (ordinals: readonly number[]): string[] =>
    ordinals.map((ordinal) => formatAddress(block.addressAt(ordinal)))
  switch (op.fn) {
    case 'empty':
      return differ(block.empty, row.expect)
    case 'inUseIPs':
      return differ(addresses([...block.held()].map(([ordinal]) => ordinal)), row.expect)
    case 'numFree':
      return differ(block.freeOutside(reserved), row.expect)
    case 'numReserved':
      return differ(reserved.countIn(block.prefix), row.expect)
    case 'ipsByHandle':
      return differ(addresses(block.ordinalsOf(String(op.handle))), row.expect)
    case 'release':
      return release(block, op, row.expect as Row)
    case 'releaseByHandle': {
      const ordinals = block.ordinalsOf(String(op.handle))
      block.release(ordinals, 0)
      block.collect(0, Number(op.cooldown ?? 0))
      return blockFault(block, { released: ordinals.length }, row.expect as Row)
    }
    case 'gc':
      return blockFault(block, { changed: block.collect(0, Number(op.cooldown ?? 0)) }, row.expect as Row)
    default:
      return `unknown function ${String(op.fn)}`
  }
}

function release(block: Block, op: Row, wanted: Row): string | undefined {
  const requests = (op.ips as readonly (string | Row)[]).map((ip) =>
    typeof ip === 'string'
      ? { address: addressOf(ip) }
      : {
          address: addressOf(String(ip.address)),
          ...(typeof ip.handle === 'string' ? { handle: ip.handle } : {}),
          ...(typeof ip.sequenceNumber === 'number' ? { sequence: ip.sequenceNumber } : {}),
        },
  )
  const result = releaseFromBlock(block, requests)
  if ('reason' in result) return wanted.error ? undefined : `failed: ${result.message}`
  if (wanted.error) return 'succeeded'
  const countByHandle: Record<string, number> = {}
  for (const ordinal of result.ordinals) {
    const handle = block.heldAt(ordinal)?.owner?.handle ?? ''
    countByHandle[handle] = (countByHandle[handle] ?? 0) + 1
  }
  block.release(result.ordinals, 0)
  block.collect(0, Number(op.cooldown ?? 0))
  const unallocated = result.unallocated.map(formatAddress)
  return blockFault(block, { released: result.ordinals.length, unallocated, countByHandle }, wanted)
}

/** `allocatedOrdinals`, `unallocatedTailSet` and `unallocatedTail` are read from the block, the rest from the outcome. */
function blockFault(block: Block, outcome: Row, wanted: Row): string | undefined {
  for (const [key, value] of Object.entries(wanted)) {
    const why = differ(blockValue(block, outcome, key, value), value)
    if (why !== undefined) return `${key} ${why}`
  }
  return undefined
}

function blockValue(block: Block, outcome: Row, key: string, wanted: unknown): unknown {
  const tail = (): number[] => [...block.freeOrdinals()].slice(-strings(wanted).length)
  switch (key) {
    case 'error':
      return wanted === false ? false : 'no error'
    case 'allocatedOrdinals':
      return [...block.held()].map(([ordinal]) => ordinal)
    case 'unallocatedTailSet':
      return tail().sort((a, b) => a - b)
    case 'unallocatedTail':
      return tail()
    case 'unallocatedCount':
      return block.free
    default:
      return outcome[key]
  }
}
