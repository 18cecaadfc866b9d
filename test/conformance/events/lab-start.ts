/**
 * The start of a case whose events patch the cluster. The resources were written down after the last patch; what the
 * patches changed is told by what was seen at the start: which sessions there were, and which routes went into a tunnel.
 */

import type { ListedResource } from '../cluster-from.js'
import type { LabCase, Snapshot } from '../lab.js'
import type { Patch } from './lab-event.js'

export interface LabState {
  readonly items: readonly ListedResource[]
  /** Addresses of the pods that run. */
  readonly pods: ReadonlySet<string>
}

type Peer = NonNullable<NonNullable<Patch['set']>['peers']>[number]
type Pool = NonNullable<NonNullable<Patch['set']>['pools']>[number]

/** The cluster before the first event. */
export function startOf(item: LabCase, patches: readonly Patch[]): readonly ListedResource[] {
  const [first] = item.snapshots
  if (first === undefined || patches.length === 0) return item.allResources
  const sessions = Object.values(first.nodes).flatMap((node) => node.sessions.map(({ birdName }) => birdName))
  const explicit = sessions.some((name) => name.startsWith('Node_'))
  const set: { mesh?: boolean; peers?: readonly Peer[]; pools?: readonly Pool[] } = {}
  if (patches.some((patch) => patch.set?.mesh !== undefined))
    set.mesh = sessions.some((name) => name.startsWith('Mesh_'))
  if (patches.some((patch) => patch.set?.peers !== undefined)) {
    set.peers = explicit ? [{ nodeSelector: 'all()', peerSelector: "route-reflector == 'true'" }] : []
  }
  const pools = patches.find((patch) => patch.set?.pools !== undefined)?.set?.pools
  if (pools !== undefined) set.pools = pools.map((pool) => ({ ...pool, ipipMode: ipipModeOf(first) }))
  const nodesSet: Record<string, { rrClusterId: string; labels: Record<string, string> }> = {}
  for (const name of new Set(patches.flatMap((patch) => Object.keys(patch.nodesSet ?? {})))) {
    const reflects = explicit && (first.nodes[name]?.sessions.length ?? 0) > 1
    nodesSet[name] = reflects
      ? { rrClusterId: clusterIDSeen(first), labels: { 'route-reflector': 'true' } }
      : { rrClusterId: '', labels: {} }
  }
  return patched(item.allResources, { do: 'patch', set, nodesSet })
}

function ipipModeOf({ nodes }: Snapshot): string {
  const remote = Object.values(nodes).flatMap(({ kernel }) =>
    kernel.filter(({ protocol, gateway }) => protocol === 'bird' && gateway !== undefined),
  )
  const tunnelled = remote.filter(({ dev }) => dev === 'tunl0').length
  if (tunnelled === 0) return 'Never'
  return tunnelled === remote.length ? 'Always' : 'CrossSubnet'
}

function clusterIDSeen({ nodes }: Snapshot): string {
  const lists = Object.values(nodes).flatMap(({ rib }) => rib.flatMap(({ clusterList }) => clusterList))
  const seen = lists.find((id): id is string => typeof id === 'string')
  return seen ?? '244.0.0.1'
}

const CLUSTER_ID = 'projectcalico.org/RouteReflectorClusterID'

/** The resources after a patch in the words of the lab. */
export function patched(
  items: readonly ListedResource[],
  { set = {}, nodesSet = {} }: Patch,
): readonly ListedResource[] {
  let next = items.map((item) => {
    const spec = (item as { readonly spec?: object }).spec
    if (item.kind === 'BGPConfiguration' && set.mesh !== undefined) {
      return { ...item, spec: { ...spec, nodeToNodeMeshEnabled: set.mesh } } as ListedResource
    }
    const change = item.kind === 'Node' ? nodesSet[item.metadata.name] : undefined
    return change === undefined ? item : patchedNode(item, change)
  })
  const replaced = (kind: string, fresh: readonly object[]): void => {
    const made = fresh.map((spec, i) => {
      const name = `${kind === 'IPPool' ? 'pool' : 'peer'}-${i}`
      const old = items.find((item) => item.kind === kind && item.metadata.name === name)
      const kept = (old as { readonly spec?: object } | undefined)?.spec
      const whole = kind === 'IPPool' ? { ...kept, ...spec } : spec
      return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec: whole } as unknown as ListedResource
    })
    next = [...next.filter((item) => item.kind !== kind), ...made]
  }
  if (set.peers !== undefined) replaced('BGPPeer', set.peers)
  if (set.pools !== undefined) replaced('IPPool', set.pools)
  return next
}

function patchedNode(
  item: ListedResource,
  { rrClusterId, labels }: { readonly rrClusterId?: string; readonly labels?: Readonly<Record<string, string>> },
): ListedResource {
  const {
    annotations = {},
    labels: old = {},
    ...metadata
  } = item.metadata as {
    readonly name: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
  const { [CLUSTER_ID]: had, ...others } = annotations
  const clusterID = rrClusterId ?? had ?? ''
  const os = Object.fromEntries(Object.entries(old).filter(([key]) => key.startsWith('kubernetes.io/')))
  return {
    ...item,
    metadata: {
      ...metadata,
      annotations: { ...others, ...(clusterID === '' ? {} : { [CLUSTER_ID]: clusterID }) },
      labels: labels === undefined ? old : { ...os, ...labels },
    },
  } as ListedResource
}
