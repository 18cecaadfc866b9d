/** The planner's own kinds: Underlay, NodeSet, Expectation and Runbook, which no API server knows. */

import { anything, boolean, type FieldSchema, integer, list, map, object, oneOf, type Rule, text } from '../schema.js'
import { show } from '../slips.js'
import { ADDRESS, ADDRESS_V4, CRD_CIDR, MASKED_NETWORK, type TextFormat } from '../text-formats.js'
import { whole } from './metadata.js'

const MTU = integer({ minimum: 68, maximum: 65535 })
const AS_NUMBER = integer({ minimum: 1, maximum: 4294967295 })
const NAME = text({ required: true })

/** `default`, a network or an address: the destination of a static route. */
const DESTINATION: TextFormat = {
  ...MASKED_NETWORK,
  allowed: 'default, or a network or address whose host bits are zero',
  test: (value) => value === 'default' || MASKED_NETWORK.test(value),
}

const ROUTE_FIELDS = {
  type: oneOf(['unicast', 'blackhole', 'unreachable', 'prohibit']),
  via: text({ format: ADDRESS }),
  dev: text(),
  protocol: text(),
  metric: integer({ minimum: 0, maximum: 4294967295 }),
} as const

const routeLeadsSomewhere: Rule = (self, report) => {
  const unicast = self.type === undefined || self.type === 'unicast'
  if (!unicast || self.via !== undefined || self.dev !== undefined) return
  report({
    code: 'UNDERLAY_ROUTE',
    layers: ['schema'],
    message: 'The route has neither via nor dev.',
    hint: 'Add via (the next hop) or dev, or set type to blackhole, unreachable or prohibit.',
  })
}

const STATIC_ROUTES = list(
  object({ to: text({ required: true, format: DESTINATION }), ...ROUTE_FIELDS }, { rules: [routeLeadsSomewhere] }),
)

const SUBNET = object({
  name: NAME,
  cidr: text({ required: true, format: MASKED_NETWORK }),
  gateway: text({ format: ADDRESS }),
  mtu: MTU,
  antiSpoofing: boolean(),
  drops: list(oneOf(['ipip', 'vxlan', 'wireguard', 'bgp', 'icmp', 'tcp', 'udp'])),
})

const NEIGHBOR = object({
  address: text({ required: true, format: ADDRESS }),
  asNumber: { ...AS_NUMBER, required: true },
  routeReflectorClient: boolean(),
  nextHopSelf: boolean(),
  multihop: boolean(),
  passive: boolean(),
  port: integer({ minimum: 1, maximum: 65535 }),
  password: text(),
  advertise: list(oneOf(['connected', 'static', 'kernel', 'bgp']), { set: true }),
})

const ROUTER = object({
  name: NAME,
  interfaces: list(
    object({ name: text(), subnet: text({ required: true }), address: text({ required: true, format: CRD_CIDR }) }),
  ),
  staticRoutes: STATIC_ROUTES,
  bgp: object({
    asNumber: { ...AS_NUMBER, required: true },
    routerID: text({ format: ADDRESS_V4 }),
    clusterID: text({ format: ADDRESS_V4 }),
    addPaths: boolean(),
    neighbors: list(NEIGHBOR),
  }),
})

const ATTACHMENT = object({
  name: NAME,
  subnet: text(),
  interface: text(),
  mtu: MTU,
  defaultRoute: object(ROUTE_FIELDS, { orFalse: true }),
  staticRoutes: STATIC_ROUTES,
  routerID: text({ format: ADDRESS_V4 }),
})

/** A whole Underlay. */
export const UNDERLAY = whole(
  object(
    {
      subnets: list(SUBNET),
      nodes: list(ATTACHMENT),
      routers: list(ROUTER),
      hosts: list(
        object({ name: NAME, address: text({ required: true, format: CRD_CIDR }), gateway: text({ format: ADDRESS }) }),
      ),
    },
    { required: true },
  ),
)

const COUNT = integer({ minimum: 0, maximum: 1000000 })

/** A whole NodeSet. */
export const NODE_SET = whole(
  object(
    {
      count: { ...COUNT, required: true },
      subnet: object(
        {
          cidr: text({ required: true, format: MASKED_NETWORK }),
          prefixLength: integer({ minimum: 0, maximum: 128 }),
          nodesPerSubnet: integer({ minimum: 1, maximum: 1000000 }),
          firstHost: COUNT,
        },
        { required: true },
      ),
      template: object({
        metadata: object({ labels: map(text()), annotations: map(text()) }, { open: true }),
        spec: anything(),
      }),
      podsPerNode: COUNT,
      without: list(NAME),
    },
    { required: true },
  ),
)

const ENDPOINT_FIELDS = ['node', 'pod', 'subnet', 'host', 'pool', 'router', 'address'] as const

const podHasNamespace: Rule = (self, report) => {
  if (typeof self.pod !== 'string' || /^[^/]+\/[^/]+$/.test(self.pod)) return
  report({
    code: 'EXPECTATION_POD',
    layers: ['schema'],
    path: ['pod'],
    message: `The pod is ${show(self.pod)}, it has to be NAMESPACE/NAME.`,
    hint: `Write default/${self.pod.slice(0, 60)}.`,
  })
}

const ENDPOINT = object(Object.fromEntries(ENDPOINT_FIELDS.map((field): [string, FieldSchema] => [field, text()])), {
  required: true,
  minProperties: 1,
  maxProperties: 1,
  rules: [podHasNamespace],
})
const FLOWS = list(
  object({
    from: ENDPOINT,
    to: ENDPOINT,
    size: integer({ minimum: 1, maximum: 65535 }),
    protocol: oneOf(['tcp', 'udp', 'icmp']),
  }),
)

const expectsSomething: Rule = (self, report) => {
  if (Object.keys(self).length > 0) return
  report({
    code: 'EXPECTATION_EMPTY',
    layers: [],
    message: 'The Expectation expects nothing.',
    hint: 'Add reachable, unreachable, routes, sessions or capacity.',
  })
}

/** A whole Expectation. */
export const EXPECTATION = whole(
  object(
    {
      reachable: FLOWS,
      unreachable: FLOWS,
      routes: list(object({ node: NAME, contains: text(), lacks: text(), atMost: COUNT, atLeast: COUNT })),
      sessions: object({ total: COUNT, perNodeAtMost: COUNT, allEstablished: boolean() }),
      capacity: object({
        pool: NAME,
        freeBlocksAtLeast: COUNT,
        freeAddressesAtLeast: COUNT,
        nodesWithoutBlockAtMost: COUNT,
        borrowedAtMost: COUNT,
      }),
    },
    { required: true, rules: [expectsSomething] },
  ),
)

const ACTIONS = ['run', 'apply', 'patch', 'delete', 'fail', 'recover', 'wait', 'expect'] as const

const oneAction: Rule = (self, report) => {
  const given = ACTIONS.filter((action) => self[action] !== undefined)
  if (given.length === 1) return
  report({
    code: 'RUNBOOK_STEP',
    layers: ['schema'],
    message: given.length === 0 ? 'The step has no action.' : `The step has the actions ${given.join(', ')}.`,
    hint: `Give exactly one of ${ACTIONS.join(', ')}.`,
  })
}

const STEP = object(
  {
    name: text(),
    run: text(),
    apply: anything(),
    patch: anything(),
    delete: anything(),
    fail: anything(),
    recover: anything(),
    wait: anything(),
    expect: anything(),
  },
  { rules: [oneAction] },
)

/** A whole Runbook. */
export const RUNBOOK = whole(object({ steps: list(STEP, { required: true }) }, { required: true }))
