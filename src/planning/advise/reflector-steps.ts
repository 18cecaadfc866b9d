/**
 * From what there is to route reflectors, in the order that cuts least: a reflector is emptied before it is promoted,
 * because its mesh sessions end at once and the new ones take 4 to 30 seconds, and the mesh goes last (lab findings B).
 */

import type { Cluster } from '../../cluster/cluster.js'
import type { Resource } from '../../manifests/resource.js'
import type { Target } from '../change/change.js'
import type { Candidate } from './reflector-nodes.js'
import { type AdvisedStep, applyStep, calicoSpecStep, patchStep } from './steps.js'

const LABEL = ['route-reflector', 'true'] as const
const FIRST_CLUSTER_ID = '244.0.0.1'

/** With `draining`, nodes with pods are emptied before they are promoted and take pods again at the end. */
export function reflectorSteps(
  cluster: Cluster,
  promoted: readonly Candidate[],
  draining: boolean,
): readonly AdvisedStep[] {
  const known = labelsOfReflectors(cluster)
  const labels = known ?? [LABEL]
  const unlabelled =
    known === undefined ? cluster.nodes.filter(({ routeReflectorClusterID }) => routeReflectorClusterID) : []
  const clusterID = clusterIDFor(cluster)
  const emptied = promoted.filter(({ pods }) => draining && pods > 0)
  return [
    ...promoted.flatMap((candidate) => [
      ...(emptied.includes(candidate) ? [drainStep(candidate)] : []),
      clusterIDStep(candidate.node, clusterID),
      labelStep(candidate.node, labels),
    ]),
    ...unlabelled.map(({ name }) => labelStep(name, labels)),
    ...(known === undefined ? [peerStep(cluster)] : []),
    waitStep(),
    ...(cluster.bgp.nodeToNodeMeshEnabled ? [meshStep(cluster)] : []),
    ...emptied.map(({ node }) => uncordonStep(node)),
  ]
}

/**
 * The labels by which a BGPPeer finds the reflectors that there are, as the first of them carries them; undefined where
 * there are none, or where no labels of its own make a node be found.
 */
function labelsOfReflectors({ nodes, bgpPeers }: Cluster): readonly (readonly [string, string])[] | undefined {
  const reflector = nodes.find(({ routeReflectorClusterID }) => routeReflectorClusterID)
  if (reflector === undefined) return undefined
  for (const { peerSelector } of bgpPeers) {
    if (peerSelector === undefined || !peerSelector.matches(reflector.labels)) continue
    const own = Object.entries(reflector.labels).filter(([key]) => peerSelector.text.includes(key))
    if (own.length > 0 && peerSelector.matches(Object.fromEntries(own))) return own
  }
  return undefined
}

/**
 * One for all: every client peers with every reflector, and then one ID keeps as many paths per prefix as there are
 * reflectors, where IDs of their own bring every order of reflectors (lab findings A3).
 */
function clusterIDFor({ nodes, underlay }: Cluster): string {
  const present = nodes.find(({ routeReflectorClusterID }) => routeReflectorClusterID)?.routeReflectorClusterID
  if (present !== undefined) return present
  const foreign = new Set(underlay.routers.map(({ bgp }) => bgp?.clusterID))
  let id = FIRST_CLUSTER_ID
  for (let n = 2; foreign.has(id); n++) id = `244.0.0.${n}`
  return id
}

function nodeTarget(node: string): Target {
  return { kind: 'core/Node', pick: { by: 'name', names: [node] } }
}

function drainStep({ node, pods }: Candidate): AdvisedStep {
  return {
    about: `${node} is emptied: when it is promoted its sessions end before the new ones are up, which would cut ${pods === 1 ? 'its pod' : `its ${pods} pods`} off.`,
    command: `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`,
    change: {
      do: 'drain',
      target: nodeTarget(node),
      ignoreDaemonSets: true,
      force: false,
      deleteEmptyDirData: true,
    },
  }
}

function clusterIDStep(node: string, clusterID: string): AdvisedStep {
  return patchStep(
    `${node} becomes a reflector and leaves the mesh.`,
    {
      client: 'calicoctl',
      kind: 'calico/Node',
      word: 'node',
      name: node,
      body: { spec: { bgp: { routeReflectorClusterID: clusterID } } },
    },
    true,
  )
}

function labelStep(node: string, labels: readonly (readonly [string, string])[]): AdvisedStep {
  return {
    about: 'The label by which its clients find it.',
    command: `kubectl label node ${node} ${labels.map((pair) => pair.join('=')).join(' ')}`,
    change: {
      do: 'label',
      client: 'kubectl',
      target: nodeTarget(node),
      set: labels,
      remove: [],
      overwrite: false,
    },
  }
}

function peerStep({ bgpPeers }: Cluster): AdvisedStep {
  const names = new Set(bgpPeers.map(({ name }) => name))
  let name = 'peer-with-route-reflectors'
  for (let n = 2; names.has(name); n++) name = `peer-with-route-reflectors-${n}`
  const resource: Resource = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'BGPPeer',
    metadata: { name },
    spec: { nodeSelector: 'all()', peerSelector: `${LABEL[0]} == '${LABEL[1]}'` },
  }
  return applyStep(
    'Every node peers with every reflector, the reflectors with each other too.',
    resource,
    `${name}.yaml`,
  )
}

function waitStep(): AdvisedStep {
  return {
    about: 'Wait until every session of kind "node specific" is Established, on all nodes.',
    command: 'calicoctl node status',
    readOnly: true,
  }
}

function meshStep(cluster: Cluster): AdvisedStep {
  const about = 'The mesh goes last: every route is known through the reflectors by now.'
  return calicoSpecStep(cluster, about, 'BGPConfiguration', 'default', { nodeToNodeMeshEnabled: false })
}

function uncordonStep(node: string): AdvisedStep {
  return {
    about: `${node} takes pods again; leave it cordoned if it is to be nothing but a reflector.`,
    command: `kubectl uncordon ${node}`,
    change: { do: 'uncordon', target: nodeTarget(node) },
  }
}
