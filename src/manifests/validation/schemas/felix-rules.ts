/**
 * The conditions on FelixConfiguration that are no property of one field alone.
 * Sources: api/pkg/apis/projectcalico/v3/felixconfig.go (XValidation markers), libcalico-go lib/validator/v3
 * validateFelixConfigSpec, validateRouteTableRange, validateRouteTableIDRange, validateHealthTimeoutOverride.
 */

import { parseAddress } from '../../../address/address.js'
import { parseGoDuration } from '../duration.js'
import { filledText, has, integer, isFields, itemsOf, object, type Rule, text } from '../schema.js'
import { selectorFault } from '../selector-format.js'
import { show } from '../slips.js'
import { ADDRESS_V4, ADDRESS_V6, NETWORK_V4 } from '../text-formats.js'
import { nameOf } from './metadata.js'

const MAX_TABLES = 0xffff
const MAX_TABLE = 0xffffffff

function bounds(self: Readonly<Record<string, unknown>>): readonly [number, number] | undefined {
  const { min, max } = self
  return typeof min === 'number' && typeof max === 'number' ? [min, max] : undefined
}

/** Go reads an absent end as 0, which no range may hold. */
const END = integer({ required: true, structRequired: 'present' })

/** routeTableRange, the older field: both ends within 1..250. */
export const ROUTE_TABLE_RANGE = object(
  { min: END, max: END },
  {
    rules: [
      (self, report) => {
        const range = bounds(self)
        if (range === undefined || (range[0] >= 1 && range[1] >= range[0] && range[1] <= 250)) return
        report({
          code: 'FELIX_ROUTE_TABLE_RANGE',
          layers: ['struct', 'schema'],
          message: `The range ${range[0]} to ${range[1]} must be a range of route table indices within 1..250.`,
          hint: 'Choose min and max from 1 to 250, min not above max; or use routeTableRanges.',
        })
      },
    ],
  },
)

function rangeFault(min: number, max: number): string {
  if (min < 1) return `min must be >= 1, it is ${min}.`
  return min > max ? `min must not be greater than max: ${min} and ${max}.` : `max index too high: ${max}.`
}

/** One entry of routeTableRanges: any table of Linux. */
export const ROUTE_TABLE_ID_RANGE = object(
  { min: END, max: END },
  {
    rules: [
      (self, report) => {
        const range = bounds(self)
        if (range === undefined) return
        const [min, max] = range
        if (min >= 1 && min <= max && max <= MAX_TABLE) return
        report({
          code: 'FELIX_ROUTE_TABLE_RANGE',
          layers: min >= 1 && min <= max ? ['struct'] : ['struct', 'schema'],
          message: rangeFault(min, max),
          hint: 'Choose min and max from 1 up, min not above max.',
        })
      },
    ],
  },
)

/** One entry of healthTimeoutOverrides. */
export const HEALTH_TIMEOUT_OVERRIDE = object(
  { name: text({ required: 'zero' }), timeout: text({ required: 'zero', duration: true }) },
  {
    rules: [
      (self, report) => {
        if (typeof self.name !== 'string' || !/^[a-zA-Z0-9_ -]+$/.test(self.name)) {
          report({
            code: 'FELIX_HEALTH_TIMEOUT',
            layers: ['struct'],
            path: ['name'],
            message: `The name is ${show(self.name)}, it has to be letters, digits, '_', '-' and blanks.`,
            hint: 'Write the name of the health reporter.',
          })
        }
        const timeout = typeof self.timeout === 'string' ? parseGoDuration(self.timeout) : undefined
        if (timeout !== undefined && timeout < 0n) {
          report({
            code: 'FELIX_HEALTH_TIMEOUT',
            layers: ['struct'],
            path: ['timeout'],
            message: `The timeout is ${show(self.timeout)}, it should not be negative.`,
            hint: 'Write a duration of 0s or more.',
          })
        }
      },
    ],
  },
)

const oneKindOfRange: Rule = (self, report) => {
  if (!has(self.routeTableRange) || !has(self.routeTableRanges)) return
  report({
    code: 'FELIX_ROUTE_TABLE_RANGE',
    layers: ['schema'],
    path: ['routeTableRanges'],
    message: 'routeTableRange and routeTableRanges cannot both be set.',
    hint: 'Keep routeTableRanges.',
  })
}

const notTooManyTables: Rule = (self, report) => {
  let tables = 0
  for (const range of itemsOf(self.routeTableRanges)) {
    const ends = isFields(range) ? bounds(range) : undefined
    if (ends !== undefined) tables += ends[1] - ends[0] + 1
  }
  if (tables <= MAX_TABLES) return
  report({
    code: 'FELIX_ROUTE_TABLE_RANGE',
    layers: ['struct'],
    path: ['routeTableRanges'],
    message: `routeTableRanges targets too many tables: ${tables}, allowed are ${MAX_TABLES}.`,
    hint: 'Make the ranges smaller.',
  })
}

const SOURCE_ADDRESSES = [
  ['natOutgoingAddress', ADDRESS_V4],
  ['deviceRouteSourceAddress', ADDRESS_V4],
  ['deviceRouteSourceAddressIPv6', ADDRESS_V6],
] as const

/** calicoctl checks only that it is an address, the API server also its family. */
const addressesOfTheirFamily: Rule = (self, report) => {
  for (const [field, format] of SOURCE_ADDRESSES) {
    const value = filledText(self[field])
    if (value === undefined || (format.test(value) && value.includes(':') === (format === ADDRESS_V6))) continue
    report({
      code: 'VALIDATION_ADDRESS',
      layers: parseAddress(value) === undefined ? ['struct', 'schema'] : ['schema'],
      path: [field],
      message: `${field} must be a valid ${field.endsWith('6') ? 'IPv6' : 'IPv4'} address, it is ${show(value)}.`,
      hint: format.hint?.(value) ?? `Write ${format.allowed}.`,
    })
  }
}

const externalNodesAreV4: Rule = (self, report) => {
  for (const [i, value] of itemsOf(self.externalNodesList).entries()) {
    if (typeof value !== 'string' || NETWORK_V4.test(value)) continue
    report({
      code: 'VALIDATION_CIDR',
      layers: ['struct'],
      path: ['externalNodesList', i],
      message: `externalNodesList holds ${show(value)}, it has to be an IPv4 network or address.`,
      hint: 'Write IPv4 networks or addresses only.',
    })
  }
}

const MAX_PORT_RANGES = 7

/** iptables' multiport match takes 15 ports, and a range counts twice. The CRD bounds the list itself. */
const fewPortRanges: Rule = (self, report) => {
  const ranges = itemsOf(self.kubeNodePortRanges).length
  if (ranges <= MAX_PORT_RANGES) return
  report({
    code: 'VALIDATION_ITEMS',
    layers: ['struct'],
    path: ['kubeNodePortRanges'],
    message: `node port ranges list is too long: ${ranges}, allowed are ${MAX_PORT_RANGES}.`,
    hint: 'Join ranges, or take some out.',
  })
}

const MAX_REGION = 63 - 'openstack-region-'.length

const regionIsLabel: Rule = (self, report) => {
  const region = filledText(self.openstackRegion)
  if (region === undefined) return
  if (region.length <= MAX_REGION && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(region)) return
  report({
    code: 'FELIX_OPENSTACK_REGION',
    layers: ['struct'],
    path: ['openstackRegion'],
    message: `openstackRegion is ${show(region)}, it must be a DNS label of at most ${MAX_REGION} characters.`,
    hint: "Use lower-case letters, digits and '-'.",
  })
}

const selectorParses: Rule = (self, report) => {
  const selector = filledText(self.nodeSelector)
  const fault = selector === undefined ? undefined : selectorFault(selector)
  if (fault === undefined) return
  report({
    code: 'VALIDATION_SELECTOR',
    layers: [],
    path: ['nodeSelector'],
    message: `nodeSelector is ${show(selector)}, which is no selector (character ${fault.offset + 1}): the configuration applies to no node.`,
    hint: "Write a selector such as has(rack) or rack == 'a'.",
  })
}

/** The conditions on the spec. */
export const FELIX_SPEC_RULES: readonly Rule[] = [
  oneKindOfRange,
  notTooManyTables,
  addressesOfTheirFamily,
  externalNodesAreV4,
  fewPortRanges,
  regionIsLabel,
  selectorParses,
]

/** The default and the per-node objects apply to nodes by their name. */
export const selectorOnlyOnOtherNames: Rule = (self, report) => {
  const name = nameOf(self)
  if (name === undefined || !isFields(self.spec) || !has(self.spec.nodeSelector)) return
  if (name !== 'default' && !name.startsWith('node.')) return
  report({
    code: 'FELIX_NODE_SELECTOR',
    layers: ['schema'],
    path: ['spec', 'nodeSelector'],
    message: `nodeSelector must not be set on the 'default' or per-node ('node.*') FelixConfiguration: ${show(name)} applies by its name.`,
    hint: 'Give the object another name, or take nodeSelector out.',
  })
}
