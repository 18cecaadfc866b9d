/** `routes --devices`: tunnels, their neighbours, rules and IP sets, in the words of `ip`, `bridge` and `ipset`. */

import { formatAddress } from '../address/address.js'
import { formatDestination } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { AllowedSenders } from '../dataplane/devices/allowed-senders.js'
import type { NodeDevices } from '../dataplane/devices/node-devices.js'
import type { TunnelDeviceFacts } from '../dataplane/devices/tunnel-device.js'
import type { RoutingRule } from '../dataplane/devices/wireguard-rule.js'
import type { NatRule } from '../dataplane/nat-rules.js'
import { type Answer, envelope } from './answer.js'
import { type Block, literal, table, text } from './blocks.js'
import { deviceDocument } from './devices-document.js'
import { number } from './sessions.js'
import { LazyList } from './stream.js'

export interface DevicesQuestion {
  readonly devices: () => Iterable<NodeDevices>
  /** True when particular nodes were asked for: then everything is printed, else a line for each device. */
  readonly chosen: boolean
  /** Nodes of the cluster; more than are shown when the overview shows some. */
  readonly total: number
}

export function devicesAnswer(cluster: Cluster, question: DevicesQuestion): Answer {
  return {
    document: {
      ...envelope('DeviceReport', cluster),
      nodes: new LazyList(() => documents(question)),
    },
    blocks: question.chosen ? nodeBlocks(question) : overviewBlocks(question),
    found: false,
  }
}

function* documents({ devices }: DevicesQuestion): Iterable<unknown> {
  for (const node of devices()) yield deviceDocument(node)
}

function nodeBlocks({ devices }: DevicesQuestion): readonly Block[] {
  const all = [...devices()]
  return all.flatMap((node) => {
    const name = (title: string): string => (all.length > 1 ? `${node.node}: ${title}` : title)
    return [
      literal(node.devices.flatMap(linkLines), name('ip -d addr show')),
      ...node.neighbours.flatMap(({ device, forwardingDatabase, entries }) => [
        ...(forwardingDatabase
          ? [
              literal(
                entries.map(({ mac, destination }) => `${mac} dst ${formatAddress(destination)} self permanent`),
                name(`bridge fdb show dev ${device}`),
              ),
            ]
          : []),
        literal(
          entries.map(({ address, mac }) => `${formatAddress(address)} lladdr ${mac} PERMANENT`),
          name(`ip neigh show dev ${device}`),
        ),
      ]),
      ...(node.rules.length === 0 ? [] : [literal(node.rules.map(ruleLine), name('ip rule'))]),
      ...node.allowed.map((set) => literal(setLines(set), name(`ipset list ${set.set}`))),
      ...node.nat.map(({ family, rules }) =>
        literal(
          rules.map((rule) => natLine(rule, family)),
          name(`${family === 4 ? 'iptables' : 'ip6tables'} -t nat -S cali-nat-outgoing`),
        ),
      ),
      text(notesOf(node)),
    ]
  })
}

const INDENT = '    '

function linkLines(device: TunnelDeviceFacts): readonly string[] {
  const { name, mtu, address, family } = device
  const inet = family === 4 ? 'inet' : 'inet6'
  const own = address && `${INDENT}${inet} ${formatAddress(address)}/${family === 4 ? 32 : 128} scope global`
  const lines = (flags: string, ...detail: readonly string[]): readonly string[] => [
    `${device.kind === 'ipip' ? `${name}@NONE` : name}: <${flags}> mtu ${mtu} state UNKNOWN`,
    ...detail.map((line) => `${INDENT}${line}`),
    ...(own === undefined ? [] : [family === 4 ? `${own} ${name}` : own]),
  ]
  switch (device.kind) {
    case 'ipip':
      return lines('NOARP,UP,LOWER_UP', 'link/ipip 0.0.0.0 brd 0.0.0.0', 'ipip any remote any local any ttl inherit')
    case 'vxlan':
      return lines(
        'BROADCAST,MULTICAST,UP,LOWER_UP',
        `link/ether ${device.mac} brd ff:ff:ff:ff:ff:ff`,
        vxlanLine(device),
      )
    case 'wireguard':
      return lines('POINTOPOINT,NOARP,UP,LOWER_UP', 'link/none', `wireguard listening port ${device.port}`)
  }
}

function vxlanLine({ link, port }: Extract<TunnelDeviceFacts, { kind: 'vxlan' }>): string {
  if (link === undefined) return `vxlan external dstport ${port}`
  const local = link.local.family === 4 ? 'local' : 'local6'
  return `vxlan id ${link.vni} ${local} ${formatAddress(link.local)} dev ${link.parent} srcport 0 0 dstport ${port} nolearning`
}

/** As iproute2 prints it: the number, a tab, the selector. */
export function ruleLine({ priority, inverted, mark, table: name }: RoutingRule): string {
  const bit = `0x${mark.toString(16)}`
  return `${priority}:\t${inverted ? `not from all fwmark ${bit}/${bit}` : `from all fwmark 0x0/${bit}`} lookup ${name}`
}

function setLines({ set, family, members }: AllowedSenders): readonly string[] {
  return [
    `Name: ${set}`,
    'Type: hash:net',
    `Header: family ${family === 4 ? 'inet' : 'inet6'}`,
    `Number of entries: ${members.length}`,
    'Members:',
    ...members.map(formatDestination),
  ]
}

function natLine({ protocol, outInterface, exceptHosts, action }: NatRule, family: 4 | 6): string {
  const set = (name: string): string => `cali${family}0${name}`
  return [
    '-A cali-nat-outgoing',
    ...(protocol === undefined ? [] : ['-p', protocol]),
    ...(outInterface === undefined ? [] : ['-o', outInterface]),
    `-m set --match-set ${set('masq-ipam-pools')} src`,
    `-m set ! --match-set ${set('network-ip-pools')} dst`,
    ...(exceptHosts ? [`-m set ! --match-set ${set('all-hosts-net')} dst`] : []),
    `-j ${actionWords(action)}`,
  ].join(' ')
}

function actionWords(action: NatRule['action']): string {
  switch (action.type) {
    case 'MASQUERADE':
      return action.ports === undefined ? 'MASQUERADE' : `MASQUERADE --to-ports ${action.ports}`
    case 'SNAT':
      return `SNAT --to-source ${action.to}`
    case 'RETURN':
      return 'RETURN'
  }
}

function notesOf({ node, mtu, uplink, devices, allowed }: NodeDevices): readonly string[] {
  return [
    ...(devices.length === 0 ? [`${node} has no tunnel device.`] : []),
    ...allowed.map(({ protocol, port, set, fromPods }) => {
      const what = protocol === 'ipip' ? 'IPIP' : `VXLAN (UDP port ${port})`
      const pods = fromPods ? '' : ' Pods may send none themselves.'
      return `${what} from anybody who is not in ${set} is dropped.${pods}`
    }),
    `${uplink} has an MTU of ${String(mtu.interface)}; new pods get ${String(mtu.pod)}.`,
  ]
}

function overviewBlocks({ devices, total }: DevicesQuestion): readonly Block[] {
  const shown = [...devices()]
  const rows = shown.flatMap(({ node, mtu, uplink, devices: own }) => {
    const first = [node, uplink, '', String(mtu.interface), '', String(mtu.pod)]
    return [
      first,
      ...own.map((device) => [
        node,
        device.name,
        device.address === undefined ? '-' : formatAddress(device.address),
        String(device.mtu),
        detailOf(device),
        '',
      ]),
    ]
  })
  const right = (name: string) => ({ name, align: 'right' as const })
  return [
    table(['NODE', 'DEVICE', 'ADDRESS', right('MTU'), 'TUNNEL', right('POD MTU')], rows),
    text([
      ...(shown.length < total ? [`${number(shown.length)} of ${number(total)} nodes are shown, spread evenly.`] : []),
      '--node NAME prints neighbours, rules and IP sets too; -o json has every node.',
    ]),
  ]
}

function detailOf(device: TunnelDeviceFacts): string {
  switch (device.kind) {
    case 'ipip':
      return 'IPIP'
    case 'vxlan':
      return device.link === undefined ? `port ${device.port}` : `VNI ${device.link.vni}, port ${device.port}`
    case 'wireguard':
      return `port ${device.port}`
  }
}
