/** The limits of a cluster's addressing in words. */

import type { Capacity } from '../planning/capacity/capacity.js'
import type { Limit } from '../planning/capacity/limits.js'
import { type Block, type Column, table } from './blocks.js'
import { number } from './sessions.js'

const right = (name: string): Column => ({ name, align: 'right' })

export function limitBlocks({ limits }: Capacity): readonly Block[] {
  if (limits.length === 0) return []
  return [
    table(
      ['LIMIT', 'OF', right('VALUE'), right('USED'), right('LEFT'), 'HIT', 'THEN'],
      limits.map((limit) => [
        LIMIT_NAMES[limit.limit],
        limit.of,
        number(limit.value),
        number(limit.used),
        number(limit.headroom),
        hitText(limit),
        EFFECTS[limit.effect],
      ]),
      'Limits, the one hit first at the head',
    ),
  ]
}

export const LIMIT_NAMES: Readonly<Record<Limit['limit'], string>> = {
  blocks: 'blocks of the pool',
  addresses: 'addresses of the pool',
  blocksPerHost: 'blocks per host',
  podsPerNode: 'pods per node (kubelet default)',
  meshNodes: 'nodes in a full mesh (advised)',
  podCidrs: 'podCIDRs of the cluster CIDR',
}

export const EFFECTS: Readonly<Record<Limit['effect'], string>> = {
  borrowing: 'further nodes borrow, a host route for each address',
  noAddress: 'pods get no address',
  nextPool: 'the next pool takes over',
  noPods: 'pods go to other nodes',
  reflectorsAdvised: 'plan route reflectors',
  noPodCidr: "nodes get no podCIDR, which Calico's own IPAM does not need",
}

export function hitText({ hitAt, headroom }: Limit): string {
  if (hitAt === null) return 'never as it is'
  if (headroom === 0) return 'now'
  if ('moreNodes' in hitAt) return hitAt.moreNodes === 0 ? 'by the next node' : after(hitAt.moreNodes, 'node')
  if ('morePods' in hitAt) return after(hitAt.morePods, 'pod')
  return `${after(hitAt.morePodsOnNode, 'pod')} on it`
}

function after(amount: number, what: string): string {
  return `after ${number(amount)} more ${what}${amount === 1 ? '' : 's'}`
}
