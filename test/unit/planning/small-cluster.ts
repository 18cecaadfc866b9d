/** Four nodes in two racks whose routers know no pod routes, as manifests; pods by a Deployment. */

import type { Resource } from '../../../src/manifests/resource.js'

export function calico(kind: string, name: string, spec: object): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }
}

export interface SmallCluster {
  readonly mesh?: boolean
  readonly ipipMode?: 'Never' | 'Always' | 'CrossSubnet'
  /** Cluster IDs by node name. */
  readonly reflectors?: Readonly<Record<string, string>>
  readonly replicas?: number
  readonly others?: readonly Resource[]
}

export function smallCluster(shape: SmallCluster = {}): readonly { readonly resource: Resource }[] {
  const { mesh = true, ipipMode = 'CrossSubnet', reflectors = {}, replicas = 8, others = [] } = shape
  const resources: readonly Resource[] = [
    calico('ClusterInformation', 'default', { calicoVersion: 'v3.28.0' }),
    calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: mesh, asNumber: 64512 }),
    calico('IPPool', 'pool', { cidr: '10.65.0.0/16', blockSize: 26, ipipMode, natOutgoing: true }),
    {
      apiVersion: 'calico-plan/v1',
      kind: 'Underlay',
      metadata: { name: 'dc' },
      spec: {
        subnets: [1, 2].map((rack) => ({
          name: `rack-${rack}`,
          cidr: `172.16.${rack}.0/24`,
          gateway: `172.16.${rack}.1`,
        })),
        routers: [
          {
            name: 'core',
            interfaces: [1, 2].map((rack) => ({ subnet: `rack-${rack}`, address: `172.16.${rack}.1/24` })),
          },
        ],
      },
    },
    ...['n1', 'n2', 'n3', 'n4'].map((name, i): Resource => {
      const clusterID = reflectors[name]
      return {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name,
          labels: { 'kubernetes.io/hostname': name, ...(clusterID === undefined ? {} : { 'route-reflector': 'true' }) },
          annotations: {
            'projectcalico.org/IPv4Address': `172.16.${i < 2 ? 1 : 2}.${11 + i}/24`,
            ...(clusterID === undefined ? {} : { 'projectcalico.org/RouteReflectorClusterID': clusterID }),
          },
        },
      }
    }),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } },
      },
    },
    ...others,
  ]
  return resources.map((resource) => ({ resource }))
}

export const REFLECTOR_PEERS = calico('BGPPeer', 'peer-with-route-reflectors', {
  nodeSelector: 'all()',
  peerSelector: "route-reflector == 'true'",
})
