/** FelixConfiguration (global, and per node where it differs) and the FELIX_* environment, which wins over both. */

import type { Address } from '../address/address.js'
import type { ProgramClusterRoutes } from './bgp-settings.js'

export interface FelixSettings {
  /** Undefined: decided by the pools (tri-state since v3.23, before that false). */
  readonly ipipEnabled?: boolean
  readonly vxlanEnabled?: boolean
  /** 0 means: worked out from the host's MTU. */
  readonly ipipMTU: number
  readonly vxlanMTU: number
  readonly vxlanMTUV6: number
  readonly wireguardMTU: number
  readonly wireguardMTUV6: number
  readonly mtuIfacePattern?: string
  readonly vxlanVNI: number
  readonly vxlanPort: number
  readonly wireguardEnabled: boolean
  readonly wireguardEnabledV6: boolean
  readonly wireguardHostEncryptionEnabled: boolean
  readonly wireguardInterfaceName: string
  readonly wireguardInterfaceNameV6: string
  readonly wireguardRoutingRulePriority: number
  readonly wireguardListeningPort: number
  readonly wireguardListeningPortV6: number
  /** 3 (boot) unless set. */
  readonly deviceRouteProtocol: number
  readonly deviceRouteSourceAddress?: Address
  readonly deviceRouteSourceAddressIPv6?: Address
  readonly removeExternalRoutes: boolean
  readonly routeSource: 'CalicoIPAM' | 'WorkloadIPs'
  readonly routeTableRange: { readonly min: number; readonly max: number }
  readonly programClusterRoutes?: ProgramClusterRoutes
  readonly ipv4NormalRoutePriority: number
  readonly ipv4ElevatedRoutePriority: number
  readonly ipv6NormalRoutePriority: number
  readonly natOutgoingAddress?: Address
  readonly natOutgoingExclusions: 'IPPoolsOnly' | 'IPPoolsAndHostIPs'
  readonly natOutgoingInterfaceFilter?: string
  /** Source ports of masqueraded TCP and UDP; the kernel's own choice unless set. */
  readonly natPortRange?: { readonly min: number; readonly max: number }
  readonly externalNodes: readonly string[]
  readonly bpfEnabled: boolean
  readonly interfacePrefix: string
  readonly workloadSourceSpoofing: boolean
  readonly allowIPIPPacketsFromWorkloads: boolean
  readonly allowVXLANPacketsFromWorkloads: boolean
}
