import type { CodeDescription } from '../code.js'

const VALIDATOR = 'libcalico-go lib/validator/v3/validator.go'
const CRD = 'the OpenAPI schema of the CRD (api/config/crd)'
const POOL = 'api/pkg/apis/projectcalico/v3/ippool.go, CEL rules'
const POOL_CLIENT = 'libcalico-go lib/clientv3/ippool.go'
const PEER = 'api/pkg/apis/projectcalico/v3/bgppeer.go, CEL rules'
const OWN = 'the kinds of calico-plan/v1'

const code = (title: string, explanation: string, source: string): CodeDescription => ({ title, explanation, source })

export const VALIDATION_CODES = {
  VALIDATION_TYPE: code(
    'A value has the wrong type',
    'The API server refuses an object whose field has another type than the schema. In YAML, quotes make text of a number.',
    CRD,
  ),
  VALIDATION_QUOTED_VALUE: code(
    'A number or boolean is written as text',
    'In quotes, true and 64512 are text. The API server does not convert them. Drop the quotes.',
    CRD,
  ),
  VALIDATION_REQUIRED: code('A required field is missing', 'The object is refused without the field.', CRD),
  VALIDATION_ENUM: code(
    'A value is none of those allowed',
    'Most enumerations of Calico distinguish upper and lower case: Always is right, always is refused.',
    CRD,
  ),
  VALIDATION_RANGE: code('A number lies outside its range', 'The message names the range.', `${CRD}; ${VALIDATOR}`),
  VALIDATION_AS_NUMBER_FORMAT: code(
    'An AS number is beyond the integer format of the CRD',
    'AS numbers go up to 4294967295, but the CRDs of Calico up to August 2026 call them int32. Kubernetes ignored the format before 1.36 and enforces it since.',
    'the CRDs (asNumber, format int32); projectcalico/calico issue 13494, mended by pull request 13979',
  ),
  VALIDATION_LENGTH: code('A text is too long', 'The message names the longest text allowed.', CRD),
  VALIDATION_ITEMS: code('A list has too many or too few items', 'The message names the count allowed.', CRD),
  VALIDATION_DUPLICATE_ITEM: code('A list holds an item twice', 'The list is a set.', CRD),
  VALIDATION_PROPERTIES: code('An object needs exactly one field', 'It says one of several things, and only one.', CRD),
  VALIDATION_FORMAT: code('A text has the wrong form', 'The message names the form.', `${CRD}; ${VALIDATOR}`),
  VALIDATION_CIDR: code(
    'A text is no network',
    'A network is ADDRESS/LENGTH. Where the CRD asks for a CIDR a bare address is refused: write /32 or /128 behind it.',
    `${CRD}, format cidr; ${VALIDATOR}`,
  ),
  VALIDATION_CIDR_NOT_MASKED: code(
    'A network has host bits set',
    'The address of a network must be its first one: 10.65.0.0/16, not 10.65.1.0/16.',
    `${VALIDATOR} validateIPNetwork; ${POOL}`,
  ),
  VALIDATION_ADDRESS: code(
    'A text is no address of the kind wanted',
    'The field takes one address, without mask and port, of the family that the message names.',
    VALIDATOR,
  ),
  VALIDATION_PORT: code(
    'A value is no port',
    'Ports go from 1 to 65535; a range is written min:max.',
    `${VALIDATOR} validatePort`,
  ),
  VALIDATION_DURATION: code(
    'A text is no duration',
    'Durations are numbers with units, such as 90s. Most patterns of FelixConfiguration refuse fractions, because the CRD escapes the dot twice.',
    'api/pkg/apis/projectcalico/v3/felixconfig.go, Pattern markers',
  ),
  VALIDATION_NAME: code(
    'A name is not valid',
    "Names have at most 253 lower-case letters, digits, '-' and '.'.",
    `${VALIDATOR} validateObjectMeta`,
  ),
  VALIDATION_LABEL: code(
    'A label is not valid',
    'Keys and values have at most 63 characters.',
    `${VALIDATOR} validateObjectMetaLabels`,
  ),
  VALIDATION_ANNOTATION: code(
    'An annotation is not valid',
    'Keys are qualified names, and all annotations together take at most 256 KiB.',
    `${VALIDATOR} validateObjectMetaAnnotations`,
  ),
  VALIDATION_SELECTOR: code(
    'A text is no selector',
    "Selectors compare with == and quote values: rack == 'a'. Through kubectl a wrong selector is stored, and then selects nothing.",
    'libcalico-go lib/selector',
  ),
  VALIDATION_COMMUNITY: code(
    'A text is no BGP community',
    'Standard communities are two 16-bit numbers, large ones three 32-bit numbers.',
    `${VALIDATOR} isValidCommunity; api/pkg/apis/projectcalico/v3/bgpfilter.go`,
  ),
  VALIDATION_UNKNOWN_FIELD: code(
    'A field is not known',
    'The API server drops unknown fields without effect, or refuses them with strict validation. Usually it is a misspelling.',
    CRD,
  ),
  VALIDATION_TYPOGRAPHIC_QUOTE: code(
    'A text holds typographic quotation marks',
    'Copied from a document, quotes may have turned into ones that no program takes for quotes.',
    'libcalico-go lib/selector/tokenizer',
  ),
  VALIDATION_API_VERSION: code(
    'The apiVersion does not have this kind',
    'Calico kinds live in projectcalico.org/v3, and in crd.projectcalico.org/v1 behind it.',
    'api/pkg/apis/projectcalico/v3',
  ),
  IPPOOL_BLOCK_SIZE: code(
    'The block size is out of range',
    'Blocks are /20 to /32 in IPv4 and /116 to /128 in IPv6.',
    POOL,
  ),
  IPPOOL_TOO_SMALL: code('The pool is smaller than one block', 'No block fits, so no address can be assigned.', POOL),
  IPPOOL_LINK_LOCAL: code('The pool overlaps link-local addresses', 'Those are not routed.', POOL),
  IPPOOL_CIDR_NOT_CANONICAL: code(
    'The pool writes its CIDR in an unusual form',
    'calicoctl stores the canonical text, kubectl what was written. A pool CIDR cannot change afterwards, not even its text.',
    `${POOL_CLIENT} cidrChangeOK`,
  ),
  IPPOOL_TWO_ENCAPSULATIONS: code('IPIP and VXLAN are both on', 'A pool has one encapsulation.', POOL),
  IPPOOL_IPIP_ON_IPV6: code('IPIP on an IPv6 pool', 'Only VXLAN and no encapsulation work for IPv6.', POOL),
  IPPOOL_LOAD_BALANCER: code(
    'A LoadBalancer pool has settings of a pod pool',
    'Its addresses are only advertised: no encapsulation, no other use, exported over BGP, and nodeSelector all().',
    POOL,
  ),
  IPPOOL_TUNNEL_NAMESPACE_SELECTOR: code(
    'A tunnel pool selects namespaces',
    'Tunnel addresses belong to nodes. Without allowedUses calicoctl means [Workload, Tunnel] and refuses the pool; kubectl stores it.',
    `${POOL}; ${POOL_CLIENT} validateAndSetDefaults`,
  ),
  IPPOOL_GLOBAL_SELECTOR: code('The selector global() stands in a pool', 'It has a meaning only in policies.', POOL),
  IPPOOL_CIDR_CHANGED: code(
    'The CIDR of a pool is changed',
    'It cannot be changed. Make a second pool, disable the first, recreate the pods, then delete the first.',
    `${POOL}; ${POOL_CLIENT}`,
  ),
  IPPOOL_BLOCK_SIZE_CHANGED: code(
    'The block size of a pool is changed',
    'It cannot be changed. Move the pods to a temporary pool, delete the pool, and create it with the new block size.',
    `${POOL}; ${POOL_CLIENT}`,
  ),
  IPPOOL_LOAD_BALANCER_USE_CHANGED: code(
    'A LoadBalancer pool is given to pods or tunnels',
    'calicoctl refuses that; create a pool of its own.',
    `${POOL_CLIENT} validateAndSetDefaults`,
  ),
  IPPOOL_BLOCKS_OF_OTHER_SIZE: code(
    'Blocks of another size lie in the pool',
    'They come from an earlier pool of this range. calicoctl refuses to create the pool while they exist.',
    `${POOL_CLIENT} Create`,
  ),
  IPPOOL_SELECTS_NO_NODE: code(
    'A pool selects no node',
    'No address comes from it.',
    'libcalico-go lib/ipam/ipam.go determinePools',
  ),
  BGPCONFIGURATION_DEFAULT_ONLY: code(
    'A cluster-wide setting stands on a per-node BGPConfiguration',
    'calicoctl refuses it; through kubectl it is stored and ignored.',
    'libcalico-go lib/clientv3/bgpconfig.go ValidateDefaultOnlyFields',
  ),
  BGPCONFIGURATION_MESH_OFF: code(
    'A mesh setting stands where the mesh is off',
    'nodeMeshPassword and nodeMeshMaxRestartTime need the mesh.',
    'api/pkg/apis/projectcalico/v3/bgpconfig.go, CEL rules',
  ),
  BGPCONFIGURATION_COMMUNITIES_UNUSED: code(
    'Communities are defined and not advertised',
    'A defined community takes effect through prefixAdvertisements.',
    'api/pkg/apis/projectcalico/v3/bgpconfig.go, CEL rules',
  ),
  BGPCONFIGURATION_COMMUNITY_UNDEFINED: code(
    'An advertisement names an unknown community',
    'It takes communities aa:nn, aa:nn:mm, or names from spec.communities.',
    `${VALIDATOR} validateBGPConfigurationSpec`,
  ),
  BGPPEER_NODE_AND_SELECTOR: code('A peering has node and nodeSelector', 'Only one says who peers.', PEER),
  BGPPEER_PEER_IP: code(
    'A peer address is not valid',
    'A port follows an IPv6 address only in brackets.',
    `${VALIDATOR} validateIPPort`,
  ),
  BGPPEER_PEER_IP_AND_SELECTOR: code('A peering has peerIP and peerSelector', 'Only one says with whom.', PEER),
  BGPPEER_AS_AND_SELECTOR: code(
    'A peering between nodes has an AS number',
    'With peerSelector the AS number is that of the selected node.',
    PEER,
  ),
  BGPPEER_LOCAL_WORKLOAD: code(
    'A peering with local workloads is incomplete or mixed',
    'It needs asNumber, and no other peer.',
    PEER,
  ),
  BGPPEER_REACHABLE_BY: code('reachableBy does not fit the peer', 'It is the gateway to peerIP, in its family.', PEER),
  BGPPEER_NEXT_HOP: code('Two next-hop settings', 'nextHopMode replaces keepOriginalNextHop.', PEER),
  BGPPEER_FILTER_UNKNOWN: code(
    'A peering names a BGPFilter that does not exist',
    'calicoctl refuses it. Through kubectl BIRD is configured without that filter.',
    'libcalico-go lib/clientv3/bgppeer.go validate',
  ),
  BGPFILTER_CIDR_AND_OPERATOR: code(
    'A filter rule has cidr without matchOperator, or the reverse',
    'Both or none.',
    'api/pkg/apis/projectcalico/v3/bgpfilter.go, CEL rules',
  ),
  BGPFILTER_PREFIX_LENGTH: code(
    'A filter rule has prefixLength without cidr',
    'The length narrows the match of the cidr.',
    'api/pkg/apis/projectcalico/v3/bgpfilter.go, CEL rules',
  ),
  BGPFILTER_OPERATIONS: code(
    'A rejecting filter rule has operations',
    'Operations change routes that are accepted.',
    'api/pkg/apis/projectcalico/v3/bgpfilter.go, CEL rules',
  ),
  FELIX_NODE_SELECTOR: code(
    'nodeSelector on a FelixConfiguration that applies by name',
    'default applies everywhere and node.NODE to its node; other names need nodeSelector.',
    'api/pkg/apis/projectcalico/v3/felixconfig.go, CEL rules',
  ),
  FELIX_ROUTE_TABLE_RANGE: code(
    'A range of route tables is not valid',
    'routeTableRange lies in 1..250; routeTableRanges hold at most 65535 tables in all.',
    `${VALIDATOR} validateRouteTableRange, validateRouteTableIDRange`,
  ),
  FELIX_HEALTH_TIMEOUT: code(
    'A health timeout is not valid',
    'It has a plain name and no negative time.',
    `${VALIDATOR} validateHealthTimeoutOverride`,
  ),
  FELIX_OPENSTACK_REGION: code(
    'The OpenStack region is no DNS label',
    'It becomes part of a namespace name.',
    `${VALIDATOR} validateFelixConfigSpec`,
  ),
  IPAMCONFIG_NAME: code(
    'The IPAM configuration is not named default',
    'Calico reads only the object of that name.',
    'libcalico-go lib/clientv3/ipamconfig.go validateMetadata',
  ),
  IPAMCONFIG_MAX_BLOCKS: code(
    'maxBlocksPerHost without strictAffinity',
    'calicoctl ipam configure refuses the pair. Written straight to the object, a node at its limit does not borrow.',
    'libcalico-go lib/ipam/ipam.go SetIPAMConfig',
  ),
  IPAMCONFIG_NO_BLOCKS: code(
    'autoAllocateBlocks false without strictAffinity',
    'calicoctl ipam configure refuses the pair. Written straight to the object, no node gets a block.',
    'libcalico-go lib/ipam/ipam.go SetIPAMConfig',
  ),
  BLOCKAFFINITY_DELETED: code(
    'A block affinity is written as deleted',
    'Only Calico sets the mark.',
    `${VALIDATOR} validateBlockAffinitySpec`,
  ),
  BLOCKAFFINITY_NODE_UNKNOWN: code(
    'A block belongs to a node that does not exist',
    'The node was removed and its block was not released: the addresses are lost to others.',
    'kube-controllers/pkg/controllers/node/ipam.go',
  ),
  IPAMBLOCK_INCONSISTENT: code(
    'A block contradicts itself',
    'Its lists do not agree with each other.',
    'libcalico-go lib/ipam/ipam_block.go',
  ),
  BLOCK_OUTSIDE_POOLS: code(
    'A block lies in no pool',
    'Its pool was deleted or changed. Pods keep the addresses; encapsulation and NAT of a pool no longer apply to them.',
    'lab finding 23c; libcalico-go lib/ipam',
  ),
  IPRESERVATION_OUTSIDE_POOLS: code(
    'A reservation lies in no pool',
    'It reserves nothing.',
    'libcalico-go lib/ipam/reserved.go',
  ),
  NODE_BGP_EMPTY: code(
    'The bgp section of a node is empty',
    'calicoctl refuses an empty section.',
    `${VALIDATOR} validateNodeSpec`,
  ),
  NODE_ANNOTATION_UNKNOWN: code(
    'An annotation of a node is misspelled',
    'Annotation keys distinguish upper and lower case.',
    'libcalico-go lib/backend/k8s/resources/node.go',
  ),
  POD_ANNOTATION: code(
    'An address annotation is no JSON list',
    'The CNI plugin fails, and the pod stays in ContainerCreating.',
    'cni-plugin/pkg/ipamplugin',
  ),
  REFERENCE_UNKNOWN: code('A name refers to nothing', 'The message names what is missing.', OWN),
  UNDERLAY_ROUTE: code('A route of the Underlay leads nowhere', 'It needs a next hop or a device.', OWN),
  EXPECTATION_EMPTY: code('An Expectation expects nothing', 'It can never fail.', OWN),
  EXPECTATION_POD: code('A pod is named without its namespace', 'Write NAMESPACE/NAME.', OWN),
  RUNBOOK_STEP: code('A step of a Runbook has no single action', 'Each step does one thing.', OWN),
} as const satisfies Readonly<Record<string, CodeDescription>>
