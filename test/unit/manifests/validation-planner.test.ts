import { describe, expect, test } from 'vitest'
import { faults, OWN, resource } from './validation-fixtures.js'

const subnet = { name: 'rack-a', cidr: '172.16.1.0/24', gateway: '172.16.1.1' }
const router = { name: 'tor', interfaces: [{ subnet: 'rack-a', address: '172.16.1.1/24' }] }
const own = (kind: string, spec: unknown) => faults(resource(OWN, kind, spec, 'x'))

describe("the planner's own kinds", () => {
  test.each([
    ['Underlay', { subnets: [subnet], routers: [router], hosts: [{ name: 'nfs', address: '192.0.2.9/24' }] }],
    [
      'Underlay',
      { nodes: [{ name: 'n1', defaultRoute: false, staticRoutes: [{ to: 'default', via: '172.16.1.1' }] }] },
    ],
    [
      'Underlay',
      {
        routers: [
          {
            ...router,
            bgp: { asNumber: 64701, neighbors: [{ address: '172.16.1.11', asNumber: 64601, advertise: [] }] },
          },
        ],
      },
    ],
    ['NodeSet', { count: 40, subnet: { cidr: '172.16.0.0/16', prefixLength: 24 }, podsPerNode: 30 }],
    ['Expectation', { reachable: [{ from: { node: 'n1' }, to: { pod: 'default/web-0' } }], sessions: { total: 10 } }],
    ['Runbook', { steps: [{ name: 'a', run: 'kubectl get nodes' }, { delete: { kind: 'BGPPeer', name: 'x' } }] }],
  ])('accept %s %j', (kind, spec) => {
    expect(own(kind, spec)).toEqual([])
  })

  test.each([
    [
      'a subnet has a name',
      'Underlay',
      { subnets: [{ cidr: '172.16.1.0/24' }] },
      'VALIDATION_REQUIRED spec.subnets[0].name',
    ],
    [
      'a subnet is masked',
      'Underlay',
      { subnets: [{ ...subnet, cidr: '172.16.1.5/24' }] },
      'VALIDATION_CIDR_NOT_MASKED spec.subnets[0].cidr',
    ],
    [
      'a gateway is a bare address',
      'Underlay',
      { subnets: [{ ...subnet, gateway: '172.16.1.1/24' }] },
      'VALIDATION_ADDRESS spec.subnets[0].gateway',
    ],
    [
      'an MTU is a packet size',
      'Underlay',
      { subnets: [{ ...subnet, mtu: 0 }] },
      'VALIDATION_RANGE spec.subnets[0].mtu',
    ],
    [
      'a router interface has a mask',
      'Underlay',
      { routers: [{ name: 'r', interfaces: [{ subnet: 'a', address: '172.16.1.1' }] }] },
      'VALIDATION_CIDR spec.routers[0].interfaces[0].address',
    ],
    [
      'a route leads somewhere',
      'Underlay',
      { routers: [{ ...router, staticRoutes: [{ to: '10.0.0.0/8' }] }] },
      'UNDERLAY_ROUTE spec.routers[0].staticRoutes[0]',
    ],
    [
      'a speaker has an AS number',
      'Underlay',
      { routers: [{ ...router, bgp: {} }] },
      'VALIDATION_REQUIRED spec.routers[0].bgp.asNumber',
    ],
    [
      'advertised sources are an enumeration',
      'Underlay',
      {
        routers: [
          { ...router, bgp: { asNumber: 1, neighbors: [{ address: '1.2.3.4', asNumber: 1, advertise: ['all'] }] } },
        ],
      },
      'VALIDATION_ENUM spec.routers[0].bgp.neighbors[0].advertise[0]',
    ],
    ['a NodeSet has a count', 'NodeSet', { subnet: { cidr: '172.16.0.0/16' } }, 'VALIDATION_REQUIRED spec.count'],
    [
      'a flow has one source',
      'Expectation',
      { reachable: [{ from: { node: 'a', pod: 'b/c' }, to: { node: 'b' } }] },
      'VALIDATION_PROPERTIES spec.reachable[0].from',
    ],
    [
      'a flow has a destination',
      'Expectation',
      { reachable: [{ from: { node: 'a' } }] },
      'VALIDATION_REQUIRED spec.reachable[0].to',
    ],
    [
      'a pod is named with its namespace',
      'Expectation',
      { reachable: [{ from: { pod: 'web' }, to: { node: 'b' } }] },
      'EXPECTATION_POD spec.reachable[0].from.pod',
    ],
    ['an Expectation expects something', 'Expectation', {}, 'EXPECTATION_EMPTY spec'],
    ['a step does something', 'Runbook', { steps: [{ name: 'a' }] }, 'RUNBOOK_STEP spec.steps[0]'],
    ['a step does one thing', 'Runbook', { steps: [{ run: 'a', fail: { node: 'n1' } }] }, 'RUNBOOK_STEP spec.steps[0]'],
  ])('%s', (_, kind, spec, fault) => {
    expect(own(kind, spec)).toEqual([fault])
  })
})
