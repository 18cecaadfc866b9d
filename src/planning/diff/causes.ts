/** Which of the resources that differ stand behind a difference. */

import { formatFieldPath } from '../../findings/finding.js'
import type { Cause, ClusterDiff, ResourceChange, RouteChange, SessionChange } from './cluster-diff.js'

/** A resource by itself explains everything; of several, those whose kind and name have to do with the difference. */
export function withCauses(diff: ClusterDiff): ClusterDiff {
  const { resources } = diff
  if (resources.length === 0) return diff
  return {
    ...diff,
    sessions: {
      ...diff.sessions,
      groups: diff.sessions.groups.map((group) => ({ ...group, causes: causesOf(resources, sessionTest(group)) })),
    },
    routes: {
      ...diff.routes,
      groups: diff.routes.groups.map((group) => ({ ...group, causes: causesOf(resources, routeTest(group)) })),
    },
  }
}

type Test = (change: ResourceChange) => boolean

/** More resources than this are told by their number only: 1,000 pods are no explanation. */
const MOST_CAUSES = 5

function causesOf(resources: readonly ResourceChange[], test: Test): readonly Cause[] {
  const [only] = resources
  const fitting = resources.length === 1 && only !== undefined ? [only] : resources.filter(test)
  if (fitting.length > MOST_CAUSES) return []
  return fitting.map(({ kind, namespace, name, fields }) => ({
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    fields: fields.map(({ path }) => formatFieldPath(path)),
  }))
}

const PEERING = new Set(['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'Node', 'NodeSet', 'Underlay'])

function sessionTest({ between, example, kind }: SessionChange): Test {
  const speakers = new Set(between.flat())
  const peers = new Set([example.before?.from, example.after?.from])
  return (change) => {
    if (!PEERING.has(change.kind)) return false
    if (change.kind === 'BGPPeer') return peers.has(change.name)
    if (change.kind === 'Node') return speakers.has(change.name)
    return change.kind !== 'BGPFilter' && (kind !== 'mesh' || change.kind !== 'BGPPeer')
  }
}

function routeTest({ example, nodes }: RouteChange): Test {
  const named = new Set([example.before?.why.resource, example.after?.why.resource])
  const local = (example.after ?? example.before)?.why.rule === 'localPod'
  const known = new Set(nodes)
  return ({ kind, namespace, name }) => {
    if (local) return kind === 'Pod' ? named.has(`Pod ${namespace}/${name}`) : WORKLOADS.has(kind)
    if (kind === 'IPPool') return named.has(`IPPool ${name}`)
    if (kind === 'Node') return nodes.length === 1 ? known.has(name) : true
    return PEERING.has(kind) || kind === 'FelixConfiguration'
  }
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet', 'IPPool', 'NodeSet', 'Node'])
