/** Prefixes that no policy of the cluster tells apart share a cell. */

import type { Family } from '../../address/address.js'
import { bitsOf, containsPrefix, formatPrefix, type Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../config/context.js'

/** Text that is equal for prefixes which lie in the same of all the CIDRs that a policy names. */
export function policyCells(context: BgpContext, family: Family): (prefix: Prefix) => string {
  const { cluster, pools, services, filters } = context
  const rules = [...filters.values()].flatMap((filter) => [...filter.import[family], ...filter.export[family]])
  const lengths = rules.some(({ prefixLength }) => prefixLength !== undefined)
  const named = [
    ...pools[family].rejected,
    ...pools[family].accepted,
    ...cluster.pools.map(({ prefix }) => prefix),
    ...cluster.bgp.prefixAdvertisements.map(({ prefix }) => prefix),
    ...[...cluster.bgp.perNode.values()]
      .flatMap(({ prefixAdvertisements }) => prefixAdvertisements ?? [])
      .map(({ prefix }) => prefix),
    ...services.ranges,
    ...services.everywhere,
    ...cluster.bgp.serviceLoadBalancerIPs,
    ...cluster.bgp.serviceExternalIPs,
    ...rules.flatMap(({ prefix }) => prefix ?? []),
  ].filter((prefix) => prefix.family === family)
  // A host prefix can only be equal to a prefix.
  const single = new Set(named.filter(({ length }) => length === bitsOf(family)).map(formatPrefix))
  const wide = [...new Map(named.map((prefix) => [formatPrefix(prefix), prefix])).values()].filter(
    ({ length }) => length < bitsOf(family),
  )
  return (prefix) => {
    let cell = prefix.length === bitsOf(family) ? 'host ' : lengths ? `${prefix.length} ` : ''
    for (const held of wide) cell += containsPrefix(held, prefix) ? (held.length === prefix.length ? '=' : '1') : '0'
    return single.size > 0 && prefix.length === bitsOf(family) && single.has(formatPrefix(prefix))
      ? `${cell} ${formatPrefix(prefix)}`
      : cell
  }
}
