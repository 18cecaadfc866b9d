import type { CodeDescription } from '../code.js'

/** What building the Cluster finds: assumptions it makes, and contradictions between resources. */
export const CLUSTER_CODES = {
  RESOURCE_UNUSABLE: {
    title: 'An object is no resource',
    explanation:
      'Every resource has an apiVersion, a kind and a metadata.name. An object without one of them is left out, and when nothing remains no prediction is possible.',
    source: 'Kubernetes API conventions',
  },
  CALICO_RELEASE_ASSUMED: {
    title: 'The Calico release is assumed',
    explanation:
      'Behaviour differs between releases, for example who programs the routes of IPIP pools. Without --calico, ClusterInformation or the image tag of calico-node the newest release known is predicted.',
    source: 'spec.calicoVersion of ClusterInformation',
  },
  CALICO_RELEASE_UNREADABLE: {
    title: 'The text names no Calico release',
    explanation:
      'Tags such as latest or master do not say how Calico behaves. The next source is asked: option, ClusterInformation, image tag, and at last the newest release known.',
    source: 'release numbers of projectcalico/calico',
  },
  CALICO_RELEASE_OUT_OF_RANGE: {
    title: 'The Calico release is not covered',
    explanation:
      'The behaviours of v3.13 to v3.33 are known. For an older or newer release the nearest of them is predicted, which may be wrong in detail.',
    source: 'release notes of projectcalico/calico',
  },
  FIELD_UNKNOWN_TO_RELEASE: {
    title: 'The release does not know a field',
    explanation:
      'The API server of an older release drops fields that it does not know, and its Calico acts as if they were not set.',
    source: 'tags v3.13.0 to v3.32.0 and branch release-v3.33 of projectcalico/calico',
  },
  NODE_ADDRESS_ASSUMED: {
    title: 'A node address is assumed',
    explanation:
      'calico-node finds the address and mask of a node on its interfaces and stores them. Where that is not in the input, the InternalIP is taken, with the mask of the Underlay subnet that holds it or else /24 (/64). The mask matters to CrossSubnet pools.',
    source: 'node/pkg/lifecycle/startup/startup.go configureIPsAndSubnets',
  },
  NODE_WITHOUT_ADDRESS: {
    title: 'A node has no address',
    explanation:
      'A node without an address in a family has no BGP session there, and no other node has a route to its blocks.',
    source: 'confd bgp_processor.go; felix/calc/l3_route_resolver.go',
  },
  NODE_ANNOTATION_INVALID: {
    title: 'Calico ignores an annotation of a node',
    explanation:
      'Calico reads a Kubernetes Node through annotations and treats one that does not validate as absent, without any error on the node.',
    source: 'libcalico-go/lib/backend/k8s/resources/node.go K8sNodeToCalico',
  },
  NODE_ADDRESS_DUPLICATE: {
    title: 'Two nodes have one address',
    explanation:
      'calico-node stops when another node has its address. If both run all the same, neither peers with the other, and tunnels end at whichever answers.',
    source: 'node/pkg/lifecycle/startup/startup.go checkConflicts',
  },
  NODE_AS_OVERWRITTEN: {
    title: 'A node AS number will be overwritten',
    explanation:
      'The variable AS of calico-node is written to the node at every start. A number set with calicoctl lasts until then, and the sessions change at an unforeseen moment.',
    source: 'node/pkg/lifecycle/startup/startup.go configureASNumber',
  },
  NODE_ON_NO_SUBNET: {
    title: 'A node is on no subnet',
    explanation:
      'The Underlay has no subnet that holds the address of the node and names none for it, so no packet can be followed to or from it.',
    source: 'Underlay',
  },
  NODE_MASK_DIFFERS: {
    title: 'The mask of a node is not that of its subnet',
    explanation:
      'A CrossSubnet pool encapsulates according to the mask of the sending node. Nodes of one subnet with different masks send one way in the tunnel and the other way without, which strict reverse path filters drop.',
    source: 'felix/calc/l3_route_resolver.go nodeInOurSubnet; lab finding A14',
  },
  NODE_SET_UNUSABLE: {
    title: 'A NodeSet cannot be expanded as written',
    explanation: 'A NodeSet needs a count, and a subnet that has room for as many nodes; its names must be free.',
    source: 'NodeSet',
  },
  UNDERLAY_ASSUMED: {
    title: 'The underlay is assumed',
    explanation:
      'No manifest describes the network below the nodes. Without an Underlay each node network is one subnet and one router joins them, knowing no pod routes: unencapsulated traffic between subnets is lost there.',
    source: 'Underlay',
  },
  UNDERLAY_ENTRY_UNUSABLE: {
    title: 'An entry of the Underlay cannot be used',
    explanation: 'It lacks a name, holds a text that is no address, or refers to a node or subnet that is not there.',
    source: 'Underlay',
  },
  POOL_UNUSABLE: {
    title: 'A pool has no usable cidr',
    explanation: 'Without a cidr no address comes from the pool and Calico passes it over.',
    source: 'libcalico-go/lib/clientv3/client.go GetEnabledPools',
  },
  POOL_OVERLAP: {
    title: 'A pool overlaps another range',
    explanation:
      'Pools must not share addresses with each other, with Services or with nodes: the same address would mean two things, and NAT and encapsulation go by the pool that holds an address.',
    source: 'libcalico-go/lib/clientv3/ippool.go; felix/calc/l3_route_resolver.go',
  },
  POOL_SEEDED: {
    title: 'A pool is made by the installation',
    explanation:
      'When a cluster has no pool of a family yet, calico-node makes a default pool from its environment, and the operator makes those of Installation.',
    source: 'node/pkg/lifecycle/startup/startup.go configureIPPools',
  },
  ENVIRONMENT_WITHOUT_EFFECT: {
    title: 'A variable of calico-node has no effect',
    explanation:
      'The CALICO_IPV4POOL_ and CALICO_IPV6POOL_ variables are read only while there is no pool of that family. Changing them later changes nothing; the IPPool must be changed.',
    source: 'node/pkg/lifecycle/startup/startup.go configureIPPools',
  },
  ENCAPSULATION_OFF: {
    title: 'Felix is told not to do the encapsulation that pools need',
    explanation:
      'Set explicitly, ipipEnabled and vxlanEnabled win over the pools. With them off Felix makes no tunnel device, no routes through it and no rule that lets tunnel packets in.',
    source: 'felix/calc/encapsulation_resolver.go',
  },
  BGP_CONFIGURATION_IGNORED: {
    title: 'A BGPConfiguration is ignored',
    explanation:
      'confd reads BGPConfiguration default, and node.NODENAME for a few fields. Any other name is only logged.',
    source: 'confd/pkg/backends/calico/client.go updateBGPConfigCache',
  },
  FELIX_CONFIGURATION_IGNORED: {
    title: 'A FelixConfiguration is ignored',
    explanation: 'Felix reads FelixConfiguration default and node.NODENAME. Any other name has no effect.',
    source: 'libcalico-go/lib/backend/syncersv1/updateprocessors/configurationprocessor.go',
  },
  COMMUNITY_UNKNOWN: {
    title: 'A community name is not defined',
    explanation:
      'A prefixAdvertisement may name a community that the same BGPConfiguration defines. An unknown name is dropped and the route goes out without it.',
    source: 'confd/pkg/backends/calico/client.go getPrefixAdvertisementsKVPair',
  },
  BGP_PASSWORD_MISSING: {
    title: 'The Secret of a BGP password is missing',
    explanation:
      'confd writes the session without a password when it cannot read the Secret or the key. A neighbour that does use one never answers.',
    source: 'confd/pkg/backends/calico/secret_watcher.go; bgp_processor.go',
  },
  BGP_PASSWORD_NOT_GIVEN: {
    title: 'The input does not show a BGP password',
    explanation:
      'A dump without Secrets cannot show whether the password is there. Sessions are shown without it, and no mismatch is concluded from that.',
    source: 'confd/pkg/backends/calico/secret_watcher.go',
  },
  SELECTOR_UNREADABLE: {
    title: 'A selector does not parse',
    explanation: 'Calico passes over a resource whose selector it cannot parse, so it selects nothing.',
    source: 'libcalico-go/lib/selector/parser',
  },
  IPAM_RECORD_UNREADABLE: {
    title: 'An IPAM record cannot be read',
    explanation:
      'IPAMBlock and BlockAffinity are written by Calico; one that does not parse was probably edited by hand.',
    source: 'libcalico-go/lib/backend/model/block.go',
  },
  VALUE_IGNORED: {
    title: 'A value cannot be read',
    explanation:
      'The API server or calicoctl would refuse the value; if it got in some other way, Calico uses the default.',
    source: 'api/pkg/apis/projectcalico/v3; felix/config/param_types.go',
  },
} as const satisfies Readonly<Record<string, CodeDescription>>
