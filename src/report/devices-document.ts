/** One node's devices with the keys of `ip -j -d addr`, `bridge -j fdb`, `ip -j neigh` and `ip -j rule`. */

import { formatAddress } from '../address/address.js'
import { formatDestination } from '../address/prefix.js'
import type { NodeDevices } from '../dataplane/devices/node-devices.js'
import type { TunnelDeviceFacts } from '../dataplane/devices/tunnel-device.js'
import type { RoutingRule } from '../dataplane/devices/wireguard-rule.js'
import { TUNNEL_DEVICES } from '../dataplane/mtu.js'

export function deviceDocument(node: NodeDevices): Readonly<Record<string, unknown>> {
  const { mtu } = node
  return {
    node: node.node,
    mtu: {
      interface: node.uplink,
      interfaceMtu: mtu.interface,
      host: mtu.host,
      detected: mtu.detected,
      ...Object.fromEntries(TUNNEL_DEVICES.filter((kind) => mtu.enabled[kind]).map((kind) => [kind, mtu[kind]])),
      podFromFelix: mtu.podFromFelix,
      pod: mtu.pod,
    },
    links: node.devices.map(linkDocument),
    fdb: node.neighbours.flatMap(({ device, forwardingDatabase, entries }) =>
      forwardingDatabase
        ? entries.map(({ mac, destination }) => ({
            mac,
            ifname: device,
            dst: formatAddress(destination),
            flags: ['self'],
            state: 'permanent',
          }))
        : [],
    ),
    neigh: node.neighbours.flatMap(({ device, entries }) =>
      entries.map(({ address, mac }) => ({
        dst: formatAddress(address),
        dev: device,
        lladdr: mac,
        state: ['PERMANENT'],
      })),
    ),
    rules: node.rules.map(ruleDocument),
    allowed: node.allowed.map(({ set, protocol, port, members, fromPods }) => ({
      set,
      protocol,
      ...(port === undefined ? {} : { port }),
      members: members.map(formatDestination),
      fromPods,
    })),
    nat: node.nat.map(({ family, rules }) => ({
      chain: 'cali-nat-outgoing',
      family: family === 4 ? 'ipv4' : 'ipv6',
      rules,
    })),
  }
}

function linkDocument(device: TunnelDeviceFacts): Readonly<Record<string, unknown>> {
  const { name, mtu, address, family } = device
  return {
    ifname: name,
    mtu,
    ...(device.kind === 'vxlan' ? { address: device.mac } : {}),
    linkinfo: { info_kind: device.kind, ...infoData(device) },
    addr_info:
      address === undefined
        ? []
        : [
            {
              family: family === 4 ? 'inet' : 'inet6',
              local: formatAddress(address),
              prefixlen: family === 4 ? 32 : 128,
              scope: 'global',
            },
          ],
  }
}

function infoData(device: TunnelDeviceFacts): Readonly<Record<string, unknown>> {
  switch (device.kind) {
    case 'ipip':
      return {}
    case 'vxlan': {
      const { link, port } = device
      if (link === undefined) return { info_data: { external: true, port } }
      const local = link.local.family === 4 ? 'local' : 'local6'
      return {
        info_data: { id: link.vni, [local]: formatAddress(link.local), link: link.parent, port, learning: false },
      }
    }
    case 'wireguard':
      return { info_data: { port: device.port, publicKey: device.publicKey } }
  }
}

function ruleDocument({ priority, inverted, mark, table }: RoutingRule): Readonly<Record<string, unknown>> {
  const bit = `0x${mark.toString(16)}`
  return {
    priority,
    ...(inverted ? { not: null } : {}),
    src: 'all',
    fwmark: inverted ? bit : '0x0',
    fwmask: bit,
    table,
  }
}
