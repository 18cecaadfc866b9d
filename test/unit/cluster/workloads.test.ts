import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { load } from './fixtures.js'

const apps = (kind: string, name: string, spec: object, owner?: { kind: string; name: string }) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'ns', ...(owner && { ownerReferences: [{ ...owner, controller: true }] }) },
  spec,
})
const pod = (name: string, owner?: { kind: string; name: string }, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns', ...(owner && { ownerReferences: [{ ...owner, controller: true }] }) },
  spec: { nodeName: 'n1' },
  ...more,
})
const replicasOf = (resources: object[]) =>
  load(resources).workloads.map(({ kind, name, replicas }) => `${kind} ${name} ${replicas}`)

describe('a Pod', () => {
  test('has the addresses that its status records, both families', () => {
    const [held] = load([
      pod('p', undefined, { status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] } }),
    ]).pods
    expect(held?.addresses.map(formatAddress)).toEqual(['10.0.0.1', 'fd00::1'])
    expect(held?.node).toBe('n1')
  })

  test('that has finished is marked so', () => {
    expect(load([pod('p', undefined, { status: { phase: 'Succeeded' } })]).pods[0]?.finished).toBe(true)
    expect(load([pod('p', undefined, { status: { phase: 'Running' } })]).pods[0]?.finished).toBe(false)
  })

  test('without a node has none', () => {
    expect(load([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {} }]).pods[0]).not.toHaveProperty(
      'node',
    )
  })
})

describe('a workload', () => {
  const deployment = apps('Deployment', 'web', { replicas: 3 })

  test('has all its replicas to come when no pod of it is listed', () => {
    expect(replicasOf([deployment, apps('StatefulSet', 'db', {}), apps('DaemonSet', 'agent', {})])).toEqual([
      'DaemonSet agent undefined',
      'StatefulSet db 1',
      'Deployment web 3',
    ])
  })

  test('has those to come that are not listed, told by the ReplicaSet', () => {
    const set = apps('ReplicaSet', 'odd-name', { replicas: 3 }, { kind: 'Deployment', name: 'web' })
    const owner = { kind: 'ReplicaSet', name: 'odd-name' }
    expect(replicasOf([deployment, set, pod('a', owner)])).toEqual(['Deployment web 2'])
  })

  test('or by the name of a ReplicaSet that the dump leaves out', () => {
    const owner = { kind: 'ReplicaSet', name: 'web-5d9c7b' }
    expect(replicasOf([deployment, pod('a', owner), pod('b', owner)])).toEqual(['Deployment web 1'])
    expect(replicasOf([deployment, pod('a', owner), pod('b', owner), pod('c', owner)])).toEqual([])
  })

  test('finished pods are not counted', () => {
    const owner = { kind: 'StatefulSet', name: 'db' }
    expect(
      replicasOf([apps('StatefulSet', 'db', { replicas: 1 }), pod('db-0', owner, { status: { phase: 'Failed' } })]),
    ).toEqual(['StatefulSet db 1'])
  })

  test('a DaemonSet knows the nodes that have its pod', () => {
    const cluster = load([apps('DaemonSet', 'agent', {}), pod('a', { kind: 'DaemonSet', name: 'agent' })])
    expect(cluster.workloads[0]?.listed).toEqual({ count: 1, nodes: new Set(['n1']) })
  })

  test('a ReplicaSet without a Deployment stands for itself', () => {
    expect(replicasOf([apps('ReplicaSet', 'solo', { replicas: 2 })])).toEqual(['ReplicaSet solo 2'])
  })
})

test('a Service has its addresses and policy', () => {
  const [held] = load([
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'ns' },
      spec: {
        type: 'LoadBalancer',
        clusterIPs: ['10.96.0.1', 'fd00::1'],
        externalIPs: ['192.0.2.1'],
        externalTrafficPolicy: 'Local',
      },
      status: { loadBalancer: { ingress: [{ ip: '198.51.100.1' }, { hostname: 'x' }] } },
    },
  ]).services
  expect(held?.clusterIPs.map(formatAddress)).toEqual(['10.96.0.1', 'fd00::1'])
  expect(held?.loadBalancerIngress.map(formatAddress)).toEqual(['198.51.100.1'])
  expect(held).toMatchObject({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' })
})

test('a headless Service has no cluster IP', () => {
  expect(
    load([{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { clusterIP: 'None' } }]).services[0]
      ?.clusterIPs,
  ).toEqual([])
})

test('an endpoint without a ready condition is ready', () => {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'x', namespace: 'ns', labels: { 'kubernetes.io/service-name': 's' } },
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['10.0.0.1'], nodeName: 'n1' },
      { addresses: ['10.0.0.2'], conditions: { ready: false } },
    ],
  }
  expect(load([slice]).endpointSlices[0]?.endpoints.map(({ ready, node }) => [ready, node])).toEqual([
    [true, 'n1'],
    [false, undefined],
  ])
})
