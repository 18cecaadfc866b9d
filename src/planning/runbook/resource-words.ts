/** Kinds as kubectl and calicoctl call them on the command line. */

import type { ReadKind } from '../../cluster/inventory.js'
import type { Client } from '../change/change.js'

const CALICO: Readonly<Record<string, ReadKind>> = {
  ippool: 'calico/IPPool',
  bgpconfiguration: 'calico/BGPConfiguration',
  bgpconfig: 'calico/BGPConfiguration',
  bgppeer: 'calico/BGPPeer',
  bgpfilter: 'calico/BGPFilter',
  felixconfiguration: 'calico/FelixConfiguration',
  felixconfig: 'calico/FelixConfiguration',
  ipreservation: 'calico/IPReservation',
  ipamconfiguration: 'calico/IPAMConfiguration',
  ipamconfig: 'calico/IPAMConfiguration',
  blockaffinity: 'calico/BlockAffinity',
  blockaffinitie: 'calico/BlockAffinity',
  ipamblock: 'calico/IPAMBlock',
  clusterinformation: 'calico/ClusterInformation',
  clusterinfo: 'calico/ClusterInformation',
}

const KUBERNETES: Readonly<Record<string, ReadKind>> = {
  node: 'core/Node',
  no: 'core/Node',
  namespace: 'core/Namespace',
  ns: 'core/Namespace',
  pod: 'core/Pod',
  po: 'core/Pod',
  service: 'core/Service',
  svc: 'core/Service',
  configmap: 'core/ConfigMap',
  cm: 'core/ConfigMap',
  secret: 'core/Secret',
  endpointslice: 'discovery.k8s.io/EndpointSlice',
  deployment: 'apps/Deployment',
  deploy: 'apps/Deployment',
  statefulset: 'apps/StatefulSet',
  sts: 'apps/StatefulSet',
  daemonset: 'apps/DaemonSet',
  ds: 'apps/DaemonSet',
  replicaset: 'apps/ReplicaSet',
  rs: 'apps/ReplicaSet',
  installation: 'operator.tigera.io/Installation',
}

const BY_WORD: { readonly [C in Exclude<Client, 'world'> | 'kubectl']: ReadonlyMap<string, ReadKind> } = {
  kubectl: new Map([...Object.entries(CALICO), ...Object.entries(KUBERNETES)]),
  calicoctl: new Map([...Object.entries(CALICO), ['node', 'calico/Node'], ['nod', 'calico/Node']]),
}

/** `ippool`, `IPPools`, `ippools.crd.projectcalico.org`, `deploy`; undefined for a kind that the planner does not read. */
export function kindOfWord(word: string, client: 'kubectl' | 'calicoctl'): ReadKind | undefined {
  const [first = ''] = word.toLowerCase().split('.')
  const known = BY_WORD[client]
  return (
    known.get(first) ??
    known.get(first.replace(/ies$/, 'y')) ??
    known.get(first.replace(/e?s$/, '')) ??
    known.get(first.replace(/s$/, ''))
  )
}

/** Other kinds that a cluster has: commands about them are real and change nothing of the model. */
const OTHERS = new Set(
  [
    'job cronjob event networkpolicy globalnetworkpolicy networkset globalnetworkset hostendpoint workloadendpoint',
    'tier profile serviceaccount sa role rolebinding clusterrole clusterrolebinding crd customresourcedefinition ingress',
    'persistentvolume pv persistentvolumeclaim pvc storageclass sc endpoints ep lease csr tigerastatus apiserver',
    'poddisruptionbudget pdb horizontalpodautoscaler hpa kubecontrollersconfiguration caliconodestatus all componentstatus cs',
  ]
    .join(' ')
    .split(' '),
)

/** A kind that is real and not part of the model. */
export function isOtherKind(word: string): boolean {
  const [first = ''] = word.toLowerCase().split('.')
  return (
    OTHERS.has(first) ||
    OTHERS.has(first.replace(/ies$/, 'y')) ||
    OTHERS.has(first.replace(/e?s$/, '')) ||
    OTHERS.has(first.replace(/s$/, ''))
  )
}
