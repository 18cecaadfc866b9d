/**
 * The fields of FelixConfiguration by what they hold.
 * Source: api/pkg/apis/projectcalico/v3/felixconfig.go (markers and validator tags) and its generated CRD.
 */

import { boolean, type FieldSchema, integer, list, map, object, oneOf, port, text } from '../schema.js'
import {
  anyCase,
  CONNTRACK_TIMEOUT,
  CRD_DURATION,
  CRD_DURATION_WITH_FRACTION,
  INTERFACE,
  INTERFACE_FILTER,
  INTERFACE_NAME,
  KEY_VALUE_LIST,
  METRICS_HOST,
  NETWORK_OR_EMPTY,
  pattern,
  REGEXP,
} from '../text-formats.js'
import { CLUSTER_ROUTES, LOG_SEVERITY } from './bgp-configuration.js'
import { HEALTH_TIMEOUT_OVERRIDE, ROUTE_TABLE_ID_RANGE, ROUTE_TABLE_RANGE } from './felix-rules.js'

type Table = Readonly<Record<string, FieldSchema>>

function each(names: string, schema: FieldSchema): Table {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, schema]))
}

const BOOLEANS = each(
  `allowIPIPPacketsFromWorkloads allowVXLANPacketsFromWorkloads bpfConnectTimeLoadBalancingEnabled
  bpfDisableUnprivileged bpfEnabled bpfHostConntrackBypass bpfIPFragmentReassemblyEnabled
  bpfKubeProxyIptablesCleanupEnabled bpfPolicyDebugEnabled debugDisableLogDropping disableConntrackInvalidCheck
  endpointReportingEnabled flowLogsCollectorDebugTrace genericXDPEnabled healthEnabled ipipEnabled ipv6Support
  prometheusGoMetricsEnabled prometheusMetricsEnabled prometheusProcessMetricsEnabled
  prometheusWireGuardMetricsEnabled removeExternalRoutes requireMTUFile routeSyncDisabled sidecarAccelerationEnabled
  usageReportingEnabled useInternalDataplaneDriver vxlanEnabled wireguardEnabled wireguardEnabledV6
  wireguardHostEncryptionEnabled wireguardThreadingEnabled xdpEnabled`,
  boolean(),
)

const TEXTS = each(
  `bpfCTLBLogFilter cgroupV2Path dataplaneDriver debugHost debugMemoryProfilePath endpointStatusPathPrefix
  flowLogsGoldmaneServer healthHost interfaceExclude interfacePrefix logFilePath metadataAddr openstackRegion
  policySyncPathPrefix prometheusMetricsCAFile prometheusMetricsCertFile prometheusMetricsKeyFile`,
  text(),
)

const REGEXPS = each(
  `bpfDataIfacePattern bpfDisableGROForIfaces bpfL3IfacePattern logDebugFilenameRegex mtuIfacePattern
  nftablesFlowTableDataIfacePattern`,
  text({ structFormat: REGEXP }),
)

const DURATIONS: Table = {
  ...each(
    `bpfIPFragTimeout bpfKubeProxyMinSyncPeriod debugSimulateCalcGraphHangAfter debugSimulateDataplaneApplyDelay
    debugSimulateDataplaneHangAfter endpointReportingDelay flowLogsFlushInterval interfaceRefreshInterval
    ipsetsRefreshInterval iptablesLockProbeInterval iptablesPostWriteCheckInterval iptablesRefreshInterval
    netlinkTimeout reportingInterval reportingTTL routeRefreshInterval usageReportingInitialDelay
    usageReportingInterval wireguardKeepAlive xdpRefreshInterval`,
    text({ duration: true, format: CRD_DURATION, keepsEmpty: true }),
  ),
  ...each(
    'dataplaneWatchdogTimeout localSubnetL2ReachabilityRefreshInterval nftablesRefreshInterval',
    text({ duration: true }),
  ),
  liveMigrationRouteConvergenceTime: text({ duration: true, format: CRD_DURATION_WITH_FRACTION, keepsEmpty: true }),
  bpfConntrackTimeouts: object(
    each(
      `creationGracePeriod genericTimeout icmpTimeout tcpEstablished tcpFinsSeen tcpResetSeen tcpSynSent udpTimeout`,
      text({ format: CONNTRACK_TIMEOUT, keepsEmpty: true }),
    ),
  ),
}

const between = (structMinimum: number, structMaximum: number): FieldSchema =>
  integer({ structMinimum, structMaximum, keepsEmpty: true })
const MARK_MASK = integer({ minimum: 0, maximum: 4294967295, keepsEmpty: true })

const NUMBERS: Table = {
  ...each(
    `bpfExportBufferSizeMB bpfMapSizeConntrack bpfMapSizeIPSets bpfMapSizeIfState bpfMapSizeNATAffinity
    bpfMapSizeNATBackend bpfMapSizeNATFrontend bpfMapSizePerCpuConntrack bpfMapSizeRoute deviceRouteProtocol healthPort
    ipipMTU maxIpsetSize metadataPort prometheusMetricsPort vxlanMTU vxlanMTUV6 vxlanPort vxlanVNI wireguardMTU
    wireguardMTUV6`,
    integer(),
  ),
  ...each('debugPort bpfKubeProxyHealthzPort', between(0, 65535)),
  ...each('wireguardListeningPort wireguardListeningPortV6', between(1, 65535)),
  ...each('goGCThreshold goMaxProcs goMemoryLimitMB', integer({ structMinimum: -1, keepsEmpty: true })),
  ...each('bpfMaglevMaxEndpointsPerService bpfMaglevMaxServices', between(1, 3000)),
  ...each(
    'ipv4NormalRoutePriority ipv4ElevatedRoutePriority ipv6NormalRoutePriority ipv6ElevatedRoutePriority',
    between(1, 2147483646),
  ),
  ...each('iptablesMarkMask nftablesMarkMask', MARK_MASK),
  bpfExtToServiceConnmark: between(0, 4294967295),
  bpfMapSizeConntrackCleanupQueue: integer({ minimum: 1, structMinimum: 1, keepsEmpty: true }),
  logActionRateLimitBurst: integer({ minimum: 0, maximum: 9999, keepsEmpty: true }),
  wireguardRoutingRulePriority: between(1, 32765),
}

/** An enumeration that the CRD and calicoctl's validator both have. */
const both = (...values: readonly string[]): FieldSchema => oneOf(values, { structEnum: values, keepsEmpty: true })
/** An enumeration that only the CRD has. */
const crd = (...values: readonly string[]): FieldSchema => oneOf(values, { keepsEmpty: true })
const loose = (...words: readonly string[]): FieldSchema => text({ format: anyCase(...words) })

const ENUMERATIONS: Table = {
  ...each('logSeverityFile logSeverityScreen logSeveritySys', text({ format: LOG_SEVERITY })),
  ...each('iptablesFilterAllowAction iptablesMangleAllowAction', loose('Accept', 'Return')),
  ...each('nftablesFilterAllowAction nftablesMangleAllowAction', loose('Accept', 'Return')),
  ...each('iptablesFilterDenyAction nftablesFilterDenyAction', loose('Drop', 'Reject')),
  ...each('bpfProfiling bpfRedirectToPeer ipForwarding', oneOf(['Enabled', 'Disabled'])),
  ...each('floatingIPs istioAmbientMode flowLogsLocalReporter', crd('Enabled', 'Disabled')),
  ...each('bpfHostNetworkedNATWithoutCTLB windowsManageFirewallRules', both('Enabled', 'Disabled')),
  awsSrcDstCheck: both('DoNothing', 'Enable', 'Disable'),
  bpfAttachType: both('TC', 'TCX', 'Netkit'),
  bpfConnectTimeLoadBalancing: both('TCP', 'Enabled', 'Disabled'),
  bpfConntrackLogLevel: oneOf(['Off', 'Debug'], { structEnum: ['Off', 'Debug'] }),
  bpfConntrackMode: both('Auto', 'Userspace', 'BPFProgram'),
  bpfEnforceRPF: loose('Disabled', 'Strict', 'Loose'),
  bpfExternalServiceMode: loose('Tunnel', 'DSR'),
  bpfJITHardening: both('Auto', 'Strict'),
  bpfLogLevel: loose('Off', 'Info', 'Debug'),
  bpfMapSizeConntrackScaling: loose('Disabled', 'DoubleIfFull'),
  bpfOverlayHostSourceIP: both('TunnelAddress', 'HostAddress'),
  chainInsertMode: loose('Insert', 'Append'),
  defaultEndpointToHostAction: loose('Drop', 'Accept', 'Return'),
  flowLogsPolicyEvaluationMode: crd('None', 'Continuous'),
  iptablesBackend: crd('Legacy', 'NFT', 'Auto'),
  localSubnetL2Reachability: both('Disabled', 'PodsAndLoadBalancers'),
  natOutgoingExclusions: both('IPPoolsOnly', 'IPPoolsAndHostIPs'),
  nftablesFlowTableOffload: oneOf(['All', 'Disabled'], { keepsEmpty: true, default: 'Disabled' }),
  nftablesMode: oneOf(['Disabled', 'Enabled', 'Auto'], { keepsEmpty: true, default: 'Auto' }),
  programClusterRoutes: oneOf(CLUSTER_ROUTES, { keepsEmpty: true }),
  prometheusMetricsClientAuth: both(
    'RequireAndVerifyClientCert',
    'RequireAnyClientCert',
    'VerifyClientCertIfGiven',
    'NoClientCert',
  ),
  routeSource: loose('WorkloadIPs', 'CalicoIPAM'),
  // Any case for the API server, the exact case for calicoctl.
  serviceLoopPrevention: text({
    format: anyCase('Drop', 'Reject', 'Disabled'),
    structEnum: ['Drop', 'Reject', 'Disabled'],
  }),
  workloadSourceSpoofing: text({ format: anyCase('Disabled', 'Any'), structEnum: ['Disabled', 'Any'] }),
}

const PROTO_PORT = object({
  net: text(),
  port: integer({ required: 'zero', structMinimum: 0, structMaximum: 65535 }),
  protocol: text(),
})
const NETWORKS = list(text({ structFormat: NETWORK_OR_EMPTY, keepsEmpty: true }))

const OTHERS: Table = {
  nodeSelector: text({ maxLength: 1024, keepsEmpty: true }),
  natOutgoingAddress: text({ maxLength: 45 }),
  deviceRouteSourceAddress: text({ maxLength: 45 }),
  deviceRouteSourceAddressIPv6: text({ maxLength: 45 }),
  featureDetectOverride: text({
    format: pattern(
      /^([a-zA-Z0-9_-]+=(true|false|),)*([a-zA-Z0-9_-]+=(true|false|))?$/,
      'a comma-separated list of Feature=true or Feature=false, without blanks',
    ),
    structFormat: KEY_VALUE_LIST,
  }),
  featureGates: text({
    format: pattern(
      /^([a-zA-Z0-9_-]+=([^=]+),)*([a-zA-Z0-9_-]+=([^=]+))?$/,
      'a comma-separated list of Gate=value, without blanks',
    ),
    structFormat: KEY_VALUE_LIST,
  }),
  logActionRateLimit: text({
    format: pattern(/^[1-9][0-9]{0,3}\/(second|minute|hour|day)$/, 'a rate such as 10/second'),
    keepsEmpty: true,
  }),
  logPrefix: text({
    format: pattern(/^[a-zA-Z0-9%: /_-]*$/, "letters, digits and the characters '% : / _ -' and blank"),
  }),
  iptablesNATOutgoingInterfaceFilter: text({ structFormat: INTERFACE_FILTER }),
  prometheusMetricsHost: text({ structFormat: METRICS_HOST }),
  wireguardInterfaceName: text({ structFormat: INTERFACE }),
  wireguardInterfaceNameV6: text({ structFormat: INTERFACE }),
  bpfLogFilters: map(text(), { structKeys: INTERFACE_NAME }),
  bpfDSROptoutCIDRs: NETWORKS,
  bpfExcludeCIDRsFromNAT: NETWORKS,
  bpfForceTrackPacketsFromIfaces: list(text({ structFormat: INTERFACE_FILTER, keepsEmpty: true })),
  externalNodesList: list(text()),
  failsafeInboundHostPorts: list(PROTO_PORT),
  failsafeOutboundHostPorts: list(PROTO_PORT),
  healthTimeoutOverrides: list(HEALTH_TIMEOUT_OVERRIDE),
  kubeNodePortRanges: list(port('refused'), { maxItems: 7, keepsEmpty: true }),
  bpfPSNATPorts: port('allowed'),
  natPortRange: port('allowed'),
  istioDSCPMark: integer({ structMinimum: 0, structMaximum: 255, orText: true }),
  routeTableRange: ROUTE_TABLE_RANGE,
  routeTableRanges: list(ROUTE_TABLE_ID_RANGE, { keepsEmpty: true }),
}

/** Every field of the spec. */
export const FELIX_FIELDS: Table = {
  ...BOOLEANS,
  ...TEXTS,
  ...REGEXPS,
  ...DURATIONS,
  ...NUMBERS,
  ...ENUMERATIONS,
  ...OTHERS,
}
