/** BGPPeers against filters. Whom they select, and that two of them make the same session, is judged where sessions are made. */

import type { Finding } from '../../../findings/finding.js'
import { type Resource, refOf } from '../../resource.js'
import { itemsOf } from '../schema.js'
import { didYouMean, show } from '../slips.js'
import { type Inventory, specOf } from './inventory.js'

/** BGPPeers that name a filter which does not exist. */
export function peerFindings(inventory: Inventory): Finding[] {
  const filters = inventory.of('BGPFilter').map(({ metadata }) => metadata.name)
  const known = new Set(filters)
  return inventory.of('BGPPeer').flatMap((peer) => unknownFilters(peer, known, filters))
}

/** clientv3/bgppeer.go validate; kubectl does not ask. */
function unknownFilters(peer: Resource, known: ReadonlySet<string>, names: readonly string[]): Finding[] {
  return itemsOf(specOf(peer).filters).flatMap((filter, i): Finding[] => {
    if (typeof filter !== 'string' || known.has(filter)) return []
    const meant = didYouMean(filter, names)
    return [
      {
        severity: peer.apiVersion.startsWith('crd.') ? 'warning' : 'error',
        code: 'BGPPEER_FILTER_UNKNOWN',
        message: `BGPFilter(s) not found: ${show(filter)}. calicoctl refuses this; kubectl lets it through.`,
        hint: meant === undefined ? 'Create the BGPFilter first, or take its name out.' : `Did you mean ${meant}?`,
        resource: refOf(peer),
        path: ['spec', 'filters', i],
      },
    ]
  })
}
