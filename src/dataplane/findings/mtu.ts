/** MTUs that do not fit. */

import type { Cluster } from '../../cluster/cluster.js'
import type { Finding } from '../../findings/finding.js'
import { TUNNEL_OVERHEAD } from '../mtu.js'
import { type Carriage, type MtuFit, type MtuGroup, mtuGroups, networkMtu } from '../mtu-fit.js'
import { bytes, nodeNames } from './node-names.js'

const WORDS: Readonly<Record<Carriage, string>> = {
  none: 'the network',
  ipip: 'IPIP',
  vxlan: 'VXLAN',
  vxlanV6: 'VXLAN over IPv6',
  wireguard: 'WireGuard',
  wireguardV6: 'WireGuard over IPv6',
}

export function mtuFindings(cluster: Cluster): readonly Finding[] {
  const network = networkMtu(cluster)
  return mtuGroups(cluster).flatMap((group) => [
    ...tooLarge(cluster, group, network),
    ...tunnelTooLarge(cluster, group, network),
    ...notDetected(cluster, group),
  ])
}

/** Nothing is known of an assumed network; somebody who asks for more than 1500 has seen a larger one. */
function isGuess({ underlay }: Cluster, bytesAsked: number, network: number): boolean {
  return underlay.assumed && bytesAsked > network
}

function tooLarge(cluster: Cluster, { nodes, mtu, fits, largestPod }: MtuGroup, network: number): readonly Finding[] {
  const over = (fit: MtuFit): number => Math.max(fit.overDevice, mtu.pod - fit.room)
  const [worst] = [...fits].sort((a, b) => over(b) - over(a))
  // A tunnel that is itself too large for the network is a fault of its own, of which the pods only follow.
  if (worst === undefined || over(worst) <= 0 || (cluster.cni.mtu === 0 && mtu.pod <= worst.device)) return []
  if (isGuess(cluster, mtu.pod, network)) return []
  const overhead = worst.carriage === 'none' ? 0 : TUNNEL_OVERHEAD[worst.carriage]
  const adds = overhead === 0 ? '' : `, ${WORDS[worst.carriage]} adds ${overhead}`
  const assumed = cluster.underlay.assumed ? ' (assumed)' : ''
  return [
    {
      severity: 'warning',
      code: 'POD_MTU_TOO_LARGE',
      message: `Pods on ${nodeNames(nodes)} get an MTU of ${mtu.pod}${adds}, and the network carries ${Math.min(network, mtu.interface)}${assumed}: ${bytes(over(worst))} too much.`,
      hint: `Set veth_mtu of calico-config (Installation: calicoNetwork.mtu) to ${largestPod}, or to 0 to have it worked out, and make the pods anew.`,
      ...podMtuSource(cluster),
    },
  ]
}

function podMtuSource(cluster: Cluster): Pick<Finding, 'resource' | 'path'> {
  const config = cluster.manifests.find(
    ({ resource }) => resource.kind === 'ConfigMap' && resource.metadata.name === 'calico-config',
  )
  if (config !== undefined) {
    const { namespace, name } = config.resource.metadata
    return {
      resource: { kind: 'ConfigMap', ...(namespace === undefined ? {} : { namespace }), name },
      path: ['data', 'veth_mtu'],
    }
  }
  const installation = cluster.manifests.find(({ resource }) => resource.kind === 'Installation')
  if (installation === undefined) return {}
  return {
    resource: { kind: 'Installation', name: installation.resource.metadata.name },
    path: ['spec', 'calicoNetwork', 'mtu'],
  }
}

const FIELD: Readonly<Record<Exclude<Carriage, 'none'>, string>> = {
  ipip: 'ipipMTU',
  vxlan: 'vxlanMTU',
  vxlanV6: 'vxlanMTUV6',
  wireguard: 'wireguardMTU',
  wireguardV6: 'wireguardMTUV6',
}

function tunnelTooLarge(cluster: Cluster, { nodes, mtu, fits }: MtuGroup, network: number): readonly Finding[] {
  return fits.flatMap(({ carriage, device, room }) => {
    if (carriage === 'none' || device <= room || isGuess(cluster, device, network)) return []
    const carries = Math.min(network, mtu.interface)
    return [
      {
        severity: 'warning',
        code: 'TUNNEL_MTU_TOO_LARGE',
        message: `The ${WORDS[carriage]} device of ${nodeNames(nodes)} has an MTU of ${device}, which with its ${TUNNEL_OVERHEAD[carriage]} bytes is ${bytes(device - room)} more than the ${carries} that the network carries.`,
        hint: `Set ${FIELD[carriage]} of FelixConfiguration to ${room}${carries < mtu.interface ? '; a part of the network has a smaller MTU than the nodes see' : ', or leave it out'}.`,
        resource: { kind: 'FelixConfiguration', name: 'default' },
        path: ['spec', FIELD[carriage]],
      },
    ]
  })
}

function notDetected({ release }: Cluster, { nodes, uplink, mtu }: MtuGroup): readonly Finding[] {
  if (mtu.detected) return []
  const effect =
    mtu.interface > mtu.host
      ? `${bytes(mtu.interface - mtu.host)} of each packet go unused`
      : `the network carries ${mtu.interface}`
  return [
    {
      severity: mtu.interface < mtu.host ? 'warning' : 'info',
      code: 'MTU_NOT_DETECTED',
      message: `Felix looks for devices that fit ${release.mtuInterfacePattern === '' ? 'its pattern' : 'mtuIfacePattern'} and ${uplink} of ${nodeNames(nodes)} does not: it assumes an MTU of ${mtu.host}, and ${effect}.`,
      hint: `Set mtuIfacePattern of FelixConfiguration to "^${uplink}$", or the MTUs themselves.`,
      resource: { kind: 'FelixConfiguration', name: 'default' },
      path: ['spec', 'mtuIfacePattern'],
    },
  ]
}
