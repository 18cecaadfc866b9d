/**
 * What the CNI plugin asks IPAM for when a pod starts: families, pools and certain addresses, from the pod's and the
 * namespace's annotations and the plugin's own configuration (cni-plugin/pkg/k8s/k8s.go CmdAddK8s,
 * cni-plugin/internal/pkg/utils/utils.go ResolvePools).
 */

import { type Address, type Family, formatAddress, parseAddress } from '../../address/address.js'
import { firstAddress, type Prefix, parsePrefix } from '../../address/prefix.js'
import type { CniSettings } from '../../cluster/cluster.js'
import type { Labels } from '../../cluster/workload.js'
import type { AssignablePool } from '../assignable-pool.js'
import { failure, type IpamFailure, isFailure } from '../failure.js'

export interface CniRequest {
  /** Families to assign from pools, in the order in which they are assigned; empty when addresses are named. */
  readonly families: readonly Family[]
  readonly pools: { readonly [F in Family]: readonly Prefix[] }
  /** `cni.projectcalico.org/ipAddrs`: these and no others. */
  readonly addresses: readonly Address[]
}

const PREFIX = 'cni.projectcalico.org/'

/** The request, or the plugin's error. An annotation replaces what stands below it, it never adds to it. */
export function cniRequest(
  pod: Labels,
  namespace: Labels,
  cni: CniSettings,
  pools: readonly AssignablePool[],
): CniRequest | IpamFailure {
  const effective = (name: string): string => annotation(pod, name) || annotation(namespace, name)
  const v4 = poolList(effective('ipv4pools'), 'ipv4pools', cni.ipv4Pools)
  if (isFailure(v4)) return v4
  const v6 = poolList(effective('ipv6pools'), 'ipv6pools', cni.ipv6Pools)
  if (isFailure(v6)) return v6
  const families = familyList(effective('ipFamilies'), cni)
  if (isFailure(families)) return families
  const addresses = namedAddresses(pod)
  if (isFailure(addresses)) return addresses
  if (addresses.length > 0) return { families: [], pools: { 4: [], 6: [] }, addresses }
  const resolved4 = resolvePools(v4, 4, pools)
  if (isFailure(resolved4)) return resolved4
  const resolved6 = resolvePools(v6, 6, pools)
  return isFailure(resolved6) ? resolved6 : { families, pools: { 4: resolved4, 6: resolved6 }, addresses }
}

function annotation(annotations: Labels, name: string): string {
  const key = PREFIX + name
  return Object.hasOwn(annotations, key) ? (annotations[key] ?? '') : ''
}

function poolList(text: string, name: string, fallback: readonly string[]): readonly string[] | IpamFailure {
  if (text === '') return fallback
  return stringList(text) ?? failure('annotation', `${PREFIX}${name}: cannot parse '${text}' as a JSON list of strings`)
}

function familyList(text: string, cni: CniSettings): readonly Family[] | IpamFailure {
  const wants = (v4: boolean, v6: boolean): Family[] => [...(v4 ? [4 as const] : []), ...(v6 ? [6 as const] : [])]
  if (text === '') return wants(cni.assignIPv4, cni.assignIPv6)
  const list = stringList(text)
  if (list === undefined || list.some((family) => family !== 'IPv4' && family !== 'IPv6')) {
    return failure('annotation', `error parsing ipFamilies: ${text}`)
  }
  return wants(list.includes('IPv4'), list.includes('IPv6'))
}

/** Most that an annotation may hold; the API server allows 256 KiB for all of them together. */
const LONGEST_ANNOTATION = 262_144

/** Undefined when it is no JSON list of strings; `null` is an empty one, as Go reads it. */
function stringList(text: string): readonly string[] | undefined {
  if (text.length > LONGEST_ANNOTATION) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (value === null) return []
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

function namedAddresses(pod: Labels): readonly Address[] | IpamFailure {
  const text = annotation(pod, 'ipAddrs')
  const bypass = annotation(pod, 'ipAddrsNoIpam')
  if (text !== '' && bypass !== '') {
    return failure('annotation', "can't have both annotations: 'ipAddrs' and 'ipAddrsNoIpam' in use at the same time")
  }
  if (bypass !== '') return failure('annotation', 'requested feature is not enabled: ip_addrs_no_ipam')
  if (text === '') return []
  const name = `"${PREFIX}ipAddrs"`
  const list = stringList(text)
  if (list === undefined) return failure('annotation', `failed to parse IPs ${text} for annotation ${name}`)
  if (list.length === 0) return failure('annotation', `annotation ${name} specified but empty`)
  const addresses: Address[] = []
  for (const item of list) {
    const address = parseAddress(item)
    if (address === undefined) return failure('annotation', `invalid IP format: ${item}`)
    if (addresses.some(({ family }) => family === address.family)) {
      return failure('annotation', `cannot have more than one IPv${address.family} address for ${name} annotation`)
    }
    addresses.push(address)
  }
  return addresses
}

/** Each entry is a CIDR, taken as it is, or the name of a pool, enabled or not. */
function resolvePools(
  entries: readonly string[],
  family: Family,
  pools: readonly AssignablePool[],
): readonly Prefix[] | IpamFailure {
  const resolved: Prefix[] = []
  for (const entry of entries) {
    const prefix = parsePrefix(entry) ?? pools.find(({ name }) => name === entry)?.prefix
    if (prefix === undefined) {
      return failure('annotation', `error parsing pool "${entry}": invalid CIDR address: ${entry}`)
    }
    if (prefix.family !== family) {
      const base = formatAddress(firstAddress(prefix))
      return failure('annotation', `"${base}" isn't a IPv${family} address`)
    }
    resolved.push(prefix)
  }
  return resolved
}
