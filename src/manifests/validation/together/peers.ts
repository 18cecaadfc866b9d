/** BGPPeers against filters and nodes. That two of them make the same session is judged where sessions are made. */

import type { Finding } from '../../../findings/finding.js'
import { type Resource, refOf } from '../../resource.js'
import { filledText, itemsOf } from '../schema.js'
import { didYouMean, show } from '../slips.js'
import { type Inventory, specOf } from './inventory.js'
import { nodeNames } from './nodes.js'

/** BGPPeers that name no filter or node, or select none. */
export function peerFindings(inventory: Inventory): Finding[] {
  const filters = inventory.of('BGPFilter').map(({ metadata }) => metadata.name)
  const known = new Set(filters)
  return inventory
    .of('BGPPeer')
    .flatMap((peer) => [
      ...unknownFilters(peer, known, filters),
      ...unknownNode(peer, inventory),
      ...selectorsWithoutNode(peer, inventory),
    ])
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

function unknownNode(peer: Resource, { hasNode, knowsNodes, nodes }: Inventory): Finding[] {
  const node = filledText(specOf(peer).node)
  if (node === undefined || !knowsNodes || hasNode(node)) return []
  const meant = didYouMean(node, nodeNames(nodes))
  return [
    {
      severity: 'warning',
      code: 'BGPPEER_NODE_UNKNOWN',
      message: `node is ${show(node)}, which is no node of the input, so no session comes of it.`,
      hint: meant === undefined ? 'Check the name of the node.' : `Did you mean ${meant}?`,
      resource: refOf(peer),
      path: ['spec', 'node'],
    },
  ]
}

function selectorsWithoutNode(peer: Resource, { labels }: Inventory): Finding[] {
  const spec = specOf(peer)
  return (['nodeSelector', 'peerSelector'] as const).flatMap((field): Finding[] => {
    const selector = filledText(spec[field])
    if (selector === undefined || labels.anyMatches(selector) !== false) return []
    return [
      {
        severity: 'warning',
        code: 'BGPPEER_SELECTS_NO_NODE',
        message: `${field} ${show(selector)} matches no node of the input, so no session comes of it.`,
        hint: 'Label the nodes, or change the selector.',
        resource: refOf(peer),
        path: ['spec', field],
      },
    ]
  })
}
