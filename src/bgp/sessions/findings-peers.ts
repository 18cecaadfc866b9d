/** Hazards of BGPPeers as resources: those that select nobody or lead back to their node, and a cluster without any session. */

import type { BgpPeer } from '../../cluster/bgp-settings.js'
import type { FieldPath, Finding } from '../../findings/finding.js'
import { didYouMean } from '../../manifests/validation/slips.js'
import { type BgpContext, ownersOf } from '../config/context.js'
import { meshMembers } from '../config/mesh.js'
import { perContext } from '../config/per-context.js'
import { counted, listed } from './listed.js'
import { explicitCount } from './peer-classes.js'

export function peerFindings(context: BgpContext): readonly Finding[] {
  return [
    ...context.cluster.bgpPeers.flatMap((peer) => [...emptySelections(context, peer), ...ownAddress(context, peer)]),
    ...lonelyNodes(context),
  ]
}

/** The only node of the peering is the one that has the peer's address: confd passes it over, and no session comes of it. */
function ownAddress(context: BgpContext, peer: BgpPeer): readonly Finding[] {
  if (peer.peerAddress === undefined) return []
  const [only, ...others] = localNodes(context, peer)
  const own = ownersOf(context, peer.peerAddress).some(({ kind, index }) => kind === 'node' && index === only)
  if (only === undefined || others.length > 0 || !own) return []
  const name = context.cluster.nodes[only]?.name
  return [
    {
      severity: 'warning',
      code: 'BGP_PEER_IS_SELF',
      message: `BGPPeer ${peer.name} gives node ${name} a session with ${peer.peerIP}, its own address.`,
      hint: 'Set peerIP to the address of the other end; each peering needs a BGPPeer of its own.',
      resource: { kind: 'BGPPeer', name: peer.name },
      path: ['spec', 'peerIP'],
    },
  ]
}

/** Nodes that a BGPPeer names or selects; empty for one of the whole cluster. */
function localNodes(context: BgpContext, peer: BgpPeer): readonly number[] {
  if (peer.nodeSelector !== undefined) return context.peerings.nodesMatching(peer.nodeSelector)
  const named = peer.node === undefined ? undefined : context.cluster.nodeByName.get(peer.node)
  return named === undefined ? [] : [named.index]
}

function emptySelections(context: BgpContext, peer: BgpPeer): readonly Finding[] {
  // Without any node the input is only a part, and says nothing about whom a peering is for.
  if (context.cluster.nodes.length === 0) return []
  const found: Finding[] = []
  const remark = (path: FieldPath, message: string, hint: string): void => {
    const resource = { kind: 'BGPPeer', name: peer.name }
    found.push({ severity: 'warning', code: 'BGP_PEER_MATCHES_NOTHING', message, hint, resource, path })
  }
  for (const field of ['nodeSelector', 'peerSelector'] as const) {
    const selector = peer[field]
    if (selector === undefined || context.peerings.nodesMatching(selector).length > 0) continue
    remark(
      ['spec', field],
      `${field} of BGPPeer ${peer.name}, ${selector.text}, matches no node.`,
      'Label the nodes that it is meant for, or correct the selector.',
    )
  }
  if (peer.nodeSelector === undefined && peer.node !== undefined && !context.cluster.nodeByName.has(peer.node)) {
    const meant = didYouMean(peer.node, [...context.cluster.nodeByName.keys()])
    remark(
      ['spec', 'node'],
      `BGPPeer ${peer.name} is for the node ${peer.node}, which does not exist.`,
      meant === undefined
        ? 'Correct the name; it is the name of the Calico Node, which is usually that of the Kubernetes Node.'
        : `Did you mean ${meant}?`,
    )
  }
  return found
}

/** Nodes with an address and no session at all, while they have someone to talk to. */
function lonelyNodes(context: BgpContext): readonly Finding[] {
  const { nodes } = context.cluster
  const lonely = nodes.filter((node) => {
    const families = ([4, 6] as const).filter((family) => context.endpoints[family][node.index] !== undefined)
    return families.length > 0 && families.every((family) => sessionCountOf(context, node.index, family) === 0)
  })
  const withAddress = nodes.filter((node) => node.bgpAddress[4] !== undefined || node.bgpAddress[6] !== undefined)
  if (lonely.length === 0 || withAddress.length < 2) return []
  if (lonely.length === withAddress.length) {
    return [
      {
        severity: 'error',
        code: 'BGP_NO_SESSIONS',
        message: `The node-to-node mesh is off and no BGPPeer gives a session to any of ${counted(lonely.length, 'node')}.`,
        hint: 'Add BGPPeers, or set nodeToNodeMeshEnabled to true.',
        resource: { kind: 'BGPConfiguration', name: 'default' },
        path: ['spec', 'nodeToNodeMeshEnabled'],
      },
    ]
  }
  return [
    {
      severity: 'error',
      code: 'BGP_NODE_WITHOUT_SESSIONS',
      message: `Of ${counted(withAddress.length, 'node')} with a BGP address these have no BGP session: ${listed(lonely.map((node) => node.name))}.`,
      hint: 'Add a BGPPeer that selects them. A node with routeReflectorClusterID is in no mesh and needs BGPPeers.',
      resource: { kind: 'Node', name: lonely[0]?.name ?? '' },
    },
  ]
}

function sessionCountOf(context: BgpContext, node: number, family: 4 | 6): number {
  const members = memberSets(context)[family]
  return (members.has(node) ? members.size - 1 : 0) + explicitCount(context, node, family)
}

const memberSets = perContext((context) => ({
  4: new Set(meshMembers(context, 4)),
  6: new Set(meshMembers(context, 6)),
}))
