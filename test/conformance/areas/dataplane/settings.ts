/** Which encapsulations are on, MTUs and outgoing NAT: what follows from a FelixConfiguration and the pools. */

import { formatPrefix } from '../../../../src/address/prefix.js'
import type { Cluster } from '../../../../src/cluster/cluster.js'
import { releaseOf } from '../../../../src/cluster/release.js'
import { ipipEnabled, noEncapNeeded, vxlanEnabled } from '../../../../src/cluster/route-ownership.js'
import {
  type HostInterface,
  hostMtu,
  podMtuFromFelix,
  TUNNEL_DEVICES,
  tunnelMtu,
} from '../../../../src/dataplane/mtu.js'
import { masqueradeSets } from '../../../../src/dataplane/nat.js'
import { type NatRule, natOutgoingChain } from '../../../../src/dataplane/nat-rules.js'
import { clusterFrom } from '../../cluster-from.js'
import { canonical, differences } from '../../compare.js'
import { calico, type DataplaneCase, type Fields, familyOf, poolsOf, RELEASE } from './case.js'

export function encapsulationFields(cluster: Cluster, node: string): Fields {
  return {
    ipipEnabled: ipipEnabled(cluster, node),
    vxlanEnabled: vxlanEnabled(cluster, node, 4),
    vxlanEnabledV6: vxlanEnabled(cluster, node, 6),
    noEncapNeeded: noEncapNeeded(cluster, node),
  }
}

export function judgeEncapsulation(item: DataplaneCase): readonly string[] {
  return differences(item.expect, encapsulationFields(settingsCluster(item), 'local'))
}

function settingsCluster({ config, resources = [] }: Pick<DataplaneCase, 'config'> & Partial<DataplaneCase>): Cluster {
  const node = calico('Node', 'local', { spec: { bgp: { ipv4Address: '172.16.0.1/24' } } })
  const felix = calico('FelixConfiguration', 'default', { spec: config ?? {} })
  return clusterFrom([node, felix, ...poolsOf(resources)], { calico: RELEASE })
}

/** Encapsulations as the case switches them on; where it names none, those that the pools need. */
export function judgeMtu(item: DataplaneCase): readonly string[] {
  const cluster = settingsCluster(item)
  const settings = cluster.felix
  const pattern = settings.mtuIfacePattern ?? releaseOf(RELEASE)?.mtuInterfacePattern ?? ''
  const found = hostMtu(item.hostInterfaces as readonly HostInterface[], pattern)
  const mtu = tunnelMtu(found.mtu, settings, item.config?.kubernetesProvider === 'AKS')
  const on = (name: string): boolean => item.config?.[name] === true
  const enabled = {
    ipip: on('ipipEnabled'),
    vxlan: on('vxlanEnabled'),
    vxlanV6: on('vxlanEnabledV6'),
    wireguard: on('wireguardEnabled'),
    wireguardV6: on('wireguardEnabledV6'),
  }
  const names = {
    tunl0: 'ipip',
    'vxlan.calico': 'vxlan',
    'vxlan-v6.calico': 'vxlanV6',
    'wireguard.cali': 'wireguard',
    'wg-v6.cali': 'wireguardV6',
  } as const
  const wanted = Object.keys((item.expect.tunnelMTU as Fields | undefined) ?? {})
  return differences(item.expect, {
    podMTU: podMtuFromFelix(found.mtu, mtu, enabled),
    tunnelMTU: Object.fromEntries(
      Object.entries(names)
        .filter(([device]) => wanted.includes(device))
        .map(([device, tunnel]) => [device, mtu[tunnel]]),
    ),
    ...Object.fromEntries(TUNNEL_DEVICES.map((device) => [device.replace(/(V6)?$/, 'MTU$1'), mtu[device]])),
  })
}

export function judgeMasqueradeSets(item: DataplaneCase): readonly string[] {
  const { sources, excluded } = masqueradeSets(settingsCluster(item), familyOf(item.config))
  const sorted = (list: typeof sources): readonly string[] => list.map(formatPrefix).sort()
  const expect = Object.fromEntries(
    Object.entries(item.expect).map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value]),
  )
  return differences(expect, {
    'masq-ipam-pools': sorted(sources),
    'network-ip-pools': sorted(excluded),
    chainActive: sources.length > 0,
  })
}

/** The case says by a flag whether any pool masquerades. */
export function judgeNatChain(item: DataplaneCase): readonly string[] {
  const { natOutgoingActive, natPortRange, ...config } = item.config ?? {}
  const ports = typeof natPortRange === 'string' ? { natPortRange: natPortRange.replace('-', ':') } : {}
  const pool = { kind: 'IPPool', spec: { cidr: '10.0.0.0/16', natOutgoing: natOutgoingActive === true } }
  const cluster = settingsCluster({ ...item, config: { ...config, ...ports }, resources: [pool] })
  const rules = natOutgoingChain(cluster, 'local', familyOf(item.config)).map(ruleFields)
  const [want, have] = [canonical(item.expect.rules), canonical(rules)]
  return want === have ? [] : [`rules: recorded ${want}, predicted ${have}`]
}

function ruleFields({ protocol, outInterface, exceptHosts, action }: NatRule): Fields {
  return {
    match: {
      srcSet: 'masq-ipam-pools',
      notDstSets: ['network-ip-pools', ...(exceptHosts ? ['all-hosts-net'] : [])],
      protocol,
      outInterface,
    },
    action: action.type === 'MASQUERADE' ? { type: action.type, toPorts: action.ports } : action,
  }
}
