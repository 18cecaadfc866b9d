/**
 * BGPConfiguration. Sources: api/pkg/apis/projectcalico/v3/bgpconfig.go (markers), libcalico-go lib/validator/v3
 * validateBGPConfigurationSpec, lib/clientv3/bgpconfig.go ValidateDefaultOnlyFields.
 */

import { asNumber, boolean, has, integer, isFields, itemsOf, list, object, oneOf, type Rule, text } from '../schema.js'
import { show } from '../slips.js'
import {
  ADDRESS_V4,
  ADDRESS_V6,
  anyCase,
  COMMUNITY,
  COMMUNITY_SHAPE,
  CRD_CIDR,
  IGNORED_INTERFACE,
  isCommunity,
  MASKED_NETWORK,
  RESOURCE_NAME,
} from '../text-formats.js'
import { nameOf, whole } from './metadata.js'

/** A reference to one key of a Secret (k8s.io/api core/v1 SecretKeySelector). */
export const PASSWORD = object({
  secretKeyRef: object({ key: text({ required: 'zero' }), name: text({ default: '' }), optional: boolean() }),
})

/** The values of programClusterRoutes. */
export const CLUSTER_ROUTES = ['Enabled', 'Disabled', 'EnabledIPIPOnly', 'EnabledNoEncapOnly'] as const
/** Log levels, in any case. */
export const LOG_SEVERITY = anyCase('Trace', 'Debug', 'Info', 'Warning', 'Error', 'Fatal')

const SERVICE_NETWORKS = list(object({ cidr: text({ format: CRD_CIDR, structFormat: MASKED_NETWORK }) }))

const meshFieldsNeedMesh: Rule = (self, report) => {
  if (self.nodeToNodeMeshEnabled !== false) return
  for (const field of ['nodeMeshPassword', 'nodeMeshMaxRestartTime'] as const) {
    if (!has(self[field])) continue
    report({
      code: 'BGPCONFIGURATION_MESH_OFF',
      layers: ['schema'],
      path: [field],
      message: `${field} cannot be set when nodeToNodeMeshEnabled is false.`,
      hint: `Take ${field} out, or turn the mesh on.`,
    })
  }
}

const communitiesAreUsed: Rule = (self, report) => {
  if (itemsOf(self.communities).length === 0 || itemsOf(self.prefixAdvertisements).length > 0) return
  report({
    code: 'BGPCONFIGURATION_COMMUNITIES_UNUSED',
    layers: ['schema'],
    path: ['communities'],
    message: 'communities are defined but not used in prefixAdvertisements.',
    hint: 'Add a prefixAdvertisements entry that uses them, or take the communities out.',
  })
}

/** The numbers of defined communities fit, and an advertisement names a community or a defined name. */
const communitiesAreValid: Rule = (self, report) => {
  const defined = new Set<unknown>()
  for (const [i, community] of itemsOf(self.communities).entries()) {
    if (!isFields(community)) continue
    defined.add(community.name)
    if (typeof community.value !== 'string' || community.value === '' || isCommunity(community.value)) continue
    report({
      code: 'VALIDATION_COMMUNITY',
      layers: ['struct'],
      path: ['communities', i, 'value'],
      message: `The community value is ${show(community.value)}, it has to be ${COMMUNITY.allowed}.`,
      hint: `Write ${COMMUNITY.allowed}.`,
    })
  }
  for (const [i, advertisement] of itemsOf(self.prefixAdvertisements).entries()) {
    if (!isFields(advertisement)) continue
    for (const [j, community] of itemsOf(advertisement.communities).entries()) {
      if (typeof community !== 'string' || isCommunity(community)) continue
      const numeric = COMMUNITY_SHAPE.test(community)
      if (!numeric && defined.has(community)) continue
      report({
        code: numeric ? 'VALIDATION_COMMUNITY' : 'BGPCONFIGURATION_COMMUNITY_UNDEFINED',
        layers: ['struct'],
        path: ['prefixAdvertisements', i, 'communities', j],
        message: numeric
          ? `The community is ${show(community)}, it has to be ${COMMUNITY.allowed}.`
          : `community used is invalid or not defined: ${show(community)}.`,
        hint: 'Write a community aa:nn or aa:nn:mm, or the name of an entry of spec.communities.',
      })
    }
  }
}

const DEFAULT_ONLY = ['nodeToNodeMeshEnabled', 'asNumber', 'nodeMeshPassword', 'nodeMeshMaxRestartTime'] as const
const DEFAULT_ONLY_LISTS = ['serviceLoadBalancerIPs', 'serviceExternalIPs', 'serviceClusterIPs'] as const

const clusterWideFieldsOnDefault: Rule = (self, report) => {
  const name = nameOf(self)
  if (name === 'default' || name === undefined || !isFields(self.spec)) return
  const { spec } = self
  const fields = [
    ...DEFAULT_ONLY.filter((field) => has(spec[field])),
    ...DEFAULT_ONLY_LISTS.filter((field) => itemsOf(spec[field]).length > 0),
  ]
  for (const field of fields) {
    report({
      code: 'BGPCONFIGURATION_DEFAULT_ONLY',
      layers: ['client'],
      path: ['spec', field],
      message: `${field} is set on ${show(name)}, but only the BGPConfiguration named default may set it.`,
      hint: 'Move the field to the BGPConfiguration named default.',
    })
  }
}

/** spec of a BGPConfiguration. */
export const BGP_CONFIGURATION_SPEC = object(
  {
    logSeverityScreen: text({ format: LOG_SEVERITY, default: 'Info' }),
    nodeToNodeMeshEnabled: boolean(),
    asNumber: asNumber({ keepsEmpty: true }),
    serviceLoadBalancerIPs: SERVICE_NETWORKS,
    serviceExternalIPs: SERVICE_NETWORKS,
    serviceClusterIPs: SERVICE_NETWORKS,
    serviceLoadBalancerAggregation: oneOf(['Enabled', 'Disabled'], { keepsEmpty: true, default: 'Enabled' }),
    communities: list(
      object({
        name: text({ structRequired: true, maxLength: 253, structFormat: RESOURCE_NAME }),
        value: text({ structRequired: true, maxLength: 40, format: COMMUNITY_SHAPE }),
      }),
      { maxItems: 500 },
    ),
    prefixAdvertisements: list(
      object({
        cidr: text({ structRequired: true, format: CRD_CIDR, structFormat: MASKED_NETWORK }),
        communities: list(text(), { structRequired: true, maxItems: 50 }),
      }),
      { maxItems: 500 },
    ),
    listenPort: integer({ minimum: 1, maximum: 65535, structMinimum: 0, structMaximum: 65535 }),
    nodeMeshPassword: PASSWORD,
    nodeMeshMaxRestartTime: text({ duration: true }),
    bindMode: oneOf(['None', 'NodeIP'], { keepsEmpty: true }),
    ignoredInterfaces: list(text({ structFormat: IGNORED_INTERFACE, keepsEmpty: true }), { set: true }),
    localWorkloadPeeringIPV4: text({ structFormat: ADDRESS_V4 }),
    localWorkloadPeeringIPV6: text({ structFormat: ADDRESS_V6 }),
    programClusterRoutes: oneOf(CLUSTER_ROUTES, { keepsEmpty: true }),
    ipv4NormalRoutePriority: routePriority(),
    ipv6NormalRoutePriority: routePriority(),
  },
  { required: 'zero', rules: [meshFieldsNeedMesh, communitiesAreUsed, communitiesAreValid] },
)

function routePriority(): ReturnType<typeof integer> {
  return integer({ minimum: 1, maximum: 2147483646, structMinimum: 1, structMaximum: 2147483646, keepsEmpty: true })
}

/** A whole BGPConfiguration. */
export const BGP_CONFIGURATION = whole(BGP_CONFIGURATION_SPEC, { rules: [clusterWideFieldsOnDefault] })
