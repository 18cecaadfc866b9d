/**
 * The IPAM kinds. IPReservation and the IPAM configuration are written by people, BlockAffinity and IPAMBlock by Calico.
 * Sources: api/pkg/apis/projectcalico/v3/{ipreservation,ipamconfig,blockaffinity,ipamblocks}.go for projectcalico.org/v3;
 * libcalico-go/config/crd for crd.projectcalico.org/v1, where flags of a BlockAffinity are text.
 */

import { anything, boolean, integer, itemsOf, list, map, object, oneOf, type Rule, text } from '../schema.js'
import { show } from '../slips.js'
import { CRD_CIDR, NETWORK_OR_EMPTY, pattern } from '../text-formats.js'
import { nameOf, whole } from './metadata.js'

/** spec of an IPReservation. */
export const IP_RESERVATION_SPEC = object(
  { reservedCIDRs: list(text({ format: CRD_CIDR, structFormat: NETWORK_OR_EMPTY, keepsEmpty: true }), { set: true }) },
  { required: 'zero' },
)
/** A whole IPReservation. */
export const IP_RESERVATION = whole(IP_RESERVATION_SPEC)

/** calicoctl knows one object of this kind (clientv3 ipamconfig.go validateMetadata; ipam.go GetIPAMConfig). */
const namedDefault: Rule = (self, report) => {
  const name = nameOf(self)
  if (name === 'default' || name === undefined) return
  report({
    code: 'IPAMCONFIG_NAME',
    layers: ['client'],
    path: ['metadata', 'name'],
    message: `The name is ${show(name)}, but Calico reads only the IPAM configuration named default.`,
    hint: 'Name it default.',
  })
}

/**
 * Pairs that `calicoctl ipam configure` refuses and the API server stores all the same
 * (libcalico-go lib/ipam/ipam.go SetIPAMConfig).
 */
const pairsMakeSense: Rule = (self, report) => {
  if (self.strictAffinity === true) return
  if (typeof self.maxBlocksPerHost === 'number' && self.maxBlocksPerHost > 0) {
    report({
      code: 'IPAMCONFIG_MAX_BLOCKS',
      layers: [],
      path: ['maxBlocksPerHost'],
      message: `maxBlocksPerHost is ${self.maxBlocksPerHost} without strictAffinity: a node at its limit gets no address, not even a borrowed one.`,
      hint: 'Set strictAffinity to true, or maxBlocksPerHost to 0.',
    })
  }
  if (self.autoAllocateBlocks === false) {
    report({
      code: 'IPAMCONFIG_NO_BLOCKS',
      layers: [],
      path: ['autoAllocateBlocks'],
      message:
        'autoAllocateBlocks is false without strictAffinity: no node ever gets a block, addresses are only borrowed.',
      hint: 'Set strictAffinity to true, or autoAllocateBlocks to true.',
    })
  }
}

/** An int32 in Go: calicoctl cannot even read a number beyond it. */
const COOLDOWN = integer({ minimum: 0, maximum: 1200, structMinimum: -2147483648, structMaximum: 2147483647 })

/** spec of the IPAMConfiguration of projectcalico.org/v3. */
export const IPAM_CONFIGURATION_SPEC = object(
  {
    strictAffinity: boolean({ required: true, default: false }),
    maxBlocksPerHost: integer({
      minimum: 0,
      maximum: 1000000,
      structMinimum: 0,
      structMaximum: 2147483647,
      default: 0,
    }),
    autoAllocateBlocks: boolean({ required: true, default: true }),
    kubeVirtVMAddressPersistence: oneOf(['Enabled', 'Disabled'], { keepsEmpty: true }),
    ipCooldownSeconds: COOLDOWN,
  },
  { required: 'zero', rules: [pairsMakeSense] },
)
/** A whole IPAMConfiguration. */
export const IPAM_CONFIGURATION = whole(IPAM_CONFIGURATION_SPEC, { rules: [namedDefault] })

/** The CRD has no defaults: both flags have to be there. */
export const IPAM_CONFIG_V1 = whole(
  object(
    {
      strictAffinity: boolean({ required: true }),
      autoAllocateBlocks: boolean({ required: true }),
      maxBlocksPerHost: integer({ minimum: 0, maximum: 2147483647 }),
      kubeVirtVMAddressPersistence: oneOf(['Enabled', 'Disabled'], { keepsEmpty: true }),
      ipCooldownSeconds: COOLDOWN,
    },
    { rules: [pairsMakeSense] },
  ),
  { rules: [namedDefault] },
)

const AFFINITY_STATES = ['', 'confirmed', 'pending', 'pendingDeletion'] as const

const notDeleted: Rule = (self, report) => {
  if (self.deleted !== true) return
  report({
    code: 'BLOCKAFFINITY_DELETED',
    layers: ['struct'],
    path: ['deleted'],
    message: 'spec.deleted cannot be set to true when an affinity is written.',
    hint: 'Delete the object, or leave the field out.',
  })
}

/** spec of a BlockAffinity of projectcalico.org/v3. */
export const BLOCK_AFFINITY_SPEC = object(
  {
    state: oneOf(AFFINITY_STATES, { required: 'zero', keepsEmpty: true }),
    node: text({ required: 'zero' }),
    type: text(),
    cidr: text({ required: true, format: CRD_CIDR, keepsEmpty: true }),
    deleted: boolean({ required: true, default: false }),
  },
  { required: true, rules: [notDeleted] },
)
/** A whole BlockAffinity of projectcalico.org/v3. */
export const BLOCK_AFFINITY = whole(BLOCK_AFFINITY_SPEC)

/** In the CRD behind the v3 API every field is text, `deleted: "false"` too. */
export const BLOCK_AFFINITY_V1 = whole(
  object(
    {
      state: text({
        required: 'zero',
        format: pattern(/^(confirmed|pending|pendingDeletion)?$/, `one of ${AFFINITY_STATES.slice(1).join(', ')}`),
        keepsEmpty: true,
      }),
      node: text({ required: 'zero' }),
      type: text(),
      cidr: text({ required: true, format: CRD_CIDR, keepsEmpty: true }),
      deleted: text({ required: 'zero', format: pattern(/^(true|false)?$/, '"true" or "false"'), keepsEmpty: true }),
    },
    { required: true },
  ),
)

/** What holds of every block (lib/ipam/ipam_block.go): ordinals and attribute indexes point into their lists. */
const blockIsConsistent: Rule = (self, report) => {
  const allocations = itemsOf(self.allocations)
  const attributes = itemsOf(self.attributes)
  const refuse = (field: string, index: number, message: string): void =>
    report({
      code: 'IPAMBLOCK_INCONSISTENT',
      layers: [],
      path: [field, index],
      message,
      hint: 'Run calicoctl ipam check, and read the block from the cluster again.',
    })
  const beyond = allocations.findIndex(
    (attribute) => typeof attribute === 'number' && (attribute < 0 || attribute >= attributes.length),
  )
  if (beyond >= 0) {
    refuse(
      'allocations',
      beyond,
      `Address ${beyond} points at attributes ${show(allocations[beyond])}, there are ${attributes.length}.`,
    )
  }
  const unallocated = itemsOf(self.unallocated)
  const taken = unallocated.findIndex(
    (ordinal) =>
      typeof ordinal === 'number' &&
      (ordinal < 0 || ordinal >= allocations.length || typeof allocations[ordinal] === 'number'),
  )
  if (taken >= 0) {
    refuse(
      'unallocated',
      taken,
      `Address ${show(unallocated[taken])} is listed as free, but it is allocated or beyond the block.`,
    )
  }
}

const ATTRIBUTES = list(
  object({
    handle_id: text(),
    secondary: map(text()),
    alternateOwnerAttrs: map(text()),
    releasedAt: anything(),
  }),
  { required: 'zero' },
)

function ipamBlock(affinity: ReturnType<typeof text>): ReturnType<typeof whole> {
  return whole(
    object(
      {
        cidr: text({ required: true, format: CRD_CIDR, keepsEmpty: true }),
        affinity,
        affinityClaimTime: anything(),
        allocations: list(integer({ nullable: true }), { required: 'zero' }),
        unallocated: list(integer(), { required: 'zero' }),
        attributes: ATTRIBUTES,
        deleted: boolean(),
        sequenceNumber: integer(),
        sequenceNumberForAllocation: map(integer()),
        strictAffinity: boolean({ required: 'zero' }),
      },
      { required: true, rules: [blockIsConsistent] },
    ),
  )
}

/** A whole IPAMBlock of projectcalico.org/v3. */
export const IPAM_BLOCK = ipamBlock(
  text({ format: pattern(/^(host|virtual):[a-zA-Z0-9._-]+$/, 'host:NODE or virtual:NAME'), keepsEmpty: true }),
)
/** The same behind the v3 API, where any text may be the owner. */
export const IPAM_BLOCK_V1 = ipamBlock(text())
