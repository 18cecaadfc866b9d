/**
 * FelixConfiguration and the FELIX_* environment, parameter by parameter. Felix takes each parameter from the first of:
 * environment, FelixConfiguration `node.NAME`, FelixConfiguration `default`, its own default (felix/config
 * config_params.go, the order of Source). A value that Felix cannot read gives the default, and hides lower sources.
 */

import { type Address, parseAddress } from '../address/address.js'
import type { Manifest } from '../manifests/resource.js'
import { PROGRAM_CLUSTER_ROUTES } from './bgp-configurations.js'
import type { Environment } from './environment.js'
import type { FelixSettings } from './felix-settings.js'
import { at, listOf, textOf, textsOf, wholeOf, wholeWithin, wordOf } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { remarkIgnored } from './spec-reader.js'

interface Parameter<T> {
  /** Name in FelixConfiguration's spec. */
  readonly field: string
  /** Name in the environment after `FELIX_`, in capitals. */
  readonly variable: string
  readonly read: (value: unknown) => T | undefined
}

function parameter<T>(
  field: string,
  read: (value: unknown) => T | undefined,
  variable = field.toUpperCase(),
): Parameter<T> {
  return { field, variable, read }
}

type Parameters = { readonly [K in keyof FelixSettings]-?: Parameter<NonNullable<FelixSettings[K]>> }

const HIGHEST_PRIORITY = 2_147_483_646

const PARAMETERS: Parameters = {
  ipipEnabled: parameter('ipipEnabled', switchOf, 'IPINIPENABLED'),
  vxlanEnabled: parameter('vxlanEnabled', switchOf),
  ipipMTU: parameter('ipipMTU', mtuOf, 'IPINIPMTU'),
  vxlanMTU: parameter('vxlanMTU', mtuOf),
  vxlanMTUV6: parameter('vxlanMTUV6', mtuOf),
  wireguardMTU: parameter('wireguardMTU', mtuOf),
  wireguardMTUV6: parameter('wireguardMTUV6', mtuOf),
  mtuIfacePattern: parameter('mtuIfacePattern', textOf),
  vxlanVNI: parameter('vxlanVNI', (value) => wholeWithin(value, 0, 0xffffff)),
  vxlanPort: parameter('vxlanPort', (value) => wholeWithin(value, 1, 65535)),
  wireguardEnabled: parameter('wireguardEnabled', switchOf),
  wireguardEnabledV6: parameter('wireguardEnabledV6', switchOf),
  wireguardHostEncryptionEnabled: parameter('wireguardHostEncryptionEnabled', switchOf),
  wireguardInterfaceName: parameter('wireguardInterfaceName', textOf),
  wireguardInterfaceNameV6: parameter('wireguardInterfaceNameV6', textOf),
  wireguardRoutingRulePriority: parameter('wireguardRoutingRulePriority', (value) => wholeWithin(value, 1, 32765)),
  wireguardListeningPort: parameter('wireguardListeningPort', (value) => wholeWithin(value, 1, 65535)),
  wireguardListeningPortV6: parameter('wireguardListeningPortV6', (value) => wholeWithin(value, 1, 65535)),
  deviceRouteProtocol: parameter('deviceRouteProtocol', (value) => wholeWithin(value, 0, 255)),
  deviceRouteSourceAddress: parameter('deviceRouteSourceAddress', addressOf),
  deviceRouteSourceAddressIPv6: parameter('deviceRouteSourceAddressIPv6', addressOf),
  removeExternalRoutes: parameter('removeExternalRoutes', switchOf),
  routeSource: parameter('routeSource', (value) => wordOf(value, ['CalicoIPAM', 'WorkloadIPs'])),
  routeTableRange: parameter('routeTableRange', tableRangeOf),
  programClusterRoutes: parameter('programClusterRoutes', (value) => wordOf(value, PROGRAM_CLUSTER_ROUTES)),
  ipv4NormalRoutePriority: parameter('ipv4NormalRoutePriority', priorityOf),
  ipv4ElevatedRoutePriority: parameter('ipv4ElevatedRoutePriority', priorityOf),
  ipv6NormalRoutePriority: parameter('ipv6NormalRoutePriority', priorityOf),
  natOutgoingAddress: parameter('natOutgoingAddress', addressOf),
  natOutgoingExclusions: parameter('natOutgoingExclusions', (value) =>
    wordOf(value, ['IPPoolsOnly', 'IPPoolsAndHostIPs']),
  ),
  natOutgoingInterfaceFilter: parameter('iptablesNATOutgoingInterfaceFilter', textOf),
  natPortRange: parameter('natPortRange', portRangeOf),
  externalNodes: parameter('externalNodesList', cidrListOf, 'EXTERNALNODESCIDRLIST'),
  bpfEnabled: parameter('bpfEnabled', switchOf),
  interfacePrefix: parameter('interfacePrefix', textOf),
  workloadSourceSpoofing: parameter('workloadSourceSpoofing', (value) =>
    value === 'Any' ? true : value === 'Disabled' ? false : undefined,
  ),
  allowIPIPPacketsFromWorkloads: parameter('allowIPIPPacketsFromWorkloads', switchOf),
  allowVXLANPacketsFromWorkloads: parameter('allowVXLANPacketsFromWorkloads', switchOf),
}

/** felix/config/config_params.go, the `config:` tags. */
export const FELIX_DEFAULTS: FelixSettings = {
  ipipMTU: 0,
  vxlanMTU: 0,
  vxlanMTUV6: 0,
  wireguardMTU: 0,
  wireguardMTUV6: 0,
  vxlanVNI: 4096,
  vxlanPort: 4789,
  wireguardEnabled: false,
  wireguardEnabledV6: false,
  wireguardHostEncryptionEnabled: false,
  wireguardInterfaceName: 'wireguard.cali',
  wireguardInterfaceNameV6: 'wg-v6.cali',
  wireguardRoutingRulePriority: 99,
  wireguardListeningPort: 51820,
  wireguardListeningPortV6: 51821,
  deviceRouteProtocol: 3,
  removeExternalRoutes: true,
  routeSource: 'CalicoIPAM',
  routeTableRange: { min: 1, max: 250 },
  ipv4NormalRoutePriority: 1024,
  ipv4ElevatedRoutePriority: 512,
  ipv6NormalRoutePriority: 1024,
  natOutgoingExclusions: 'IPPoolsOnly',
  externalNodes: [],
  bpfEnabled: false,
  interfacePrefix: 'cali',
  workloadSourceSpoofing: false,
  allowIPIPPacketsFromWorkloads: false,
  allowVXLANPacketsFromWorkloads: false,
}

export interface FelixConfigurations {
  readonly global: FelixSettings
  readonly byNode: ReadonlyMap<string, FelixSettings>
}

const PER_NODE = 'node.'

export function readFelix(
  manifests: readonly Manifest[],
  environment: Environment,
  remarks: Remarks,
): FelixConfigurations {
  const base = manifests.find(({ resource }) => resource.metadata.name === 'default')
  const byNode = new Map<string, FelixSettings>()
  const global = settingsFrom(base === undefined ? [] : [base], environment, remarks)
  for (const manifest of manifests) {
    const { name } = manifest.resource.metadata
    if (name.startsWith(PER_NODE)) {
      const sources = base === undefined ? [manifest] : [manifest, base]
      byNode.set(name.slice(PER_NODE.length), settingsFrom(sources, environment, remarks))
    } else if (manifest !== base) remarkName(remarks, manifest)
  }
  return { global, byNode }
}

function settingsFrom(sources: readonly Manifest[], environment: Environment, remarks: Remarks): FelixSettings {
  const settings: Record<string, unknown> = { ...FELIX_DEFAULTS }
  for (const [name, { field, variable, read }] of Object.entries(PARAMETERS)) {
    const said = sourceOf(field, variable, sources, environment)
    if (said === undefined) continue
    const value = read(said.value)
    if (value !== undefined) settings[name] = value
    else if (said.about !== undefined) remarkIgnored(remarks, said.about, said.path, said.value)
  }
  return settings as unknown as FelixSettings
}

interface Said {
  readonly value: unknown
  readonly about: Manifest | undefined
  readonly path: readonly string[]
}

function sourceOf(
  field: string,
  variable: string,
  sources: readonly Manifest[],
  environment: Environment,
): Said | undefined {
  const inEnvironment = environment.felix.get(`FELIX_${variable}`)
  if (inEnvironment) return { value: inEnvironment, about: environment.daemonSet, path: [`FELIX_${variable}`] }
  for (const about of sources) {
    const value = at(about.resource.spec, field)
    if (value !== undefined && value !== null && value !== '') return { value, about, path: ['spec', field] }
  }
  if (field === 'routeTableRange') return sourceOf('routeTableRanges', 'ROUTETABLERANGES', sources, environment)
  return undefined
}

function remarkName(remarks: Remarks, about: Manifest): void {
  remarks.add({
    severity: 'warning',
    code: 'FELIX_CONFIGURATION_IGNORED',
    message: `FelixConfiguration ${about.resource.metadata.name} is ignored: only default and node.NODENAME count.`,
    hint: 'Put the settings into FelixConfiguration default, or into node.NODENAME for one node.',
    about,
    path: ['metadata', 'name'],
  })
}

/** felix/config/param_types.go BoolParam. */
function switchOf(value: unknown): boolean | undefined {
  const word = String(value).toLowerCase()
  if (['true', '1', 'yes', 'y', 't'].includes(word)) return true
  return ['false', '0', 'no', 'n', 'f'].includes(word) ? false : undefined
}

function mtuOf(value: unknown): number | undefined {
  return wholeWithin(value, 0, 65535)
}

function priorityOf(value: unknown): number | undefined {
  return wholeWithin(value, 1, HIGHEST_PRIORITY)
}

function addressOf(value: unknown): Address | undefined {
  return typeof value === 'string' ? parseAddress(value) : undefined
}

function cidrListOf(value: unknown): readonly string[] {
  if (typeof value !== 'string') return textsOf(value)
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** `32768:65535`, or one port (api/pkg/lib/numorstring PortFromString). */
function portRangeOf(value: unknown): FelixSettings['natPortRange'] | undefined {
  const match = /^([0-9]{1,5})(?::([0-9]{1,5}))?$/.exec(String(value))
  const [min, max] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])]
  return min >= 1 && min <= max && max <= 65535 ? { min, max } : undefined
}

/** `{min, max}`, the first of a list of such, or `1-250`. */
function tableRangeOf(value: unknown): FelixSettings['routeTableRange'] | undefined {
  const first = Array.isArray(value) ? listOf(value)[0] : value
  const match = typeof first === 'string' ? /^([0-9]+)-([0-9]+)/.exec(first) : null
  const [min, max] =
    match === null ? [wholeOf(at(first, 'min')), wholeOf(at(first, 'max'))] : [Number(match[1]), Number(match[2])]
  return min !== undefined && max !== undefined && min > 0 && min <= max ? { min, max } : undefined
}
