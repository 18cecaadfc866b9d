/** Network namespaces for one cluster: a bridge for each subnet, a namespace for each node and router, real routes. */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Family, formatAddress } from '../../src/address/address.js'
import { bitsOf, formatPrefix, hostPrefix, type InterfaceAddress } from '../../src/address/prefix.js'
import type { OwnInterface } from '../../src/bgp/plain/input.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import type { StaticRoute } from '../../src/cluster/underlay.js'
import type { ExplainedRoute } from '../../src/dataplane/kernel-route.js'

/** Several labs may run at once: each process has its own namespaces. */
const PREFIX = `cplab-${process.pid}-`
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

/** Takes away this process's namespaces and those of labs that have died. */
export function removeNamespaces(): void {
  const listed = JSON.parse(execFileSync('ip', ['-j', 'netns', 'list'], { encoding: 'utf8' }) || '[]') as {
    readonly name: string
  }[]
  for (const { name } of listed) {
    const owner = /^cplab-(\d+)-/.exec(name)?.[1]
    if (owner !== undefined && (Number(owner) === process.pid || !existsSync(`/proc/${owner}`))) {
      // Another lab may have been quicker.
      spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' })
    }
  }
}

/**
 * `tunnelsOf` is asked for a node's tunnel devices with their addresses. `routesOf` is asked for the host routes of a node's pods: Felix does not run here, so they are put in its place, with
 * an interface below each.
 */
export function createNamespaces(
  cluster: Cluster,
  family: Family,
  routesOf: (node: number) => readonly ExplainedRoute[],
  tunnelsOf: (node: number) => readonly OwnInterface[],
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
    for (const [i, { name: device, address }] of tunnelsOf(node.index).entries()) {
      if (device !== 'tunl0') standIn(name, device, `t${node.index}i${i}`)
      ip(name, [`address add ${formatPrefix(hostPrefix(address))} dev ${device}`])
    }
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
        const text = execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        const [shown] = JSON.parse(text || '[]') as {
          readonly addr_info?: readonly { readonly local: string }[]
        }[]
        return (shown?.addr_info ?? []).map(({ local }): [string, string] => [local, formatAddress(address.address)])
      }),
    ),
  )
}

/** Where a pod lives that answers. */
export function podNamespace(address: string): string {
  return `${PREFIX}pod-${address}`
}

/** A pod behind the node's interface, as the CNI plugin makes it: a host route and a gateway that the node answers for. */
export function createPod(node: string, device: string, address: string, metric: number | undefined): void {
  const pod = podNamespace(address)
  const host = namespaceOf(node)
  namespace(pod)
  ip(host, [`link delete ${device}`])
  ip(pod, [`link add eth0 type veth peer name ${device} netns ${host}`])
  ip(host, [
    `link set ${device} up`,
    `route replace ${address}/32 dev ${device} scope link${metric === undefined ? '' : ` metric ${metric}`}`,
  ])
  ip(pod, [
    'link set eth0 up',
    `address add ${address}/32 dev eth0`,
    'route add 169.254.1.1 dev eth0 scope link',
    'route add default via 169.254.1.1 dev eth0',
  ])
  for (const [where, setting] of [
    [host, `net.ipv4.conf.${device}.proxy_arp=1`],
    [host, `net.ipv4.neigh.${device}.proxy_delay=0`],
  ] as const) {
    execFileSync('ip', ['netns', 'exec', where, 'sysctl', '-qw', setting])
  }
}

/** Cuts a node off without its noticing: its port leaves the bridge, and comes back. */
export function plug(node: number, subnet: number, into: boolean): void {
  ip(FABRIC, [into ? `link set pn${node} master br${subnet}` : `link set pn${node} nomaster`])
}

/** An interface of this name that is up and leads nowhere. */
function standIn(inside: string, device: string, port: string): void {
  ip(FABRIC, [`link add x${port} type veth peer name ${device} netns ${inside}`, `link set x${port} up`])
  ip(inside, [`link set ${device} up`])
}
