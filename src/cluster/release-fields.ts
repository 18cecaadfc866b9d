/** Fields that a release of Calico does not know yet: its API server drops them, so they count as not set. */

import type { Manifest } from '../manifests/resource.js'
import type { ReadKind } from './inventory.js'
import { at, fieldsOf } from './read-fields.js'
import type { Release } from './release.js'
import type { Remarks } from './remarks.js'

type Known = (release: Release) => boolean

/** By kind and name of a field of `spec`: whether a release knows it. Fields that are not listed are as old as v3.13. */
const FIELDS: Partial<Record<ReadKind, Readonly<Record<string, Known>>>> = {
  'calico/BGPPeer': {
    sourceAddress: (release) => release.sourceAddressOption,
    password: (release) => release.peerPasswords,
    keepOriginalNextHop: (release) => release.keepOriginalNextHop !== 'none',
    nextHopMode: (release) => release.nextHopMode,
    localASNumber: (release) => release.localASNumber,
    numAllowedLocalASNumbers: (release) => release.allowedLocalAS,
    maxRestartTime: (release) => release.maxRestartTime,
    keepaliveTime: (release) => release.keepaliveTime,
    localWorkloadSelector: (release) => release.localWorkloadPeers,
    reversePeering: (release) => release.reversePeeringSetting,
    ttlSecurity: (release) => release.ttlSecurity,
    reachableBy: (release) => release.reachableBy,
    filters: (release) => release.bgpFilters,
  },
  'calico/BGPConfiguration': {
    listenPort: (release) => release.peerPorts,
    communities: (release) => release.communities,
    prefixAdvertisements: (release) => release.communities,
    nodeMeshPassword: (release) => release.meshPassword,
    nodeMeshMaxRestartTime: (release) => release.meshPassword,
    bindMode: (release) => release.bindMode,
    ignoredInterfaces: (release) => release.ignoredInterfaces,
    serviceLoadBalancerIPs: (release) => release.loadBalancerAdvertisement,
    serviceLoadBalancerAggregation: (release) => release.loadBalancerAggregation,
    localWorkloadPeeringIPV4: (release) => release.localWorkloadPeers,
    localWorkloadPeeringIPV6: (release) => release.localWorkloadPeers,
    programClusterRoutes: ({ clusterRoutesSetting }) =>
      clusterRoutesSetting !== 'none' && clusterRoutesSetting !== 'felixOnly',
    ipv4NormalRoutePriority: (release) => release.birdRouteMetric,
    ipv6NormalRoutePriority: (release) => release.birdRouteMetric,
  },
  'calico/FelixConfiguration': {
    programClusterRoutes: (release) => release.clusterRoutesSetting !== 'none',
    natOutgoingExclusions: (release) => release.natOutgoingExclusions,
    wireguardEnabled: (release) => release.wireguard,
    wireguardEnabledV6: (release) => release.wireguardV6,
    wireguardHostEncryptionEnabled: (release) => release.wireguardHostEncryption,
    ipv4NormalRoutePriority: (release) => release.birdRouteMetric,
    ipv4ElevatedRoutePriority: (release) => release.birdRouteMetric,
    ipv6NormalRoutePriority: (release) => release.birdRouteMetric,
  },
  'calico/IPPool': {
    disableBGPExport: (release) => release.disableBGPExport,
    namespaceSelector: (release) => release.poolNamespaceSelector,
    assignmentMode: (release) => release.poolAssignmentMode,
  },
  'calico/IPAMConfiguration': {
    ipCooldownSeconds: (release) => release.addressCooldown,
  },
}

/** The resources of a kind without the fields that the release does not know, each with a remark. */
export function withKnownFields(
  kind: ReadKind,
  manifests: readonly Manifest[],
  release: Release,
  remarks: Remarks,
): readonly Manifest[] {
  const unknown = Object.entries(FIELDS[kind] ?? {}).flatMap(([field, known]) => (known(release) ? [] : [field]))
  if (unknown.length === 0) return manifests
  return manifests.map((manifest) => {
    const { spec } = manifest.resource
    const present = unknown.filter((field) => at(spec, field) !== undefined)
    if (present.length === 0) return manifest
    remarks.add({
      severity: 'info',
      code: 'FIELD_UNKNOWN_TO_RELEASE',
      message: `Calico ${release.name} does not know ${present.join(', ')} of ${manifest.resource.kind} ${manifest.resource.metadata.name}.`,
      hint: 'Predict a release that knows it with --calico, or take the field out.',
      about: manifest,
      path: ['spec', present[0] ?? ''],
    })
    const known = Object.entries(fieldsOf(spec)).filter(([name]) => !present.includes(name))
    return { ...manifest, resource: { ...manifest.resource, spec: Object.fromEntries(known) } }
  })
}
