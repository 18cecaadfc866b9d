import { describe, expect, test } from 'vitest'
import { exportRoute } from '../../../src/bgp/policy/export-policy.js'
import type { FilterRoute } from '../../../src/bgp/policy/route.js'
import { routerExportRoute } from '../../../src/bgp/policy/router-policy.js'
import type { SessionOptions } from '../../../src/bgp/session.js'
import type { ExportPolicy, SpeakerConfig } from '../../../src/bgp/speaker-config.js'
import type { BgpFilter } from '../../../src/cluster/bgp-settings.js'
import { prefix } from './config-fixture.js'
import { attributes, config, EXTERNAL, exportPolicy, NORMAL, route, rule, session } from './policy-fixture.js'

interface Given {
  readonly policy?: Partial<ExportPolicy>
  readonly to?: Partial<SessionOptions>
  readonly config?: SpeakerConfig
  readonly filters?: readonly BgpFilter[]
}

function judge(about: FilterRoute, given: Given = {}) {
  const filters = new Map((given.filters ?? []).map((item) => [item.name, item]))
  return exportRoute(given.config ?? config(), exportPolicy(given.policy), filters, session(given.to), about)
}

const ownBlock = route('10.65.1.0/26', { source: 'static', interfaceName: '' })
const podInOwnBlock = (krtMetric: number) =>
  route('10.65.1.5/32', { source: 'kernel', interfaceName: 'cali1', krtMetric })

describe('priority and local preference', () => {
  test('an own route without metric leaves with the ordinary priority', () => {
    expect(judge(ownBlock).attributes.localPref).toBe(NORMAL)
  })

  test('a kernel route without metric leaves with the highest local preference', () => {
    const alien = route('10.65.9.0/26', { source: 'kernel', krtMetric: 0 })
    expect(judge(alien)).toMatchObject({ accepted: true, attributes: { localPref: 2147483647 } })
  })

  test('a route of BGP keeps its local preference', () => {
    const learnt = route('10.65.9.0/26', { attributes: attributes({ localPref: 100 }) })
    expect(judge(learnt).attributes.localPref).toBe(100)
  })

  test('before v3.32 everything leaves with 100', () => {
    const legacy = config({ kernel: { metrics: false } })
    const own = { ...ownBlock, attributes: attributes({ localPref: 100 }) }
    expect(judge(own, { config: legacy }).attributes.localPref).toBe(100)
  })
})

describe('own blocks', () => {
  test('the block itself is told', () => {
    expect(judge(ownBlock)).toMatchObject({ accepted: true, rule: 'ownBlock' })
  })

  test('an ordinary pod inside it is not', () => {
    expect(judge(podInOwnBlock(1024))).toMatchObject({ accepted: false, rule: 'insideOwnBlock' })
  })

  test('a pod of elevated priority escapes the aggregation', () => {
    expect(judge(podInOwnBlock(512))).toMatchObject({
      accepted: true,
      rule: 'elevatedInOwnBlock',
      attributes: { localPref: 2147483135 },
    })
  })

  test('before v3.32 no pod inside it is told', () => {
    expect(judge(podInOwnBlock(0), { config: config({ kernel: { metrics: false } }) }).rule).toBe('insideOwnBlock')
  })

  test('an own block outside every pool is told', () => {
    expect(judge(ownBlock, { policy: { acceptPools: [] } }).accepted).toBe(true)
  })

  test('a block that is pending deletion has no rule, and only its pool lets it out', () => {
    const aggregates = [{ prefix: prefix('10.65.1.0/26'), affinityState: 'pendingDeletion', rules: false }] as const
    expect(judge(ownBlock, { policy: { aggregates } })).toMatchObject({ accepted: true, rule: 'pool' })
    expect(judge(ownBlock, { policy: { aggregates, acceptPools: [] } }).accepted).toBe(false)
  })

  test('a reflector that owns the block refuses the borrowed address inside it', () => {
    const borrowed = route('10.65.1.40/32', { source: 'bgp' })
    expect(judge(borrowed)).toMatchObject({ accepted: false, rule: 'insideOwnBlock', by: prefix('10.65.1.0/26') })
  })
})

describe('statements in order', () => {
  test('a pool with disableBGPExport comes before own blocks', () => {
    const policy = { rejectPools: [prefix('10.65.0.0/16')] }
    expect(judge(ownBlock, { policy })).toMatchObject({ accepted: false, rule: 'disabledPool' })
  })

  test('routes through tunnels are kept from internal peers and told to external ones', () => {
    const tunnelled = route('10.65.9.0/26', { source: 'kernel', interfaceName: 'vxlan.calico', krtMetric: 0 })
    expect(judge(tunnelled)).toMatchObject({ accepted: false, rule: 'tunnelInterface' })
    expect(judge(tunnelled, { to: EXTERNAL })).toMatchObject({ accepted: true, rule: 'pool' })
  })

  test('routes of the eBPF devices are kept from everyone', () => {
    const bpf = route('10.65.9.0/26', { source: 'kernel', interfaceName: 'bpfout.cali', krtMetric: 0 })
    expect(judge(bpf, { to: EXTERNAL })).toMatchObject({ accepted: false, rule: 'bpfInterface' })
  })

  test('a service route is told though no pool holds it', () => {
    const service = route('10.96.0.10/32', { source: 'static', interfaceName: '' })
    expect(judge(service, { policy: { serviceRoutes: [prefix('10.96.0.0/12')] } }).rule).toBe('serviceRoute')
    expect(judge(service)).toMatchObject({ accepted: false, rule: 'outsideEverything' })
  })

  test('a reflector relays load balancer ranges', () => {
    const relayed = route('192.0.2.7/32')
    const reflectorRanges = { loadBalancer: [prefix('192.0.2.0/24')], external: [] }
    expect(judge(relayed, { policy: { reflectorRanges } })).toMatchObject({ accepted: true, rule: 'reflectorRange' })
  })

  test('a route learnt from a ToR outside the pools goes no further', () => {
    expect(judge(route('198.51.100.0/24'))).toMatchObject({ accepted: false, rule: 'outsideEverything' })
  })

  test('prefixAdvertisements tag whatever lies inside', () => {
    const communities = [{ prefix: prefix('10.65.0.0/16'), values: ['64512:10', '64512:9'] }]
    expect(judge(ownBlock, { policy: { communities } }).attributes.communities).toEqual(['64512:9', '64512:10'])
  })

  test('an export Accept of a BGPFilter passes over everything that follows', () => {
    const filters = [{ name: 'a', import: { 4: [], 6: [] }, export: { 4: [rule()], 6: [] } }]
    const policy = {
      rejectPools: [prefix('10.65.0.0/16')],
      communities: [{ prefix: prefix('10.65.0.0/16'), values: ['1:1'] }],
    }
    const verdict = judge(ownBlock, { policy, filters, to: { exportFilters: ['a'] } })
    expect(verdict).toMatchObject({ accepted: true, rule: 'bgpFilter', by: 'a', attributes: { communities: [] } })
  })
})

describe('routers', () => {
  test('tell a neighbour the sources that advertise lists', () => {
    const tor = config({ advertise: new Map([['172.16.1.12', ['bgp'] as const]]) })
    expect(routerExportRoute(tor, session(), route('10.65.1.0/26')).accepted).toBe(true)
    expect(routerExportRoute(tor, session(), route('172.16.1.0/24', { source: 'direct' })).accepted).toBe(false)
  })
})
