/** BGPFilter. Source: api/pkg/apis/projectcalico/v3/bgpfilter.go (markers and validator tags). */

import {
  asNumber,
  filledText,
  has,
  integer,
  itemsOf,
  list,
  type ObjectSchema,
  object,
  oneOf,
  type Rule,
  text,
} from '../schema.js'
import { show } from '../slips.js'
import { COMMUNITY, CRD_CIDR, FILTER_INTERFACE, MASKED_NETWORK_V4, MASKED_NETWORK_V6 } from '../text-formats.js'
import { whole } from './metadata.js'

const cidrWithOperator: Rule = (self, report) => {
  const [cidr, operator] = [filledText(self.cidr), filledText(self.matchOperator)]
  if ((cidr === undefined) !== (operator === undefined)) {
    report({
      code: 'BGPFILTER_CIDR_AND_OPERATOR',
      layers: ['schema'],
      path: [cidr === undefined ? 'matchOperator' : 'cidr'],
      message: 'cidr and matchOperator must both be set or both be empty.',
      hint:
        cidr === undefined
          ? 'Add cidr, or take matchOperator out.'
          : 'Add matchOperator: Equal, NotEqual, In or NotIn.',
    })
  }
  if (has(self.prefixLength) && cidr === undefined) {
    report({
      code: 'BGPFILTER_PREFIX_LENGTH',
      layers: ['schema'],
      path: ['prefixLength'],
      message: 'cidr is required when prefixLength is set.',
      hint: 'Add cidr and matchOperator.',
    })
  }
}

const operationsOnlyOnAccept: Rule = (self, report) => {
  if (itemsOf(self.operations).length === 0 || self.action === 'Accept') return
  report({
    code: 'BGPFILTER_OPERATIONS',
    layers: ['schema'],
    path: ['operations'],
    message: `operations may only be used with action Accept, the action is ${show(self.action)}.`,
    hint: 'Take the operations out, or set action to Accept.',
  })
}

const PRIORITY = {
  minimum: 1,
  maximum: 2147483646,
  structMinimum: 1,
  structMaximum: 2147483646,
  keepsEmpty: true,
} as const

/** One entry of operations: exactly one of its fields. */
export const BGP_FILTER_OPERATION = object(
  {
    addCommunity: object({
      value: text({ required: true, structRequired: 'present', maxLength: 32, format: COMMUNITY, keepsEmpty: true }),
    }),
    prependASPath: object({
      prefix: list(asNumber({ keepsEmpty: true }), {
        required: true,
        structRequired: true,
        minItems: 1,
        maxItems: 10,
        keepsEmpty: true,
      }),
    }),
    setPriority: object({ value: integer({ required: true, structRequired: true, ...PRIORITY }) }),
  },
  { minProperties: 1, maxProperties: 1 },
)

function rule(family: 4 | 6): ObjectSchema {
  const bits = family === 4 ? 32 : 128
  const length = integer({ minimum: 0, maximum: bits, structMinimum: 0, structMaximum: bits, keepsEmpty: true })
  return object(
    {
      cidr: text({
        maxLength: family === 4 ? 18 : 43,
        format: CRD_CIDR,
        structFormat: family === 4 ? MASKED_NETWORK_V4 : MASKED_NETWORK_V6,
      }),
      prefixLength: object({ min: length, max: length }),
      source: oneOf(['RemotePeers'], { structEnum: ['RemotePeers'] }),
      interface: text({ maxLength: 15, structFormat: FILTER_INTERFACE }),
      matchOperator: oneOf(['Equal', 'NotEqual', 'In', 'NotIn']),
      peerType: oneOf(['eBGP', 'iBGP'], { structEnum: ['eBGP', 'iBGP'] }),
      communities: object({
        values: list(text({ maxLength: 32, format: COMMUNITY, keepsEmpty: true }), {
          required: true,
          structRequired: true,
          minItems: 1,
          maxItems: 1,
          keepsEmpty: true,
        }),
      }),
      asPathPrefix: list(asNumber({ keepsEmpty: true })),
      priority: integer(PRIORITY),
      action: oneOf(['Accept', 'Reject'], { required: true, structRequired: true, keepsEmpty: true }),
      operations: list(BGP_FILTER_OPERATION, { minItems: 1, maxItems: 10 }),
    },
    { rules: [cidrWithOperator, operationsOnlyOnAccept] },
  )
}

/** One rule of exportV4 or importV4. */
export const BGP_FILTER_RULE_V4 = rule(4)
/** One rule of exportV6 or importV6. */
export const BGP_FILTER_RULE_V6 = rule(6)

/** spec of a BGPFilter. */
export const BGP_FILTER_SPEC = object(
  {
    exportV4: list(BGP_FILTER_RULE_V4),
    importV4: list(BGP_FILTER_RULE_V4),
    exportV6: list(BGP_FILTER_RULE_V6),
    importV6: list(BGP_FILTER_RULE_V6),
  },
  { required: 'zero' },
)

/** A whole BGPFilter. */
export const BGP_FILTER = whole(BGP_FILTER_SPEC)
