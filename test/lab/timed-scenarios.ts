/** What may happen to a cluster over time, in the words of the recorded cases: made up at random around their events. */

import type { Resource } from '../../src/manifests/resource.js'
import type { Patch } from '../conformance/events/lab-event.js'
import { type Dice, diceOf } from './dice.js'

export type Step =
  | { readonly do: 'wait'; readonly for: number }
  /** Until every session is up, at most this long. */
  | { readonly do: 'settle'; readonly max: number }
  | {
      readonly do: 'bird_kill' | 'bird_term' | 'bird_start' | 'bird_wipe' | 'node_fail' | 'node_recover'
      readonly node: string
    }
  | { readonly do: 'ip'; readonly node: string; readonly args: string }
  | Patch

export interface TimedScenario {
  readonly name: string
  readonly resources: readonly Resource[]
  readonly steps: readonly Step[]
}

interface Design {
  readonly mesh: boolean
  /** Nodes that reflect, with their cluster IDs. */
  readonly reflectors: Readonly<Record<string, string>>
  readonly count: number
}

const PEERS = [{ nodeSelector: 'all()', peerSelector: "route-reflector == 'true'" }] as const

export function timedScenario(seed: number): TimedScenario {
  const dice = diceOf(seed)
  const kind = dice.pick(['mesh', 'mesh', 'rr', 'rr2', 'rr2', 'migrate', 'migrate', 'migrate'])
  const count = 4 + dice.roll(2)
  if (kind === 'migrate') return migration(seed, dice, count)
  const reflectors: Record<string, string> =
    kind === 'mesh'
      ? {}
      : kind === 'rr'
        ? { n1: '244.0.0.1' }
        : { n1: '244.0.0.1', n2: dice.pick(['244.0.0.1', '244.0.0.2']) }
  const design: Design = { mesh: kind === 'mesh', reflectors, count }
  const node = dice.chance(0.6) && kind !== 'mesh' ? 'n1' : `n${1 + dice.roll(count)}`
  const [what, steps] = happening(dice, node)
  return { name: `${seed} ${kind} ${what} ${node}`, resources: resources(design), steps }
}

function happening(dice: Dice, node: string): readonly [string, readonly Step[]] {
  const gap = dice.pick([2, 5, 15, 40])
  switch (dice.roll(7)) {
    case 0:
      return [
        'killed',
        [
          { do: 'bird_kill', node },
          { do: 'wait', for: 140 },
        ],
      ]
    case 1:
      return [
        `killed, back after ${gap}`,
        [
          { do: 'bird_kill', node },
          { do: 'wait', for: gap },
          { do: 'bird_start', node },
          { do: 'wait', for: 45 },
        ],
      ]
    case 2:
      return [
        'stopped',
        [
          { do: 'bird_term', node },
          { do: 'wait', for: 15 },
        ],
      ]
    case 3:
      return [
        `stopped, back after ${gap}`,
        [
          { do: 'bird_term', node },
          { do: 'wait', for: gap },
          { do: 'bird_start', node },
          { do: 'wait', for: 60 },
        ],
      ]
    case 4:
      return [
        `fails for ${gap + 10}`,
        [
          { do: 'node_fail', node },
          { do: 'wait', for: gap + 10 },
          { do: 'node_recover', node },
          { do: 'wait', for: 40 },
        ],
      ]
    case 5:
      return [
        'link down and up',
        [
          { do: 'ip', node, args: 'link set eth0 down' },
          { do: 'wait', for: gap },
          { do: 'ip', node, args: 'link set eth0 up' },
          { do: 'wait', for: 40 },
        ],
      ]
    default:
      return [
        'fails for good',
        [
          { do: 'node_fail', node },
          { do: 'wait', for: 260 },
        ],
      ]
  }
}

function migration(seed: number, dice: Dice, count: number): TimedScenario {
  const reflector = { n1: { rrClusterId: '244.0.0.1', labels: { 'route-reflector': 'true' } } }
  const label = { n1: { labels: { 'route-reflector': 'true' } } }
  const off: Patch = { do: 'patch', set: { mesh: false } }
  const wait = (): Step => ({ do: 'settle', max: dice.pick([20, 60, 90]) })
  const orders: readonly (readonly [string, readonly Step[]])[] = [
    ['reflector with peers, mesh off', [{ do: 'patch', nodesSet: reflector, set: { peers: PEERS } }, wait(), off]],
    [
      'peers, cluster id, mesh off',
      [
        { do: 'patch', nodesSet: label, set: { peers: PEERS } },
        wait(),
        { do: 'patch', nodesSet: reflector },
        wait(),
        off,
      ],
    ],
    [
      'cluster id, peers, mesh off',
      [{ do: 'patch', nodesSet: reflector }, wait(), { do: 'patch', set: { peers: PEERS } }, wait(), off],
    ],
    ['mesh off, reflector with peers', [off, wait(), { do: 'patch', nodesSet: reflector, set: { peers: PEERS } }]],
    ['all at once', [{ do: 'patch', nodesSet: reflector, set: { mesh: false, peers: PEERS } }]],
  ]
  const [what, steps] = dice.oneOf(orders) ?? ['nothing', []]
  return {
    name: `${seed} migrate ${what}`,
    resources: resources({ mesh: true, reflectors: {}, count }),
    steps: [...steps, { do: 'settle', max: 90 }],
  }
}

function resources({ mesh, reflectors, count }: Design): readonly Resource[] {
  const names = Array.from({ length: count }, (_, i) => `n${i + 1}`)
  return [
    calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: mesh, asNumber: 64512 }),
    calico('IPPool', 'pool-0', { cidr: '10.65.0.0/16', blockSize: 26, ipipMode: 'Never', vxlanMode: 'Never' }),
    ...(Object.keys(reflectors).length === 0 ? [] : [calico('BGPPeer', 'peer-0', PEERS[0])]),
    ...names.flatMap((name, i) => nodeResources(name, i + 1, reflectors[name])),
    {
      apiVersion: 'calico-plan/v1',
      kind: 'Underlay',
      metadata: { name: 'lab' },
      spec: {
        subnets: [{ name: 'net1', cidr: '172.16.1.0/24', gateway: '172.16.1.1' }],
        nodes: names.map((name) => ({ name, subnet: 'net1', interface: 'eth0' })),
        routers: [{ name: 'gw', interfaces: [{ subnet: 'net1', address: '172.16.1.1/24' }] }],
      },
    },
  ]
}

function nodeResources(name: string, i: number, clusterID: string | undefined): readonly Resource[] {
  const address = `172.16.1.${10 + i}`
  const pod = `10.65.${i}.10`
  return [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: { 'kubernetes.io/os': 'linux', ...(clusterID === undefined ? {} : { 'route-reflector': 'true' }) },
        annotations: {
          'projectcalico.org/IPv4Address': `${address}/24`,
          ...(clusterID === undefined ? {} : { 'projectcalico.org/RouteReflectorClusterID': clusterID }),
        },
      },
      status: { addresses: [{ type: 'InternalIP', address }] },
    },
    calico('BlockAffinity', `${name}-block`, {
      node: name,
      cidr: `10.65.${i}.0/26`,
      state: 'confirmed',
      deleted: false,
    }),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `w-${i}`, namespace: 'default' },
      spec: { nodeName: name, containers: [{ name: 'c', image: 'pause' }] },
      status: { phase: 'Running', podIP: pod, podIPs: [{ ip: pod }] },
    },
  ]
}

function calico(kind: string, name: string, spec: object): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }
}
