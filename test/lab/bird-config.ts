/**
 * The bird.cfg of one speaker and address family: what calico-node's templates make of a node's configuration (confd bird.cfg.template,
 * bird_ipam.cfg.template, bird_aggr.cfg.template), and a plain one for a router of the Underlay.
 */

import { type Family, formatAddress } from '../../src/address/address.js'
import { formatPrefix, type Prefix } from '../../src/address/prefix.js'
import { type BgpContext, routerOf } from '../../src/bgp/config/context.js'
import { passwordOf } from '../../src/bgp/config/session-password.js'
import { speakerConfig } from '../../src/bgp/config/speaker-config.js'
import { understoodFilters } from '../../src/bgp/plain/build-input.js'
import type { FiltersByName } from '../../src/bgp/policy/bgp-filter.js'
import type { SessionOptions, Speaker } from '../../src/bgp/session.js'
import type { ExportPolicy, KernelPolicy, SpeakerConfig, StaticOrigin } from '../../src/bgp/speaker-config.js'
import type { RouteSource } from '../../src/cluster/underlay.js'
import { filterCalls, filterFunctionTexts } from './filter-config.js'

const HIGHEST = 2147483647

/** Calico's own waits in seconds, and shorter ones, which change when a session comes up and not whether. */
export const WAITS = {
  calico: { delay: 2, retry: 5, error: 5, longest: 30 },
  short: { delay: 1, retry: 3, error: 2, longest: 4 },
} as const
export type Waits = (typeof WAITS)[keyof typeof WAITS]

/** The text, or undefined for a speaker that runs no BGP over this family. */
export function birdConfig(
  context: BgpContext,
  speaker: Speaker,
  family: Family,
  waits: Waits = WAITS.short,
): string | undefined {
  const config = speakerConfig(context, speaker, family)
  if (!config.bgpEnabled || config.routerID === undefined) return undefined
  return [
    `router id ${config.routerID};`,
    ...Object.entries(waits).map(([name, seconds]) => `define wait_${name} = ${seconds};`),
    ...listen(config),
    'protocol device { scan time 2; }',
    ...(speaker.kind === 'node' ? nodeParts(context, config) : routerParts(context, speaker, config)),
    '',
  ].join('\n')
}

function listen({ listenAddress, listenPort }: SpeakerConfig): string[] {
  if (listenAddress === undefined && listenPort === undefined) return []
  const address = listenAddress === undefined ? '' : ` address ${formatAddress(listenAddress)}`
  return [`listen bgp${address}${listenPort === undefined ? '' : ` port ${listenPort}`};`]
}

function nodeParts(context: BgpContext, config: SpeakerConfig): string[] {
  const { exportPolicy, kernelPolicy, directInterfaces, sessions } = config
  if (exportPolicy === undefined || kernelPolicy === undefined) throw new Error('a node has its policies')
  const filters = understoodFilters(context)
  const password = (session: SessionOptions): string | undefined => passwordOf(context, config.speaker, session).value
  return [
    `protocol direct { interface ${directInterfaces.map(quotedPattern).join(', ')}; }`,
    ...statics(config.statics),
    ...exportFunction(config, exportPolicy),
    ...kernelFilter(config, kernelPolicy),
    ...kernel('filter calico_kernel_programming', kernelPolicy.mergePaths),
    ...filterFunctionTexts(filters, config.family),
    ...sessions.flatMap((session) =>
      protocol(session, nodeFilters(filters, config, kernelPolicy, session), password(session)),
    ),
  ]
}

function quotedPattern(pattern: string): string {
  return pattern.startsWith('-') ? `-"${pattern.slice(1)}"` : `"${pattern}"`
}

function statics(routes: readonly StaticOrigin[]): string[] {
  if (routes.length === 0) return []
  const lines = routes.map(({ prefix, type, via }) =>
    via === undefined
      ? `route ${formatPrefix(prefix)} ${type};`
      : `route ${formatPrefix(prefix)} via ${formatAddress(via)};`,
  )
  return ['protocol static {', ...lines, '}']
}

function kernel(exported: string, mergePaths: boolean): string[] {
  return [
    'protocol kernel { learn; persist; scan time 2; import all; graceful restart;',
    `  export ${exported};`,
    ...(mergePaths ? ['  merge paths on;'] : []),
    '}',
  ]
}

function inside(prefix: Prefix): string {
  return `net ~ ${formatPrefix(prefix)}`
}

function exportFunction(config: SpeakerConfig, policy: ExportPolicy): string[] {
  const interfaces = (patterns: readonly string[]): string =>
    `if (defined(ifname)) then { if (${patterns.map((p) => `(ifname ~ "${p}")`).join(' || ')}) then { reject; } }`
  const aggregate = (prefix: Prefix): string[] => [
    `if (net = ${formatPrefix(prefix)}) then { accept; }`,
    ...(config.kernelPolicy?.metrics
      ? [`if (${inside(prefix)} && krt_metric < ${config.normalRoutePriority}) then { accept; }`]
      : []),
    `if (${inside(prefix)}) then { reject; }`,
  ]
  const accepted = [
    ...policy.serviceRoutes,
    ...policy.reflectorRanges.loadBalancer,
    ...policy.reflectorRanges.external,
    ...policy.acceptPools,
  ]
  return [
    'function calico_export_to_bgp_peers(bool internal_peer) {',
    ...policy.rejectPools.map((pool) => `  if (${inside(pool)}) then { reject; }`),
    ...(policy.rejectInterfacesInternal.length === 0
      ? []
      : [`  if (internal_peer) then { ${interfaces(policy.rejectInterfacesInternal)} }`]),
    ...(policy.rejectInterfaces.length === 0 ? [] : [`  ${interfaces(policy.rejectInterfaces)}`]),
    ...policy.communities.map(({ prefix, values }) => communities(prefix, values)),
    ...policy.aggregates.filter(({ rules }) => rules).flatMap(({ prefix }) => aggregate(prefix)),
    ...accepted.map((prefix) => `  if (${inside(prefix)}) then { accept; }`),
    '}',
  ]
}

function communities(prefix: Prefix, values: readonly string[]): string {
  const add = values.map((value) => {
    const parts = value.split(':')
    return `bgp_${parts.length === 3 ? 'large_' : ''}community.add((${parts.join(', ')}));`
  })
  return `  if (${inside(prefix)}) then { ${add.join(' ')} }`
}

function kernelFilter({ subnet, normalRoutePriority }: SpeakerConfig, policy: KernelPolicy): string[] {
  const tunnel = 'krt_tunnel = "tunl0"; accept;'
  const pool = ({ prefix, action }: KernelPolicy['pools'][number]): string => {
    switch (action) {
      case 'accept':
        return `  if (${inside(prefix)}) then { accept; }`
      case 'reject':
        return `  if (${inside(prefix)}) then { reject; }`
      case 'tunnel':
        return `  if (${inside(prefix)}) then { ${tunnel} }`
      case 'crossSubnet':
        return subnet === undefined
          ? `  if (${inside(prefix)}) then { ${tunnel} }`
          : `  if (${inside(prefix)}) then { if (defined(bgp_next_hop) && (bgp_next_hop ~ ${formatPrefix(subnet)})) then { accept; } ${tunnel} }`
    }
  }
  return [
    'filter calico_kernel_programming {',
    ...policy.serviceRejects.map((prefix) => `  if (${inside(prefix)}) then { reject; }`),
    ...(policy.metrics
      ? [
          '  if (defined(source) && (source = RTS_BGP) && !defined(krt_metric)) then {',
          `    krt_metric = ${normalRoutePriority};`,
          `    if (defined(bgp_local_pref)) then { krt_metric = ${HIGHEST} - bgp_local_pref; }`,
          `    if (krt_metric < ${normalRoutePriority}) then { preference = 200; }`,
          '  }',
        ]
      : []),
    ...policy.rejectNextHops.map(
      (peer) => `  if ((defined(bgp_next_hop)) && (bgp_next_hop = ${formatAddress(peer)})) then { reject; }`,
    ),
    ...policy.pools.map(pool),
    '  accept;',
    '}',
  ]
}

interface Filters {
  readonly imported: string
  readonly exported: string
}

function nodeFilters(
  filters: FiltersByName,
  config: SpeakerConfig,
  { metrics }: KernelPolicy,
  session: SessionOptions,
): Filters {
  const calls = (direction: 'import' | 'export'): string =>
    filterCalls(filters, session, direction, config.family).join(' ')
  const elevated = HIGHEST - config.normalRoutePriority
  const synchronise = [
    'if (defined(source) && source = RTS_BGP && defined(bgp_local_pref)) then {',
    `krt_metric = ${HIGHEST} - bgp_local_pref;`,
    '} else {',
    `if (!defined(krt_metric)) then { krt_metric = ${config.normalRoutePriority}; }`,
    `bgp_local_pref = ${HIGHEST} - krt_metric;`,
    '}',
  ].join(' ')
  const call = `calico_export_to_bgp_peers(${session.type === 'ibgp'}); reject;`
  return {
    imported: metrics
      ? `filter { ${calls('import')} if (defined(bgp_local_pref) && (bgp_local_pref > ${elevated})) then preference = 200; accept; }`
      : `filter { ${calls('import')} accept; }`,
    exported: `filter { ${metrics ? synchronise : ''} ${calls('export')} ${call} }`,
  }
}

function protocol(session: SessionOptions, { imported, exported }: Filters, password: string | undefined): string[] {
  const { port, sourceAddress, ttlSecurity, multihop, gracefulRestartTime } = session
  return [
    `protocol bgp ${session.birdName} {`,
    `  local as ${session.localAS};`,
    `  neighbor ${session.peerIP}${port === undefined ? '' : ` port ${port}`} as ${session.remoteAS};`,
    '  graceful restart;',
    '  connect delay time wait_delay;',
    '  connect retry time wait_retry;',
    '  error wait time wait_error,wait_longest;',
    // A router's sessions on one link resolve nothing.
    ...(session.kind === 'router' ? [] : ['  gateway recursive;']),
    ...(session.addPaths ? ['  add paths on;'] : []),
    ...(sourceAddress === undefined ? [] : [`  source address ${formatAddress(sourceAddress)};`]),
    ...(ttlSecurity === undefined ? [] : ['  ttl security on;']),
    ...multihopOption(ttlSecurity ?? multihop),
    `  import ${imported};`,
    `  export ${exported};`,
    ...(session.passive ? ['  passive on;'] : []),
    ...(gracefulRestartTime === undefined ? [] : [`  graceful restart time ${gracefulRestartTime};`]),
    ...(session.keepaliveTime === undefined ? [] : [`  keepalive time ${session.keepaliveTime};`]),
    ...(session.rrClient ? ['  rr client;'] : []),
    ...(session.rrClient && session.rrClusterID ? [`  rr cluster id ${session.rrClusterID};`] : []),
    ...(password === undefined ? [] : [`  password "${password}";`]),
    ...(session.nextHopKeep ? ['  next hop keep;'] : []),
    ...(session.nextHopSelf ? ['  next hop self;'] : []),
    ...(session.allowLocalAS > 0 ? [`  allow local as ${session.allowLocalAS};`] : []),
    '}',
  ]
}

function multihopOption(hops: number | undefined): string[] {
  return hops === undefined ? ['  direct;'] : [hops === 255 ? '  multihop;' : `  multihop ${hops};`]
}

const SOURCES: Readonly<Record<RouteSource, string>> = {
  connected: 'RTS_DEVICE',
  static: 'RTS_STATIC',
  kernel: 'RTS_INHERIT',
  bgp: 'RTS_BGP',
}

function routerParts(context: BgpContext, speaker: Speaker, config: SpeakerConfig): string[] {
  const router = routerOf(context, speaker)
  if (router === undefined) throw new Error(`${speaker.name} is no router`)
  const exported = (session: SessionOptions): string => {
    const sources = config.advertise?.get(session.peerIP) ?? []
    const rules = sources.map((source) => `if (source = ${SOURCES[source]}) then accept;`)
    return `filter { ${rules.join(' ')} reject; }`
  }
  return [
    'protocol direct { interface "*"; }',
    ...statics(config.statics),
    ...kernel('all', true),
    ...config.sessions.flatMap((session) =>
      protocol(
        session,
        { imported: 'all', exported: exported(session) },
        passwordOf(context, config.speaker, session).value,
      ),
    ),
  ]
}
