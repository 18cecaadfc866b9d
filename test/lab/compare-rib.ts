/** A real BIRD table against the predicted one: every route of every protocol, and which is best. */

import { formatAddress } from '../../src/address/address.js'
import { formatPrefix } from '../../src/address/prefix.js'
import type { Path, Resolution } from '../../src/bgp/path.js'
import type { BgpTable } from '../../src/bgp/tables.js'
import { canonical } from '../conformance/compare.js'
import type { Difference } from './compare.js'
import type { BirdRoute } from './rib.js'

interface Described {
  readonly prefix: string
  readonly best: boolean
  readonly open: boolean
  readonly key: string
}

/** `owners`: as in `withoutLinkLocal`. `cut`: protocols over which hardly anything arrives. */
export function tableDifferences(
  real: readonly BirdRoute[],
  table: BgpTable,
  owners: ReadonlyMap<string, string>,
  cut: ReadonlySet<string>,
): readonly Difference[] {
  const left = table.entries.flatMap(({ paths }) => paths.filter(({ birdName }) => !cut.has(birdName)).map(described))
  const found: Difference[] = []
  for (const route of real) {
    if (isLocal(route.prefix) || cut.has(route.protocol)) continue
    const seen = describedReal(route, owners)
    const same = left.filter(({ key }) => key === seen.key)
    const match = same.find(({ best }) => best === seen.best) ?? same.find(({ open }) => open)
    const text = same.length === 0 ? `BIRD has ${seen.key}` : `best ${seen.best} in BIRD: ${seen.key}`
    if (match === undefined) found.push({ dst: seen.prefix, text })
    const used = match ?? same[0]
    if (used !== undefined) left.splice(left.indexOf(used), 1)
  }
  return [...found, ...left.map(({ prefix, key }) => ({ dst: prefix, text: `BIRD lacks ${key}` }))]
}

/** What every interface has by itself. */
function isLocal(prefix: string): boolean {
  return /^(fe80|ff00):/.test(prefix)
}

function described(path: Path): Described {
  const prefix = formatPrefix(path.prefix)
  const bgp = {
    igpMetric: path.igpMetric === undefined ? undefined : String(path.igpMetric),
    origin: path.origin,
    asPath: path.asPath.join(' '),
    nextHop: path.nextHop && formatAddress(path.nextHop),
    localPref: path.localPref,
    med: path.med,
    originatorID: path.originatorID,
    clusterList: path.clusterList.join(' '),
    communities: [...path.communities].sort().join(' '),
  }
  return {
    prefix,
    best: path.verdict.best,
    open: path.verdict.dependsOnArrival === true,
    key: canonical({
      prefix,
      protocol: path.birdName,
      preference: path.preference,
      ...destination(path.resolution),
      ...(path.source === 'bgp' ? bgp : {}),
    }),
  }
}

function destination(resolution: Resolution): Readonly<Record<string, string>> {
  switch (resolution.kind) {
    case 'gateway':
      return { dest: 'via', gateway: formatAddress(resolution.gateway), dev: resolution.dev }
    case 'device':
      return { dest: 'dev', dev: resolution.dev }
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return { dest: resolution.kind }
  }
}

function describedReal(route: BirdRoute, owners: ReadonlyMap<string, string>): Described {
  const { attributes } = route
  const own = (address: string | undefined): string | undefined => address && (owners.get(address) ?? address)
  const text = (name: string): string | undefined => attributes.get(`BGP.${name}`)
  const number = (name: string): number | undefined => {
    const value = text(name)
    return value === undefined ? undefined : Number(value)
  }
  const isBgp = attributes.has('BGP.origin')
  const bgp = {
    igpMetric: route.igpMetric,
    origin: text('origin'),
    asPath: text('as_path') ?? '',
    // In IPv6 the link-local address of the neighbour follows.
    nextHop: text('next_hop')?.split(' ')[0],
    localPref: number('local_pref'),
    med: number('med'),
    originatorID: text('originator_id'),
    clusterList: text('cluster_list') ?? '',
    communities: communities(`${text('community') ?? ''} ${text('large_community') ?? ''}`),
  }
  return {
    prefix: route.prefix,
    best: route.best,
    open: false,
    key: canonical({
      prefix: route.prefix,
      protocol: route.protocol,
      preference: route.preference,
      dest: route.dest,
      ...(route.gateway === undefined ? {} : { gateway: own(route.gateway) }),
      ...(route.dev === undefined ? {} : { dev: route.dev.replace(/^cali.*/, 'cali*') }),
      ...(isBgp ? bgp : {}),
    }),
  }
}

/** `(64512,100) (64512, 1, 2)` in the words of BGPConfiguration. */
function communities(text: string): string {
  const found = text.match(/\([^)]*\)/g) ?? []
  return found
    .map((each) =>
      each
        .slice(1, -1)
        .split(',')
        .map((part) => part.trim())
        .join(':'),
    )
    .sort()
    .join(' ')
}
