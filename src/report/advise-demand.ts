/** What a design of pools was made for, in one sentence. */

import type { Demand } from '../planning/advise/demand.js'
import { number } from './sessions.js'

export function demandWords({ nodes, podsPerNode }: Demand): string {
  return `For ${number(nodes)} ${nodes === 1 ? 'node' : 'nodes'} of ${number(podsPerNode)} ${podsPerNode === 1 ? 'pod' : 'pods'}`
}

export function demandDocument(demand: Demand): Readonly<Record<string, unknown>> {
  const { nodes, podsPerNode, tunnels, withheld, blocksPerHostLimit, strictAffinity } = demand
  return {
    nodes,
    podsPerNode,
    tunnels: { ipv4: tunnels[4], ipv6: tunnels[6] },
    withheldPerBlock: withheld,
    blocksPerHostLimit,
    strictAffinity,
  }
}
