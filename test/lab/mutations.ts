/**
 * Changes to a cluster that somebody might make, each on its own harmless to the lab: it stays a cluster that BIRD runs.
 * What comes of several together is what the lab is there to find out.
 */

import type { Family } from '../../src/address/address.js'
import type { Dice } from './dice.js'
import {
  add,
  addressOf,
  bgpOf,
  configuration,
  type Draft,
  type Fields,
  fieldsIn,
  type Item,
  kindOf,
  setBgp,
  specOf,
  underlayOf,
} from './draft.js'
import { filterMutations } from './mutations-filter.js'
import { serviceMutations } from './mutations-service.js'

export type Mutation = (draft: Draft, dice: Dice, family: Family) => void

const nodesOf = (draft: Draft): readonly Item[] => kindOf(draft, 'Node')
const somePeer = (draft: Draft, dice: Dice): Fields => {
  const peer = dice.oneOf(kindOf(draft, 'BGPPeer'))
  return peer === undefined ? {} : specOf(peer)
}
const routersOf = (draft: Draft): readonly Fields[] => fieldsIn(underlayOf(draft), 'routers')
const speakingRouters = (draft: Draft): readonly Fields[] =>
  routersOf(draft).flatMap(({ bgp }) => (bgp === undefined ? [] : [bgp as Fields]))

const NEXT_HOP_MODES = ['Self', 'Keep', 'Auto'] as const
const CLUSTER_IDS = ['244.0.0.1', '244.0.0.1', '244.0.0.2', '244.0.0.3', '1.2.3.4'] as const

const SESSIONS: Readonly<Record<string, Mutation>> = {
  mesh: (draft, dice) => {
    configuration(draft)['nodeToNodeMeshEnabled'] = dice.chance(0.5)
  },
  asOfOneNode: (draft, dice) => {
    const node = dice.oneOf(nodesOf(draft))
    if (node) setBgp(node, 'asNumber', dice.pick([64512, 64601, 64602, 64700]))
  },
  asOfEveryNode: (draft, dice) => {
    const kinds = dice.pick([1, 2, 2, 10])
    for (const [i, node] of nodesOf(draft).entries()) setBgp(node, 'asNumber', 64610 + (i % kinds))
  },
  clusterIDs: (draft, dice) => {
    const reflectors = nodesOf(draft).filter((node) => bgpOf(node, 'routeReflectorClusterID') !== undefined)
    const same = dice.chance(0.4)
    for (const [i, node] of reflectors.entries()) {
      setBgp(node, 'routeReflectorClusterID', same ? '244.0.0.7' : `244.0.0.${i + 1}`)
    }
  },
  reflector: (draft, dice) => {
    const node = dice.oneOf(nodesOf(draft))
    if (node === undefined) return
    setBgp(node, 'routeReflectorClusterID', dice.pick(CLUSTER_IDS))
    node.metadata.labels = { ...node.metadata.labels, 'route-reflector': 'true', rr: 'true' }
  },
  noReflector: (draft, dice) => {
    const node = dice.oneOf(nodesOf(draft).filter((each) => bgpOf(each, 'routeReflectorClusterID') !== undefined))
    if (node) setBgp(node, 'routeReflectorClusterID', undefined)
  },
  nextHopMode: (draft, dice) => {
    somePeer(draft, dice)['nextHopMode'] = dice.pick(NEXT_HOP_MODES)
  },
  keepOriginalNextHop: (draft, dice) => {
    somePeer(draft, dice)['keepOriginalNextHop'] = true
  },
  manual: (draft, dice) => {
    somePeer(draft, dice)['reversePeering'] = 'Manual'
  },
  ttlSecurity: (draft, dice) => {
    somePeer(draft, dice)['ttlSecurity'] = dice.pick([1, 2, 3])
  },
  sourceAddress: (draft, dice) => {
    somePeer(draft, dice)['sourceAddress'] = 'None'
  },
  allowLocalAS: (draft, dice) => {
    const peers = kindOf(draft, 'BGPPeer').filter((peer) => specOf(peer)['peerIP'] !== undefined)
    for (const peer of dice.some(peers, 0.7)) specOf(peer)['numAllowedLocalASNumbers'] = dice.pick([1, 2])
  },
  localAS: (draft, dice) => {
    const peer = dice.oneOf(kindOf(draft, 'BGPPeer').filter((each) => specOf(each)['peerIP'] !== undefined))
    if (peer) specOf(peer)['localASNumber'] = dice.pick([64512, 64601, 64650, 64700])
  },
  wrongAS: (draft, dice) => {
    const peer = dice.oneOf(kindOf(draft, 'BGPPeer').filter((each) => specOf(each)['peerIP'] !== undefined))
    if (peer) specOf(peer)['asNumber'] = dice.pick([64512, 64999, 64701])
  },
  password: (draft, dice) => {
    const key = dice.pick(['one', 'two'])
    secret(draft)
    somePeer(draft, dice)['password'] = { secretKeyRef: { name: 'bgp', key } }
  },
  routerPassword: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    const neighbor = router && dice.oneOf(fieldsIn(router, 'neighbors'))
    secret(draft)
    if (neighbor) neighbor['password'] = dice.pick(['one', 'two'])
  },
  meshPassword: (draft, dice) => {
    secret(draft)
    configuration(draft)['nodeMeshPassword'] = { secretKeyRef: { name: 'bgp', key: dice.pick(['one', 'two']) } }
  },
  listenPort: (draft, dice) => {
    const node = dice.oneOf(nodesOf(draft))
    configuration(draft, `node.${node?.metadata.name}`)['listenPort'] = dice.pick([179, 1790, 2179])
  },
  globalPort: (draft, dice) => {
    configuration(draft)['listenPort'] = dice.pick([179, 1790])
  },
  bindMode: (draft) => {
    configuration(draft)['bindMode'] = 'NodeIP'
  },
  peerByAddress: (draft, dice, family) => {
    const [local, remote] = [dice.oneOf(nodesOf(draft)), dice.oneOf(nodesOf(draft))]
    if (local === undefined || remote === undefined) return
    const text = addressOf(remote, family)
    const port = dice.chance(0.2) ? (family === 4 ? `${text}:179` : `[${text}]:179`) : text
    add(draft, 'BGPPeer', `x-${dice.roll(1000)}`, {
      ...(dice.chance(0.4) ? {} : { node: local.metadata.name }),
      peerIP: port,
      asNumber: Number(bgpOf(remote, 'asNumber') ?? configuration(draft)['asNumber'] ?? 64512),
      ...(dice.chance(0.3) ? { reversePeering: 'Manual' } : {}),
    })
  },
  peerBySelector: (draft, dice) => {
    const [from, to] = [dice.oneOf(nodesOf(draft)), dice.oneOf(nodesOf(draft))]
    const one = (node: Item | undefined): string => `kubernetes.io/hostname == '${node?.metadata.name}'`
    for (const node of nodesOf(draft)) {
      node.metadata.labels = { ...node.metadata.labels, 'kubernetes.io/hostname': node.metadata.name }
    }
    add(draft, 'BGPPeer', `y-${dice.roll(1000)}`, {
      ...(dice.chance(0.3) ? {} : { nodeSelector: dice.chance(0.5) ? 'all()' : one(from) }),
      peerSelector: dice.chance(0.2) ? 'all()' : one(to),
      ...(dice.chance(0.2) ? { nextHopMode: dice.pick(NEXT_HOP_MODES) } : {}),
    })
  },
  samePeerTwice: (draft, dice) => {
    const peer = dice.oneOf(kindOf(draft, 'BGPPeer'))
    if (peer) add(draft, 'BGPPeer', `z-${dice.roll(1000)}`, { ...specOf(peer) })
  },
  routerID: (draft, dice) => {
    const node = dice.oneOf(fieldsIn(underlayOf(draft), 'nodes'))
    if (node) node['routerID'] = dice.pick(['172.16.1.99', '1.1.1.1', '200.1.1.1'])
  },
  mask: (draft, dice) => {
    const node = dice.oneOf(nodesOf(draft))
    const address = node && bgpOf(node, 'ipv4Address')
    if (node && address) setBgp(node, 'ipv4Address', `${address.split('/')[0]}/${dice.pick([32, 25, 23, 16])}`)
  },
}

function secret(draft: Draft): void {
  if (kindOf(draft, 'Secret').length > 0) return
  draft.items.push({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bgp', namespace: 'kube-system' },
    stringData: { one: 'one', two: 'two' },
  })
}

const SOURCES = ['connected', 'static', 'kernel', 'bgp'] as const

const ROUTERS: Readonly<Record<string, Mutation>> = {
  advertise: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    const list = dice.some(SOURCES, 0.6)
    for (const neighbor of router ? fieldsIn(router, 'neighbors') : []) {
      if (dice.chance(0.7)) neighbor['advertise'] = list
    }
  },
  advertiseBgpOnly: (draft) => {
    for (const router of speakingRouters(draft)) {
      for (const neighbor of fieldsIn(router, 'neighbors')) neighbor['advertise'] = ['bgp']
    }
  },
  reflects: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    const on = dice.chance(0.6)
    for (const neighbor of router ? fieldsIn(router, 'neighbors') : []) neighbor['routeReflectorClient'] = on
  },
  routerNextHopSelf: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    for (const neighbor of router ? fieldsIn(router, 'neighbors') : []) neighbor['nextHopSelf'] = dice.chance(0.7)
  },
  routerAddPaths: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    if (router) router['addPaths'] = true
  },
  routerMultihop: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    for (const neighbor of router ? fieldsIn(router, 'neighbors') : []) neighbor['multihop'] = dice.chance(0.6)
  },
  routerPassive: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    for (const neighbor of router ? fieldsIn(router, 'neighbors') : []) neighbor['passive'] = dice.chance(0.6)
  },
  routerClusterID: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    if (router) router['clusterID'] = dice.pick(CLUSTER_IDS)
  },
  routerForgets: (draft, dice) => {
    const router = dice.oneOf(speakingRouters(draft))
    if (router) router['neighbors'] = dice.some(fieldsIn(router, 'neighbors'), 0.8)
  },
  routerStatic: (draft, dice, family) => {
    const router = dice.oneOf(routersOf(draft))
    if (router === undefined) return
    const to = family === 4 ? dice.pick(['198.51.100.0/24', '0.0.0.0/0', '10.65.0.0/16']) : '2001:db8:77::/64'
    router['staticRoutes'] = [...fieldsIn(router, 'staticRoutes'), { to, type: 'blackhole' }]
  },
}

const ATTACHMENTS: Readonly<Record<string, Mutation>> = {
  noDefault: (draft, dice) => {
    for (const node of dice.some(fieldsIn(underlayOf(draft), 'nodes'), 0.5)) node['defaultRoute'] = false
  },
  kernelDefault: (draft, dice, family) => {
    for (const node of dice.some(fieldsIn(underlayOf(draft), 'nodes'), 0.5)) {
      const gateway = gatewayOf(draft, node)
      if (gateway && family === 4) {
        node['defaultRoute'] = {
          via: gateway,
          protocol: dice.pick(['kernel', 'static', 'dhcp']),
          metric: dice.pick([0, 100]),
        }
      }
    }
  },
  alienRoute: (draft, dice, family) => {
    const node = dice.oneOf(fieldsIn(underlayOf(draft), 'nodes'))
    const via = dice.oneOf(nodesOf(draft).filter((each) => each.metadata.name !== node?.['name']))
    if (node === undefined || via === undefined || family === 6) return
    const block = dice.oneOf(kindOf(draft, 'BlockAffinity'))
    const cidr = dice.pick([String(block && specOf(block)['cidr']), '10.65.200.0/24', '10.65.0.0/16', '198.18.0.0/15'])
    const metric = dice.pick([0, 0, 100, 512, 2000])
    const direct = dice.chance(0.3)
    const [gateway, neighbor] = [gatewayOf(draft, node), addressOf(via, 4)]
    const sameNet = gateway !== undefined && gateway.split('.')[2] === neighbor.split('.')[2]
    node['staticRoutes'] = [
      ...fieldsIn(node, 'staticRoutes'),
      direct
        ? { to: cidr, type: 'blackhole', protocol: 'static', metric }
        : {
            to: cidr,
            via: sameNet ? neighbor : gateway,
            dev: 'eth0',
            protocol: dice.pick(['static', 'boot', 'dhcp', 'kernel']),
            metric,
          },
    ]
  },
}

function gatewayOf(draft: Draft, node: Fields): string | undefined {
  const item = nodesOf(draft).find((each) => each.metadata.name === node['name'])
  const third = item && addressOf(item, 4).split('.')[2]
  const subnet = fieldsIn(underlayOf(draft), 'subnets').find(
    ({ gateway }) => typeof gateway === 'string' && gateway.split('.')[2] === third && gateway.startsWith('172.16.'),
  )
  return subnet === undefined ? undefined : String(subnet['gateway'])
}

const POOLS: Readonly<Record<string, Mutation>> = {
  encapsulation: (draft, dice, family) => {
    const pool = dice.oneOf(kindOf(draft, 'IPPool'))
    if (pool === undefined || family === 6) return
    const spec = specOf(pool)
    spec['ipipMode'] = dice.pick(['Never', 'Always', 'CrossSubnet'])
    spec['vxlanMode'] = 'Never'
  },
  vxlan: (draft, dice) => {
    const pool = dice.oneOf(kindOf(draft, 'IPPool'))
    if (pool === undefined) return
    const spec = specOf(pool)
    spec['ipipMode'] = 'Never'
    spec['vxlanMode'] = dice.pick(['Always', 'CrossSubnet'])
  },
  disableBGPExport: (draft, dice) => {
    const pool = dice.oneOf(kindOf(draft, 'IPPool'))
    if (pool) specOf(pool)['disableBGPExport'] = dice.chance(0.7)
  },
  programClusterRoutes: (draft, dice) => {
    configuration(draft)['programClusterRoutes'] = dice.pick([
      'Enabled',
      'Disabled',
      'EnabledIPIPOnly',
      'EnabledNoEncapOnly',
    ])
  },
  nestedPool: (draft, dice, family) => {
    if (family === 6) return
    add(draft, 'IPPool', `nested-${dice.roll(100)}`, {
      cidr: dice.pick(['10.65.2.0/24', '10.65.128.0/17', '10.64.0.0/14', '172.16.0.0/16']),
      blockSize: 26,
      ipipMode: dice.pick(['Never', 'Always', 'CrossSubnet']),
      disableBGPExport: dice.chance(0.3),
    })
  },
  priority: (draft, dice) => {
    configuration(draft)['ipv4NormalRoutePriority'] = dice.pick([512, 1024, 4000])
  },
}

const BLOCKS: Readonly<Record<string, Mutation>> = {
  block: (draft, dice, family) => {
    const node = dice.oneOf(nodesOf(draft))
    if (node === undefined) return
    const size = family === 4 ? dice.pick([26, 27, 28, 29, 30, 32]) : dice.pick([122, 124, 126, 128])
    const base =
      family === 4 ? `10.65.${100 + dice.roll(4)}.${64 * dice.roll(3)}` : `fd00:10:65:${100 + dice.roll(4)}::`
    affinity(draft, node.metadata.name, `${base}/${size}`, dice.pick(['confirmed', 'confirmed', 'pending']))
  },
  stolenBlock: (draft, dice) => {
    const [node, block] = [dice.oneOf(nodesOf(draft)), dice.oneOf(kindOf(draft, 'BlockAffinity'))]
    if (node && block) affinity(draft, node.metadata.name, String(specOf(block)['cidr']), 'confirmed')
  },
  outsideBlock: (draft, dice, family) => {
    const node = dice.oneOf(nodesOf(draft))
    if (node) affinity(draft, node.metadata.name, family === 4 ? '10.99.0.0/26' : 'fd00:99::/122', 'confirmed')
  },
  borrowed: (draft, dice, family) => {
    const [node, block] = [dice.oneOf(nodesOf(draft)), dice.oneOf(kindOf(draft, 'BlockAffinity'))]
    const [base = '', length] = String(block && specOf(block)['cidr']).split('/')
    if (node === undefined || block === undefined || Number(length) > (family === 4 ? 27 : 123)) return
    const address =
      family === 4
        ? base.replace(/\d+$/, (last) => String(Number(last) + 20 + dice.roll(9)))
        : base.replace(/::.*$/, `::${20 + dice.roll(9)}`)
    const name = `borrowed-${dice.roll(1000)}`
    draft.items.push({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { nodeName: node.metadata.name, containers: [{ name: 'c', image: 'pause' }] },
      status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] },
    })
  },
}

function affinity(draft: Draft, node: string, cidr: string, state: string): void {
  add(draft, 'BlockAffinity', `${node}-${cidr.replaceAll(/[./:]/g, '-')}`, { node, cidr, state, deleted: false })
}

export const MUTATIONS: readonly (readonly [string, Mutation])[] = Object.entries({
  ...SESSIONS,
  ...ROUTERS,
  ...ATTACHMENTS,
  ...POOLS,
  ...BLOCKS,
  ...filterMutations,
  ...serviceMutations,
})
