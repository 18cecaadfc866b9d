/** Network namespaces for one cluster: a bridge for each subnet, a namespace for each node and router, real routes. */

import { execFileSync, spawnSync } from 'node:child_process'
import { type Family, formatAddress } from '../../src/address/address.js'
import { bitsOf, formatPrefix, hostPrefix, type InterfaceAddress } from '../../src/address/prefix.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import type { StaticRoute } from '../../src/cluster/underlay.js'
import type { ExplainedRoute } from '../../src/dataplane/kernel-route.js'

const PREFIX = 'cplab-'
const FABRIC = `${PREFIX}fabric`

export function namespaceOf(name: string): string {
  return `${PREFIX}${name}`
}

/** Runs ip(8) inside a namespace, a line each. Throws with the lines and what ip said. */
export function ip(namespace: string, lines: readonly string[]): void {
  if (lines.length === 0) return
  const { status, stderr } = spawnSync('ip', ['-n', namespace, '-batch', '-'], {
    input: lines.join('\n'),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${namespace}: ${stderr}\n${lines.join('\n')}`)
}

/** Takes away whatever an earlier run left. */
export function removeNamespaces(): void {
  const listed = JSON.parse(execFileSync('ip', ['-j', 'netns', 'list'], { encoding: 'utf8' }) || '[]') as {
    readonly name: string
  }[]
  for (const { name } of listed) if (name.startsWith(PREFIX)) execFileSync('ip', ['netns', 'delete', name])
}

/**
 * `routesOf` is asked for the host routes of a node's pods: Felix does not run here, so they are put in its place, with
 * an interface below each.
 */
export function createNamespaces(
  cluster: Cluster,
  family: Family,
  routesOf: (node: number) => readonly ExplainedRoute[],
): void {
  const { underlay } = cluster
  namespace(FABRIC)
  ip(
    FABRIC,
    underlay.subnets.flatMap(({ index }) => [`link add br${index} type bridge`, `link set br${index} up`]),
  )
  for (const node of cluster.nodes) {
    const attachment = underlay.attachments[node.index]
    const name = namespaceOf(node.name)
    const own = node.bgpAddress[family]
    namespace(name)
    if (attachment?.subnet === undefined || own === undefined) continue
    wire(name, attachment.interface, attachment.subnet, `n${node.index}`, own)
    ip(name, [
      ...written(
        [attachment.defaultRoute, attachment.defaultRoute6, ...attachment.staticRoutes].filter(
          (route) => route?.to.family === family,
        ),
        own,
        attachment.interface,
      ),
    ])
    standIn(name, 'tunl0', `t${node.index}`)
    const pods = routesOf(node.index).filter(({ why }) => why.rule === 'localPod')
    for (const [i, { route }] of pods.entries()) standIn(name, route.dev ?? '', `n${node.index}c${i}`)
    ip(
      name,
      pods.map(
        ({ route: { dst, dev = '', metric } }) =>
          `route add ${dst} dev ${dev} scope link${metric === undefined ? '' : ` metric ${metric}`}`,
      ),
    )
  }
  for (const router of underlay.routers) {
    const name = namespaceOf(router.name)
    namespace(name)
    for (const { name: device, subnet, address } of router.interfaces) {
      wire(name, device, subnet, `r${router.index}s${subnet}`, address)
    }
    if (router.bgp === undefined) {
      ip(
        name,
        written(
          router.staticRoutes.filter(({ to }) => to.family === family),
          undefined,
          undefined,
        ),
      )
    }
  }
}

/** Without duplicate address detection, which would hold IPv6 addresses back for seconds. */
const SYSCTLS = [
  'net.ipv4.ip_forward=1',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv6.conf.all.forwarding=1',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv6.conf.all.accept_dad=0',
]

function namespace(name: string): void {
  execFileSync('ip', ['netns', 'add', name])
  ip(name, ['link set lo up'])
  for (const setting of SYSCTLS) execFileSync('ip', ['netns', 'exec', name, 'sysctl', '-qw', setting])
}

function wire(inside: string, device: string, subnet: number, port: string, address: InterfaceAddress): void {
  ip(FABRIC, [
    `link add p${port} type veth peer name ${device} netns ${inside}`,
    `link set p${port} master br${subnet}`,
    `link set p${port} up`,
  ])
  ip(inside, [
    `address add ${formatAddress(address.address)}/${address.network.length} dev ${device}`,
    `link set ${device} up`,
  ])
}

function written(
  routes: readonly (StaticRoute | undefined)[],
  own: InterfaceAddress | undefined,
  uplink: string | undefined,
): string[] {
  return routes
    .flatMap((route) => route ?? [])
    .flatMap(({ to, type, via, dev, protocol, metric }) => {
      const device = type === 'unicast' ? (dev ?? uplink) : undefined
      const hostMask = own !== undefined && own.network.length === bitsOf(own.network.family) && via !== undefined
      const rest = `${device === undefined ? '' : ` dev ${device}`} proto ${protocol}`
      return [
        ...(hostMask ? [`route replace ${formatPrefix(hostPrefix(via))}${rest} scope link`] : []),
        `route replace ${type === 'unicast' ? '' : `${type} `}${formatPrefix(to)}${via === undefined ? '' : ` via ${formatAddress(via)}`}${rest}${metric > 0 ? ` metric ${metric}` : ''}`,
      ]
    })
}

/** The global address behind each link-local one of the Underlay's routers. */
export function linkLocalOwners(cluster: Cluster): ReadonlyMap<string, string> {
  return new Map(
    cluster.underlay.routers.flatMap((router) =>
      router.interfaces.flatMap(({ name, address }) => {
        const args = ['-n', namespaceOf(router.name), '-6', '-j', 'address', 'show', 'dev', name, 'scope', 'link']
        const [shown] = JSON.parse(execFileSync('ip', args, { encoding: 'utf8' }) || '[]') as {
          readonly addr_info?: readonly { readonly local: string }[]
        }[]
        return (shown?.addr_info ?? []).map(({ local }): [string, string] => [local, formatAddress(address.address)])
      }),
    ),
  )
}

/** An interface of this name that is up and leads nowhere. */
function standIn(inside: string, device: string, port: string): void {
  ip(FABRIC, [`link add x${port} type veth peer name ${device} netns ${inside}`, `link set x${port} up`])
  ip(inside, [`link set ${device} up`])
}
