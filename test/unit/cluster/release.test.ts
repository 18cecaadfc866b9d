import { describe, expect, test } from 'vitest'
import { BEHAVIOURS, type BehaviourName, clampRelease, releaseOf } from '../../../src/cluster/release.js'
import { calico, calicoNode, codesOf, load } from './fixtures.js'

/** The value of a behaviour before and from the release at which it changed. */
const boundaries: readonly [BehaviourName, string, unknown, string, unknown][] = [
  ['ipipRoutesOwner', 'v3.32', 'bird', 'v3.33', 'felix'],
  ['clusterRoutesSetting', 'v3.30', 'none', 'v3.31', 'felixOnly'],
  ['clusterRoutesSetting', 'v3.31', 'felixOnly', 'v3.32', 'twoValues'],
  ['clusterRoutesSetting', 'v3.32', 'twoValues', 'v3.33', 'fourValues'],
  ['podRouteMetric', 'v3.31', 0, 'v3.32', 1024],
  ['birdRouteMetric', 'v3.31', false, 'v3.32.0', true],
  ['tunnelRouteMtu', 'v3.30', false, 'v3.31', true],
  ['vxlanBlackhole', 'v3.19', false, 'v3.20', true],
  ['hostBlockBlackhole', 'v3.17', true, 'v3.18', false],
  ['borrowedTunnelRoutes', 'v3.29.1', false, 'v3.29.2', true],
  ['blockRouteTypes', 'v3.29', 'last', 'v3.30', 'all'],
  ['blockRouteTypes', 'v3.31', 'all', 'v3.32', 'notTunnels'],
  ['blockRouteTypes', 'v3.32', 'notTunnels', 'v3.33', 'notTunnelsNorHosts'],
  ['loadBalancerPoolsExcluded', 'v3.31.5', false, 'v3.31.6', true],
  ['loadBalancerPoolsExcluded', 'v3.32.0', false, 'v3.32.1', true],
  ['mergePaths', 'v3.16', false, 'v3.17', true],
  ['meshIncludesReflectors', 'v3.20', true, 'v3.21', false],
  ['meshPeerASFallback', 'v3.31', 'global', 'v3.32', 'local'],
  ['reversePeering', 'v3.23', 'bothFamilies', 'v3.24', 'sameFamily'],
  ['globalPeersPassive', 'v3.22', false, 'v3.23', true],
  ['sourceAddressOption', 'v3.17', false, 'v3.18', true],
  ['peerPorts', 'v3.15', false, 'v3.16', true],
  ['peerPasswords', 'v3.16', false, 'v3.17', true],
  ['communities', 'v3.15', false, 'v3.16', true],
  ['keepOriginalNextHop', 'v3.15', 'none', 'v3.16', 'nodePeers'],
  ['keepOriginalNextHop', 'v3.16', 'nodePeers', 'v3.17', 'all'],
  ['nextHopMode', 'v3.30', false, 'v3.31', true],
  ['allowedLocalAS', 'v3.22', false, 'v3.23', true],
  ['meshPassword', 'v3.22', false, 'v3.23', true],
  ['maxRestartTime', 'v3.19', false, 'v3.20', true],
  ['keepaliveTime', 'v3.31', false, 'v3.32', true],
  ['localWorkloadPeers', 'v3.29', false, 'v3.30', true],
  ['ttlSecurity', 'v3.24', false, 'v3.25', true],
  ['bgpFilters', 'v3.25', false, 'v3.26', true],
  ['bgpFilterPrefixLength', 'v3.28', false, 'v3.29', true],
  ['bgpFilterOperations', 'v3.31', false, 'v3.32', true],
  ['disableBGPExport', 'v3.20', false, 'v3.21', true],
  ['unconfirmedBlocksIgnored', 'v3.23', false, 'v3.24', true],
  ['tunnelInterfacesRejected', 'v3.26', false, 'v3.27', true],
  ['bpfInterfacesRejected', 'v3.28.1', false, 'v3.28.2', true],
  ['tunl0Rejected', 'v3.32', false, 'v3.33', true],
  ['ipvsExcluded', 'v3.13', false, 'v3.14', true],
  ['serviceEndpoints', 'v3.30', 'Endpoints', 'v3.31', 'EndpointSlice'],
  ['loadBalancerAdvertisement', 'v3.17', false, 'v3.18', true],
  ['reflectorsRelayLoadBalancerIPs', 'v3.27.2', false, 'v3.27.3', true],
  ['singleLoadBalancerIPFollowsPolicy', 'v3.24', false, 'v3.25', true],
  ['loadBalancerIPFromStatus', 'v3.31.4', false, 'v3.31.5', true],
  ['notReadyEndpointsIgnored', 'v3.32', false, 'v3.33', true],
  ['encapsulationFromPools', 'v3.22', false, 'v3.23', true],
  ['mtuDetection', 'v3.16', 'fixed', 'v3.17', 'detected'],
  ['ipv6MtuOverheads', 'v3.22', false, 'v3.23', true],
  ['wireguard', 'v3.13', false, 'v3.14', true],
]

describe('a release', () => {
  test.each(boundaries)('%s: %s is %s, %s is %s', (name, before, old, from, value) => {
    expect([releaseOf(before)?.[name], releaseOf(from)?.[name]]).toEqual([old, value])
  })

  test('a fix can be in an older release and not yet in the next', () => {
    expect(['v3.31.7', 'v3.32.0', 'v3.32.1', 'v3.33'].map((text) => releaseOf(text)?.notReadyEndpointsIgnored)).toEqual(
      [true, false, false, true],
    )
  })

  test('without a patch level is its newest patch', () => {
    expect(releaseOf('v3.31')?.loadBalancerPoolsExcluded).toBe(true)
    expect(releaseOf('v3.31')?.name).toBe('v3.31')
    expect(releaseOf('3.31.0')?.name).toBe('v3.31.0')
  })

  test.each(['v3.29.1-rc1', 'v3.29.1+build', 'v3.29.1-0.dev-12-gabc'])('%s is v3.29.1', (text) => {
    expect(releaseOf(text)?.name).toBe('v3.29.1')
  })

  test.each(['', 'latest', 'master', 'v3', '3.x'])('%j is none', (text) => {
    expect([releaseOf(text), clampRelease(text)]).toEqual([undefined, undefined])
  })

  test.each([
    ['v3.12.1', 'v3.13', true],
    ['v2.6', 'v3.13', true],
    ['v3.34.0', 'v3.33', true],
    ['v4.0', 'v3.33', true],
    ['v3.33.9', 'v3.33.9', false],
    ['3.13.0', 'v3.13.0', false],
  ])('%s is predicted as %s', (text, release, clamped) => {
    expect(clampRelease(text)).toEqual({ release, clamped })
  })

  test('every behaviour names its changes from v3.13 on, oldest first', () => {
    for (const { changes } of Object.values(BEHAVIOURS)) {
      const order = changes
        .map(({ since }) => since.split('.').map(Number))
        .map(([a = 0, b = 0, c = 0]) => a * 1e6 + b * 1e3 + c)
      expect(changes[0].since).toBe('3.13')
      expect(order).toEqual([...order].sort((a, b) => a - b))
      expect(new Set(order).size).toBe(order.length)
    }
  })
})

describe('the release of a cluster', () => {
  const information = calico('ClusterInformation', 'default', { calicoVersion: 'v3.27.1' })
  const image = calicoNode({}, 'quay.io:443/calico/node:v3.26.4@sha256:0123')
  const chosen = (resources: object[], calicoOption?: string) => {
    const cluster = load(resources, calicoOption === undefined ? {} : { calico: calicoOption })
    return [cluster.release.name, cluster.releaseFrom]
  }

  test('is the one asked for, else of ClusterInformation, else of the image, else the newest', () => {
    expect(chosen([information, image], 'v3.20')).toEqual(['v3.20', 'option'])
    expect(chosen([information, image])).toEqual(['v3.27.1', 'ClusterInformation'])
    expect(chosen([image])).toEqual(['v3.26.4', 'image'])
    expect(chosen([calicoNode({}, 'calico/node:latest')])).toEqual(['v3.33', 'assumed'])
    expect(chosen([calico('IPPool', 'p', { cidr: '10.0.0.0/16' })])).toEqual(['v3.33', 'assumed'])
  })

  test('outside the known range is the nearest, with a finding', () => {
    const cluster = load([information], { calico: 'v3.40.0' })
    expect(cluster.release.name).toBe('v3.33')
    expect(codesOf(cluster)).toContain('CALICO_RELEASE_OUT_OF_RANGE')
  })

  test('is assumed with a finding', () => {
    expect(codesOf(load([calico('IPPool', 'p', { cidr: '10.0.0.0/16' })], {}))).toContain('CALICO_RELEASE_ASSUMED')
    expect(codesOf(load([calicoNode({}, 'calico/node:latest')], {}))).toContain('CALICO_RELEASE_UNREADABLE')
  })
})
