/** What holds of IPAM whatever is asked of it, in whatever order. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Address, formatAddress } from '../../src/address/address.js'
import { containsAddress, overlaps } from '../../src/address/prefix.js'
import { assignIp } from '../../src/ipam/assign-ip.js'
import { releaseHostAffinities } from '../../src/ipam/cidr-affinity.js'
import type { IpamState } from '../../src/ipam/ipam-state.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import { affinityText } from '../../src/ipam/owner.js'
import { releaseAddresses } from '../../src/ipam/release-addresses.js'
import { poolUsages } from '../../src/ipam/utilization.js'
import { clusterOf, prefix, stateOf, take, workload } from '../unit/ipam/fixture.js'

const hosts = ['n1', 'n2', 'n3', 'n4'] as const

const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('assign' as const),
      host: fc.constantFrom(...hosts),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), share: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('specific' as const),
      host: fc.constantFrom(...hosts),
      last: fc.nat(127),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abandon' as const), host: fc.constantFrom(...hosts) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }) },
)

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

const setting = fc.record({
  strictAffinity: fc.boolean(),
  autoAllocateBlocks: fc.boolean(),
  maxBlocksPerHost: fc.constantFrom(0, 0, 1, 3),
  ipCooldownSeconds: fc.constantFrom(0, 0, 45),
})

const reserved = fc.array(
  fc.tuple(fc.nat(127), fc.integer({ min: 27, max: 32 })).map(([last, length]) => `10.0.0.${last}/${length}`),
  { maxLength: 2 },
)

const pools = [
  { cidr: '10.0.0.0/27', blockSize: 29 },
  { cidr: '10.0.0.64/26', blockSize: 28 },
]

/** Runs the operations, checks after each, and keeps the addresses that are held. */
function run(
  state: IpamState,
  operations: readonly Operation[],
  check: (held: ReadonlyMap<string, string>) => void,
): void {
  const held = new Map<string, string>()
  const hold = (addresses: readonly Address[], host: string): void => {
    for (const address of addresses) {
      const text = formatAddress(address)
      expect(held.has(text)).toBe(false)
      held.set(text, host)
    }
  }
  for (const step of operations) {
    if (step.kind === 'assign')
      hold(take(state, step.host, step.count, { owner: { node: step.host } }).assignment?.addresses ?? [], step.host)
    else if (step.kind === 'specific') {
      const address = { family: 4, value: prefix('10.0.0.0/8').base as number } as const
      const wanted = { ...address, value: address.value + step.last }
      if (assignIp(state, { host: step.host, address: wanted }) === undefined) hold([wanted], step.host)
    } else if (step.kind === 'release') {
      const going = [...held.keys()].filter((_, i) => i % step.share === 0)
      const requests = going.map((text) => ({ address: { family: 4, value: numberOf(text) } as const }))
      expect(releaseAddresses(state, requests).unallocated).toEqual([])
      for (const text of going) held.delete(text)
    } else if (step.kind === 'abandon') releaseHostAffinities(state, { type: 'host', host: step.host }, false)
    else state.now += step.seconds
    check(held)
  }
}

function numberOf(text: string): number {
  return prefix(`${text}/32`).base as number
}

const cases = fc.tuple(fc.array(operation, { maxLength: 30 }), setting, reserved)

describe('whatever is assigned and released', () => {
  test('no address is given twice, and each lies in a block of an enabled pool', () => {
    fc.assert(
      fc.property(cases, ([operations, settings, texts]) => {
        const state = stateOf({ pools, nodes: hosts, settings, reserved: texts })
        run(state, operations, (held) => {
          for (const text of held.keys()) {
            const address = { family: 4, value: numberOf(text) } as const
            const pool = state.enabledPoolOf(address)
            const block = state.blockOf(address)
            expect(pool && block && block.prefix.length === pool.blockSize).toBe(true)
          }
        })
      }),
      { numRuns: 120 },
    )
  })

  test('blocks stay disjoint, and every one of their addresses is free or held, not both', () => {
    fc.assert(
      fc.property(cases, ([operations, settings, texts]) => {
        const state = stateOf({ pools, nodes: hosts, settings, reserved: texts })
        run(state, operations, () => {
          const blocks = [...state.blocks()]
          for (const [i, one] of blocks.entries()) {
            expect(blocks.slice(i + 1).some((other) => overlaps(one.prefix, other.prefix))).toBe(false)
            const all = [...one.freeOrdinals(), ...Array.from(one.held(), ([ordinal]) => ordinal)]
            expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: one.size }, (_, ordinal) => ordinal))
            expect(state.emptyBlocks.has(one)).toBe(one.empty)
          }
        })
      }),
      { numRuns: 80 },
    )
  })

  test('the books of a pool are the sum of its blocks', () => {
    fc.assert(
      fc.property(cases, ([operations, settings, texts]) => {
        const state = stateOf({ pools, nodes: hosts, settings: { ...settings, ipCooldownSeconds: 0 }, reserved: texts })
        run(state, operations, (held) => {
          for (const { pool, blocks, inUse, available, reserved: withheld, capacity } of poolUsages(state)) {
            const mine = [...held.keys()].filter((text) =>
              containsAddress(pool.prefix, { family: 4, value: numberOf(text) }),
            )
            const heldAndReserved = mine.filter((text) =>
              state.reserved.hasAddress({ family: 4, value: numberOf(text) }),
            )
            expect(inUse).toBe(mine.length)
            expect(blocks.reduce((sum, block) => sum + block.inUse, 0)).toBe(inUse)
            expect(inUse + available + withheld - heldAndReserved.length).toBe(capacity)
          }
        })
      }),
      { numRuns: 120 },
    )
  })

  test('no host claims more blocks than it may', () => {
    fc.assert(
      fc.property(cases, ([operations, settings, texts]) => {
        const state = stateOf({ pools, nodes: hosts, settings, reserved: texts })
        const claims = operations.filter(({ kind }) => kind !== 'specific')
        run(state, claims, () => {
          const limit = settings.maxBlocksPerHost || 20
          for (const host of hosts)
            expect(state.affinities.of({ type: 'host', host }, 4).length).toBeLessThanOrEqual(limit)
        })
      }),
      { numRuns: 120 },
    )
  })

  test('strictAffinity keeps a node to its own blocks', () => {
    fc.assert(
      fc.property(cases, ([operations, settings, texts]) => {
        const state = stateOf({ pools, nodes: hosts, settings: { ...settings, strictAffinity: true }, reserved: texts })
        const claims = operations.filter(({ kind }) => kind !== 'abandon')
        run(state, claims, (held) => {
          for (const [text, host] of held) {
            const block = state.blockOf({ family: 4, value: numberOf(text) })
            expect(block?.affinity).toBe(affinityText({ type: 'host', host }))
          }
        })
      }),
      { numRuns: 120 },
    )
  })

  test('releasing everything and asking again gives as much out of the same blocks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...hosts), fc.integer({ min: 1, max: 9 })), { maxLength: 12 }),
        (requests) => {
          const state = stateOf({ pools, nodes: hosts })
          const ask = (): readonly Address[][] =>
            requests.map(([host, count]) => [...(take(state, host, count).assignment?.addresses ?? [])])
          const first = ask()
          const blocks = new Set([...state.blocks()].map((block) => block.prefix.base))
          releaseAddresses(
            state,
            first.flat().map((address) => ({ address })),
          )
          const second = ask()
          expect(second.flat()).toHaveLength(first.flat().length)
          expect(new Set([...state.blocks()].map((block) => block.prefix.base))).toEqual(blocks)
        },
      ),
      { numRuns: 120 },
    )
  })
})

describe('a cluster that grows', () => {
  const nodes = hosts.map((name) => ({ name }))

  test('keeps every address that it had, and places no fewer pods', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 0, max: 40 }),
        fc.boolean(),
        (few, more, strictAffinity) => {
          const place = (replicas: number) =>
            ipamView(clusterOf({ nodes, pools, workloads: [workload('w', replicas)], ipam: { strictAffinity } }))
          const [small, large] = [place(few), place(few + more)]
          const later = new Map(large.pods.map((placed) => [placed.pod.name, placed]))
          for (const placed of small.pods) expect(later.get(placed.pod.name)).toEqual(placed)
          expect(large.pods.length).toBeGreaterThanOrEqual(small.pods.length)
          expect(large.blocks.length).toBeGreaterThanOrEqual(small.blocks.length)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('has an owner for every block and an address for every pod or a reason', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.constantFrom('Never' as const, 'Always' as const),
        (replicas, ipipMode) => {
          const view = ipamView(
            clusterOf({
              nodes,
              pools: pools.map((pool) => ({ ...pool, ipipMode })),
              workloads: [workload('w', replicas)],
            }),
          )
          expect(view.pods.length + view.unplaced.length).toBe(replicas)
          const used = view.blocks.reduce((sum, { allocations }) => sum + allocations.length, 0)
          expect(used).toBe(view.pods.length + view.tunnels.size)
          expect(view.blocks.every(({ affinity }) => affinity !== undefined)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })
})
