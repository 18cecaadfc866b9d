/** BGPConfiguration `default` and `node.NAME` with their defaults (confd client.go globalDefaults, updateBGPConfigCache). */

import { parseAddress } from '../address/address.js'
import { type Prefix, parsePrefix } from '../address/prefix.js'
import type { Manifest } from '../manifests/resource.js'
import type { BgpSettings, NodeBgpSettings, PrefixAdvertisement, ProgramClusterRoutes } from './bgp-settings.js'
import type { Environment } from './environment.js'
import { compareText } from './inventory.js'
import type { PasswordReader } from './passwords.js'
import {
  asNumberOf,
  at,
  durationSecondsOf,
  flagOf,
  listOf,
  textOf,
  textsOf,
  wholeWithin,
  wordOf,
} from './read-fields.js'
import type { Remarks } from './remarks.js'
import { createSpecReader, remarkIgnored, type SpecReader, shortly } from './spec-reader.js'

export const PROGRAM_CLUSTER_ROUTES: readonly ProgramClusterRoutes[] = [
  'Enabled',
  'Disabled',
  'EnabledIPIPOnly',
  'EnabledNoEncapOnly',
]

/** AS number of a cluster that names none. */
const DEFAULT_AS_NUMBER = 64512
const PER_NODE = 'node.'
const HIGHEST_PRIORITY = 2_147_483_646

export function readBgpSettings(
  manifests: readonly Manifest[],
  environment: Environment,
  password: PasswordReader,
  remarks: Remarks,
): BgpSettings {
  const perNode = new Map<string, NodeBgpSettings>()
  let global: Manifest | undefined
  for (const manifest of manifests) {
    const { name } = manifest.resource.metadata
    if (name === 'default') global = manifest
    else if (name.startsWith(PER_NODE)) perNode.set(name.slice(PER_NODE.length), readPerNode(manifest, remarks))
    else remarkName(remarks, manifest)
  }
  return { ...readGlobal(global, environment, password, remarks), perNode }
}

function readGlobal(
  manifest: Manifest | undefined,
  environment: Environment,
  password: PasswordReader,
  remarks: Remarks,
): Omit<BgpSettings, 'perNode'> {
  const read: SpecReader = manifest === undefined ? () => undefined : createSpecReader(remarks, manifest)
  const spec = manifest?.resource.spec
  const listenPort = read('listenPort', portOf)
  const nodeMeshPassword =
    manifest && password(at(spec, 'nodeMeshPassword'), manifest, ['spec', 'nodeMeshPassword', 'secretKeyRef'])
  const nodeMeshMaxRestartTime = read('nodeMeshMaxRestartTime', durationSecondsOf)
  const programClusterRoutes = read('programClusterRoutes', (value) => wordOf(value, PROGRAM_CLUSTER_ROUTES))
  const [peeringV4, peeringV6] = [
    read('localWorkloadPeeringIPV4', addressOf),
    read('localWorkloadPeeringIPV6', addressOf),
  ]
  const routerID = environment.get('CALICO_ROUTER_ID')
  const blocks = (name: string): readonly Prefix[] =>
    manifest === undefined ? [] : serviceRanges(manifest, name, remarks)
  return {
    asNumber: read('asNumber', asNumberOf) ?? DEFAULT_AS_NUMBER,
    nodeToNodeMeshEnabled: read('nodeToNodeMeshEnabled', flagOf) ?? true,
    ...(listenPort === undefined ? {} : { listenPort }),
    bindMode: read('bindMode', (value) => wordOf(value, ['None', 'NodeIP'])) ?? 'None',
    ignoredInterfaces: textsOf(at(spec, 'ignoredInterfaces')),
    logSeverity: textOf(at(spec, 'logSeverityScreen')) ?? 'Info',
    ...(nodeMeshPassword === undefined ? {} : { nodeMeshPassword }),
    ...(nodeMeshMaxRestartTime === undefined ? {} : { nodeMeshMaxRestartTime }),
    ...(programClusterRoutes === undefined ? {} : { programClusterRoutes }),
    normalRoutePriority: {
      4: read('ipv4NormalRoutePriority', priorityOf) ?? 1024,
      6: read('ipv6NormalRoutePriority', priorityOf) ?? 1024,
    },
    prefixAdvertisements: manifest === undefined ? [] : readAdvertisements(manifest, remarks),
    serviceClusterIPs: advertisedClusterIPs(environment, remarks) ?? blocks('serviceClusterIPs'),
    serviceExternalIPs: blocks('serviceExternalIPs'),
    serviceLoadBalancerIPs: blocks('serviceLoadBalancerIPs'),
    serviceLoadBalancerAggregation:
      read('serviceLoadBalancerAggregation', (value) => wordOf(value, ['Enabled', 'Disabled'])) !== 'Disabled',
    localWorkloadPeering: {
      ...(peeringV4?.family === 4 ? { 4: peeringV4 } : {}),
      ...(peeringV6?.family === 6 ? { 6: peeringV6 } : {}),
    },
    ...(routerID === undefined ? {} : { routerID }),
  }
}

function readPerNode(manifest: Manifest, remarks: Remarks): NodeBgpSettings {
  const read = createSpecReader(remarks, manifest)
  const listenPort = read('listenPort', portOf)
  const logSeverity = textOf(at(manifest.resource.spec, 'logSeverityScreen'))
  return {
    ...(listenPort === undefined ? {} : { listenPort }),
    ...(logSeverity === undefined ? {} : { logSeverity }),
    ...(Array.isArray(at(manifest.resource.spec, 'prefixAdvertisements'))
      ? { prefixAdvertisements: readAdvertisements(manifest, remarks) }
      : {}),
  }
}

/** CALICO_ADVERTISE_CLUSTER_IPS takes the place of serviceClusterIPs (confd client.go NewCalicoClient). */
function advertisedClusterIPs(environment: Environment, remarks: Remarks): readonly Prefix[] | undefined {
  const text = environment.get('CALICO_ADVERTISE_CLUSTER_IPS')
  if (text === undefined) return undefined
  const prefix = parsePrefix(text)
  if (prefix === undefined && environment.daemonSet) remarkIgnored(remarks, environment.daemonSet, [], text)
  return prefix === undefined ? [] : [prefix]
}

function serviceRanges(manifest: Manifest, name: string, remarks: Remarks): readonly Prefix[] {
  return listOf(at(manifest.resource.spec, name)).flatMap((entry, i) => {
    const cidr = textOf(at(entry, 'cidr'))
    if (cidr === undefined) return []
    const prefix = parsePrefix(cidr)
    if (prefix === undefined) remarkIgnored(remarks, manifest, ['spec', name, i, 'cidr'], cidr)
    return prefix ?? []
  })
}

/** Standard `AS:NUMBER` or large `AS:NUMBER:NUMBER` (confd client.go isValidCommunity). */
const COMMUNITY = /^[0-9]+:[0-9]+(:[0-9]+)?$/

/** confd client.go getPrefixAdvertisementsKVPair: names come from the same resource's list, the first match counts. */
function readAdvertisements(manifest: Manifest, remarks: Remarks): readonly PrefixAdvertisement[] {
  const { spec } = manifest.resource
  const values = new Map<string, string>()
  for (const entry of listOf(at(spec, 'communities'))) {
    const [name, value] = [textOf(at(entry, 'name')), textOf(at(entry, 'value'))]
    if (name !== undefined && value !== undefined && !values.has(name)) values.set(name, value)
  }
  return listOf(at(spec, 'prefixAdvertisements')).flatMap((entry, i): PrefixAdvertisement[] => {
    const cidr = at(entry, 'cidr')
    const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
    if (prefix === undefined) {
      remarkIgnored(remarks, manifest, ['spec', 'prefixAdvertisements', i, 'cidr'], cidr)
      return []
    }
    const communities = new Set<string>()
    for (const [j, said] of listOf(at(entry, 'communities')).entries()) {
      const value = typeof said !== 'string' ? undefined : COMMUNITY.test(said) ? said : values.get(said)
      if (value !== undefined) communities.add(value)
      else remarkCommunity(remarks, manifest, ['spec', 'prefixAdvertisements', i, 'communities', j], said)
    }
    return [{ prefix, communities: [...communities].sort(compareText) }]
  })
}

function remarkCommunity(remarks: Remarks, about: Manifest, path: readonly (string | number)[], said: unknown): void {
  remarks.add({
    severity: 'warning',
    code: 'COMMUNITY_UNKNOWN',
    message: `The community ${shortly(said)} is neither a value nor a name in spec.communities of this resource and is not set.`,
    hint: 'Write AS:NUMBER or AS:NUMBER:NUMBER, or define the name in spec.communities of the same BGPConfiguration.',
    about,
    path,
  })
}

function remarkName(remarks: Remarks, about: Manifest): void {
  remarks.add({
    severity: 'warning',
    code: 'BGP_CONFIGURATION_IGNORED',
    message: `BGPConfiguration ${about.resource.metadata.name} is ignored: only default and node.NODENAME count.`,
    hint: 'Put the settings into BGPConfiguration default.',
    about,
    path: ['metadata', 'name'],
  })
}

function portOf(value: unknown): number | undefined {
  return wholeWithin(value, 1, 65535)
}

function priorityOf(value: unknown): number | undefined {
  return wholeWithin(value, 1, HIGHEST_PRIORITY)
}

function addressOf(value: unknown) {
  return typeof value === 'string' ? parseAddress(value) : undefined
}
