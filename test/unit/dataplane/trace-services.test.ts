import { describe, expect, test } from 'vitest'
import { formatAddress, parseAddress } from '../../../src/address/address.js'
import type { FlowEnd, Trace } from '../../../src/dataplane/trace/trace.js'
import { createSimulation } from '../../../src/planning/simulation.js'
import { calico, kubeNode, load, underlay } from '../cluster/fixtures.js'

const node = (name: string, address: string): object => kubeNode(name, { IPv4Address: address })

function pod(name: string, nodeName: string, ip: string, app: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, labels: { app } },
    spec: { nodeName },
    status: { podIP: ip, podIPs: [{ ip }] },
  }
}

function service(spec: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: 'web' },
    spec: { clusterIP: '10.96.0.10', selector: { app: 'web' }, ports: [{ port: 80, nodePort: 30080 }], ...spec },
  }
}

/** Two nodes in a network, a client beside them; a router sends the external address of the Service to n1. */
const BASE = [
  node('n1', '172.16.1.11/24'),
  node('n2', '172.16.1.12/24'),
  pod('client', 'n1', '10.65.0.1', 'client'),
  pod('web-1', 'n2', '10.65.0.65', 'web'),
  calico('IPPool', 'pods', { cidr: '10.65.0.0/16', ipipMode: 'Always', natOutgoing: true }),
  underlay({
    subnets: [{ name: 'lan', cidr: '172.16.1.0/24', gateway: '172.16.1.1' }],
    routers: [
      {
        name: 'r',
        interfaces: [{ subnet: 'lan', address: '172.16.1.1/24' }],
        staticRoutes: [{ to: '198.51.100.7/32', via: '172.16.1.11' }],
      },
    ],
    hosts: [{ name: 'outside', address: '172.16.1.200/24', gateway: '172.16.1.1' }],
  }),
]

function trace(from: FlowEnd, to: FlowEnd, ...resources: readonly object[]): Trace {
  const simulation = createSimulation(load([...BASE, ...resources], { calico: 'v3.28' }))
  return simulation.trace({ from, to, protocol: 'tcp', size: 100, family: 4 })
}

const client: FlowEnd = { kind: 'pod', namespace: 'default', name: 'client' }
const outside: FlowEnd = { kind: 'host', name: 'outside' }
const web: FlowEnd = { kind: 'service', namespace: 'default', name: 'web' }

function address(text: string): FlowEnd {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(text)
  return { kind: 'address', address: parsed }
}

const told = ({ verdict, forward, return: back }: Trace): unknown => ({
  verdict,
  dnat: forward.dnat && `${formatAddress(forward.dnat.to)} at ${forward.dnat.at}`,
  snat: forward.snat && formatAddress(forward.snat.to),
  reason: forward.reason?.code ?? back.reason?.code,
})

describe('a trace to a Service', () => {
  test('takes an endpoint at the node of the client pod and keeps its source', () => {
    expect(told(trace(client, web, service({})))).toEqual({
      verdict: 'delivered',
      dnat: '10.65.0.65 at n1',
      snat: undefined,
      reason: undefined,
    })
  })

  test('is the same by the cluster address', () => {
    expect(told(trace(client, address('10.96.0.10'), service({})))).toEqual(told(trace(client, web, service({}))))
  })

  test('leaves by the tunnel with the address of the tunnel when the node itself asks', () => {
    const simulation = createSimulation(load([...BASE, service({})], { calico: 'v3.28' }))
    const { forward } = simulation.trace({
      from: { kind: 'node', name: 'n1' },
      to: web,
      protocol: 'tcp',
      size: 100,
      family: 4,
    })
    expect(forward.snat?.to).toEqual(simulation.ipam.tunnels.get('n1')?.ipip)
  })

  test('is refused where there is no endpoint', () => {
    expect(told(trace(client, web, service({ selector: { app: 'nothing' } })))).toMatchObject({
      verdict: 'lost',
      reason: 'noEndpoints',
    })
  })

  test('from outside by a NodePort is masqueraded, so that the answer comes back the same way', () => {
    const result = trace(outside, { kind: 'nodePort', node: 'n1', port: 30080 }, service({ type: 'NodePort' }))
    expect(told(result)).toMatchObject({ verdict: 'delivered', dnat: '10.65.0.65 at n1' })
    expect(result.forward.snat).toBeDefined()
    expect(result.return.hops.map(({ at, note }) => `${at} ${note}`)).toContain('n1 translatesBack')
  })

  test('from outside with traffic policy Local finds no endpoint at a node that has none', () => {
    const local = service({ type: 'NodePort', externalTrafficPolicy: 'Local' })
    const by = (name: string): unknown => told(trace(outside, { kind: 'nodePort', node: name, port: 30080 }, local))
    expect(by('n1')).toMatchObject({ verdict: 'lost', reason: 'noLocalEndpoint' })
    expect(by('n2')).toEqual({ verdict: 'delivered', dnat: '10.65.0.65 at n2', snat: undefined, reason: undefined })
  })

  test('reaches an external address by way of the router that knows it', () => {
    const result = trace(outside, address('198.51.100.7'), service({ externalIPs: ['198.51.100.7'] }))
    expect(told(result)).toMatchObject({ verdict: 'delivered', dnat: '10.65.0.65 at n1' })
  })

  test('tells that it depends on the endpoint when one of several does not answer', () => {
    const dead = pod('web-2', 'n3', '10.65.0.129', 'web')
    const far = node('n3', '172.16.9.11/24')
    const { verdict, forward } = trace(client, web, service({}), dead, far)
    expect([verdict, forward.reason?.code]).toEqual(['lost', 'someEndpoints'])
  })

  test('takes endpoints from EndpointSlices, without those that are not ready', () => {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace: 'default', name: 'web-x', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.65.0.65'], nodeName: 'n2', conditions: { ready: false } },
        { addresses: ['10.65.0.1'], nodeName: 'n1', conditions: { ready: true } },
      ],
      ports: [],
    }
    expect(told(trace(outside, { kind: 'nodePort', node: 'n2', port: 30080 }, service({}), slice))).toMatchObject({
      verdict: 'delivered',
      dnat: '10.65.0.1 at n2',
    })
  })
})
