/** The indexed searches give the same answers as the plain walks that they stand for. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatPrefix, type Prefix, samePrefix, subPrefix } from '../../src/address/prefix.js'
import { startIndex } from '../../src/ipam/block-order.js'
import type { IpamState } from '../../src/ipam/ipam-state.js'
import { type Affinity, affinityText } from '../../src/ipam/owner.js'
import { cniRequest } from '../../src/ipam/placement/cni-request.js'
import { releaseAddresses } from '../../src/ipam/release-addresses.js'
import { SkipIndex } from '../../src/ipam/skip-index.js'
import { findUsableBlock } from '../../src/ipam/usable-block.js'
import { stateOf, take } from '../unit/ipam/fixture.js'

test('the skip index finds what a walk over all places finds', () => {
  const step = fc.record({ mark: fc.boolean(), place: fc.nat(39), from: fc.nat(39) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 200 }), (count, steps) => {
      const index = new SkipIndex(count)
      const marked = new Set<number>()
      for (const { mark, place, from } of steps) {
        if (mark) {
          index.mark(place % count)
          marked.add(place % count)
        } else {
          index.unmark(place % count)
          marked.delete(place % count)
        }
        const ring = Array.from({ length: count }, (_, i) => ((from % count) + i) % count)
        expect(index.next(from % count)).toBe(ring.find((at) => !marked.has(at)))
      }
    }),
    { numRuns: 200 },
  )
})

/** The search as Calico writes it: every block of every pool, in the host's order. */
function walk(state: IpamState, owner: Affinity): Prefix | undefined {
  const blocks = [...state.blocks()]
  const empty: Prefix[] = []
  for (const pool of state.pools) {
    const bits = pool.blockSize - pool.prefix.length
    const start = Number(startIndex(owner.host, bits))
    for (let step = 0; step < 2 ** bits; step++) {
      const at = subPrefix(pool.prefix, pool.blockSize, (start + step) % 2 ** bits)
      if (state.reserved.covers(at)) continue
      const block = blocks.find((one) => samePrefix(one.prefix, at))
      if (block === undefined) return at
      const room = block.freeOutside(state.reserved) > 0
      if (block.affinity === affinityText(owner) && room) return at
      if (block.empty && room && block.affinity !== undefined && state.now - block.claimedAt >= 60) empty.push(at)
    }
  }
  return empty[0]
}

const hosts = ['node1', 'node2', 'worker-7', 'a'] as const

const operation = fc.record({
  host: fc.constantFrom(...hosts),
  count: fc.integer({ min: 1, max: 9 }),
  wait: fc.constantFrom(0, 0, 30, 60),
  release: fc.boolean(),
})

const reservation = fc
  .tuple(fc.nat(255), fc.integer({ min: 26, max: 32 }))
  .map(([last, length]) => `10.0.0.${last}/${length}`)

test('a host claims the block that the walk over all blocks finds', () => {
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 25 }),
      fc.array(reservation, { maxLength: 3 }),
      fc.constantFrom(28, 29, 30),
      (operations, reserved, blockSize) => {
        const pools = [
          { cidr: '10.0.0.0/26', blockSize },
          { cidr: '10.0.0.128/27', blockSize },
        ]
        const state = stateOf({ pools, nodes: hosts, reserved })
        for (const { host, count, wait, release } of operations) {
          state.now += wait
          for (const one of hosts) {
            const owner = { type: 'host', host: one } as const
            const expected = walk(state, owner)
            const blocksBefore = state.blockCount
            const found = findUsableBlock(state, owner, state.pools)
            expect(found && formatPrefix(found)).toBe(expected && formatPrefix(expected))
            // A reclaimed block is deleted by the search itself, so the next host sees another state.
            if (state.blockCount !== blocksBefore) break
          }
          const given = take(state, host, count).assignment?.addresses ?? []
          if (release)
            releaseAddresses(
              state,
              given.map((address) => ({ address })),
            )
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('no annotation makes the CNI request throw', () => {
  const name = fc.constantFrom('ipv4pools', 'ipv6pools', 'ipFamilies', 'ipAddrs', 'ipAddrsNoIpam')
  const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom('["10.0.0.1"]', '["IPv4"]', '["blue"]', 'null'))
  const annotations = fc.dictionary(
    name.map((one) => `cni.projectcalico.org/${one}`),
    text,
  )
  const cni = {
    mtu: 0,
    ipamType: 'calico-ipam',
    ipv4Pools: [],
    ipv6Pools: [],
    assignIPv4: true,
    assignIPv6: true,
  } as const
  fc.assert(
    fc.property(annotations, annotations, (pod, namespace) => {
      const result = cniRequest(pod, namespace, cni, [])
      expect('reason' in result || result.families.length + result.addresses.length >= 0).toBe(true)
    }),
    { numRuns: 500 },
  )
})
