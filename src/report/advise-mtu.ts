/** `advise mtu`: what each network leaves to pods; of a cluster, what its pods get, what fits, and how to get there. */

import type { Cluster } from '../cluster/cluster.js'
import type { TunnelDevice } from '../dataplane/mtu.js'
import type { MtuFit, MtuGroup } from '../dataplane/mtu-fit.js'
import { adviseMtu, type MtuAdvice, type MtuMeans, type NetworkMtu, networkTable } from '../planning/advise/mtu.js'
import { stepBlocks, stepDocuments } from './advise-steps.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'

export function adviseMtuAnswer(cluster: Cluster): Answer {
  return cluster.nodes.length === 0 ? networksAnswer(cluster) : clusterAnswer(cluster, adviseMtu(cluster))
}

const right = (name: string) => ({ name, align: 'right' as const })

const TUNNELS: readonly (readonly [TunnelDevice, string])[] = [
  ['ipip', 'IPIP'],
  ['vxlan', 'VXLAN'],
  ['wireguard', 'WIREGUARD'],
  ['vxlanV6', 'VXLAN IPV6'],
  ['wireguardV6', 'WIREGUARD IPV6'],
]

function networksAnswer(cluster: Cluster): Answer {
  const networks = networkTable()
  const fixed = cluster.release.mtuDetection === 'fixed'
  return {
    document: {
      ...envelope('AdviceReport', cluster),
      topic: 'mtu',
      networks: networks.map(networkDocument),
    },
    blocks: [
      table(
        ['NETWORK', right('MTU'), right('NO TUNNEL'), ...TUNNELS.map(([, name]) => right(name))],
        networks.map(({ where, network, tunnels }) => [
          where,
          String(network),
          String(network),
          ...TUNNELS.map(([device]) => String(tunnels[device])),
        ]),
      ),
      text([
        'The MTU that pods can have: the smallest of the columns that the cluster uses, in every pool and on every node.',
        fixed
          ? `Calico ${cluster.release.name} works none of it out: set veth_mtu of calico-config, and FELIX_IPINIPMTU or FELIX_VXLANMTU of calico-node.`
          : 'Calico works it out by itself where veth_mtu of calico-config is "0", or calicoNetwork.mtu of Installation is not set.',
        'Name a PATH to have a cluster looked at.',
      ]),
    ],
    found: false,
  }
}

function networkDocument({ where, network, tunnels }: NetworkMtu): Readonly<Record<string, unknown>> {
  return { where, network, none: network, ...tunnels }
}

function clusterAnswer(cluster: Cluster, advice: MtuAdvice): Answer {
  const { network, assumed, wanted, means, groups, after, steps } = advice
  return {
    document: {
      ...envelope('AdviceReport', cluster),
      topic: 'mtu',
      network: { mtu: network, assumed },
      wanted: { pod: wanted, tunnels: advice.tunnels },
      means,
      groups: groups.map(groupDocument),
      steps: stepDocuments(steps),
      after: after.map(groupDocument),
    },
    blocks: [
      text([
        `The network carries ${network} bytes${assumed ? ', which is assumed: no Underlay tells' : ''}. ${usedTunnels(advice)}Pods should have ${wanted}.`,
      ]),
      groupTable(groups),
      text([MEANS[means]]),
      ...stepBlocks(steps, 'What to do'),
      ...(steps.length === 0 ? [] : [text([afterWords(advice)])]),
    ],
    found: means !== 'keep',
  }
}

const MEANS: Readonly<Record<MtuMeans, string>> = {
  keep: 'They do. Nothing has to change.',
  detect: 'Felix works it out by itself as soon as nothing is set by hand.',
  pattern: 'Felix works it out by itself as soon as it looks at the right devices.',
  explicit: 'It has to be set by hand: Felix does not see it from the nodes.',
}

const NAMES: Readonly<Record<TunnelDevice, string>> = {
  ipip: 'IPIP takes 20 of them',
  vxlan: 'VXLAN takes 50',
  vxlanV6: 'VXLAN over IPv6 takes 70',
  wireguard: 'WireGuard takes 60',
  wireguardV6: 'WireGuard over IPv6 takes 80',
}

function usedTunnels({ tunnels }: MtuAdvice): string {
  return tunnels.length === 0 ? 'No tunnel is in use. ' : `${tunnels.map((device) => NAMES[device]).join(', ')}. `
}

function groupTable(groups: readonly MtuGroup[]): Block {
  return table(
    ['NODES', 'DEVICE', right('MTU'), right('SEEN'), 'TUNNELS', right('POD MTU'), right('FITS'), 'VERDICT'],
    groups.map((group) => [
      nodesOf(group),
      group.uplink,
      String(group.mtu.interface),
      group.mtu.detected ? String(group.mtu.host) : `${group.mtu.host} (guess)`,
      group.fits.flatMap(({ carriage, device }) => (carriage === 'none' ? [] : `${carriage} ${device}`)).join(', ') ||
        '-',
      String(group.mtu.pod),
      String(group.largestPod),
      verdictOf(group),
    ]),
  )
}

function nodesOf({ nodes }: MtuGroup): string {
  const [first = ''] = nodes
  return nodes.length === 1 ? first : `${first} and ${nodes.length - 1} more`
}

function verdictOf(group: MtuGroup): string {
  const { mtu, largestPod, fits } = group
  const over = Math.max(...fits.map((fit) => overOf(group, fit)))
  if (over > 0) return `${over} too large`
  const wide = fits.find(({ carriage, device, room }) => carriage !== 'none' && device > room)
  if (wide !== undefined) return `${wide.carriage} device ${wide.device - wide.room} too large`
  return mtu.pod < largestPod ? `fits, ${largestPod - mtu.pod} unused` : 'fits'
}

function overOf({ mtu }: MtuGroup, { overDevice, room }: MtuFit): number {
  return Math.max(overDevice, mtu.pod - room)
}

function afterWords({ after, wanted }: MtuAdvice): string {
  const pods = [...new Set(after.map(({ mtu }) => mtu.pod))].sort((a, b) => a - b)
  const reached = pods.length === 1 && pods[0] === wanted
  return reached
    ? `Carried out on the input, every new pod gets ${wanted}.`
    : `Carried out on the input, new pods get ${pods.join(', ')}: the rest lies in what the input does not hold.`
}

function groupDocument(group: MtuGroup): Readonly<Record<string, unknown>> {
  const { nodes, uplink, mtu, fits, largestPod } = group
  return {
    nodes: { count: nodes.length, example: nodes[0] },
    interface: uplink,
    interfaceMtu: mtu.interface,
    host: mtu.host,
    detected: mtu.detected,
    pod: mtu.pod,
    podFromFelix: mtu.podFromFelix,
    largestPod,
    fits,
  }
}
