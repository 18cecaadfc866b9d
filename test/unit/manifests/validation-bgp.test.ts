import { describe, expect, test } from 'vitest'
import { faults, v3 } from './validation-fixtures.js'

describe('BGPConfiguration', () => {
  const advertisement = { cidr: '10.65.0.0/16', communities: ['64512:1'] }

  test.each([
    ['an empty spec', {}],
    ['log levels in any case', { logSeverityScreen: 'debug' }],
    ['AS numbers of four bytes', { asNumber: 2147483647 }],
    [
      'a community used by its name',
      {
        communities: [{ name: 'east', value: '1:2:4294967295' }],
        prefixAdvertisements: [{ ...advertisement, communities: ['east'] }],
      },
    ],
    [
      'a mesh password where the mesh is on',
      { nodeToNodeMeshEnabled: true, nodeMeshPassword: { secretKeyRef: { name: 's', key: 'k' } } },
    ],
    ['an interface pattern to ignore', { ignoredInterfaces: ['veth*'] }],
  ])('accepts %s', (_, spec) => {
    expect(faults(v3('BGPConfiguration', spec))).toEqual([])
  })

  test.each([
    ['logSeverityScreen is a level', { logSeverityScreen: 'Loud' }, 'VALIDATION_ENUM spec.logSeverityScreen'],
    [
      'service networks are masked',
      { serviceClusterIPs: [{ cidr: '10.96.0.1/12' }] },
      'VALIDATION_CIDR_NOT_MASKED spec.serviceClusterIPs[0].cidr',
    ],
    [
      'service networks need a mask for the API server',
      { serviceExternalIPs: [{ cidr: '8.8.8.8' }] },
      'VALIDATION_CIDR spec.serviceExternalIPs[0].cidr',
    ],
    [
      'a community has a name',
      { communities: [{ value: '1:2' }], prefixAdvertisements: [advertisement] },
      'VALIDATION_REQUIRED spec.communities[0].name',
    ],
    [
      'a community has a value',
      { communities: [{ name: 'a' }], prefixAdvertisements: [advertisement] },
      'VALIDATION_REQUIRED spec.communities[0].value',
    ],
    [
      'standard communities have 16 bits',
      { communities: [{ name: 'a', value: '1:65536' }], prefixAdvertisements: [advertisement] },
      'VALIDATION_COMMUNITY spec.communities[0].value',
    ],
    [
      'communities are advertised',
      { communities: [{ name: 'a', value: '1:2' }] },
      'BGPCONFIGURATION_COMMUNITIES_UNUSED spec.communities',
    ],
    [
      'an advertisement has a cidr',
      { prefixAdvertisements: [{ communities: ['1:2'] }] },
      'VALIDATION_REQUIRED spec.prefixAdvertisements[0].cidr',
    ],
    [
      'an advertisement has communities',
      { prefixAdvertisements: [{ cidr: '10.65.0.0/16' }] },
      'VALIDATION_REQUIRED spec.prefixAdvertisements[0].communities',
    ],
    [
      'an advertised community is defined',
      { prefixAdvertisements: [{ ...advertisement, communities: ['west'] }] },
      'BGPCONFIGURATION_COMMUNITY_UNDEFINED spec.prefixAdvertisements[0].communities[0]',
    ],
    [
      'an advertised community fits its bits',
      { prefixAdvertisements: [{ ...advertisement, communities: ['1:70000'] }] },
      'VALIDATION_COMMUNITY spec.prefixAdvertisements[0].communities[0]',
    ],
    [
      'no mesh password without the mesh',
      { nodeToNodeMeshEnabled: false, nodeMeshPassword: {} },
      'BGPCONFIGURATION_MESH_OFF spec.nodeMeshPassword',
    ],
    [
      'no mesh restart time without the mesh',
      { nodeToNodeMeshEnabled: false, nodeMeshMaxRestartTime: '90s' },
      'BGPCONFIGURATION_MESH_OFF spec.nodeMeshMaxRestartTime',
    ],
    [
      'a password names its key',
      { nodeMeshPassword: { secretKeyRef: { name: 's' } } },
      'VALIDATION_REQUIRED spec.nodeMeshPassword.secretKeyRef.key',
    ],
    ['listenPort is a port', { listenPort: 70000 }, 'VALIDATION_RANGE spec.listenPort'],
    ['bindMode is an enumeration', { bindMode: 'nodeIP' }, 'VALIDATION_ENUM spec.bindMode'],
    ['not every interface can be ignored', { ignoredInterfaces: ['*'] }, 'VALIDATION_FORMAT spec.ignoredInterfaces[0]'],
    [
      'localWorkloadPeeringIPV4 is a bare IPv4 address',
      { localWorkloadPeeringIPV4: '169.254.1.1/32' },
      'VALIDATION_ADDRESS spec.localWorkloadPeeringIPV4',
    ],
    [
      'programClusterRoutes is an enumeration',
      { programClusterRoutes: 'true' },
      'VALIDATION_ENUM spec.programClusterRoutes',
    ],
    [
      'route priorities are below 2147483647',
      { ipv4NormalRoutePriority: 2147483647 },
      'VALIDATION_RANGE spec.ipv4NormalRoutePriority',
    ],
    ['a duration has units', { nodeMeshMaxRestartTime: '90' }, 'VALIDATION_DURATION spec.nodeMeshMaxRestartTime'],
  ])('%s', (_, spec, fault) => {
    expect(faults(v3('BGPConfiguration', spec))).toEqual([fault])
  })

  test.each([
    ['nodeToNodeMeshEnabled', true],
    ['asNumber', 64512],
    ['serviceClusterIPs', [{ cidr: '10.96.0.0/12' }]],
    ['serviceExternalIPs', [{ cidr: '10.96.0.0/12' }]],
    ['serviceLoadBalancerIPs', [{ cidr: '10.96.0.0/12' }]],
    ['nodeMeshPassword', {}],
    ['nodeMeshMaxRestartTime', '90s'],
  ])('%s belongs to the object named default', (field, value) => {
    expect(faults(v3('BGPConfiguration', { [field]: value }, 'node.n1'))).toEqual([
      `BGPCONFIGURATION_DEFAULT_ONLY spec.${field}`,
    ])
  })
})

describe('BGPPeer', () => {
  test.each([
    ['an empty spec: nothing is required', {}],
    ['a peer by address', { peerIP: '192.0.2.1', asNumber: 64512 }],
    ['a port behind an IPv4 address', { peerIP: '192.0.2.1:1790', asNumber: 64512 }],
    ['a port behind a bracketed IPv6 address', { peerIP: '[fd00::1]:1790', asNumber: 64512 }],
    ['reflectors by selector', { nodeSelector: 'all()', peerSelector: "rr == 'true'" }],
    ['asNumber 0 beside a selector', { peerSelector: 'all()', asNumber: 0 }],
    ['a gateway of the same family', { peerIP: 'fd00::1', reachableBy: 'fd00::2' }],
    ['local workloads', { localWorkloadSelector: 'has(bgp)', asNumber: 65401 }],
  ])('accepts %s', (_, spec) => {
    expect(faults(v3('BGPPeer', spec))).toEqual([])
  })

  test.each([
    ['node or nodeSelector', { node: 'n1', nodeSelector: 'all()' }, 'BGPPEER_NODE_AND_SELECTOR spec.nodeSelector'],
    [
      'peerIP or peerSelector',
      { peerIP: '192.0.2.1', peerSelector: 'all()' },
      'BGPPEER_PEER_IP_AND_SELECTOR spec.peerSelector',
    ],
    [
      'no asNumber with peerSelector',
      { peerSelector: 'all()', asNumber: 64512 },
      'BGPPEER_AS_AND_SELECTOR spec.asNumber',
    ],
    ['local workloads have an asNumber', { localWorkloadSelector: 'all()' }, 'BGPPEER_LOCAL_WORKLOAD spec.asNumber'],
    [
      'local workloads without peerIP',
      { localWorkloadSelector: 'all()', asNumber: 1, peerIP: '192.0.2.1' },
      'BGPPEER_LOCAL_WORKLOAD spec.peerIP',
    ],
    ['reachableBy needs peerIP', { reachableBy: '192.0.2.1' }, 'BGPPEER_REACHABLE_BY spec.reachableBy'],
    [
      'reachableBy is of the family of peerIP',
      { peerIP: '192.0.2.1:179', reachableBy: 'fd00::1' },
      'BGPPEER_REACHABLE_BY spec.reachableBy',
    ],
    [
      'reachableBy is an address',
      { peerIP: '192.0.2.1', reachableBy: '192.0.2.0/24' },
      'VALIDATION_ADDRESS spec.reachableBy',
    ],
    ['one next-hop setting', { keepOriginalNextHop: true, nextHopMode: 'Keep' }, 'BGPPEER_NEXT_HOP spec.nextHopMode'],
    ['peerIP is an address', { peerIP: '192.0.2.300' }, 'BGPPEER_PEER_IP spec.peerIP'],
    ['peerIP has no mask', { peerIP: '192.0.2.1/32' }, 'BGPPEER_PEER_IP spec.peerIP'],
    ['the port is at least 1', { peerIP: '192.0.2.1:0' }, 'BGPPEER_PEER_IP spec.peerIP'],
    ['the port is at most 65535', { peerIP: '[fd00::1]:65536' }, 'BGPPEER_PEER_IP spec.peerIP'],
    ['node is a name', { node: 'Node_1' }, 'VALIDATION_NAME spec.node'],
    ['filters are names', { filters: ['No Filter'] }, 'VALIDATION_NAME spec.filters[0]'],
    ['sourceAddress is an enumeration', { sourceAddress: 'UseNodeip' }, 'VALIDATION_ENUM spec.sourceAddress'],
    ['nextHopMode is an enumeration', { nextHopMode: 'self' }, 'VALIDATION_ENUM spec.nextHopMode'],
    ['reversePeering is an enumeration', { reversePeering: 'Automatic' }, 'VALIDATION_ENUM spec.reversePeering'],
    ['ttlSecurity fits a byte', { ttlSecurity: 256 }, 'VALIDATION_RANGE spec.ttlSecurity'],
    ['asNumber has 32 bits', { peerIP: '192.0.2.1', asNumber: 4294967296 }, 'VALIDATION_RANGE spec.asNumber'],
    ['selectors parse', { peerSelector: 'route-reflector' }, 'VALIDATION_SELECTOR spec.peerSelector'],
  ])('%s', (_, spec, fault) => {
    expect(faults(v3('BGPPeer', spec))).toEqual([fault])
  })
})

describe('BGPFilter', () => {
  const filter = (rule: unknown, list = 'exportV4') => faults(v3('BGPFilter', { [list]: [rule] }))
  const accept = { action: 'Accept' }
  const cidr = { ...accept, cidr: '10.65.0.0/16', matchOperator: 'In' }

  test.each([
    ['a rule with an action alone', accept],
    ['a length range that is upside down', { ...cidr, prefixLength: { min: 30, max: 20 } }],
    ['an interface pattern', { ...accept, interface: '*.calico' }],
    [
      'one operation of each kind',
      {
        ...accept,
        operations: [
          { addCommunity: { value: '1:2' } },
          { prependASPath: { prefix: [1] } },
          { setPriority: { value: 5 } },
        ],
      },
    ],
    ['a large community', { ...accept, communities: { values: ['4294967295:1:2'] } }],
  ])('accepts %s', (_, rule) => {
    expect(filter(rule)).toEqual([])
  })

  test.each([
    ['action is required', {}, 'VALIDATION_REQUIRED action'],
    ['action is an enumeration', { action: 'Drop' }, 'VALIDATION_ENUM action'],
    ['cidr needs matchOperator', { ...accept, cidr: '10.65.0.0/16' }, 'BGPFILTER_CIDR_AND_OPERATOR cidr'],
    ['matchOperator needs cidr', { ...accept, matchOperator: 'In' }, 'BGPFILTER_CIDR_AND_OPERATOR matchOperator'],
    ['prefixLength needs cidr', { ...accept, prefixLength: { min: 8 } }, 'BGPFILTER_PREFIX_LENGTH prefixLength'],
    ['IPv4 lengths go to 32', { ...cidr, prefixLength: { max: 33 } }, 'VALIDATION_RANGE prefixLength.max'],
    ['cidr is masked', { ...cidr, cidr: '10.65.0.1/16' }, 'VALIDATION_CIDR_NOT_MASKED cidr'],
    ['cidr is of the family of the list', { ...cidr, cidr: 'fd00::/64' }, 'VALIDATION_CIDR cidr'],
    ['source is RemotePeers', { ...accept, source: 'Local' }, 'VALIDATION_ENUM source'],
    ['peerType is eBGP or iBGP', { ...accept, peerType: 'EBGP' }, 'VALIDATION_ENUM peerType'],
    [
      'exactly one community',
      { ...accept, communities: { values: ['1:2', '1:3'] } },
      'VALIDATION_ITEMS communities.values',
    ],
    [
      'no leading zeros in a community',
      { ...accept, communities: { values: ['01:2'] } },
      'VALIDATION_COMMUNITY communities.values[0]',
    ],
    ['priority is at least 1', { ...accept, priority: 0 }, 'VALIDATION_RANGE priority'],
    [
      'operations only on Accept',
      { action: 'Reject', operations: [{ setPriority: { value: 5 } }] },
      'BGPFILTER_OPERATIONS operations',
    ],
    ['an operation does something', { ...accept, operations: [{}] }, 'VALIDATION_PROPERTIES operations[0]'],
    [
      'an operation does one thing',
      { ...accept, operations: [{ setPriority: { value: 5 }, addCommunity: { value: '1:2' } }] },
      'VALIDATION_PROPERTIES operations[0]',
    ],
    ['operations are at least one', { ...accept, operations: [] }, 'VALIDATION_ITEMS operations'],
    [
      'a prepended path is not empty',
      { ...accept, operations: [{ prependASPath: { prefix: [] } }] },
      'VALIDATION_ITEMS operations[0].prependASPath.prefix',
    ],
    ['interface is a name or pattern', { ...accept, interface: 'eth/0' }, 'VALIDATION_FORMAT interface'],
  ])('%s', (_, rule, fault) => {
    const [code, field] = fault.split(' ')
    expect(filter(rule)).toEqual([`${code} spec.exportV4[0].${field}`])
  })

  test('IPv6 lengths go to 128', () => {
    const rule = { ...accept, cidr: 'fd00::/64', matchOperator: 'In', prefixLength: { max: 128 } }
    expect(filter(rule, 'importV6')).toEqual([])
  })
})
