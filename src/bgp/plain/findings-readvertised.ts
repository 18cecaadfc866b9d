/**
 * Routes to other nodes' blocks that Felix writes, BIRD learns from the kernel, and every node announces to its external
 * peers: calico_export_to_bgp_peers keeps back what leaves by a tunnel from internal peers only
 * (design/cluster-route-programming/DESIGN.md, "External peers are out of scope by decision").
 */

import type { Family } from '../../address/address.js'
import { containsPrefix, formatPrefix, type Prefix } from '../../address/prefix.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { Pool } from '../../cluster/pool.js'
import type { Finding } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import { speakerConfig } from '../config/speaker-config.js'
import { exportRoute } from '../policy/export-policy.js'
import type { Session, Speaker } from '../session.js'
import { counted } from '../sessions/listed.js'
import { sessionOf } from '../sessions/sessions.js'
import { felixPools, felixRouteTo } from './felix-routes.js'
import type { OwnRoute } from './input.js'
import { filterRouteOf } from './kernel-export.js'
import { ownRoute } from './start.js'

/** What the first node was seen to announce, and how many nodes announce the like. */
interface Announced {
  readonly node: string
  readonly peer: string
  readonly block: Prefix
  readonly dev: string
  count: number
}

/** One finding for each pool. Empty when no node has an established external session. */
export function readvertisedFindings(context: BgpContext): readonly Finding[] {
  const { cluster } = context
  if (cluster.backend !== 'bird') return []
  const found = new Map<Pool, Announced>()
  for (const family of [4, 6] as const) {
    const samples = sampleBlocks(context, family)
    for (const speaker of context.speakers) {
      const node = cluster.nodes[speaker.index]
      if (node === undefined) continue
      const sessions = external(context, speaker, node, family)
      if (sessions.length === 0) continue
      for (const pool of felixPools(context, speaker, family)) {
        const held = found.get(pool)
        const seen = announced(context, speaker, node, sessions, samples.get(pool) ?? [])
        if (seen === undefined) continue
        if (held === undefined) found.set(pool, seen)
        else held.count++
      }
    }
  }
  return [...found].map(([pool, seen]) => findingOf(pool, seen))
}

/** Blocks that are looked at in each pool: enough that one of them is another node's, and beyond its subnet. */
const MOST_SAMPLES = 4

function sampleBlocks({ cluster, ipam }: BgpContext, family: Family): ReadonlyMap<Pool, readonly Prefix[]> {
  const pools = cluster.pools.filter((pool) => pool.prefix.family === family && !pool.disableBGPExport)
  const step = Math.max(1, Math.floor(ipam.affinities.length / (MOST_SAMPLES * 8)))
  const spread = ipam.affinities.filter((_, i) => i % step === 0)
  return new Map(
    pools.map((pool) => {
      const inside = spread.filter(({ prefix }) => containsPrefix(pool.prefix, prefix))
      const every = Math.max(1, Math.ceil(inside.length / MOST_SAMPLES))
      return [pool, inside.filter((_, i) => i % every === 0).map(({ prefix }) => prefix)]
    }),
  )
}

function announced(
  context: BgpContext,
  speaker: Speaker,
  { name }: ClusterNode,
  sessions: readonly Session[],
  blocks: readonly Prefix[],
): Announced | undefined {
  const own = context.blocks.get(name) ?? []
  for (const session of sessions) {
    for (const block of blocks) {
      if (own.some(({ prefix }) => containsPrefix(prefix, block))) continue
      const route = felixRouteTo(context, speaker, block)
      if (route === undefined || !leaves(context, speaker, session, route)) continue
      const dev = 'dev' in route.resolution ? route.resolution.dev : ''
      return { node: name, peer: session.peer?.name ?? session.peerIP, block, dev, count: 1 }
    }
  }
  return undefined
}

function external(context: BgpContext, speaker: Speaker, { index }: ClusterNode, family: Family): readonly Session[] {
  return explicitSessions(context, index, family)
    .filter(({ type }) => type === 'ebgp')
    .map((options) => sessionOf(context, speaker, options))
    .filter(({ state }) => state === 'Established')
}

function leaves(context: BgpContext, speaker: Speaker, session: Session, route: OwnRoute): boolean {
  const config = speakerConfig(context, speaker, session.family)
  if (config.exportPolicy === undefined) return false
  const offered = filterRouteOf(route.prefix, ownRoute(route, 0))
  return exportRoute(config, config.exportPolicy, context.cluster.bgpFilters, session, offered).accepted
}

function findingOf(pool: Pool, { node, peer, block, dev, count }: Announced): Finding {
  const each = count === 1 ? `${node} announces` : `${counted(count, 'node')} announce`
  return {
    severity: 'warning',
    code: 'BGP_REMOTE_BLOCKS_ANNOUNCED',
    message: `${each} blocks of other nodes in IPPool ${pool.name} to external peers, for example ${node} ${formatPrefix(block)} to ${peer}: BIRD learns the routes that Felix writes. From outside, packets may enter by any of these nodes.`,
    hint: `Where every node peers for itself, give these BGPPeers a BGPFilter with exportV${pool.prefix.family}: [{action: Reject, interface: ${dev}}].`,
    resource: { kind: 'IPPool', name: pool.name },
  }
}
