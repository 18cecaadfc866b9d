/** confd's own unit tests of what BIRD may write into the kernel and export, pool by pool. */

import { formatAddress, parseAddress } from '../../../../src/address/address.js'
import { formatPrefix, parsePrefix } from '../../../../src/address/prefix.js'
import { type BgpContext, createBgpContext } from '../../../../src/bgp/config/context.js'
import { speakerConfig } from '../../../../src/bgp/config/speaker-config.js'
import type { SpeakerConfig } from '../../../../src/bgp/speaker-config.js'
import { ipamView } from '../../../../src/ipam/ipam-view.js'
import type { Resource } from '../../../../src/manifests/resource.js'
import { clusterFrom } from '../../cluster-from.js'
import { canonical } from '../../compare.js'
import { calico, type DataplaneCase, type Fields, familyOf, listOf, poolsOf, RELEASE, textOf } from './case.js'

export function judgeKernelFilter(item: DataplaneCase): readonly string[] {
  const family = familyOf(item.config)
  const subnet = parsePrefix(textOf(item.config?.localSubnet))
  // A node of which no address of the family is known has no local subnet.
  const own = subnet === undefined ? undefined : textOf(item.config?.localSubnet).replace('.0/', '.1/')
  const bgp = family === 4 ? { ipv6Address: 'fd00::1/64', ipv4Address: own } : { ipv6Address: 'fd00::1/64' }
  const setting = item.config?.bgpProgramClusterRoutes
  const bgpConfiguration = calico('BGPConfiguration', 'default', {
    spec: typeof setting === 'string' ? { programClusterRoutes: setting } : {},
  })
  const node = calico('Node', 'local', { spec: { bgp } })
  const config = configOf([node, bgpConfiguration, ...poolsOf(item.resources)], 'local', family)
  const kernel = (config.kernelPolicy?.pools ?? []).map(({ prefix, action }) => ({
    pool: formatPrefix(prefix),
    action: action === 'reject' ? 'reject' : 'accept',
    by: action === 'reject' ? 'Felix' : 'BIRD',
    krtTunnel: tunnelOf(config, action),
  }))
  const policy = config.exportPolicy
  const exported = [
    ...(policy?.acceptPools ?? []).map((prefix) => ({ pool: formatPrefix(prefix), action: 'accept' })),
    ...(policy?.rejectPools ?? []).map((prefix) => ({ pool: formatPrefix(prefix), action: 'reject' })),
  ]
  return [
    ...compare('kernel', item.expect.kernel === null ? [] : listOf(item.expect.kernel), kernel),
    ...compare('export', listOf(item.expect.export), exported),
  ]
}

function tunnelOf({ subnet }: SpeakerConfig, action: string): unknown {
  if (action === 'tunnel') return 'tunl0'
  if (action !== 'crossSubnet' || subnet === undefined) return undefined
  return Object.fromEntries([
    ['ifNextHopIn', formatPrefix(subnet)],
    ['then', ''],
    ['else', 'tunl0'],
  ])
}

export function judgeWireguardFilter(item: DataplaneCase): readonly string[] {
  const family = familyOf(item.config)
  const nodes = item.resources.filter(({ kind }) => kind === 'Node').map((node) => wireguardNode(node, family))
  const felix = calico('FelixConfiguration', 'default', {
    spec: family === 4 ? { wireguardEnabled: true } : { wireguardEnabledV6: true },
  })
  const config = configOf([...nodes, felix], item.localNode ?? '', family)
  const have = (config.kernelPolicy?.rejectNextHops ?? []).map(formatAddress).sort()
  const want = (item.expect.rejectNextHops as readonly string[]).map((text) => {
    const address = parseAddress(text)
    return address === undefined ? text : formatAddress(address)
  })
  return canonical([...want].sort()) === canonical(have) ? [] : [`rejectNextHops: predicted ${have.join(' ')}`]
}

function wireguardNode(node: Fields, family: 4 | 6): Resource {
  const { name } = node.metadata as { readonly name: string }
  const own = typeof node.wireguardAddr === 'string' ? node.wireguardAddr : undefined
  const length = family === 4 ? 24 : 64
  const bgp = { [family === 4 ? 'ipv4Address' : 'ipv6Address']: `${textOf(node.ip)}/${length}` }
  const wireguard = own && { [family === 4 ? 'interfaceIPv4Address' : 'interfaceIPv6Address']: own }
  const key = own && { [family === 4 ? 'wireguardPublicKey' : 'wireguardPublicKeyV6']: `key-of-${name}` }
  return calico('Node', name, { spec: { bgp, ...(wireguard ? { wireguard } : {}) }, status: key ?? {} })
}

function configOf(resources: readonly Resource[], node: string, family: 4 | 6): SpeakerConfig {
  const cluster = clusterFrom(resources, { calico: RELEASE })
  const context: BgpContext = createBgpContext(cluster, ipamView(cluster))
  const speaker = context.speakerByName.get(node)
  if (speaker === undefined) throw new Error(`no node ${node}`)
  return speakerConfig(context, speaker, family)
}

function compare(what: string, wanted: readonly Fields[], predicted: readonly Fields[]): readonly string[] {
  const spelt = (entries: readonly Fields[]): readonly string[] =>
    entries
      .map((entry) => ({ ...entry, pool: formatPrefix(parsePrefix(textOf(entry.pool)) ?? NOWHERE) }))
      .map(canonical)
      .sort()
  const [want, have] = [spelt(wanted), spelt(predicted)]
  return [
    ...want.filter((entry) => !have.includes(entry)).map((entry) => `${what}: recorded ${entry} is not predicted`),
    ...have.filter((entry) => !want.includes(entry)).map((entry) => `${what}: ${entry} is not recorded`),
  ]
}

const NOWHERE = { family: 4, base: 0, length: 0 } as const
