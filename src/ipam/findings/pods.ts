/** Pods, tunnels and Services that get no address. */

import type { Cluster } from '../../cluster/cluster.js'
import type { Finding, ResourceRef } from '../../findings/finding.js'
import type { FailureReason } from '../failure.js'
import type { IpamView, UnplacedPod } from '../view.js'

export function podFindings(cluster: Cluster, view: IpamView): Finding[] {
  return [...unplaced(view), ...tunnels(view), ...loadBalancers(view), ...nodesWithoutPool(cluster)]
}

const REMEDY: Readonly<Partial<Record<FailureReason, string>>> = {
  exhausted: 'Add a pool, widen nodeSelector of an existing one, or free addresses.',
  blockLimit:
    'Raise maxBlocksPerHost in IPAMConfiguration (with strictAffinity), or use a smaller blockSize number in a new pool.',
  noPoolForNode: 'Give a pool a nodeSelector and namespaceSelector that match, or name a pool in the annotation.',
  poolNotEnabled: 'Name the exact CIDR or the name of a pool that is enabled.',
  noQualifiedPool: 'Add or enable a pool of that family.',
  useNotAllowed: 'Add the use to allowedUses of the pool.',
  alreadyAssigned: 'Let one pod at a time have the address: one replica, and strategy Recreate.',
  otherOwner: 'Place the pod on the node that owns the block, or turn strictAffinity off.',
  strictRequired: 'Set strictAffinity in IPAMConfiguration; Windows nodes need it.',
  nodeMissing: 'Add the Node to the input, or correct nodeName.',
}

/** One finding for each message, not for each pod: a pool that is used up can leave thousands without. */
function unplaced(view: IpamView): Finding[] {
  const byReason = new Map<string, UnplacedPod[]>()
  for (const one of view.unplaced) {
    const group = byReason.get(one.reason)
    if (group) group.push(one)
    else byReason.set(one.reason, [one])
  }
  return [...byReason].flatMap(([reason, group]) => {
    const [first] = group
    if (first === undefined) return []
    const scheduled = first.failure !== 'notScheduled'
    return [
      {
        severity: scheduled ? ('error' as const) : ('warning' as const),
        code: scheduled ? ('POD_WITHOUT_ADDRESS' as const) : ('POD_UNSCHEDULABLE' as const),
        message: `${group.length === 1 ? '1 pod gets' : `${group.length} pods get`} no ${scheduled ? 'address' : 'node'}: ${reason.trim()}`,
        hint: (first.failure && REMEDY[first.failure]) ?? 'Change the pod or its nodes so that one node will take it.',
        resource: podRef(first),
      },
    ]
  })
}

function podRef({ pod }: UnplacedPod): ResourceRef {
  return { kind: 'Pod', namespace: pod.namespace, name: pod.name }
}

function tunnels(view: IpamView): Finding[] {
  return (view.tunnelFailures ?? []).map(({ node, kind, reason }) => ({
    severity: 'error',
    code: 'TUNNEL_WITHOUT_ADDRESS',
    message: `Node ${node} gets no address for its ${kind} tunnel: ${reason}`,
    hint: 'Leave room in a pool that encapsulates, allows the use Tunnel and selects the node.',
    resource: { kind: 'Node', name: node },
  }))
}

function loadBalancers(view: IpamView): Finding[] {
  return (view.loadBalancerFailures ?? []).map(({ service, reason }) => ({
    severity: 'error',
    code: 'POD_WITHOUT_ADDRESS',
    message: `Service ${service.namespace}/${service.name} of type LoadBalancer gets no address: ${reason.trim()}`,
    hint: 'Give a pool with allowedUses LoadBalancer room, or correct the annotation of the Service.',
    resource: service,
  }))
}

/** Nodes on which a pod could not get an address of a family that the CNI plugin asks for. */
function nodesWithoutPool(cluster: Cluster): Finding[] {
  if (cluster.cni.ipamType !== 'calico-ipam') return []
  const { assignIPv4, assignIPv6, ipv4Pools, ipv6Pools } = cluster.cni
  const families = [
    ...(assignIPv4 && ipv4Pools.length === 0 ? [4] : []),
    ...(assignIPv6 && ipv6Pools.length === 0 ? [6] : []),
  ]
  return families.flatMap((family): Finding[] => {
    const pools = cluster.pools.filter(
      ({ prefix, disabled, allocatable, assignmentMode, allowedUses }) =>
        prefix.family === family &&
        !disabled &&
        allocatable &&
        assignmentMode === 'Automatic' &&
        allowedUses.includes('Workload'),
    )
    const left = cluster.nodes.filter(({ labels }) => !pools.some(({ nodeSelector }) => nodeSelector.matches(labels)))
    const [first] = left
    if (first === undefined) return []
    const names = left.slice(0, 3).map(({ name }) => name)
    const more = left.length > names.length ? ` and ${left.length - names.length} more` : ''
    return [
      {
        severity: 'error',
        code: 'NODE_WITHOUT_POOL',
        message: `No enabled IPv${family} pool for workloads selects ${names.join(', ')}${more}; pods get no address there.`,
        hint: 'Add a label that a nodeSelector matches, or a pool whose nodeSelector matches these nodes.',
        resource: { kind: 'Node', name: first.name },
      },
    ]
  })
}
