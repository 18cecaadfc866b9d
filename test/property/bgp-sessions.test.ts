import fc from 'fast-check'
import { expect, test } from 'vitest'
import { explicitSessions } from '../../src/bgp/config/explicit-sessions.js'
import { speakerConfig } from '../../src/bgp/config/speaker-config.js'
import { bgpFindings } from '../../src/bgp/sessions/bgp-findings.js'
import { peerClasses } from '../../src/bgp/sessions/peer-classes.js'
import { otherEnd, sessionCounts } from '../../src/bgp/sessions/session-counts.js'
import { sessionOf, sessionsOf } from '../../src/bgp/sessions/sessions.js'
import { parseSelector } from '../../src/manifests/selector/selector.js'
import { explicitByPair } from '../../src/planning/diff/explicit-sessions.js'
import { sessionFields } from '../../src/planning/diff/session-fields.js'
import { unchangedClasses } from '../../src/planning/diff/unchanged-classes.js'
import { address, context, type Given, peerIP, router } from '../unit/bgp/config-fixture.js'

const SELECTORS = ['all()', "rack == 'a'", "rack == 'b'", 'has(rr)', '!has(rr)']
const selector = fc.constantFrom(...SELECTORS).map(parseSelector)
const option = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

const node = fc.record({
  rack: fc.constantFrom('a', 'b'),
  rr: option(fc.constantFrom('1.0.0.1', '1.0.0.2')),
  as: option(fc.constantFrom(64512, 64513)),
  length: fc.constantFrom(24, 24, 24, 16, 32),
})

const peer = fc.record({
  local: fc.oneof(
    fc.constant({}),
    selector.map((nodeSelector) => ({ nodeSelector })),
    fc.constantFrom({ node: 'n0' }, { node: 'n1' }),
  ),
  remote: fc.oneof(
    selector.map((peerSelector) => ({ peerSelector })),
    fc.constantFrom('172.16.0.10', '172.16.1.11', '172.16.0.1', '192.0.2.1').map((text) => peerIP(text)),
  ),
  asNumber: fc.constantFrom(64512, 64513),
  reversePeering: fc.constantFrom('Auto' as const, 'Manual' as const),
  ttlSecurity: fc.constantFrom(0, 0, 0, 2),
})

/** Two racks of nodes, a router between them that peers with some, any BGPPeers. */
const given: fc.Arbitrary<Given> = fc
  .record({
    nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
    peers: fc.array(peer, { maxLength: 3 }),
    mesh: fc.boolean(),
    ids: fc.array(fc.constantFrom('9.9.9.9', undefined), { maxLength: 3 }),
  })
  .map(({ nodes, peers, mesh, ids }) => ({
    nodes: nodes.map(({ rack, rr, as, length }, i) => ({
      name: `n${i}`,
      v4: `172.16.${rack === 'a' ? 0 : 1}.${10 + i}/${length}`,
      labels: { rack, ...(rr === undefined ? {} : { rr: 'true' }) },
      ...(rr === undefined ? {} : { rr }),
      ...(as === undefined ? {} : { as }),
    })),
    peers: peers.map(({ local, remote, ...rest }, i) => ({ name: `p${i}`, ...local, ...remote, ...rest })),
    bgp: { nodeToNodeMeshEnabled: mesh },
    attachments: Object.fromEntries(
      ids.flatMap((routerID, i) => (routerID === undefined ? [] : [[`n${i}`, { routerID }]])),
    ),
    subnets: [
      { name: 'a', cidr: '172.16.0.0/24', gateway: address('172.16.0.1') },
      { name: 'b', cidr: '172.16.1.0/24', gateway: address('172.16.1.1') },
    ],
    routers: [
      router(
        'tor',
        [
          { subnet: 0, address: '172.16.0.1/24' },
          { subnet: 1, address: '172.16.1.1/24' },
        ],
        {
          asNumber: 64513,
          neighbors: [
            { address: address('172.16.0.10'), asNumber: 64512 },
            { address: address('172.16.1.11'), asNumber: 64512, multihop: true },
          ],
        },
      ),
    ],
  }))

test('a session is Established at both ends or at none', () => {
  fc.assert(
    fc.property(given, (cluster) => {
      const bgp = context(cluster)
      const up = (from: string, to: string): number => {
        const self = bgp.speakerByName.get(from)
        return self === undefined
          ? 0
          : sessionsOf(bgp, self, 4).filter((s) => s.state === 'Established' && s.peer?.name === to).length
      }
      for (const one of bgp.speakers) {
        for (const other of bgp.speakers) expect(up(one.name, other.name)).toBe(up(other.name, one.name))
      }
    }),
    { numRuns: 300 },
  )
})

test('the counts by class equal the sessions counted one by one', () => {
  fc.assert(
    fc.property(given, (cluster) => {
      const bgp = context(cluster)
      const counts = sessionCounts(bgp)
      const all = bgp.cluster.nodes.map((item) => {
        const self = bgp.speakers[item.index]
        return self === undefined ? [] : sessionsOf(bgp, self, 4)
      })
      expect([...counts.perNode]).toEqual(all.map((list) => list.length))
      const mesh = all.flat().filter((session) => session.kind === 'mesh').length
      expect(counts.mesh).toBe(mesh / 2)
      if (bgp.peerings.rules.length === 0) {
        expect(counts.established).toBe(all.flat().filter((session) => session.state === 'Established').length / 2)
      }
    }),
    { numRuns: 300 },
  )
})

test('sessions between classes of nodes are those of every pair of their nodes', () => {
  let pairs = 0
  fc.assert(
    fc.property(given, (cluster) => {
      const bgp = context(cluster)
      const { classOf, classes } = peerClasses(bgp, 4)
      for (const { members, peerings } of classes) {
        for (const member of members) {
          const told = peerings.flatMap(({ to, established, session }) =>
            (classes[to]?.members ?? [])
              .filter((peer) => peer !== member)
              .map((peer) => `${bgp.endpoints[4][peer]?.text} ${established} ${session.type} ${session.from}`),
          )
          const self = bgp.speakers[member]
          const each = explicitSessions(bgp, member, 4).map((options) => {
            const found = self && sessionOf(bgp, self, options)
            return `${options.peerIP} ${found?.state === 'Established'} ${options.type} ${options.from}`
          })
          expect(told.sort()).toEqual(each.sort())
          if (told.length > 0 && members.length > 1) pairs += told.length
        }
      }
      for (const { index } of bgp.cluster.nodes) {
        if (classOf[index] !== -1) continue
        for (const { peerIP } of explicitSessions(bgp, index, 4)) {
          for (const peer of bgp.endpoints.byText.get(peerIP) ?? []) expect(classOf[peer]).toBe(-1)
        }
      }
    }),
    { numRuns: 500 },
  )
  expect(pairs).toBeGreaterThan(0)
})

test('counts by classes of nodes are those of every session', () => {
  fc.assert(
    fc.property(given, (cluster) => {
      const bgp = context({ ...cluster, bgp: { nodeToNodeMeshEnabled: false } })
      const told = { node: 0, global: 0, ibgp: 0, ebgp: 0, established: 0 }
      for (const { index } of bgp.cluster.nodes) {
        const self = bgp.speakers[index]
        for (const options of explicitSessions(bgp, index, 4)) {
          if (self === undefined || !otherEnd(bgp, index, options).counted) continue
          if (options.kind === 'node' || options.kind === 'global') told[options.kind]++
          told[options.type]++
          if (sessionOf(bgp, self, options).state === 'Established') told.established++
        }
      }
      expect(sessionCounts(bgp)).toMatchObject(told)
    }),
    { numRuns: 500 },
  )
})

test('at most one session of two speakers on one port is up, and names are unique and in byte order', () => {
  fc.assert(
    fc.property(given, (cluster) => {
      const bgp = context(cluster)
      for (const self of bgp.speakers) {
        const names = speakerConfig(bgp, self, 4).sessions.map((session) => session.birdName)
        expect(names).toEqual([...new Set(names)].sort())
        const up = sessionsOf(bgp, self, 4).filter((session) => session.state === 'Established')
        const ends = up.map((session) => `${session.peerIP} ${session.port ?? 179}`)
        expect(new Set(ends).size).toBe(ends.length)
      }
    }),
    { numRuns: 200 },
  )
})

test('findings come in the same order every time and never throw', () => {
  fc.assert(
    fc.property(given, (cluster) => {
      expect(bgpFindings(context(cluster))).toEqual(bgpFindings(context(cluster)))
    }),
    { numRuns: 100 },
  )
})

test('classes of nodes whose sessions are the same in two clusters are passed over without a change of the difference', () => {
  let passed = 0
  fc.assert(
    fc.property(given, given, fc.boolean(), (one, other, shared) => {
      const [before, after] = [context(one), context(shared ? { ...one, ...pick(other) } : other)]
      const { before: isBefore, after: isAfter } = unchangedClasses(before, after, 4)
      const [old, now] = [explicitByPair(before, 4, () => false), explicitByPair(after, 4, () => false)]
      for (const [side, cluster, isUnchanged] of [
        [old, before, isBefore],
        [now, after, isAfter],
      ] as const) {
        for (const [key, { session }] of side) {
          if (!isUnchanged(session.speaker.index)) continue
          passed++
          const [was, is] = [old.get(key), now.get(key)]
          expect(was && is && sessionFields(was.session, is.session)).toEqual([])
          expect(cluster.speakers[session.speaker.index]?.kind).toBe('node')
        }
      }
    }),
    { numRuns: 300 },
  )
  expect(passed).toBeGreaterThan(0)
})

/** Another BGP configuration for the same nodes. */
function pick({ bgp, subnets }: Given): Partial<Given> {
  return { ...(bgp === undefined ? {} : { bgp }), ...(subnets === undefined ? {} : { subnets }) }
}
