/** confd's golden tests: what one node's BIRD is told, field by field. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, type Family, formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { filterFunctionName, filterSymbol } from '../../../src/bgp/config/bird-names.js'
import { type BgpContext, createBgpContext } from '../../../src/bgp/config/context.js'
import { filterFunctions } from '../../../src/bgp/config/filter-calls.js'
import { excludesServices } from '../../../src/bgp/config/service-routes.js'
import { passwordOf } from '../../../src/bgp/config/session-password.js'
import { HIGHEST_PRIORITY, SESSION_TEMPLATE } from '../../../src/bgp/config/session-template.js'
import { speakerConfig } from '../../../src/bgp/config/speaker-config.js'
import type { SessionOptions } from '../../../src/bgp/session.js'
import type { SpeakerConfig } from '../../../src/bgp/speaker-config.js'
import type { Cluster, LocalWorkloadPeer } from '../../../src/cluster/cluster.js'
import { encapsulationOf } from '../../../src/cluster/pool.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import type { Area, AreaResult } from '../area.js'
import { clusterFrom, type ListedResource } from '../cluster-from.js'
import { canonical, differences } from '../compare.js'
import { predictedFunctions, recordedFunctions } from './bgp-filter-functions.js'

type Fields = Readonly<Record<string, unknown>>

interface BgpCase {
  readonly name: string
  readonly node: string
  readonly env: Readonly<Record<string, string>>
  readonly hostState?: unknown
  readonly resources: readonly ListedResource[]
  readonly expect: Fields & { readonly family?: 'ipv4' | 'ipv6'; readonly sessions?: readonly Fields[] }
}

export const bgpArea: Area = {
  name: 'bgp',
  run(folder): AreaResult {
    const failed: { case: string; why: string }[] = []
    const cases = bgpCases(folder)
    for (const item of cases) {
      const found = judge(item)
      if (found.length > 0) failed.push({ case: item.name, why: found.join('; ') })
    }
    return { cases: cases.length, passed: cases.length - failed.length, failed, skipped: [] }
  },
}

function bgpCases(folder: string): readonly BgpCase[] {
  const root = join(folder, 'bgp')
  const files = ['', 'unit'].flatMap((part) =>
    readdirSync(join(root, part))
      .filter((name) => name.endsWith('.json'))
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => join(root, part, name)),
  )
  return files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as BgpCase)
}

function judge(item: BgpCase): string[] {
  try {
    return compare(item)
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`]
  }
}

function compare(item: BgpCase): string[] {
  const built = clusterFrom(item.resources, { calico: 'v3.33', environment: item.env })
  const cluster: Cluster = { ...built, localWorkloadPeers: [...built.localWorkloadPeers, ...workloadPeers(item)] }
  const context = createBgpContext(cluster, ipamView(cluster))
  const speaker = context.speakerByName.get(item.node)
  if (speaker === undefined) return [`no node ${item.node}`]
  const { sessions, serviceAdvertised, bgpFilterFunctions, ...expect } = item.expect
  const family: Family = item.expect.family === 'ipv6' ? 6 : 4
  const config = speakerConfig(context, speaker, family)
  const found = differences(expect, predicted(context, config))
  if (sessions !== undefined) found.push(...compareSessions(context, config, sessions))
  if (serviceAdvertised !== undefined) {
    const actual = announced(context, item.node, Object.keys(serviceAdvertised as Fields))
    if (canonical(serviceAdvertised) !== canonical(actual)) found.push(`serviceAdvertised: ${canonical(actual)}`)
  }
  if (bgpFilterFunctions !== undefined) {
    const [want, have] = [
      recordedFunctions(bgpFilterFunctions),
      predictedFunctions(filterFunctions(context.filters, family)),
    ]
    if (canonical(want) !== canonical(have)) {
      found.push(`bgpFilterFunctions: recorded ${canonical(want)}, predicted ${canonical(have)}`)
    }
  }
  return found
}

/** Endpoint-status entries of local workloads, in the words of Felix's endpoint status files. */
function workloadPeers(item: BgpCase): readonly LocalWorkloadPeer[] {
  const found: LocalWorkloadPeer[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'string' && value.startsWith('{')) visit(JSON.parse(value))
    if (value === null || typeof value !== 'object') return
    const peerName = 'bgpPeerName' in value ? value.bgpPeerName : undefined
    if (typeof peerName === 'string') {
      const nets = Object.entries(value).filter(([key]) => /^ipv[46](Nets)?$/i.test(key))
      const addresses = nets.flatMap(([, list]) => list).filter((net) => typeof net === 'string' && net !== '')
      found.push({ node: item.node, peerName, addresses: addresses as string[] })
    } else for (const part of Object.values(value)) visit(part)
  }
  visit(item.hostState)
  return found
}

function predicted(context: BgpContext, config: SpeakerConfig): Fields {
  const { exportPolicy, kernelPolicy } = config
  const texts = (list: readonly Parameters<typeof formatPrefix>[0][] = []): string[] => list.map(formatPrefix)
  const blocks = texts(config.statics.filter((route) => route.kind === 'block').map((route) => route.prefix))
  const services = texts(config.statics.filter((route) => route.kind === 'service').map((route) => route.prefix))
  const via = (scope: 'global' | 'node'): Fields[] =>
    config.statics
      .filter((route) => route.kind === 'reachableBy' && route.scope === scope)
      .map((route) => ({ cidr: formatPrefix(route.prefix), via: route.via && formatAddress(route.via) }))
      .sort((a, b) => (a.cidr < b.cidr ? -1 : 1))
  return {
    family: config.family === 4 ? 'ipv4' : 'ipv6',
    bgpEnabled: config.bgpEnabled,
    routerId: config.routerID,
    localAs: config.bgpEnabled ? config.localAS : null,
    listen: listenOf(config),
    directInterfaces: config.directInterfaces.map(quotedPattern),
    template: templateOf(config),
    sessionCount: config.sessions.length,
    kernelFilter: kernelFilter(context, config),
    kernelServiceRejects: texts(kernelPolicy?.serviceRejects),
    kernelWireguardRejects: kernelPolicy?.rejectNextHops.map((hop: Address) => formatAddress(hop)),
    normalRoutePriority: config.normalRoutePriority,
    exportedPools: { accept: texts(exportPolicy?.acceptPools), reject: texts(exportPolicy?.rejectPools) },
    exportInternalRejectIfnames: exportPolicy?.rejectInterfacesInternal,
    exportServiceRoutes: texts(exportPolicy?.serviceRoutes),
    exportRouteReflectorServiceRanges: {
      loadBalancer: texts(exportPolicy?.reflectorRanges.loadBalancer),
      external: texts(exportPolicy?.reflectorRanges.external),
    },
    aggregates: exportPolicy?.aggregates.map((aggregate) => ({
      cidr: formatPrefix(aggregate.prefix),
      affinityState: aggregate.affinityState,
      acceptExact: aggregate.rules,
      acceptMoreSpecificIfMetricBelow: config.normalRoutePriority,
      rejectMoreSpecific: aggregate.rules,
    })),
    staticBlackholes: [...blocks, ...services],
    staticBlackholesByKind: { blocks, services },
    staticVia: { global: via('global'), node: via('node') },
    communities: exportPolicy?.communities.map(({ prefix, values }) => ({ cidr: formatPrefix(prefix), add: values })),
  }
}

/** The statement is there only when a port or an address is set. */
function listenOf(config: SpeakerConfig): Fields | null {
  if (config.listenPort === undefined && config.listenAddress === undefined) return null
  return {
    ...(config.listenAddress === undefined ? {} : { address: formatAddress(config.listenAddress) }),
    ...(config.listenPort === undefined ? {} : { port: config.listenPort }),
  }
}

function quotedPattern(pattern: string): string {
  return pattern.startsWith('-') ? `-"${pattern.slice(1)}"` : `"${pattern}"`
}

function templateOf(config: SpeakerConfig): Fields | null {
  if (!config.bgpEnabled) return null
  const { gateway, addPaths, gracefulRestart, connectDelayTime, connectRetryTime, errorWaitTime } = SESSION_TEMPLATE
  return {
    localAs: config.localAS,
    gateway,
    addPaths,
    gracefulRestart,
    connectDelayTime,
    connectRetryTime,
    errorWaitTime,
  }
}

function kernelFilter({ cluster }: BgpContext, config: SpeakerConfig): readonly Fields[] {
  return (config.kernelPolicy?.pools ?? []).map(({ prefix, action, pool: name }) => {
    const pool = cluster.pools.find((candidate) => candidate.name === name)
    const rejected = pool && encapsulationOf(pool) === 'vxlan' ? 'vxlan-by-felix' : 'cluster-routes-by-felix'
    return {
      cidr: formatPrefix(prefix),
      action: action === 'reject' ? 'reject' : 'accept',
      tunnel: action === 'tunnel' ? 'always' : action === 'crossSubnet' ? 'cross-subnet' : null,
      ...(action === 'crossSubnet' && config.subnet ? { localSubnet: formatPrefix(config.subnet) } : {}),
      ...(action === 'reject' ? { reason: rejected } : {}),
    }
  })
}

function compareSessions(context: BgpContext, config: SpeakerConfig, recorded: readonly Fields[]): string[] {
  const found: string[] = []
  if (recorded.length !== config.sessions.length) {
    found.push(`sessions: recorded ${recorded.length}, predicted ${config.sessions.map((s) => s.birdName).join(' ')}`)
  }
  const unused = [...config.sessions]
  for (const [i, fields] of recorded.entries()) {
    const named = unused.findIndex((session) => matches(session, fields))
    const [session] = named < 0 ? [] : unused.splice(named, 1)
    if (session === undefined) found.push(`sessions: no ${String(fields.birdName ?? fields.peerIP)}`)
    else {
      if (fields.birdName !== undefined && config.sessions[i] !== session)
        found.push(`${session.birdName}: out of order`)
      found.push(...differences(comparable(fields), sessionFields(context, config, session), `${session.birdName}.`))
    }
  }
  return found
}

function matches(session: SessionOptions, fields: Fields): boolean {
  return fields.birdName === undefined ? fields.peerIP === session.peerIP : fields.birdName === session.birdName
}

/** Local workloads are spelt in several ways. */
function comparable(fields: Fields): Fields {
  const kind = String(fields.kind).replaceAll('_', '').toLowerCase()
  return { ...fields, kind }
}

function sessionFields(context: BgpContext, config: SpeakerConfig, session: SessionOptions): Fields {
  const internal = session.type === 'ibgp'
  const calls = (names: readonly string[], direction: 'import' | 'export'): Fields[] => {
    const functions = filterFunctions(context.filters, config.family)
    return names.map((name) => {
      const birdName = filterFunctionName(name, direction, config.family)
      const takes = functions.find((candidate) => candidate.birdName === birdName)?.takesSameAS === true
      return { function: filterSymbol(name), sameAS: takes ? internal : null }
    })
  }
  const value = passwordOf(context, config.speaker, session).value
  return {
    birdName: session.birdName,
    kind: session.kind.toLowerCase(),
    localAs: session.localAS,
    localAsOverridden: session.localASOverridden,
    peerIP: session.peerIP,
    port: session.port,
    remoteAs: session.remoteAS,
    sourceAddress: session.sourceAddress && formatAddress(session.sourceAddress),
    multihop: true,
    multihopHops: session.multihop,
    multihopExplicitHops: session.ttlSecurity !== undefined,
    importFilter: {
      bgpFilters: calls(session.importFilters, 'import'),
      elevatedIfLocalPrefAbove: HIGHEST_PRIORITY - config.normalRoutePriority,
      elevatedPreference: SESSION_TEMPLATE.elevatedPreference,
      default: 'accept',
    },
    exportFilter: {
      bgpFilters: calls(session.exportFilters, 'export'),
      normalMetric: config.normalRoutePriority,
      internal,
      default: 'reject',
    },
    allowLocalAs: session.allowLocalAS === 0 ? undefined : session.allowLocalAS,
    passive: session.passive,
    rrClient: session.rrClient,
    rrClusterId: session.rrClusterID,
    nextHopKeep: session.nextHopKeep,
    nextHopSelf: session.nextHopSelf,
    password: session.password,
    passwordValue: value,
    ttlSecurity: session.ttlSecurity ?? null,
    gateway: SESSION_TEMPLATE.gateway,
    addPaths: session.addPaths,
    isInternal: internal,
    gracefulRestartTime: session.gracefulRestartTime,
    keepaliveTime: session.keepaliveTime,
  }
}

function announced(context: BgpContext, node: string, services: readonly string[]): Fields {
  const self = context.cluster.nodeByName.get(node)
  const excluded = self !== undefined && excludesServices(context.cluster, self)
  return Object.fromEntries(
    services.map((name) => {
      const where = context.services.services.get(name) ?? []
      return [name, !excluded && (where === 'everywhere' || where.includes(node))]
    }),
  )
}
