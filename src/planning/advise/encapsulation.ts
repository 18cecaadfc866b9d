/** How pods' packets should travel between nodes of a cluster: every mode tried on it, and the one that costs least. */

import type { Address } from '../../address/address.js'
import { firstAddress, formatPrefix, lastAddress, type Prefix } from '../../address/prefix.js'
import { felixAddress } from '../../bgp/felix/node-facts.js'
import type { Cluster } from '../../cluster/cluster.js'
import { isLoadBalancerOnly, type Pool } from '../../cluster/pool.js'
import { at } from '../../cluster/read-fields.js'
import { dataplaneFindings } from '../../dataplane/findings/dataplane-findings.js'
import { TUNNEL_OVERHEAD } from '../../dataplane/mtu.js'
import { mtuGroups, networkMtu } from '../../dataplane/mtu-fit.js'
import type { FindingCode } from '../../findings/catalog.js'
import type { Finding } from '../../findings/finding.js'
import type { IpamView } from '../../ipam/view.js'
import { type AdvisedStep, calicoSpecStep, manifestOf, rehearseSteps } from './steps.js'

export type EncapsulationMode = 'none' | 'ipipCrossSubnet' | 'vxlanCrossSubnet' | 'ipip' | 'vxlan'

/** From what costs least to what works nearly everywhere. */
export const ENCAPSULATION_MODES: readonly EncapsulationMode[] = [
  'none',
  'ipipCrossSubnet',
  'vxlanCrossSubnet',
  'ipip',
  'vxlan',
]

export interface EncapsulationOption {
  readonly mode: EncapsulationMode
  /** Bytes of a tunnelled packet that are not the pod's. */
  readonly overhead: number
  /** What pods can have with it. */
  readonly podMtu: number
  /** Ordered pairs of nodes whose packets are tunnelled, of all pairs. */
  readonly tunnelled: { readonly pairs: number; readonly of: number }
  /** BIRD has to run, on the nodes at least. */
  readonly needsBgp: boolean
  /** Each node takes an address out of a pool for its tunnel. */
  readonly tunnelAddresses: number
  /** Why it would not work here. */
  readonly obstacles: readonly Finding[]
  /** All pools have it now. */
  readonly current: boolean
}

export interface EncapsulationAdvice {
  readonly options: readonly EncapsulationOption[]
  /** Undefined: nothing works here. */
  readonly recommended?: EncapsulationMode
  /** True: nothing in the input says what the network lets pass. */
  readonly assumed: boolean
  /** From the present modes to the recommended ones; none when they are the same. */
  readonly steps: readonly AdvisedStep[]
  /** Pods that run keep an MTU that is too large afterwards, until they are made anew. */
  readonly podsTooLarge: boolean
}

/** What makes a mode unfit. A host mask only makes CrossSubnet as costly as Always. */
const OBSTACLES: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'ROUTES_UNOWNED',
  'ROUTES_OWNED_TWICE',
  'ROUTERS_WITHOUT_POD_ROUTES',
  'GATEWAY_OFF_LINK',
  'SOURCE_CHECK_DROPS_PODS',
  'TUNNEL_DROPPED',
])

export function adviseEncapsulation(cluster: Cluster, ipam: IpamView): EncapsulationAdvice {
  const network = networkMtu(cluster)
  const options = ENCAPSULATION_MODES.map((mode) => optionOf(cluster, ipam, mode, network))
  const fit = options.filter(({ obstacles }) => obstacles.length === 0)
  const best = [...fit].sort(cheaper)[0]
  const steps = best === undefined || best.current ? [] : stepsTo(cluster, best.mode)
  return {
    options,
    ...(best === undefined ? {} : { recommended: best.mode }),
    assumed: cluster.underlay.assumed,
    steps,
    podsTooLarge: best !== undefined && steps.length > 0 && mtuGroups(cluster).some(({ mtu }) => mtu.pod > best.podMtu),
  }
}

/** Fewer tunnelled packets, then fewer bytes, then what is there now. */
function cheaper(a: EncapsulationOption, b: EncapsulationOption): number {
  return (
    a.tunnelled.pairs - b.tunnelled.pairs ||
    b.podMtu - a.podMtu ||
    Number(b.current) - Number(a.current) ||
    ENCAPSULATION_MODES.indexOf(a.mode) - ENCAPSULATION_MODES.indexOf(b.mode)
  )
}

function optionOf(cluster: Cluster, ipam: IpamView, mode: EncapsulationMode, network: number): EncapsulationOption {
  const pools = poolsToChange(cluster)
  const current =
    pools.length > 0 && pools.every((pool) => modesOf(pool, mode).every(([key, value]) => pool[key] === value))
  const changed = current ? cluster : rehearseSteps(cluster, stepsTo(cluster, mode)).cluster
  const found = dataplaneFindings(changed, ipam)
  const kind = mode.startsWith('ipip') ? 'ipip' : mode === 'none' ? undefined : 'vxlan'
  const overhead =
    kind === undefined ? 0 : Math.max(...pools.map(({ prefix }) => overheadOf(kind, prefix)), TUNNEL_OVERHEAD[kind])
  return {
    mode,
    overhead,
    podMtu: network - overhead,
    tunnelled: tunnelledPairs(cluster, mode),
    needsBgp: kind !== 'vxlan' && !(kind === 'ipip' && cluster.release.ipipRoutesOwner === 'felix'),
    tunnelAddresses: kind === undefined ? 0 : cluster.nodes.length,
    obstacles: [...sixWithoutTunnel(cluster, pools, mode), ...found.filter(({ code }) => OBSTACLES.has(code))],
    current,
  }
}

function overheadOf(kind: 'ipip' | 'vxlan', { family }: Prefix): number {
  if (kind === 'ipip') return family === 4 ? TUNNEL_OVERHEAD.ipip : 0
  return family === 4 ? TUNNEL_OVERHEAD.vxlan : TUNNEL_OVERHEAD.vxlanV6
}

/** VXLAN over IPv6 came with v3.23; before, an IPv6 pool with it has no routes. */
function sixWithoutTunnel({ release }: Cluster, pools: readonly Pool[], mode: EncapsulationMode): readonly Finding[] {
  const six = pools.find(({ prefix }) => prefix.family === 6)
  if (!mode.startsWith('vxlan') || six === undefined || release.ipv6MtuOverheads) return []
  return [
    {
      severity: 'error',
      code: 'ROUTES_UNOWNED',
      message: `Calico ${release.name} has no VXLAN over IPv6, and IPPool ${six.name} is ${formatPrefix(six.prefix)}.`,
      hint: 'Leave the IPv6 pool without encapsulation, or go to v3.23 or later.',
      resource: { kind: 'IPPool', name: six.name },
    },
  ]
}

/** Pools that carry pods. A disabled pool may be there to exempt a range from NAT only, and is left alone. */
function poolsToChange({ pools }: Cluster): readonly Pool[] {
  return pools.filter((pool) => !pool.disabled && !isLoadBalancerOnly(pool))
}

type Modes = readonly (readonly ['ipipMode' | 'vxlanMode', Pool['ipipMode']])[]

/** There is no IPIP over IPv6: such a pool goes without. */
function modesOf({ prefix }: Pool, mode: EncapsulationMode): Modes {
  const scope = mode === 'none' ? 'Never' : mode.endsWith('CrossSubnet') ? 'CrossSubnet' : 'Always'
  const kind = mode.startsWith('ipip') ? 'ipip' : 'vxlan'
  const ipip = kind === 'ipip' && prefix.family === 4 ? scope : 'Never'
  return [
    ['ipipMode', ipip],
    ['vxlanMode', kind === 'vxlan' ? scope : 'Never'],
  ]
}

function stepsTo(cluster: Cluster, mode: EncapsulationMode): readonly AdvisedStep[] {
  return [...switchesFor(cluster, mode), ...poolSteps(cluster, mode)]
}

function poolSteps(cluster: Cluster, mode: EncapsulationMode): readonly AdvisedStep[] {
  return poolsToChange(cluster).flatMap((pool) => {
    const modes = modesOf(pool, mode).filter(([key, value]) => pool[key] !== value)
    if (modes.length === 0) return []
    const about = `Packets of ${pool.name} go ${wordOf(pool, mode)}; every node changes over by itself, one after the other.`
    return [calicoSpecStep(cluster, about, 'IPPool', pool.name, Object.fromEntries(modesOf(pool, mode)))]
  })
}

function wordOf(pool: Pool, mode: EncapsulationMode): string {
  const modes = Object.fromEntries(modesOf(pool, mode))
  const scope = modes['ipipMode'] !== 'Never' ? modes['ipipMode'] : modes['vxlanMode']
  if (scope === 'Never') return 'without encapsulation'
  const kind = modes['ipipMode'] !== 'Never' ? 'IPIP' : 'VXLAN'
  return scope === 'CrossSubnet' ? `by ${kind} between subnets` : `by ${kind}`
}

/** Switches that are off by hand would win over the pools. */
function switchesFor(cluster: Cluster, mode: EncapsulationMode): readonly AdvisedStep[] {
  const name = mode.startsWith('ipip') ? 'ipipEnabled' : mode.startsWith('vxlan') ? 'vxlanEnabled' : undefined
  if (name === undefined || cluster.felix[name] !== false) return []
  const said = at(manifestOf(cluster, 'FelixConfiguration', 'default')?.resource.spec, name)
  if (said !== undefined) {
    const about = `The switch ${name} is off by hand and would win over the pools.`
    return [calicoSpecStep(cluster, about, 'FelixConfiguration', 'default', { [name]: null })]
  }
  const variable = name === 'ipipEnabled' ? 'FELIX_IPINIPENABLED' : 'FELIX_VXLANENABLED'
  const daemonSet = manifestOf(cluster, 'DaemonSet', 'calico-node')
  const namespace = daemonSet?.resource.metadata.namespace ?? 'kube-system'
  return [
    {
      about: `${variable} is off by hand and would win over the pools; calico-node restarts with it gone.`,
      command: `kubectl set env daemonset/calico-node -n ${namespace} ${variable}-`,
      ...(daemonSet === undefined
        ? {}
        : {
            change: {
              do: 'setEnv',
              target: { kind: 'apps/DaemonSet', namespace, pick: { by: 'name', names: ['calico-node'] } },
              set: [],
              remove: [variable],
            } as const,
          }),
    },
  ]
}

/** By each node's own mask, as Felix and BIRD decide. Of two families the first pool's counts. */
export function tunnelledPairs(
  cluster: Cluster,
  mode: EncapsulationMode,
): { readonly pairs: number; readonly of: number } {
  const nodes = cluster.nodes.filter(({ os }) => os === 'linux')
  const of = nodes.length * (nodes.length - 1)
  if (mode === 'none') return { pairs: 0, of }
  if (!mode.endsWith('CrossSubnet')) return { pairs: of, of }
  const family = cluster.pools.find((pool) => !isLoadBalancerOnly(pool))?.prefix.family ?? 4
  const held = nodes.flatMap((node) => felixAddress(node, family) ?? [])
  const sorted = held.map(({ address }) => address.value).sort(byValue)
  let near = 0
  for (const { network } of held) near += countWithin(sorted, network) - 1
  return { pairs: of - near, of }
}

type Value = Address['value']

function byValue(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function countWithin(sorted: readonly Value[], network: Prefix): number {
  const [first, last] = [firstAddress(network).value, lastAddress(network).value]
  return lowerBound(sorted, (value) => value > last) - lowerBound(sorted, (value) => value >= first)
}

/** Index of the first value of which `isPast` holds. */
function lowerBound(sorted: readonly Value[], isPast: (value: Value) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const value = sorted[middle]
    if (value !== undefined && isPast(value)) high = middle
    else low = middle + 1
  }
  return low
}
