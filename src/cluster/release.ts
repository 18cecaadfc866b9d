/**
 * Calico's behaviour by release, and nowhere else: code asks a Release for a behaviour and never compares versions.
 *
 * Each behaviour lists the releases at which its value changed, oldest first, with where that is known from. Where a
 * source has no file of one release, the change was found by comparing that file in the tags of neighbouring releases.
 */

/** The oldest and the newest release whose behaviour is known. */
export const OLDEST_RELEASE = 'v3.13'
export const NEWEST_RELEASE = 'v3.33'

interface Change<T> {
  /** `3.32` or `3.29.2`: the first release with this value. */
  readonly since: string
  readonly value: T
}

interface Behaviour<T> {
  readonly about: string
  readonly source: string
  readonly changes: readonly [Change<T>, ...Change<T>[]]
}

function behaviour<T>(about: string, source: string, changes: Behaviour<T>['changes']): Behaviour<T> {
  return { about, source, changes }
}

/** A switch that is off up to a release and on from it. */
function on(about: string, since: string, source: string): Behaviour<boolean> {
  return behaviour<boolean>(about, source, [
    { since: '3.13', value: false },
    { since, value: true },
  ])
}

type Owner = 'bird' | 'felix'

export const BEHAVIOURS = {
  // Who writes which route into the kernel.
  ipipRoutesOwner: behaviour<Owner>(
    'Who programs routes of IPIP pools when no programClusterRoutes is set',
    'felix/config/config_params.go; design/cluster-route-programming/DESIGN.md',
    [
      { since: '3.13', value: 'bird' },
      { since: '3.33', value: 'felix' },
    ],
  ),
  clusterRoutesSetting: behaviour<'none' | 'felixOnly' | 'twoValues' | 'fourValues'>(
    'Which values of programClusterRoutes are understood, and where the field exists',
    'felix/config/config_params.go; confd bgp_processor.go clusterRoutePolicyFromBGPConfig',
    [
      { since: '3.13', value: 'none' },
      { since: '3.31', value: 'felixOnly' },
      { since: '3.32', value: 'twoValues' },
      { since: '3.33', value: 'fourValues' },
    ],
  ),
  podRouteMetric: behaviour<0 | 1024>(
    'Metric of the local pod /32 route that Felix keeps',
    'felix/dataplane/linux/endpoint_mgr.go',
    [
      { since: '3.13', value: 0 },
      { since: '3.32', value: 1024 },
    ],
  ),
  birdRouteMetric: on(
    'BIRD writes kernel routes with metric 2147483647 - local preference, and exports local preference 2147483647 - metric',
    '3.32',
    'confd bird_ipam.cfg.template; lab finding A1',
  ),
  tunnelRouteMtu: on('Felix puts the tunnel MTU on tunnel routes', '3.31', 'felix/routetable/route_table.go'),
  vxlanBlackhole: on('Felix blackholes its own VXLAN blocks', '3.20', 'felix/dataplane/linux/vxlan_mgr.go'),
  birdLeftoversRemoved: on(
    'Felix removes routes of BIRD by tunl0 that it does not want, where IPIP is its own',
    '3.33',
    'felix/routetable/ownershippol/main_route_table_policy.go OwnBIRDIPIPRoutes',
  ),
  hostBlockBlackhole: behaviour<boolean>('BIRD blackholes /32 and /128 blocks too', 'confd bird_aggr.cfg.template', [
    { since: '3.13', value: true },
    { since: '3.18', value: false },
  ]),
  blockRouteTypes: behaviour<'last' | 'all' | 'notTunnels' | 'notTunnelsNorHosts'>(
    'What a host or tunnel address inside an IPAM block is to Felix: the address alone, or also a workload of the block',
    'felix/calc/l3_route_resolver.go flush (v3.29.0, v3.30.0, v3.32.0, release-v3.33)',
    [
      { since: '3.13', value: 'last' },
      { since: '3.30', value: 'all' },
      { since: '3.32', value: 'notTunnels' },
      { since: '3.33', value: 'notTunnelsNorHosts' },
    ],
  ),
  tunnelAddressesResolved: on(
    'Felix tells tunnel addresses from those of workloads',
    '3.15',
    'felix/calc/l3_route_resolver.go RefTypeVXLAN (v3.15.0)',
  ),
  borrowedTunnelRoutes: on(
    'Felix writes a directly connected /32 for a tunnel address that was borrowed from another block',
    '3.29.2',
    'felix/dataplane/linux/vxlan_mgr.go (v3.29.1, v3.29.2)',
  ),
  loadBalancerPoolsExcluded: behaviour<boolean>(
    'LoadBalancer-only pools have no route type and are not in the NAT exclusion set',
    'felix/calc/l3_route_resolver.go',
    [
      { since: '3.13', value: false },
      { since: '3.31.6', value: true },
      { since: '3.32', value: false },
      { since: '3.32.1', value: true },
    ],
  ),
  wireguardPeerRejectInBird: on(
    'BIRD does not program routes whose next hop is a WireGuard peer',
    '3.33',
    'confd bgp_processor.go processWireguardPeerFilter',
  ),
  mergePaths: on('BIRD merges equal paths into one multipath route', '3.17', 'confd bird.cfg.template'),

  // BGP sessions and policy.
  meshIncludesReflectors: behaviour<boolean>(
    'Route reflectors are part of the node-to-node mesh',
    'confd bird.cfg.template (v3.20.0, v3.21.0); bgp_processor.go processMeshPeers',
    [
      { since: '3.13', value: true },
      { since: '3.21', value: false },
    ],
  ),
  meshPeerASFallback: behaviour<'global' | 'local'>(
    'AS expected of a mesh peer that has none of its own: the cluster AS, or the AS of the node that renders',
    'confd bird.cfg.template (up to v3.31); bgp_processor.go processMeshPeers (from v3.32.0); lab finding A9',
    [
      { since: '3.13', value: 'global' },
      { since: '3.32', value: 'local' },
    ],
  ),
  reversePeering: behaviour<'bothFamilies' | 'sameFamily'>(
    'Families of the automatic reverse peering of a BGPPeer by peerIP',
    'confd client.go updatePeersV1',
    [
      { since: '3.13', value: 'bothFamilies' },
      { since: '3.24', value: 'sameFamily' },
    ],
  ),
  globalPeersPassive: on(
    'A global session to a Calico node is passive where the peer address text is greater',
    '3.23',
    'confd bird.cfg.template (v3.23.0); bgp_processor.go buildPeerFromData',
  ),
  sourceAddressOption: on('BGPPeer sourceAddress is honoured', '3.18', 'confd (release-v3.18)'),
  peerPorts: on('listenPort, and a port in peerIP', '3.16', 'confd client.go (master before v3.16)'),
  peerPasswords: on('BGPPeer password', '3.17', 'confd client.go (master before v3.17)'),
  communities: on('communities and prefixAdvertisements', '3.16', 'confd client.go (master before v3.16)'),
  keepOriginalNextHop: behaviour<'none' | 'nodePeers' | 'all'>(
    'Which BGPPeers honour keepOriginalNextHop',
    'confd (release-v3.16, release-v3.17)',
    [
      { since: '3.13', value: 'none' },
      { since: '3.16', value: 'nodePeers' },
      { since: '3.17', value: 'all' },
    ],
  ),
  nextHopMode: on('BGPPeer nextHopMode', '3.31', 'confd bgp_processor.go'),
  localASNumber: on('BGPPeer localASNumber', '3.31', 'confd bgp_processor.go'),
  allowedLocalAS: on('BGPPeer numAllowedLocalASNumbers', '3.23', 'confd client.go (v3.23.0)'),
  meshPassword: on('nodeMeshPassword and nodeMeshMaxRestartTime', '3.23', 'confd client.go (v3.23.0)'),
  maxRestartTime: on('BGPPeer maxRestartTime', '3.20', 'confd (release-v3.20)'),
  keepaliveTime: on('BGPPeer keepaliveTime', '3.32', 'confd'),
  reversePeeringSetting: on('BGPPeer reversePeering', '3.31', 'confd client.go (v3.31.0)'),
  ttlSecurity: on('BGPPeer ttlSecurity', '3.25', 'confd client.go (v3.25.0)'),
  reachableBy: on('BGPPeer reachableBy', '3.25', 'confd client.go (v3.25.0)'),
  bindMode: on('BGPConfiguration bindMode', '3.23', 'confd client.go (v3.23.0)'),
  ignoredInterfaces: on('BGPConfiguration ignoredInterfaces', '3.25', 'confd client.go (v3.25.0)'),
  localWorkloadPeers: on('BGPPeer localWorkloadSelector', '3.30', 'confd local_bgp_peer_watcher.go'),
  bgpFilters: on('BGPFilter', '3.26', 'confd template_funcs.go'),
  bgpFilterSourceAndInterface: on('BGPFilter source and interface', '3.27', 'confd template_funcs.go'),
  bgpFilterPrefixLength: on('BGPFilter prefixLength', '3.29', 'confd template_funcs.go'),
  bgpFilterOperations: on(
    'BGPFilter peerType, communities, asPathPrefix, priority and operations',
    '3.32',
    'confd template_funcs.go',
  ),
  disableBGPExport: on('IPPool disableBGPExport', '3.21', 'confd bird_ipam.cfg.template (v3.21.0)'),
  unconfirmedBlocksIgnored: on('Pending block affinities are not advertised', '3.24', 'confd client.go'),
  tunnelInterfacesRejected: on(
    'Routes through *.cali and *.calico interfaces are not sent to iBGP peers',
    '3.27',
    'confd bird_ipam.cfg.template',
  ),
  bpfInterfacesRejected: on('Routes through bpf*.cali are not exported', '3.28.2', 'confd bird_ipam.cfg.template'),
  tunl0Rejected: on(
    'Routes through tunl0 are not sent to iBGP peers unless BIRD owns IPIP',
    '3.33',
    'confd bgp_processor.go',
  ),
  ipvsExcluded: on('kube-ipvs* is excluded from the direct protocol', '3.14', 'confd bird.cfg.template'),

  // Services.
  serviceEndpoints: behaviour<'Endpoints' | 'EndpointSlice'>(
    'Which objects say where a Service has endpoints',
    'confd routes.go',
    [
      { since: '3.13', value: 'Endpoints' },
      { since: '3.31', value: 'EndpointSlice' },
    ],
  ),
  loadBalancerAdvertisement: on('LoadBalancer IPs are advertised', '3.18', 'confd (release-v3.18)'),
  excludeFromLoadBalancersLabel: on(
    'Nodes labelled node.kubernetes.io/exclude-from-external-load-balancers=true advertise no Service',
    '3.18',
    'confd (release-v3.18)',
  ),
  reflectorsRelayLoadBalancerIPs: on(
    'Reflectors relay LoadBalancer IPs without a local endpoint',
    '3.27.3',
    'confd bird_ipam.cfg.template',
  ),
  reflectorsRelayExternalIPs: on('Reflectors relay external IPs without a local endpoint', '3.33', 'confd'),
  singleIPExternalFollowsPolicy: on(
    'A single-address serviceExternalIPs entry follows the traffic policy',
    '3.30',
    'confd routes.go',
  ),
  allClusterIPsAnnounced: on(
    'Cluster IPs of every family are announced, not the first only',
    '3.31',
    'confd routes.go',
  ),
  singleLoadBalancerIPFollowsPolicy: on(
    'A single-address serviceLoadBalancerIPs entry announces a Service with the traffic policy Cluster',
    '3.25',
    'confd routes.go isSingleLoadBalancerIP',
  ),
  loadBalancerIPFromStatus: behaviour<boolean>(
    'A single-address serviceLoadBalancerIPs entry counts for addresses in the status of a Service too',
    'confd routes.go hasAnySingleLoadBalancerIP',
    [
      { since: '3.13', value: false },
      { since: '3.30.7', value: true },
      { since: '3.31', value: false },
      { since: '3.31.5', value: true },
    ],
  ),
  clusterIPServicesAnnounceExternalIPs: on(
    'External IPs of ClusterIP Services follow the traffic policy',
    '3.32',
    'confd routes.go advertiseThisService',
  ),
  loadBalancerAggregation: on('serviceLoadBalancerAggregation', '3.31', 'confd routes.go'),
  notReadyEndpointsIgnored: behaviour<boolean>(
    'Endpoints that are not ready attract no advertisement',
    'confd routes.go advertiseThisService',
    [
      { since: '3.13', value: false },
      { since: '3.31.7', value: true },
      { since: '3.32', value: false },
      { since: '3.33', value: true },
    ],
  ),

  // IPAM.
  poolNamespaceSelector: on('IPPool namespaceSelector', '3.31', 'libcalico-go/lib/ipam/ipam.go (v3.31.0)'),
  poolAssignmentMode: on('IPPool assignmentMode', '3.30', 'libcalico-go/lib/ipam/ipam.go (v3.30.0)'),
  addressCooldown: on(
    'IPAMConfiguration ipCooldownSeconds',
    '3.33',
    'libcalico-go/lib/ipam/ipam_block.go (release-v3.33)',
  ),
  freshBlocksKept: on(
    'A block claimed within the last minute is not taken from its node',
    '3.32',
    'libcalico-go/lib/ipam/ipam_block_reader_writer.go (v3.32.0)',
  ),

  // Encapsulation, MTU and NAT.
  encapsulationFromPools: on(
    'Felix decides from the pools whether IPIP and VXLAN are on (unset flags mean: ask the pools)',
    '3.23',
    'felix/calc/encapsulation_resolver.go',
  ),
  mtuDetection: behaviour<'fixed' | 'detected'>(
    'How MTUs come about when nothing is configured',
    'felix/dataplane/linux/int_dataplane.go ConfigureDefaultMTUs',
    [
      { since: '3.13', value: 'fixed' },
      { since: '3.17', value: 'detected' },
    ],
  ),
  mtuInterfacePattern: behaviour<string>('Default mtuIfacePattern', 'felix/config/config_params.go', [
    { since: '3.13', value: '' },
    { since: '3.17', value: '^((en|wl|ww|sl|ib)[opsx].*|(eth|wlan|wwan).*)' },
    { since: '3.25', value: '^((en|wl|ww|sl|ib)[copsx].*|(eth|wlan|wwan).*)' },
    { since: '3.26', value: '^((en|wl|ww|sl|ib)[Pcopsx].*|(eth|wlan|wwan).*)' },
    { since: '3.27', value: '^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)' },
  ]),
  ipv6MtuOverheads: on(
    'IPv6 tunnels count in the pod MTU; VXLAN carries IPv6',
    '3.23',
    'felix int_dataplane.go determinePodMTU',
  ),
  wireguard: on('WireGuard encryption', '3.14', 'felix/wireguard/wireguard.go'),
  wireguardV6: on('WireGuard over IPv6', '3.24', 'felix/config/config_params.go'),
  wireguardMark: behaviour<0x100000 | 0x200000>(
    'The bit of the packet mark that WireGuard takes: the first after those of the policy, of which the drop bit is new',
    'felix/dataplane/driver.go; projectcalico/felix pull request 2818 (0x100000). UNCERTAIN in which release the drop bit came',
    [
      { since: '3.13', value: 0x100000 },
      { since: '3.30', value: 0x200000 },
    ],
  ),
  wireguardRuleInverted: on(
    "WireGuard's rule reads `not from all fwmark M/M`; before, `from all fwmark 0/M`, which means the same",
    '3.20',
    'projectcalico/felix pull request 2818',
  ),
  wireguardHostEncryption: on('wireguardHostEncryptionEnabled', '3.20', 'felix/config/config_params.go'),
  natOutgoingExclusions: on('natOutgoingExclusions', '3.31', 'felix/rules/nat.go'),

  // What calicoctl prints.
  calicoctlTables: behaviour<'tablewriter' | 'goPretty'>(
    "The library that draws calicoctl's tables: headings centred and numbers to the right, or all to the left",
    'calicoctl/commands/ipam/show.go; calicoctl/commands/node/status.go (v3.32.0, release-v3.33)',
    [
      { since: '3.13', value: 'tablewriter' },
      { since: '3.33', value: 'goPretty' },
    ],
  ),
  ipamShowReserved: on(
    'calicoctl ipam show counts reserved addresses in a column of their own, not among the free ones',
    '3.33',
    'calicoctl/commands/ipam/show.go; libcalico-go/lib/ipam/ipam.go GetUtilization',
  ),
  ipamConfigurationShown: behaviour<3 | 4 | 5>(
    'How many fields calicoctl ipam show --show-configuration prints',
    'libcalico-go/lib/ipam/ipam_types.go IPAMConfig (v3.31.0, v3.32.0, release-v3.33)',
    [
      { since: '3.13', value: 3 },
      { since: '3.32', value: 4 },
      { since: '3.33', value: 5 },
    ],
  ),
  ipamShowOwners: on(
    'calicoctl ipam show --ip prints the handle and the owners; before, one list of attributes',
    '3.32',
    'calicoctl/commands/ipam/show.go ShowIP (v3.31.0, v3.32.0)',
  ),
} as const

type ValueOf<B> = B extends Behaviour<infer T> ? T : never
export type BehaviourName = keyof typeof BEHAVIOURS
export type Behaviours = { readonly [K in BehaviourName]: ValueOf<(typeof BEHAVIOURS)[K]> }

export interface Release extends Behaviours {
  /** As reports print it: `v3.33`, or `v3.29.1` when a patch level was given. */
  readonly name: string
}

const RELEASE = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?$/

/**
 * The behaviours of a release, given as `v3.28`, `3.28` or `v3.28.1`; without a patch level the newest patch is meant.
 * Undefined when the text is no release; a release outside v3.13 to v3.33 is clamped by `clampRelease` first.
 */
export function releaseOf(text: string): Release | undefined {
  const wanted = parseRelease(text)
  if (wanted === undefined) return undefined
  const values = Object.fromEntries(
    Object.entries(BEHAVIOURS).map(([name, { changes }]) => {
      const held = [...changes].reverse().find(({ since }) => compareReleases(sinceRelease(since), wanted) <= 0)
      return [name, (held ?? changes[0]).value]
    }),
  ) as Behaviours
  const [major, minor, patch] = wanted
  return { ...values, name: `v${major}.${minor}${patch === Number.POSITIVE_INFINITY ? '' : `.${patch}`}` }
}

/** A release that the table covers: the nearest of v3.13 and v3.33 when the text lies outside; undefined when it is none. */
export function clampRelease(text: string): { readonly release: string; readonly clamped: boolean } | undefined {
  const wanted = parseRelease(text)
  if (wanted === undefined) return undefined
  const [oldest, newest] = [parseRelease(OLDEST_RELEASE), parseRelease(NEWEST_RELEASE)]
  if (oldest && wanted[0] === oldest[0] && wanted[1] < oldest[1]) return { release: OLDEST_RELEASE, clamped: true }
  if (oldest && wanted[0] < oldest[0]) return { release: OLDEST_RELEASE, clamped: true }
  if (newest && compareReleases(wanted, newest) > 0) return { release: NEWEST_RELEASE, clamped: true }
  return { release: text.startsWith('v') ? text : `v${text}`, clamped: false }
}

type Version = readonly [major: number, minor: number, patch: number]

function parseRelease(text: string): Version | undefined {
  const match = RELEASE.exec(text)
  if (match === null) return undefined
  return [Number(match[1]), Number(match[2]), match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3])]
}

/** `3.32` in the table is the first release of that line, v3.32.0. */
function sinceRelease(since: string): Version {
  const [major = 0, minor = 0, patch = 0] = since.split('.').map(Number)
  return [major, minor, patch]
}

function compareReleases(a: Version, b: Version): number {
  if (a[0] !== b[0]) return a[0] - b[0]
  if (a[1] !== b[1]) return a[1] - b[1]
  return a[2] === b[2] ? 0 : a[2] < b[2] ? -1 : 1
}
