/** What a Cluster's IPAM state has to say for itself: who goes without, what runs out, what does not add up. */

import type { Cluster } from '../cluster/cluster.js'
import type { Finding } from '../findings/finding.js'
import { kubeProxyFindings } from './findings/kube-proxy.js'
import { podCidrFindings } from './findings/pod-cidrs.js'
import { podFindings } from './findings/pods.js'
import { poolFindings } from './findings/pools.js'
import { recordFindings } from './findings/records.js'
import type { IpamView } from './view.js'

export function ipamFindings(cluster: Cluster, view: IpamView): Finding[] {
  const ownIpam = cluster.cni.ipamType === 'calico-ipam'
  return [
    ...podFindings(cluster, view),
    ...(ownIpam ? poolFindings(cluster, view) : []),
    ...(ownIpam ? recordFindings(cluster, view) : []),
    ...podCidrFindings(cluster),
    ...kubeProxyFindings(cluster),
  ]
}
