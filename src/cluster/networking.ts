/** The networking backend and the CNI plugin's settings, from calico-config, the environment and Installation. */

import type { Manifest } from '../manifests/resource.js'
import type { Cluster, CniSettings, NetworkingBackend } from './cluster.js'
import type { Environment } from './environment.js'
import { at, fieldsOf, flagOf, listOf, textOf, textsOf, wholeWithin } from './read-fields.js'

type Config = Readonly<Record<string, string>>

/**
 * `bird` unless the installation says `vxlan` or `none`: CALICO_NETWORKING_BACKEND of calico-node, which manifests
 * fill from `calico_backend` of calico-config; the operator sets `none` or `vxlan` where Installation has BGP disabled
 * (node/filesystem/etc/rc.local; tigera operator, render/node.go).
 */
export function readBackend(
  environment: Environment,
  config: Config,
  operator: Manifest | undefined,
): NetworkingBackend {
  const word = environment.get('CALICO_NETWORKING_BACKEND') ?? textOf(config.calico_backend)
  if (word !== undefined) return word === 'none' || word === 'vxlan' ? word : 'bird'
  if (at(operator?.resource.spec, 'calicoNetwork', 'bgp') !== 'Disabled') return 'bird'
  const pools = listOf(at(operator?.resource.spec, 'calicoNetwork', 'ipPools'))
  return pools.length === 0 || pools.some((pool) => String(at(pool, 'encapsulation') ?? '').startsWith('VXLAN'))
    ? 'vxlan'
    : 'none'
}

/**
 * AKS where Installation, or the cluster type that calico-node has stored, says so (felix/config/config_params.go
 * KubernetesProvider; tigera operator, render/node.go).
 */
export function readProvider(
  environment: Environment,
  clusterInformation: readonly Manifest[],
  operator: Manifest | undefined,
): Pick<Cluster, 'kubernetesProvider'> {
  const stored = clusterInformation.map(({ resource }) => textOf(at(resource.spec, 'clusterType')) ?? '')
  const types = [environment.get('CLUSTER_TYPE') ?? '', ...stored].flatMap((text) => text.toLowerCase().split(','))
  const named = at(operator?.resource.spec, 'kubernetesProvider') === 'AKS'
  return named || types.includes('aks') ? { kubernetesProvider: 'AKS' } : {}
}

/** What the CNI plugin is told (cni-plugin/pkg/types/types.go NetConf, IPAM). */
export function readCni(environment: Environment, config: Config, operator: Manifest | undefined): CniSettings {
  const ipam = fieldsOf(at(calicoPlugin(config.cni_network_config), 'ipam'))
  const operatorSpec = operator?.resource.spec
  const hostLocal = at(ipam, 'type') === 'host-local' || at(operatorSpec, 'cni', 'ipam', 'type') === 'HostLocal'
  const families = listOf(at(operatorSpec, 'calicoNetwork', 'ipPools')).map((pool) => String(at(pool, 'cidr') ?? ''))
  const operatorV6 = families.some((cidr) => cidr.includes(':'))
  const operatorV4 = families.length === 0 || families.some((cidr) => !cidr.includes(':'))
  return {
    mtu:
      wholeWithin(config.veth_mtu, 0, 65535) ??
      wholeWithin(at(calicoPlugin(config.cni_network_config), 'mtu'), 0, 65535) ??
      wholeWithin(at(operatorSpec, 'calicoNetwork', 'mtu'), 0, 65535) ??
      wholeWithin(environment.get('CNI_MTU'), 0, 65535) ??
      0,
    ipamType: hostLocal ? 'host-local' : 'calico-ipam',
    ipv4Pools: textsOf(at(ipam, 'ipv4_pools')),
    ipv6Pools: textsOf(at(ipam, 'ipv6_pools')),
    assignIPv4: flagOf(at(ipam, 'assign_ipv4')) ?? operatorV4,
    assignIPv6: flagOf(at(ipam, 'assign_ipv6')) ?? operatorV6,
  }
}

/**
 * The calico entry of `cni_network_config`. The text is JSON except for `__CNI_MTU__` and the like, which the
 * installer fills in; a number in place of such a word makes it parse.
 */
function calicoPlugin(text: string | undefined): unknown {
  if (text === undefined || text.length > 100_000) return undefined
  try {
    const parsed: unknown = JSON.parse(text.replaceAll(/(:\s*)__[A-Z0-9_]+__/g, '$10'))
    const plugins = listOf(at(parsed, 'plugins'))
    return plugins.length === 0 ? parsed : plugins.find((plugin) => at(plugin, 'type') === 'calico')
  } catch {
    return undefined
  }
}
