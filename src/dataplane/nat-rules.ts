/** The chain that carries natOutgoing out, rule by rule (felix/rules/nat.go NATOutgoingChain). */

import { type Address, type Family, formatAddress } from '../address/address.js'
import { type Cluster, felixOn } from '../cluster/cluster.js'
import type { FelixSettings } from '../cluster/felix-settings.js'
import { masqueradeSets } from './nat.js'

export type NatAction =
  | { readonly type: 'MASQUERADE'; readonly ports?: string }
  /** `to` is an address, with a range of ports behind a colon where one is set. */
  | { readonly type: 'SNAT'; readonly to: string }
  | { readonly type: 'RETURN' }

export interface NatRule {
  readonly protocol?: 'tcp' | 'udp'
  readonly outInterface?: string
  /** Packets to a host of the cluster are left alone too. */
  readonly exceptHosts: boolean
  readonly action: NatAction
}

export type NatSettings = Pick<
  FelixSettings,
  'natOutgoingAddress' | 'natOutgoingExclusions' | 'natOutgoingInterfaceFilter' | 'natPortRange'
>

/**
 * Every rule takes packets from the masquerade set to outside of the pools. With a port range TCP and UDP come first,
 * each with a RETURN behind it for packets whose port could not be changed.
 */
export function natOutgoingRules(settings: NatSettings, family: Family, knowsExclusions = true): readonly NatRule[] {
  const { natOutgoingInterfaceFilter, natOutgoingExclusions, natPortRange } = settings
  const common = {
    ...(natOutgoingInterfaceFilter === undefined ? {} : { outInterface: natOutgoingInterfaceFilter }),
    exceptHosts: knowsExclusions && natOutgoingExclusions === 'IPPoolsAndHostIPs',
  }
  const address = settings.natOutgoingAddress?.family === family ? settings.natOutgoingAddress : undefined
  const ports = natPortRange && `${natPortRange.min}-${natPortRange.max}`
  const ranged = ports === undefined ? [] : (['tcp', 'udp'] as const)
  return [
    ...ranged.flatMap((protocol): NatRule[] => [
      { protocol, ...common, action: actionOf(address, ports) },
      { protocol, ...common, action: { type: 'RETURN' } },
    ]),
    { ...common, action: actionOf(address, undefined) },
  ]
}

function actionOf(address: Address | undefined, ports: string | undefined): NatAction {
  if (address === undefined) return ports === undefined ? { type: 'MASQUERADE' } : { type: 'MASQUERADE', ports }
  const to = formatAddress(address)
  return { type: 'SNAT', to: ports === undefined ? to : `${to}:${ports}` }
}

/** The chain of a node, which is empty where no pool of the family has natOutgoing (felix masq_mgr.go). */
export function natOutgoingChain(cluster: Cluster, node: string, family: Family): readonly NatRule[] {
  if (masqueradeSets(cluster, family).sources.length === 0) return []
  return natOutgoingRules(felixOn(cluster, node), family, cluster.release.natOutgoingExclusions)
}
