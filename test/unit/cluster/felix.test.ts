import { describe, expect, test } from 'vitest'
import { felixOn } from '../../../src/cluster/cluster.js'
import { calico, calicoNode, codesOf, load } from './fixtures.js'

const felix = (spec: object, name = 'default') => calico('FelixConfiguration', name, spec)

describe('a Felix parameter', () => {
  test("comes from the environment, else node.NAME, else default, else is Felix's own", () => {
    const cluster = load([
      felix({ vxlanMTU: 1, ipipMTU: 1, wireguardMTU: 1 }),
      felix({ vxlanMTU: 2, ipipMTU: 2 }, 'node.n1'),
      calicoNode({ FELIX_VXLANMTU: '3' }),
    ])
    expect(felixOn(cluster, 'n1')).toMatchObject({ vxlanMTU: 3, ipipMTU: 2, wireguardMTU: 1, vxlanPort: 4789 })
    expect(felixOn(cluster, 'n2')).toMatchObject({ vxlanMTU: 3, ipipMTU: 1, wireguardMTU: 1 })
  })

  test.each([
    [{ FELIX_IPINIPENABLED: 'false' }, { ipipEnabled: false }],
    [{ felix_ipinipenabled: '1' }, { ipipEnabled: true }],
    [{ FELIX_VXLANENABLED: 'yes' }, { vxlanEnabled: true }],
    [{ FELIX_WIREGUARDENABLED: 'true' }, { wireguardEnabled: true }],
    [{ FELIX_IPINIPMTU: '1400' }, { ipipMTU: 1400 }],
    [{ FELIX_DEVICEROUTEPROTOCOL: '80' }, { deviceRouteProtocol: 80 }],
    [{ FELIX_PROGRAMCLUSTERROUTES: 'Enabled' }, { programClusterRoutes: 'Enabled' }],
    [{ FELIX_EXTERNALNODESCIDRLIST: '10.0.0.0/8, 192.0.2.1' }, { externalNodes: ['10.0.0.0/8', '192.0.2.1'] }],
    [{ FELIX_ROUTETABLERANGES: '5-9,20-30' }, { routeTableRange: { min: 5, max: 9 } }],
  ])('%o is understood', (env, expected) => {
    expect(load([calicoNode(env as unknown as Record<string, string>)]).felix).toMatchObject(expected)
  })

  test('that cannot be read is the default and hides lower sources', () => {
    const cluster = load([felix({ vxlanPort: 4790 }), calicoNode({ FELIX_VXLANPORT: 'high' })])
    expect(cluster.felix.vxlanPort).toBe(4789)
    expect(codesOf(cluster)).toContain('VALUE_IGNORED')
  })
})

test('ipipEnabled and vxlanEnabled are undefined unless set, which leaves it to the pools', () => {
  expect(load([felix({})]).felix).not.toHaveProperty('ipipEnabled')
  expect(load([felix({ vxlanEnabled: false })]).felix.vxlanEnabled).toBe(false)
})

test('route table ranges are read in both forms', () => {
  expect(load([felix({ routeTableRange: { min: 10, max: 20 } })]).felix.routeTableRange).toEqual({ min: 10, max: 20 })
  expect(load([felix({ routeTableRanges: [{ min: 30, max: 40 }] })]).felix.routeTableRange).toEqual({
    min: 30,
    max: 40,
  })
})

test('a FelixConfiguration of another name is ignored, with a finding', () => {
  const cluster = load([felix({ vxlanMTU: 1 }, 'mine')])
  expect(cluster.felix.vxlanMTU).toBe(0)
  expect(codesOf(cluster)).toContain('FELIX_CONFIGURATION_IGNORED')
})

test('a setting that the release does not know is off', () => {
  const settings = felix({ wireguardEnabledV6: true, natOutgoingExclusions: 'IPPoolsAndHostIPs' })
  expect(load([settings], { calico: 'v3.23' }).felix).toMatchObject({
    wireguardEnabledV6: false,
    natOutgoingExclusions: 'IPPoolsOnly',
  })
  expect(load([settings], { calico: 'v3.31' }).felix).toMatchObject({
    wireguardEnabledV6: true,
    natOutgoingExclusions: 'IPPoolsAndHostIPs',
  })
})
