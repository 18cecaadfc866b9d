/** Sessions, routes and configurations for the tests of policies, with everything ordinary unless given. */

import { parseAddress } from '../../../src/address/address.js'
import { type BgpAttributes, type FilterRoute, ORIGIN } from '../../../src/bgp/policy/route.js'
import type { SessionOptions } from '../../../src/bgp/session.js'
import type { ExportPolicy, KernelPolicy, SpeakerConfig } from '../../../src/bgp/speaker-config.js'
import type { FilterRule } from '../../../src/cluster/bgp-settings.js'
import { address, prefix } from './config-fixture.js'

export const NORMAL = 2147483647 - 1024

export function attributes(given: Partial<BgpAttributes> = {}): BgpAttributes {
  return {
    nextHop: address('172.16.1.11'),
    localPref: NORMAL,
    asPath: [],
    origin: ORIGIN.igp,
    med: undefined,
    originatorID: undefined,
    clusterList: [],
    communities: [],
    ...given,
  }
}

export function route(cidr: string, given: Partial<FilterRoute> = {}): FilterRoute {
  return { prefix: prefix(cidr), source: 'bgp', interfaceName: 'eth0', attributes: attributes(), ...given }
}

export function session(given: Partial<SessionOptions> = {}): SessionOptions {
  const peerIP = given.peerIP ?? '172.16.1.12'
  return {
    family: parseAddress(peerIP)?.family ?? 4,
    birdName: 'Node_172_16_1_12',
    kind: 'node',
    peerIP,
    peerAddress: address(peerIP),
    remoteAS: 64512,
    localAS: 64512,
    localASOverridden: false,
    type: 'ibgp',
    multihop: 64,
    passive: false,
    rrClient: false,
    nextHopSelf: false,
    nextHopKeep: false,
    password: false,
    allowLocalAS: 0,
    addPaths: true,
    importFilters: [],
    exportFilters: [],
    reverse: false,
    ...given,
  }
}

export const EXTERNAL: Partial<SessionOptions> = { type: 'ebgp', remoteAS: 64700 }

export function exportPolicy(given: Partial<ExportPolicy> = {}): ExportPolicy {
  return {
    rejectPools: [],
    rejectInterfacesInternal: ['*.cali', '*.calico'],
    rejectInterfaces: ['bpf*.cali'],
    communities: [],
    aggregates: [{ prefix: prefix('10.65.1.0/26'), affinityState: 'confirmed', rules: true }],
    serviceRoutes: [],
    reflectorRanges: { loadBalancer: [], external: [] },
    acceptPools: [prefix('10.65.0.0/16')],
    ...given,
  }
}

export function config(
  given: Partial<SpeakerConfig> & { readonly kernel?: Partial<KernelPolicy> } = {},
): SpeakerConfig {
  const { kernel, ...rest } = given
  return {
    speaker: { index: 0, kind: 'node', name: 'n1' },
    family: 4,
    bgpEnabled: true,
    routerID: '172.16.1.11',
    localAS: 64512,
    address: address('172.16.1.11'),
    subnet: prefix('172.16.1.0/24'),
    directInterfaces: ['-cali*', '*'],
    meshMember: false,
    explicitSessions: [],
    sessions: [],
    normalRoutePriority: 1024,
    statics: [],
    kernelPolicy: { serviceRejects: [], rejectNextHops: [], pools: [], mergePaths: true, metrics: true, ...kernel },
    ...rest,
  }
}

export function rule(given: Partial<FilterRule> = {}): FilterRule {
  return { action: 'Accept', asPathPrefix: [], operations: [], ...given }
}
