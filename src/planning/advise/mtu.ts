/** What MTU a network leaves to pods, and how a cluster gets there. Bytes throughout. */

import type { Cluster } from '../../cluster/cluster.js'
import { at } from '../../cluster/read-fields.js'
import { TUNNEL_DEVICES, TUNNEL_OVERHEAD, type TunnelDevice } from '../../dataplane/mtu.js'
import { type MtuGroup, mtuGroups, networkMtu } from '../../dataplane/mtu-fit.js'
import { type AdvisedStep, calicoSpecStep, manifestOf, patchStep, rehearseSteps, restartCalicoNode } from './steps.js'

/** What a network of one kind leaves to pods. */
export interface NetworkMtu {
  readonly where: string
  /** Of the network itself, which is what pods get without encapsulation. */
  readonly network: number
  readonly tunnels: { readonly [D in TunnelDevice]: number }
}

/** AKS splits packets of more than 1400 bytes, and WireGuard's may not be split (felix int_dataplane.go). */
const AKS_WIREGUARD = 100

const NETWORKS: readonly (readonly [where: string, network: number, wireguard?: number])[] = [
  ['Ethernet', 1500],
  ['Jumbo frames', 9000],
  ['AWS', 9001],
  ['Google Cloud', 1460],
  ['OpenStack with VXLAN', 1450],
  ['AKS, WireGuard for hosts too', 1500, AKS_WIREGUARD],
]

/** The networks that Calico's documentation lists, and any others asked for. */
export function networkTable(others: readonly number[] = []): readonly NetworkMtu[] {
  const listed = [...NETWORKS, ...others.map((mtu) => ['Asked for', mtu] as const)]
  return listed.map(([where, network, wireguard = 0]) => ({
    where,
    network,
    tunnels: {
      ipip: network - TUNNEL_OVERHEAD.ipip,
      vxlan: network - TUNNEL_OVERHEAD.vxlan,
      vxlanV6: network - TUNNEL_OVERHEAD.vxlanV6,
      wireguard: network - TUNNEL_OVERHEAD.wireguard - wireguard,
      wireguardV6: network - TUNNEL_OVERHEAD.wireguardV6 - wireguard,
    },
  }))
}

/** How the pods come to the wanted MTU. */
export type MtuMeans =
  /** They have it. */
  | 'keep'
  /** Felix works it out by itself once nothing is set by hand. */
  | 'detect'
  /** The same, once it is told which devices to look at. */
  | 'pattern'
  /** Numbers set by hand: the network is smaller somewhere than nodes see, or the release detects nothing. */
  | 'explicit'

export interface MtuAdvice {
  readonly network: number
  /** True: nothing in the input says what the network carries. */
  readonly assumed: boolean
  readonly groups: readonly MtuGroup[]
  /** What pods should have: the network's MTU less the largest tunnel in use. */
  readonly wanted: number
  /** Tunnels in use on any node. */
  readonly tunnels: readonly TunnelDevice[]
  readonly means: MtuMeans
  readonly steps: readonly AdvisedStep[]
  /** MTUs with the steps carried out. */
  readonly after: readonly MtuGroup[]
}

export function adviseMtu(cluster: Cluster): MtuAdvice {
  const network = networkMtu(cluster)
  const groups = mtuGroups(cluster)
  const tunnels = TUNNEL_DEVICES.filter((device) => groups.some(({ fits }) => fits.some((f) => f.carriage === device)))
  const wanted = network - Math.max(0, ...tunnels.map((device) => TUNNEL_OVERHEAD[device]))
  const means = meansFor(cluster, groups, network, wanted)
  const steps = means === 'keep' ? [] : stepsFor(cluster, { network, wanted, tunnels, means, groups })
  const after = steps.length === 0 ? groups : mtuGroups(rehearseSteps(cluster, steps).cluster)
  return { network, assumed: cluster.underlay.assumed, groups, wanted, tunnels, means, steps, after }
}

function meansFor({ release }: Cluster, groups: readonly MtuGroup[], network: number, wanted: number): MtuMeans {
  const right = groups.every(
    ({ mtu, fits }) => mtu.pod === wanted && fits.every((fit) => fit.carriage === 'none' || fit.device <= fit.room),
  )
  if (right) return 'keep'
  if (release.mtuDetection === 'fixed') return 'explicit'
  if (groups.some(({ mtu }) => mtu.interface !== network)) return 'explicit'
  return groups.some(({ mtu }) => !mtu.detected) ? 'pattern' : 'detect'
}

interface Design {
  readonly network: number
  readonly wanted: number
  readonly tunnels: readonly TunnelDevice[]
  readonly means: MtuMeans
  readonly groups: readonly MtuGroup[]
}

const FELIX_FIELD = {
  ipip: 'ipipMTU',
  vxlan: 'vxlanMTU',
  vxlanV6: 'vxlanMTUV6',
  wireguard: 'wireguardMTU',
  wireguardV6: 'wireguardMTUV6',
} as const satisfies Readonly<Record<TunnelDevice, string>>

function stepsFor(cluster: Cluster, design: Design): readonly AdvisedStep[] {
  return [
    ...felixSteps(cluster, design),
    ...podSteps(cluster, design.means === 'explicit' ? design.wanted : 0),
    ...restartCalicoNode(cluster, 'calico-node reads its environment and writes the new MTU for the CNI plugin.'),
    {
      about: 'Pods keep the MTU that they started with until they are made anew, namespace by namespace.',
      command: 'kubectl rollout restart deployment,statefulset,daemonset -n NAMESPACE',
    },
  ]
}

function felixSteps(cluster: Cluster, { network, tunnels, means, groups }: Design): readonly AdvisedStep[] {
  const { felix } = cluster
  const said = manifestOf(cluster, 'FelixConfiguration', 'default')?.resource.spec
  const isSaid = (device: TunnelDevice): boolean => at(said, FELIX_FIELD[device]) !== undefined
  if (means === 'explicit') {
    // What the environment of calico-node sets comes from veth_mtu, and wins over FelixConfiguration.
    const open = tunnels.filter((device) => isSaid(device) || felix[FELIX_FIELD[device]] === 0)
    const room = (device: TunnelDevice): number => network - TUNNEL_OVERHEAD[device]
    if (open.every((device) => felix[FELIX_FIELD[device]] === room(device))) return []
    const spec = Object.fromEntries(open.map((device) => [FELIX_FIELD[device], room(device)]))
    const about = "The tunnel devices leave room for the tunnels' own bytes."
    return [calicoSpecStep(cluster, about, 'FelixConfiguration', 'default', spec)]
  }
  const unset = Object.fromEntries(TUNNEL_DEVICES.filter(isSaid).map((device) => [FELIX_FIELD[device], null]))
  const uplinks = [...new Set(groups.map(({ uplink }) => uplink))].sort()
  const pattern = means === 'pattern' ? { mtuIfacePattern: `^(${uplinks.map(literally).join('|')})$` } : {}
  const spec = { ...pattern, ...unset }
  if (Object.keys(spec).length === 0) return []
  const about =
    means === 'pattern'
      ? 'Felix looks at the devices that carry the traffic.'
      : 'Felix works the MTUs of the tunnels out by itself.'
  return [calicoSpecStep(cluster, about, 'FelixConfiguration', 'default', spec)]
}

function literally(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** `wanted` of 0 leaves it to Felix. Nothing to do where that is what stands there. */
function podSteps(cluster: Cluster, wanted: number): readonly AdvisedStep[] {
  const detects = cluster.release.mtuDetection === 'detected'
  if (cluster.cni.mtu === wanted && (wanted !== 0 || detects)) return []
  const installation = cluster.manifests.find(({ resource }) => resource.kind === 'Installation')
  if (installation !== undefined) {
    const body = { spec: { calicoNetwork: { mtu: wanted === 0 ? null : wanted } } }
    const { name } = installation.resource.metadata
    const words = {
      client: 'kubectl',
      kind: 'operator.tigera.io/Installation',
      word: 'installation',
      name,
      body,
    } as const
    return [patchStep('New pods get the MTU that fits.', words, true)]
  }
  const config = manifestOf(cluster, 'ConfigMap', 'calico-config')
  const namespace = config?.resource.metadata.namespace ?? 'kube-system'
  const body = { data: { veth_mtu: String(wanted) } }
  const words = {
    client: 'kubectl',
    kind: 'core/ConfigMap',
    word: 'configmap',
    name: 'calico-config',
    namespace,
    body,
  } as const
  return [patchStep('New pods get the MTU that fits.', words, config !== undefined)]
}
