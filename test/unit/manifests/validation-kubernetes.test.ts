import { describe, expect, test } from 'vitest'
import { faults, resource } from './validation-fixtures.js'

const pod = (annotations: Readonly<Record<string, string>>) => ({
  ...resource('v1', 'Pod', { nodeName: 'n1', containers: [] }, 'p'),
  metadata: { name: 'p', namespace: 'default', annotations },
})

describe('Kubernetes kinds, as far as the planner reads them', () => {
  test.each([
    ['a pod', { ...pod({}), status: { podIP: '10.65.0.1', podIPs: [{ ip: '10.65.0.1' }] } }],
    ['a pod that asks for an address', pod({ 'cni.projectcalico.org/ipAddrs': '["10.65.0.9"]' })],
    ['a headless Service', resource('v1', 'Service', { clusterIP: 'None', ports: [{ port: 80 }] })],
    [
      'a Deployment',
      resource('apps/v1', 'Deployment', { replicas: 3, template: { metadata: { labels: { a: 'b' } } } }),
    ],
    [
      'an Installation',
      resource('operator.tigera.io/v1', 'Installation', {
        calicoNetwork: { ipPools: [{ cidr: '10.65.0.0/16', encapsulation: 'VXLANCrossSubnet' }] },
      }),
    ],
    ['a kind that it does not know', resource('batch/v1', 'Job', { completions: 'many' })],
  ])('accepts %s', (_, given) => {
    expect(faults(given)).toEqual([])
  })

  test.each([
    ['nodeName is text', resource('v1', 'Pod', { nodeName: 7 }), 'VALIDATION_TYPE spec.nodeName'],
    [
      'hostNetwork is a boolean',
      resource('v1', 'Pod', { hostNetwork: 'true' }),
      'VALIDATION_QUOTED_VALUE spec.hostNetwork',
    ],
    [
      'an address annotation is a JSON list',
      pod({ 'cni.projectcalico.org/ipAddrs': '10.65.0.9' }),
      'POD_ANNOTATION metadata.annotations["cni.projectcalico.org/ipAddrs"]',
    ],
    [
      'replicas are a number',
      resource('apps/v1', 'StatefulSet', { replicas: '3' }),
      'VALIDATION_QUOTED_VALUE spec.replicas',
    ],
    [
      'replicas are not negative',
      resource('apps/v1', 'Deployment', { replicas: -1 }),
      'VALIDATION_RANGE spec.replicas',
    ],
    ['a Service has a known type', resource('v1', 'Service', { type: 'Loadbalancer' }), 'VALIDATION_ENUM spec.type'],
    [
      'a cluster IP is an address',
      resource('v1', 'Service', { clusterIP: 'none' }),
      'VALIDATION_ADDRESS spec.clusterIP',
    ],
    [
      'values of a ConfigMap are text',
      { ...resource('v1', 'ConfigMap', undefined), data: { veth_mtu: 1440 } },
      'VALIDATION_TYPE data.veth_mtu',
    ],
    [
      'the operator knows five encapsulations',
      resource('operator.tigera.io/v1', 'Installation', {
        calicoNetwork: { ipPools: [{ cidr: '10.65.0.0/16', encapsulation: 'ipip' }] },
      }),
      'VALIDATION_ENUM spec.calicoNetwork.ipPools[0].encapsulation',
    ],
    [
      'labels are text',
      { ...resource('v1', 'Node', {}), metadata: { name: 'n1', labels: { rr: true } } } as never,
      'VALIDATION_TYPE metadata.labels.rr',
    ],
  ])('%s', (_, given, fault) => {
    expect(faults(given)).toEqual([fault])
  })
})
