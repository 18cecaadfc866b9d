/** A node while the Cluster is being built: merged from its resources, its BGP address perhaps still to be assumed. */

import type { Manifest } from '../manifests/resource.js'
import { byName, compareText } from './inventory.js'
import type { ClusterNode } from './node.js'
import { factsOfCalicoNode, factsOfKubernetesNode, mergeFacts, type NodeFacts } from './node-facts.js'
import { at, listOf, textMapOf, textOf, wholeWithin } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { shortly } from './spec-reader.js'

/** How many pods a NodeSet puts on this node, of a member that a change has made stand alone. */
export const PODS_ANNOTATION = 'calico-plan/pods'

export interface NodeDraft
  extends NodeFacts,
    Pick<ClusterNode, 'name' | 'labels' | 'schedulable' | 'taints' | 'os' | 'syntheticPods'> {
  /** The resource to name in findings. */
  readonly about: Manifest
}

/**
 * Nodes of the input in byte order of names. Where a Kubernetes Node and a Calico Node have one name, the Calico Node's
 * fields win: it is the resource that the user edits with calicoctl, and on an etcd datastore the only one that Calico
 * reads; on a Kubernetes datastore both are views of the same annotations. Labels are the other way round: Kubernetes
 * labels win over Calico-only ones (libcalico-go node.go mergeCalicoAndK8sLabels).
 */
export function readNodes(kubernetes: readonly Manifest[], calico: readonly Manifest[], remarks: Remarks): NodeDraft[] {
  const calicoByName = new Map(calico.map((manifest) => [manifest.resource.metadata.name, manifest]))
  const drafts: NodeDraft[] = []
  for (const manifest of kubernetes) {
    const { name } = manifest.resource.metadata
    drafts.push(draftOf(manifest, calicoByName.get(name), remarks))
    calicoByName.delete(name)
  }
  for (const manifest of byName([...calicoByName.values()])) drafts.push(draftOf(undefined, manifest, remarks))
  return drafts.sort((a, b) => compareText(a.name, b.name))
}

function draftOf(kubernetes: Manifest, calico: Manifest | undefined, remarks: Remarks): NodeDraft
function draftOf(kubernetes: undefined, calico: Manifest, remarks: Remarks): NodeDraft
function draftOf(kubernetes: Manifest | undefined, calico: Manifest | undefined, remarks: Remarks): NodeDraft {
  const facts = [
    ...(calico === undefined ? [] : [factsOfCalicoNode(calico, remarks)]),
    ...(kubernetes === undefined ? [] : [factsOfKubernetesNode(kubernetes, remarks)]),
  ]
  const about = (kubernetes ?? calico) as Manifest
  const labels = mergedLabels(kubernetes, calico, remarks)
  return {
    ...facts.reduce(mergeFacts),
    name: about.resource.metadata.name,
    labels,
    ...schedulingOf(kubernetes?.resource.spec),
    os: osOf(labels, kubernetes?.resource.status),
    syntheticPods: wholeWithin(kubernetes?.resource.metadata.annotations?.[PODS_ANNOTATION], 0, 10_000) ?? 0,
    about,
  }
}

function mergedLabels(
  kubernetes: Manifest | undefined,
  calico: Manifest | undefined,
  remarks: Remarks,
): Readonly<Record<string, string>> {
  const own = textMapOf(kubernetes?.resource.metadata.labels)
  const annotation = kubernetes?.resource.metadata.annotations?.['projectcalico.org/labels']
  if (calico === undefined && annotation === undefined) return own
  return {
    ...(kubernetes && annotation !== undefined ? annotatedLabels(annotation, kubernetes, remarks) : {}),
    ...textMapOf(calico?.resource.metadata.labels),
    ...own,
  }
}

/** Calico-only labels, kept as JSON in an annotation (resources.go SetCalicoMetadataFromK8sAnnotations). */
function annotatedLabels(text: string, about: Manifest, remarks: Remarks): Readonly<Record<string, string>> {
  try {
    return textMapOf(JSON.parse(text))
  } catch {
    remarks.add({
      severity: 'warning',
      code: 'NODE_ANNOTATION_INVALID',
      message: `The annotation projectcalico.org/labels of node ${about.resource.metadata.name} is no JSON: ${shortly(text)}.`,
      hint: 'Write a JSON map of strings; calicoctl label nodes does it.',
      about,
      path: ['metadata', 'annotations', 'projectcalico.org/labels'],
    })
    return {}
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Drafts in their final order made into nodes. Fields are named one by one: there may be 100,000 nodes. */
export function numberNodes(drafts: readonly NodeDraft[]): readonly ClusterNode[] {
  return drafts.map((draft, index) => {
    const node: Writable<ClusterNode> = {
      index,
      name: draft.name,
      labels: draft.labels,
      bgpAddress: draft.bgpAddress,
      addresses: draft.addresses,
      tunnelAddress: draft.tunnelAddress,
      podCIDRs: draft.podCIDRs,
      schedulable: draft.schedulable,
      taints: draft.taints,
      os: draft.os,
      syntheticPods: draft.syntheticPods,
    }
    if (draft.asNumber !== undefined) node.asNumber = draft.asNumber
    if (draft.routeReflectorClusterID !== undefined) node.routeReflectorClusterID = draft.routeReflectorClusterID
    if (draft.vxlanTunnelMAC !== undefined) node.vxlanTunnelMAC = draft.vxlanTunnelMAC
    if (draft.vxlanTunnelMACv6 !== undefined) node.vxlanTunnelMACv6 = draft.vxlanTunnelMACv6
    if (draft.wireguardPublicKey !== undefined) node.wireguardPublicKey = draft.wireguardPublicKey
    if (draft.wireguardPublicKeyV6 !== undefined) node.wireguardPublicKeyV6 = draft.wireguardPublicKeyV6
    return node
  })
}

/** `unschedulable` and taints of a Kubernetes Node's spec. */
export function schedulingOf(spec: unknown): Pick<NodeDraft, 'schedulable' | 'taints'> {
  return {
    schedulable: at(spec, 'unschedulable') !== true,
    taints: listOf(at(spec, 'taints')).flatMap((taint) => {
      const [key, value, effect] = [textOf(at(taint, 'key')), textOf(at(taint, 'value')), textOf(at(taint, 'effect'))]
      if (key === undefined || effect === undefined) return []
      return [{ key, ...(value === undefined ? {} : { value }), effect }]
    }),
  }
}

/** From the label that Kubernetes sets, else from what the kubelet reports. */
export function osOf(labels: Readonly<Record<string, string>>, status?: unknown): ClusterNode['os'] {
  const said =
    labels['kubernetes.io/os'] ?? labels['beta.kubernetes.io/os'] ?? at(status, 'nodeInfo', 'operatingSystem')
  return said === 'windows' ? 'windows' : 'linux'
}
