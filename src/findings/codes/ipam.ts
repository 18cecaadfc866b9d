import type { CodeDescription } from '../code.js'

export const IPAM_CODES = {
  POD_WITHOUT_ADDRESS: {
    title: 'A pod gets no address',
    explanation:
      'The CNI plugin fails and the pod stays in ContainerCreating with the event FailedCreatePodSandBox. The message is the one of that event. Pools, their selectors, reservations, strictAffinity and the limit on blocks per host decide.',
    source: 'cni-plugin/pkg/ipamplugin/ipam_plugin.go; libcalico-go/lib/ipam/ipam.go AutoAssign',
  },
  POD_UNSCHEDULABLE: {
    title: 'A pod finds no node',
    explanation:
      'No schedulable node has the labels that the pod selects, or all such nodes have taints that it does not tolerate. It is left out of the answers.',
    source: 'Kubernetes scheduler: node selector and taints only',
  },
  TUNNEL_WITHOUT_ADDRESS: {
    title: 'A node gets no address for its tunnel',
    explanation:
      'calico-node needs one address for each of IPIP, VXLAN and WireGuard that its pools ask for. Without it calico-node does not become ready and the node has no encapsulated routes.',
    source: 'node/pkg/allocateip/allocateip.go',
  },
  NODE_WITHOUT_POOL: {
    title: 'No pool selects a node',
    explanation:
      'Every enabled pool in Automatic mode that allows workloads has a nodeSelector that leaves the node out. Pods there fail with "no configured Calico pools for node".',
    source: 'libcalico-go/lib/ipam/ipam.go determinePools',
  },
  POOL_NEARLY_FULL: {
    title: 'A pool is nearly used up',
    explanation:
      'Nine tenths of the addresses that may be given out are in use. Blocks that nodes own keep addresses from other nodes under strictAffinity, and turn into host routes by borrowing otherwise, well before the last address is gone.',
    source: 'libcalico-go/lib/ipam/ipam.go GetUtilization',
  },
  MORE_NODES_THAN_BLOCKS: {
    title: 'More nodes than blocks',
    explanation:
      'A node takes addresses from blocks that it owns. A node that finds no block left to claim borrows single addresses, each of which is a /32 route everywhere, or with strictAffinity gets none at all.',
    source: 'libcalico-go/lib/ipam/ipam.go autoAssign',
  },
  ADDRESSES_BORROWED: {
    title: 'Addresses are borrowed from other nodes',
    explanation:
      'An address that is used on another node than the owner of its block is advertised as a host route of its own. A route reflector that owns the block does not pass it on.',
    source: 'libcalico-go/lib/ipam/ipam.go autoAssign; lab finding A17',
  },
  STRICT_AFFINITY_STRANDS: {
    title: 'strictAffinity strands free addresses',
    explanation:
      'With strictAffinity a node takes addresses from its own blocks only. When every block has an owner, the free addresses of other nodes are of no use to it.',
    source: 'libcalico-go/lib/ipam/ipam.go autoAssign',
  },
  BLOCK_LIMIT_REACHED: {
    title: 'A node owns as many blocks as it may',
    explanation:
      'A node may own 20 blocks in the pools of one request, or maxBlocksPerHost. At the limit it gets no further address, even where strictAffinity is off and other blocks have room.',
    source: 'libcalico-go/lib/ipam/ipam.go autoAssign',
  },
  BLOCK_CLAIMED_TWICE: {
    title: 'Two nodes claim one block',
    explanation:
      'BlockAffinity resources of several nodes name the same block, or one names a block that belongs to another. Both nodes advertise the block, and traffic for it goes to either.',
    source: 'libcalico-go/lib/ipam/ipam.go getBlockFromAffinity; lab finding A15',
  },
  BLOCK_WITHOUT_POOL: {
    title: 'A block lies in no pool',
    explanation:
      'Its pool was deleted or changed while addresses were in use. The addresses go on working, but outgoing NAT and encapsulation follow the pool and are gone.',
    source: 'libcalico-go/lib/ipam/ipam.go GetUtilization; lab finding A16',
  },
  BLOCK_INCONSISTENT: {
    title: 'A recorded block does not add up',
    explanation:
      'An attribute belongs to no address, an address is listed as free twice, or allocated and free addresses do not make the whole block. Addresses of it may be lost or given out twice.',
    source: 'calicoctl/calicoctl/commands/ipam/check.go validateBlock',
  },
  ADDRESS_DUPLICATE: {
    title: 'Two pods have one address',
    explanation: 'Both nodes have a route for it, and which pod is reached depends on where the sender is.',
    source: 'calicoctl ipam check',
  },
  ADDRESS_LEAKED: {
    title: 'Addresses are allocated, and nobody uses them',
    explanation:
      'Their pods went away without the CNI plugin being told, or their node without its tunnel addresses. kube-controllers releases such addresses after a while; calicoctl ipam release frees them by hand.',
    source: 'calicoctl/calicoctl/commands/ipam/check.go',
  },
  ADDRESS_NOT_ALLOCATED: {
    title: 'A pod or a tunnel uses an address that IPAM counts as free',
    explanation: 'IPAM may give the address to another pod. The pod has to be restarted to get one that is its own.',
    source: 'calicoctl/calicoctl/commands/ipam/check.go',
  },
  ADDRESS_OUTSIDE_POOLS: {
    title: 'An address in use lies outside every active pool and is not allocated',
    explanation:
      'Its pool was deleted or disabled after it started. It keeps the address until it is restarted; without the pool there is no outgoing NAT and no encapsulation for it.',
    source: 'calicoctl/calicoctl/commands/ipam/check.go',
  },
  POD_CIDR_MISMATCH: {
    title: "A node's podCIDR lies in no pool",
    explanation:
      "With host-local IPAM pods have addresses of their node's podCIDR. Outgoing NAT and encapsulation follow the IPPool that holds an address, so pods outside all pools have neither.",
    source: 'felix/calc/l3_route_resolver.go; cni-plugin host-local',
  },
  KUBE_PROXY_CIDR_MISMATCH: {
    title: "kube-proxy's cluster CIDR leaves a pool out",
    explanation:
      'kube-proxy takes traffic from outside its cluster CIDR for external and masquerades it when it goes to a Service, so pods of that pool lose their source address there and network policy sees the node instead.',
    source: 'kube-proxy --cluster-cidr; Calico installation guide',
  },
} as const satisfies Readonly<Record<string, CodeDescription>>
