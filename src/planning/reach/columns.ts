/**
 * What the routes to the addresses of a node depend on, told without a table: the prefixes that hold them, with their
 * prefix classes, and what Felix's calculation graph holds of them.
 */

import type { Address, Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { entryColumn } from '../../bgp/felix/cluster-routes.js'
import type { BgpTables, RoleLookup } from '../../bgp/tables.js'
import type { Plane } from '../../dataplane/trace/plane.js'
import type { Columns } from './classes.js'
import type { ReachEnds } from './ends.js'
import { addressesOf } from './targets.js'

/** Texts of one address of a node; undefined where BGP's tables are made whole. */
export interface ColumnReader {
  column(node: number, address: Address): string | undefined
  /** Without naming what is of the node's rack alone. */
  likeness(node: number, address: Address): string | undefined
}

export function columnReader(context: BgpContext, tables: () => BgpTables): ColumnReader {
  const { cluster } = context
  const lookups = new Map<Family, RoleLookup | undefined>()
  const lookup = (family: Family): RoleLookup | undefined => {
    if (!lookups.has(family)) lookups.set(family, tables().byRoles?.(family))
    return lookups.get(family)
  }
  const withFelix = (node: number, address: Address, text: (held: RoleLookup) => string): string | undefined => {
    const felix = entryColumn(context, cluster.nodes[node]?.name ?? '', address)
    if (cluster.backend !== 'bird') return felix
    const found = lookup(address.family)
    return found && `${text(found)} / ${felix}`
  }
  return {
    column: (node, address) => withFelix(node, address, (held) => held.column(node, address)),
    likeness: (node, address) => {
      const network = context.endpoints[address.family][node]?.network
      return withFelix(node, address, (held) => held.likeness(node, address, network))
    },
  }
}

/** The texts of all addresses of a node, one after the other. */
export function columnsOf(
  { source: { cluster, ipam } }: Plane,
  ends: ReachEnds,
  read: (node: number, address: Address) => string | undefined,
): Columns {
  return (index) => {
    const node = cluster.nodes[index]
    if (node === undefined) return undefined
    const texts: string[] = []
    for (const { address } of addressesOf(node, ipam, ends)) {
      const text = read(index, address)
      if (text === undefined) return undefined
      texts.push(text)
    }
    return texts.join('; ')
  }
}
