import { describe, expect, test } from 'vitest'
import { parseRoutes, parseSessions } from '../../lab/rib.js'

const ROUTES = [
  '10.65.3.0/26       via 172.16.1.77 on eth0 [Node_172_16_1_157 12:00:00 from 172.16.1.157] * (100/0) [i]',
  '\tType: BGP unicast univ',
  '\tBGP.origin: IGP',
  '\tBGP.as_path: ',
  '\tBGP.next_hop: 172.16.1.77',
  '\tBGP.cluster_list: 244.0.0.3',
  '                   unreachable [Node_172_16_2_49 12:00:00 from 172.16.2.49] (100/-) [AS64512i]',
  '\tType: BGP unicast univ',
  '\tBGP.origin: IGP',
  '\tBGP.as_path: 64512',
  '172.16.1.0/24      dev eth0 [direct1 12:00:00] ! (240)',
  '10.65.1.0/26       blackhole [static1 12:00:00] * (200)',
]

describe('BIRD’s table', () => {
  const routes = parseRoutes(ROUTES)

  test('a route without a prefix belongs to the one above', () => {
    expect(routes.map(({ prefix, protocol, best }) => [prefix, protocol, best])).toEqual([
      ['10.65.3.0/26', 'Node_172_16_1_157', true],
      ['10.65.3.0/26', 'Node_172_16_2_49', false],
      ['172.16.1.0/24', 'direct1', true],
      ['10.65.1.0/26', 'static1', true],
    ])
  })

  test('where a route leads, its preference and the metric of its next hop', () => {
    expect(
      routes.map(({ dest, gateway, dev, preference, igpMetric }) => [dest, gateway, dev, preference, igpMetric]),
    ).toEqual([
      ['via', '172.16.1.77', 'eth0', 100, '0'],
      ['unreachable', undefined, undefined, 100, '-'],
      ['dev', undefined, 'eth0', 240, undefined],
      ['blackhole', undefined, undefined, 200, undefined],
    ])
  })

  test('attributes are those of the route above them', () => {
    expect(routes[0]?.attributes.get('BGP.cluster_list')).toBe('244.0.0.3')
    expect(routes[0]?.attributes.get('BGP.as_path')).toBe('')
    expect(routes[1]?.attributes.get('BGP.as_path')).toBe('64512')
  })
})

test('sessions have a state and, when something went wrong, the last error', () => {
  const sessions = parseSessions([
    'name     proto    table    state  since       info',
    'kernel1  Kernel   master   up     12:00:00',
    'Mesh_172_16_1_12 BGP      master   up     12:00:02    Established',
    'Node_172_16_1_99 BGP      master   start  12:00:02    Active        Socket: Connection refused',
  ])
  expect([...sessions]).toEqual([
    ['Mesh_172_16_1_12', { state: 'Established' }],
    ['Node_172_16_1_99', { state: 'Active', lastError: 'Socket: Connection refused' }],
  ])
})
