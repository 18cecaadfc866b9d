/**
 * IPPool: the CRD's table, its CEL rules, and what calicoctl adds.
 * Sources: api/pkg/apis/projectcalico/v3/ippool.go (markers), libcalico-go lib/validator/v3 validateIPPoolSpec,
 * lib/clientv3/ippool.go validateAndSetDefaults.
 */

import { formatPrefix, overlaps, type Prefix, parseInterfaceAddress, parsePrefix } from '../../../address/prefix.js'
import { boolean, filledText, integer, itemsOf, list, object, oneOf, type Rule, text } from '../schema.js'
import { SELECTOR } from '../selector-format.js'
import { show } from '../slips.js'
import { CRD_CIDR, isMapped, MASKED_NETWORK } from '../text-formats.js'
import { whole } from './metadata.js'

/** The values of ipipMode and vxlanMode. */
export const ENCAPSULATION_MODES = ['Never', 'Always', 'CrossSubnet'] as const
/** The values of allowedUses. */
export const POOL_USES = ['Workload', 'Tunnel', 'LoadBalancer'] as const
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'].flatMap((range) => parsePrefix(range) ?? [])

/** The pool's network; undefined when the field holds none. */
function networkOf(cidr: unknown): Prefix | undefined {
  return typeof cidr === 'string' ? parsePrefix(cidr) : undefined
}

/**
 * What calicoctl's parser takes and CEL's `cidr()` refuses: an IPv4 network in the notation of IPv6, and a length with
 * leading zeros (k8s.io/apiserver pkg/cel/library cidr.go, on Go's netip.ParsePrefix).
 */
const cidrSuitsCel: Rule = (self, report) => {
  const network = networkOf(self.cidr)
  if (network === undefined || typeof self.cidr !== 'string') return
  const mapped = isMapped(self.cidr)
  if (!mapped && !/\/0[0-9]/.test(self.cidr)) return
  report({
    code: 'VALIDATION_CIDR',
    layers: ['schema'],
    path: ['cidr'],
    message: mapped
      ? `spec.cidr is ${show(self.cidr)}: an IPv4-mapped IPv6 address is not allowed.`
      : `spec.cidr is ${show(self.cidr)}: the length must not have leading zeros.`,
    hint: mapped ? 'Write the IPv4 network.' : `Write ${formatPrefix(network)}.`,
  })
}

const cidrIsMasked: Rule = (self, report) => {
  const parsed = typeof self.cidr === 'string' ? parseInterfaceAddress(self.cidr) : undefined
  if (parsed === undefined) {
    if (typeof self.cidr !== 'string' || !CRD_CIDR.test(self.cidr)) return
    report({
      code: 'VALIDATION_CIDR',
      layers: ['struct', 'schema'],
      path: ['cidr'],
      message: `spec.cidr is ${show(self.cidr)}, which is no CIDR: no octet may have a leading zero.`,
      hint: 'Take the leading zeros out.',
    })
  } else if (parsed.network.base !== parsed.address.value) {
    report({
      code: 'VALIDATION_CIDR_NOT_MASKED',
      layers: ['struct', 'schema', 'client'],
      path: ['cidr'],
      message: `IPPool CIDR must be strictly masked: ${show(self.cidr)} has host bits set.`,
      hint: `Write ${formatPrefix(parsed.network)}.`,
    })
  } else if (formatPrefix(parsed.network) !== self.cidr) {
    report({
      code: 'IPPOOL_CIDR_NOT_CANONICAL',
      layers: [],
      path: ['cidr'],
      message: `spec.cidr is ${show(self.cidr)}, which calicoctl rewrites to ${formatPrefix(parsed.network)}; stored through kubectl as it is, a later update through calicoctl is refused as a change of the CIDR.`,
      hint: `Write ${formatPrefix(parsed.network)}.`,
    })
  }
}

const cidrAvoidsLinkLocal: Rule = (self, report) => {
  const pool = networkOf(self.cidr)
  for (const range of LINK_LOCAL) {
    if (pool === undefined || !overlaps(pool, range)) continue
    report({
      code: 'IPPOOL_LINK_LOCAL',
      layers: ['schema'],
      path: ['cidr'],
      message: `IPPool CIDR overlaps with IPv${range.family} link local range ${formatPrefix(range)}: ${show(self.cidr)}.`,
      hint: 'Choose another range.',
    })
  }
}

const blockSizeFits: Rule = (self, report) => {
  const pool = networkOf(self.cidr)
  if (pool === undefined) return
  const [least, most, standard] = pool.family === 4 ? [20, 32, 26] : [116, 128, 122]
  const given = typeof self.blockSize === 'number' && self.blockSize !== 0 ? self.blockSize : undefined
  if (given !== undefined && (given < least || given > most)) {
    report({
      code: 'IPPOOL_BLOCK_SIZE',
      layers: ['schema'],
      path: ['blockSize'],
      message: `spec.blockSize is ${given}: blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools.`,
      hint: `Choose a number from ${least} to ${most}; ${standard} is the default.`,
    })
  }
  const blockSize = given ?? standard
  if (self.disabled !== true && pool.length > blockSize) {
    report({
      code: 'IPPOOL_TOO_SMALL',
      layers: ['schema'],
      path: ['cidr'],
      message: `IP pool size is too small for use with Calico IPAM: a /${pool.length} does not hold one block of /${blockSize}.`,
      hint: `Give the pool a /${blockSize} or wider, or set blockSize to ${Math.max(pool.length, least)} or more.`,
    })
  }
}

const oneEncapsulation: Rule = (self, report) => {
  const [ipip, vxlan] = [filledText(self.ipipMode), filledText(self.vxlanMode)]
  if (ipip && vxlan && ipip !== 'Never' && vxlan !== 'Never') {
    report({
      code: 'IPPOOL_TWO_ENCAPSULATIONS',
      layers: ['schema'],
      path: ['vxlanMode'],
      message: `ipipMode is ${show(ipip)} and vxlanMode is ${show(vxlan)}: ipipMode and vxlanMode cannot both be enabled.`,
      hint: 'Set one of them to Never.',
    })
  }
  if (ipip && ipip !== 'Never' && networkOf(self.cidr)?.family === 6) {
    report({
      code: 'IPPOOL_IPIP_ON_IPV6',
      layers: ['schema'],
      path: ['ipipMode'],
      message: `ipipMode is ${show(ipip)}, but IPIP is not supported on IPv6 pools.`,
      hint: 'Set ipipMode to Never; vxlanMode works for IPv6.',
    })
  }
}

const loadBalancerStandsAlone: Rule = (self, report) => {
  if (!itemsOf(self.allowedUses).includes('LoadBalancer')) return
  const refuse = (field: string, message: string, hint: string, dropped = false): void =>
    report({
      code: 'IPPOOL_LOAD_BALANCER',
      layers: ['schema'],
      path: [field],
      message,
      hint,
      ...(dropped && { droppedByCalicoctl: true as const }),
    })
  for (const field of ['ipipMode', 'vxlanMode'] as const) {
    const mode = filledText(self[field])
    if (mode && mode !== 'Never') {
      refuse(
        field,
        `${field} is ${show(mode)}: a LoadBalancer IP pool cannot have IPIP or VXLAN enabled.`,
        `Set ${field} to Never.`,
      )
    }
  }
  if (itemsOf(self.allowedUses).some((use) => use === 'Workload' || use === 'Tunnel')) {
    refuse(
      'allowedUses',
      'LoadBalancer cannot be combined with Workload or Tunnel allowed uses.',
      'Make a pool of its own for LoadBalancer.',
    )
  }
  if (self.disableBGPExport === true) {
    refuse('disableBGPExport', 'LoadBalancer IP pools cannot disable BGP export.', 'Leave disableBGPExport out.')
  }
  const { nodeSelector } = self
  if (nodeSelector !== undefined && nodeSelector !== null && nodeSelector !== 'all()') {
    refuse(
      'nodeSelector',
      `IP Pool with AllowedUse LoadBalancer must have nodeSelector set to all(), it is ${show(nodeSelector)}.`,
      'Write all(), or leave nodeSelector out.',
      nodeSelector === '',
    )
  }
}

const tunnelHasNoNamespace: Rule = (self, report) => {
  const namespaceSelector = filledText(self.namespaceSelector)
  if (namespaceSelector === undefined) return
  const uses = itemsOf(self.allowedUses)
  if (uses.includes('Tunnel')) {
    report({
      code: 'IPPOOL_TUNNEL_NAMESPACE_SELECTOR',
      layers: ['schema'],
      path: ['namespaceSelector'],
      message: 'IP Pool with AllowedUse Tunnel cannot have namespaceSelector.',
      hint: 'Set allowedUses to [Workload].',
    })
  } else if (uses.length === 0) {
    report({
      code: 'IPPOOL_TUNNEL_NAMESPACE_SELECTOR',
      layers: ['client'],
      path: ['namespaceSelector'],
      message:
        'The pool has a namespaceSelector and no allowedUses: calicoctl fills in [Workload, Tunnel], and an IP Pool with AllowedUse Tunnel cannot have namespaceSelector.',
      hint: 'Set allowedUses to [Workload].',
    })
  }
}

const noGlobalSelector: Rule = (self, report) => {
  for (const field of ['nodeSelector', 'namespaceSelector'] as const) {
    if (!filledText(self[field])?.includes('global(')) continue
    report({
      code: 'IPPOOL_GLOBAL_SELECTOR',
      layers: ['schema'],
      path: [field],
      message: `global() selector is not valid for IPPool ${field}: ${show(self[field])}.`,
      hint: 'Use all() to select everything.',
    })
  }
}

/** spec of an IPPool. */
export const IP_POOL_SPEC = object(
  {
    cidr: text({ required: true, structRequired: true, maxLength: 48, format: CRD_CIDR, structFormat: MASKED_NETWORK }),
    vxlanMode: oneOf(ENCAPSULATION_MODES),
    ipipMode: oneOf(ENCAPSULATION_MODES),
    natOutgoing: boolean(),
    disabled: boolean(),
    disableBGPExport: boolean(),
    blockSize: integer({ minimum: 0, maximum: 128 }),
    nodeSelector: text({ maxLength: 1024, structFormat: SELECTOR, default: 'all()' }),
    namespaceSelector: text({ maxLength: 1024, structFormat: SELECTOR }),
    allowedUses: list(oneOf(POOL_USES, { structEnum: POOL_USES, keepsEmpty: true }), { maxItems: 10, set: true }),
    assignmentMode: oneOf(['Automatic', 'Manual'], { keepsEmpty: true, default: 'Automatic' }),
  },
  {
    required: true,
    structRequired: true,
    rules: [
      cidrSuitsCel,
      cidrIsMasked,
      cidrAvoidsLinkLocal,
      blockSizeFits,
      oneEncapsulation,
      loadBalancerStandsAlone,
      tunnelHasNoNamespace,
      noGlobalSelector,
    ],
  },
)

/** A whole IPPool. */
export const IP_POOL = whole(IP_POOL_SPEC)
