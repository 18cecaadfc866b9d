/** What a snapshot reads: every kind that the planner uses, and of each only the fields that it uses. Never a Secret. */

export interface Wanted {
  /** The file's name without its ending, and the word for it in notes. */
  readonly name: string
  /** Paths of the API server; the first that exists is read. */
  readonly paths: readonly string[]
  readonly apiVersion: string
  readonly kind: string
  readonly keep: (item: Fields) => Fields
  /** False leaves an object out. */
  readonly choose?: (item: Fields) => boolean
}

export type Fields = Readonly<Record<string, unknown>>

const CALICO_CRD = '/apis/crd.projectcalico.org/v1'
const CALICO_V3 = '/apis/projectcalico.org/v3'

/** In the order in which they are read and reported. */
export const WANTED: readonly Wanted[] = [
  core(
    'nodes',
    'Node',
    pick(
      ['spec', 'podCIDR'],
      ['spec', 'podCIDRs'],
      ['spec', 'taints'],
      ['spec', 'unschedulable'],
      ['status', 'addresses'],
    ),
  ),
  core('namespaces', 'Namespace', pick()),
  core(
    'pods',
    'Pod',
    pick(
      ['spec', 'nodeName'],
      ['spec', 'hostNetwork'],
      ['spec', 'nodeSelector'],
      ['status', 'phase'],
      ['status', 'podIP'],
      ['status', 'podIPs'],
    ),
  ),
  core('services', 'Service', pick(['spec'], ['status', 'loadBalancer'])),
  {
    ...core(
      'configmaps',
      'ConfigMap',
      pick(['data', 'veth_mtu'], ['data', 'calico_backend'], ['data', 'cni_network_config'], ['data', 'config.conf']),
    ),
    choose: ({ metadata }) => ['calico-config', 'kube-proxy'].includes(String(fieldsOf(metadata)['name'])),
  },
  listed(
    'endpointslices',
    '/apis/discovery.k8s.io/v1',
    'discovery.k8s.io/v1',
    'EndpointSlice',
    pick(['addressType'], ['endpoints'], ['ports']),
  ),
  workload('deployments', 'Deployment'),
  workload('statefulsets', 'StatefulSet'),
  workload('daemonsets', 'DaemonSet'),
  { ...workload('replicasets', 'ReplicaSet'), choose: ({ spec }) => fieldsOf(spec)['replicas'] !== 0 },
  listed(
    'installations',
    '/apis/operator.tigera.io/v1',
    'operator.tigera.io/v1',
    'Installation',
    pick(['spec', 'calicoNetwork'], ['spec', 'cni'], ['spec', 'variant'], ['status', 'calicoVersion']),
  ),
  ...[
    ['ippools', 'IPPool'],
    ['bgpconfigurations', 'BGPConfiguration'],
    ['bgppeers', 'BGPPeer'],
    ['bgpfilters', 'BGPFilter'],
    ['felixconfigurations', 'FelixConfiguration'],
    ['ipreservations', 'IPReservation'],
    ['clusterinformations', 'ClusterInformation'],
    ['blockaffinities', 'BlockAffinity'],
    ['ipamblocks', 'IPAMBlock'],
    ['ipamconfigs', 'IPAMConfig'],
  ].map(([name = '', kind = '']): Wanted => calico(name, kind)),
]

/** As custom resources, or where Calico serves its own group and has no CRDs, there. */
function calico(name: string, kind: string): Wanted {
  return {
    name,
    paths: [`${CALICO_CRD}/${name}`, `${CALICO_V3}/${name}`],
    apiVersion: 'crd.projectcalico.org/v1',
    kind,
    keep: pick(['spec']),
  }
}

function core(name: string, kind: string, keep: Wanted['keep']): Wanted {
  return listed(name, '/api/v1', 'v1', kind, keep)
}

function listed(name: string, group: string, apiVersion: string, kind: string, keep: Wanted['keep']): Wanted {
  return { name, paths: [`${group}/${name}`], apiVersion, kind, keep }
}

const PLACEMENT = pick(
  ['spec', 'replicas'],
  ['spec', 'template', 'metadata', 'labels'],
  ['spec', 'template', 'metadata', 'annotations'],
  ['spec', 'template', 'spec', 'nodeSelector'],
  ['spec', 'template', 'spec', 'hostNetwork'],
  ['spec', 'template', 'spec', 'tolerations'],
)

/** Calico's own DaemonSet is read with its environment; of everybody else's workloads only where their pods may go. */
function workload(name: string, kind: string): Wanted {
  const whole = pick(['spec', 'template'])
  return listed(name, '/apis/apps/v1', 'apps/v1', kind, (item) => {
    const own = ['calico-node', 'kube-proxy'].includes(String(fieldsOf(item['metadata'])['name']))
    return kind === 'DaemonSet' && own ? whole(item) : PLACEMENT(item)
  })
}

const METADATA = [
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'labels'],
  ['metadata', 'annotations'],
  ['metadata', 'ownerReferences'],
  ['metadata', 'creationTimestamp'],
  ['metadata', 'deletionTimestamp'],
] as const

/** A copy with the metadata that identifies and selects, and the paths named. */
function pick(...paths: readonly (readonly string[])[]): Wanted['keep'] {
  return (item) => {
    const kept: Record<string, unknown> = {}
    for (const path of [...METADATA, ...paths]) copy(item, kept, path)
    const annotations = fieldsOf(fieldsOf(kept['metadata'])['annotations'])
    const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...rest } = annotations
    const { annotations: _all, ...metadata } = fieldsOf(kept['metadata'])
    return {
      ...kept,
      metadata: Object.keys(rest).length === 0 ? metadata : { ...metadata, annotations: rest },
    }
  }
}

function copy(from: Fields, to: Record<string, unknown>, path: readonly string[]): void {
  const [key, ...rest] = path
  if (key === undefined || !Object.hasOwn(from, key) || from[key] === undefined) return
  if (rest.length === 0) {
    to[key] = from[key]
    return
  }
  const below = { ...fieldsOf(to[key]) }
  copy(fieldsOf(from[key]), below, rest)
  if (Object.keys(below).length > 0) to[key] = below
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}
