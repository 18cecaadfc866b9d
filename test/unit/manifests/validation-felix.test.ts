import { describe, expect, test } from 'vitest'
import { faults, v3 } from './validation-fixtures.js'

describe('FelixConfiguration', () => {
  test.each([
    ['an empty spec', {}],
    ['words in any case', { logSeverityScreen: 'WARNING', defaultEndpointToHostAction: 'accept' }],
    ['durations in whole units', { routeRefreshInterval: '1m30s' }],
    ['fractions where the CRD is written right', { liveMigrationRouteConvergenceTime: '1.5s' }],
    ['conntrack timeouts', { bpfConntrackTimeouts: { tcpSynSent: '20s', tcpFinsSeen: 'Auto' } }],
    ['ranges of ports', { kubeNodePortRanges: ['30000:32767', 32000], natPortRange: '1024:65535' }],
    ['port 0 for a debug port', { debugPort: 0 }],
    ['regular expressions', { mtuIfacePattern: '^((en|wl)[opsx].*|(eth|wlan).*)' }],
    [
      'tables of Linux',
      {
        routeTableRanges: [
          { min: 1, max: 250 },
          { min: 10000, max: 12000 },
        ],
      },
    ],
  ])('accepts %s', (_, spec) => {
    expect(faults(v3('FelixConfiguration', spec))).toEqual([])
  })

  test.each([
    ['fractions do not match the CRD', { routeRefreshInterval: '1.5s' }, 'VALIDATION_DURATION routeRefreshInterval'],
    [
      'calicoctl writes 1500ms as a fraction',
      { routeRefreshInterval: '1500ms' },
      'VALIDATION_DURATION routeRefreshInterval',
    ],
    [
      'serviceLoopPrevention in the exact case for calicoctl',
      { serviceLoopPrevention: 'drop' },
      'VALIDATION_ENUM serviceLoopPrevention',
    ],
    [
      'workloadSourceSpoofing in the exact case for calicoctl',
      { workloadSourceSpoofing: 'any' },
      'VALIDATION_ENUM workloadSourceSpoofing',
    ],
    ['awsSrcDstCheck is an enumeration', { awsSrcDstCheck: 'enable' }, 'VALIDATION_ENUM awsSrcDstCheck'],
    ['iptablesBackend is an enumeration', { iptablesBackend: 'nft' }, 'VALIDATION_ENUM iptablesBackend'],
    ['bpfLogLevel is a level', { bpfLogLevel: 'Loud' }, 'VALIDATION_ENUM bpfLogLevel'],
    [
      'routeTableRange lies in 1..250',
      { routeTableRange: { min: 0, max: 250 } },
      'FELIX_ROUTE_TABLE_RANGE routeTableRange',
    ],
    ['routeTableRange is ordered', { routeTableRange: { min: 9, max: 8 } }, 'FELIX_ROUTE_TABLE_RANGE routeTableRange'],
    [
      'routeTableRanges begin at 1',
      { routeTableRanges: [{ min: 0, max: 8 }] },
      'FELIX_ROUTE_TABLE_RANGE routeTableRanges[0]',
    ],
    [
      'routeTableRanges are ordered',
      { routeTableRanges: [{ min: 9, max: 8 }] },
      'FELIX_ROUTE_TABLE_RANGE routeTableRanges[0]',
    ],
    [
      'routeTableRanges hold 65535 tables',
      { routeTableRanges: [{ min: 1, max: 65536 }] },
      'FELIX_ROUTE_TABLE_RANGE routeTableRanges',
    ],
    [
      'one kind of range',
      { routeTableRange: { min: 1, max: 2 }, routeTableRanges: [{ min: 1, max: 2 }] },
      'FELIX_ROUTE_TABLE_RANGE routeTableRanges',
    ],
    ['a range has both ends', { routeTableRange: { min: 1 } }, 'VALIDATION_REQUIRED routeTableRange.max'],
    ['natOutgoingAddress is IPv4', { natOutgoingAddress: 'fd00::1' }, 'VALIDATION_ADDRESS natOutgoingAddress'],
    ['natOutgoingAddress has no mask', { natOutgoingAddress: '192.0.2.1/32' }, 'VALIDATION_ADDRESS natOutgoingAddress'],
    [
      'deviceRouteSourceAddress is IPv4',
      { deviceRouteSourceAddress: 'fd00::1' },
      'VALIDATION_ADDRESS deviceRouteSourceAddress',
    ],
    [
      'deviceRouteSourceAddressIPv6 is IPv6',
      { deviceRouteSourceAddressIPv6: '192.0.2.1' },
      'VALIDATION_ADDRESS deviceRouteSourceAddressIPv6',
    ],
    [
      'externalNodesList is IPv4',
      { externalNodesList: ['192.0.2.1', 'fd00::1'] },
      'VALIDATION_CIDR externalNodesList[1]',
    ],
    ['ports have no names', { kubeNodePortRanges: ['http'] }, 'VALIDATION_PORT kubeNodePortRanges[0]'],
    ['ranges of ports are ordered', { natPortRange: '9:8' }, 'VALIDATION_PORT natPortRange'],
    [
      'at most 7 ranges of ports',
      { kubeNodePortRanges: [1, 2, 3, 4, 5, 6, 7, 8] },
      'VALIDATION_ITEMS kubeNodePortRanges',
    ],
    [
      'openstackRegion has at most 46 characters',
      { openstackRegion: 'r'.repeat(47) },
      'FELIX_OPENSTACK_REGION openstackRegion',
    ],
    ['openstackRegion is a DNS label', { openstackRegion: 'East' }, 'FELIX_OPENSTACK_REGION openstackRegion'],
    [
      'a health timeout is not negative',
      { healthTimeoutOverrides: [{ name: 'a', timeout: '-1s' }] },
      'FELIX_HEALTH_TIMEOUT healthTimeoutOverrides[0].timeout',
    ],
    [
      'a health reporter has a plain name',
      { healthTimeoutOverrides: [{ name: '%', timeout: '1s' }] },
      'FELIX_HEALTH_TIMEOUT healthTimeoutOverrides[0].name',
    ],
    ['regular expressions compile', { mtuIfacePattern: '*' }, 'VALIDATION_FORMAT mtuIfacePattern'],
    [
      'regular expressions are those of Go',
      { bpfDataIfacePattern: 'eth(?!0)' },
      'VALIDATION_FORMAT bpfDataIfacePattern',
    ],
    [
      'interface filters are names',
      { iptablesNATOutgoingInterfaceFilter: 'cali@1' },
      'VALIDATION_FORMAT iptablesNATOutgoingInterfaceFilter',
    ],
    [
      'wireguardInterfaceName is a name',
      { wireguardInterfaceName: 'w'.repeat(16) },
      'VALIDATION_FORMAT wireguardInterfaceName',
    ],
    ['wireguardListeningPort begins at 1', { wireguardListeningPort: 0 }, 'VALIDATION_RANGE wireguardListeningPort'],
    [
      'wireguardRoutingRulePriority is below 32766',
      { wireguardRoutingRulePriority: 32766 },
      'VALIDATION_RANGE wireguardRoutingRulePriority',
    ],
    ['route priorities begin at 1', { ipv6ElevatedRoutePriority: 0 }, 'VALIDATION_RANGE ipv6ElevatedRoutePriority'],
    ['goGCThreshold is at least -1', { goGCThreshold: -2 }, 'VALIDATION_RANGE goGCThreshold'],
    ['bpfMaglevMaxServices is at most 3000', { bpfMaglevMaxServices: 3001 }, 'VALIDATION_RANGE bpfMaglevMaxServices'],
    [
      'bpfMapSizeConntrackCleanupQueue is at least 1',
      { bpfMapSizeConntrackCleanupQueue: 0 },
      'VALIDATION_RANGE bpfMapSizeConntrackCleanupQueue',
    ],
    ['debugPort is a port', { debugPort: 65536 }, 'VALIDATION_RANGE debugPort'],
    ['mark masks have 32 bits', { iptablesMarkMask: 4294967296 }, 'VALIDATION_RANGE iptablesMarkMask'],
    [
      'bpfLogFilters are keyed by interface',
      { bpfLogFilters: { 'eth 0': 'tcp' } },
      'VALIDATION_FORMAT bpfLogFilters["eth 0"]',
    ],
    ['bpfDSROptoutCIDRs are networks', { bpfDSROptoutCIDRs: ['ten'] }, 'VALIDATION_CIDR bpfDSROptoutCIDRs[0]'],
    [
      'prometheusMetricsHost is a host',
      { prometheusMetricsHost: '0: 1::1' },
      'VALIDATION_FORMAT prometheusMetricsHost',
    ],
    [
      'featureDetectOverride is strict in the CRD',
      { featureDetectOverride: 'SNATFullyRandom=maybe' },
      'VALIDATION_FORMAT featureDetectOverride',
    ],
    ['logActionRateLimit is a rate', { logActionRateLimit: '10/s' }, 'VALIDATION_FORMAT logActionRateLimit'],
    [
      'conntrack timeouts are durations',
      { bpfConntrackTimeouts: { udpTimeout: 'sssss!' } },
      'VALIDATION_DURATION bpfConntrackTimeouts.udpTimeout',
    ],
  ])('%s', (_, spec, fault) => {
    expect(faults(v3('FelixConfiguration', spec))).toEqual([fault.replace(' ', ' spec.')])
  })

  test.each(['default', 'node.n1'])('nodeSelector may not stand on %s', (name) => {
    const fault = 'FELIX_NODE_SELECTOR spec.nodeSelector'
    expect(faults(v3('FelixConfiguration', { nodeSelector: 'all()' }, name))).toEqual([fault])
    expect(faults(v3('FelixConfiguration', { nodeSelector: 'all()' }, 'gpu-nodes'))).toEqual([])
  })
})
