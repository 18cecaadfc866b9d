import { describe, expect, test } from 'vitest'
import type { FlowEnd, Trace } from '../../../src/dataplane/trace/trace.js'
import { createSimulation } from '../../../src/planning/simulation.js'
import { calico, kubeNode, load, underlay } from '../cluster/fixtures.js'

const node = (name: string, address: string): object => kubeNode(name, { IPv4Address: address })

function pod(name: string, nodeName: string, ip: string, more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name },
    spec: { nodeName, ...more },
    status: { podIP: ip, podIPs: [{ ip }] },
  }
}

const NODES = [node('n1', '172.16.1.11/24'), node('n2', '172.16.1.12/24')]
const PODS = [pod('one', 'n1', '10.65.0.1'), pod('two', 'n2', '10.65.0.65')]
const pool = (spec: object): object => calico('IPPool', 'pods', { cidr: '10.65.0.0/16', ...spec })

function lan(subnet: object = {}, nodes: readonly object[] = []): object {
  return underlay({
    subnets: [{ name: 'lan', cidr: '172.16.1.0/24', gateway: '172.16.1.1', ...subnet }],
    nodes,
    routers: [{ name: 'r', interfaces: [{ subnet: 'lan', address: '172.16.1.1/24' }] }],
  })
}

const one: FlowEnd = { kind: 'pod', namespace: 'default', name: 'one' }
const two: FlowEnd = { kind: 'pod', namespace: 'default', name: 'two' }

interface Asked {
  readonly from?: FlowEnd
  readonly to?: FlowEnd
  readonly size?: number
  readonly protocol?: 'tcp' | 'udp' | 'icmp'
}

function trace(
  resources: readonly object[],
  { from = one, to = two, size = 100, protocol = 'icmp' }: Asked = {},
): Trace {
  const simulation = createSimulation(load(resources, { calico: 'v3.28' }))
  return simulation.trace({ from, to, protocol, size, family: 4 })
}

describe('MTU along a trace', () => {
  const cluster = [...NODES, ...PODS, pool({ ipipMode: 'Always' })]

  test('a pod sends nothing larger than its own interface takes', () => {
    const { verdict, forward } = trace([...cluster, lan()], { size: 1481 })
    expect([verdict, forward.reason]).toEqual([
      'lost',
      { code: 'tooBig', at: 'default/one', dev: 'eth0', mtu: 1480, size: 1481 },
    ])
    expect(trace([...cluster, lan()], { size: 1480 }).verdict).toBe('delivered')
  })

  test('a datagram is cut into pieces where a TCP segment is lost', () => {
    const asked = { from: { kind: 'node', name: 'n1' }, size: 1490 } as const
    expect(trace([...cluster, lan()], { ...asked, protocol: 'tcp' }).forward.reason?.code).toBe('tooBig')
    const { verdict, forward } = trace([...cluster, lan()], { ...asked, protocol: 'udp' })
    expect(verdict).toBe('delivered')
    expect(forward.caveats).toContainEqual({ code: 'fragmented', at: 'n1', dev: 'tunl0', mtu: 1480, size: 1490 })
  })

  test('what the network drops beyond a larger interface is lost silently', () => {
    const small = lan({ mtu: 1400 }, [
      { name: 'n1', mtu: 1500 },
      { name: 'n2', mtu: 1500 },
    ])
    const { forward } = trace([...NODES, ...PODS, pool({ ipipMode: 'Never' }), small], { size: 1450 })
    expect(forward.reason).toEqual({ code: 'tooBig', at: 'n1', dev: 'eth0', mtu: 1400, size: 1450, silent: true })
  })
})

describe('where a trace ends', () => {
  test('anti-spoofing drops a pod address but lets the tunnel pass', () => {
    const strict = lan({ antiSpoofing: true })
    expect(trace([...NODES, ...PODS, pool({ ipipMode: 'Never' }), strict]).forward.reason?.code).toBe('antiSpoofing')
    expect(trace([...NODES, ...PODS, pool({ ipipMode: 'Always' }), strict]).verdict).toBe('delivered')
  })

  test('a fabric that drops UDP drops VXLAN', () => {
    const { forward } = trace([...NODES, ...PODS, pool({ vxlanMode: 'Always' }), lan({ drops: ['udp'] })])
    expect(forward.reason).toEqual({ code: 'filtered', subnet: 'lan', protocol: 'udp' })
  })

  test('an address of nobody leaves the cluster at the router', () => {
    const to = { kind: 'address', address: { family: 4, value: 0x08080808 } } as const
    const { forward } = trace([...NODES, ...PODS, pool({ natOutgoing: true }), lan()], { to })
    expect([forward.reason?.code, forward.snat?.to]).toEqual(['leavesCluster', { family: 4, value: 0xac10010b }])
  })

  test('a pod in the network of its host has the address of the node', () => {
    const agent = pod('agent', 'n2', '172.16.1.12', { hostNetwork: true })
    const to = { kind: 'pod', namespace: 'default', name: 'agent' } as const
    const { verdict, destination } = trace([...NODES, ...PODS, agent, pool({}), lan()], { to })
    expect([verdict, destination]).toEqual(['delivered', { family: 4, value: 0xac10010c }])
  })
})

describe('rp_filter', () => {
  test('is asked where masks differ: one node tunnels what the other sends directly', () => {
    const nodes = [node('n1', '172.16.1.11/24'), node('n2', '172.16.1.12/32')]
    const { verdict, forward, return: back } = trace([...nodes, ...PODS, pool({ ipipMode: 'CrossSubnet' }), lan()])
    expect(verdict).toBe('delivered')
    expect(forward.caveats).toEqual([
      { code: 'strictRpFilter', at: 'n2', dev: 'eth0', source: { family: 4, value: 0x0a410001 }, back: 'tunl0' },
    ])
    expect(back.caveats?.map(({ code, at }) => `${code} ${at}`)).toEqual(['strictRpFilter n1'])
  })

  test('has nothing to say where both ways are the same', () => {
    const { forward, return: back } = trace([...NODES, ...PODS, pool({ ipipMode: 'CrossSubnet' }), lan()])
    expect([forward.caveats, back.caveats]).toEqual([undefined, undefined])
  })
})
