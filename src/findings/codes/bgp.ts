import type { CodeDescription } from '../code.js'

export const BGP_CODES = {
  BGP_WRONG_AS: {
    title: 'A BGP session expects another AS number than the peer announces',
    explanation:
      'The two sides exchange OPEN messages, one answers with "Bad peer AS", and both stay Idle with back-off. In the mesh a node with an AS number of its own expects that number of every node that names none, so either every node names its AS number or none does.',
    source: 'BIRD proto/bgp/packets.c bgp_rx_open; confd bgp_processor.go processMeshPeers; lab finding A9',
  },
  BGP_PEER_ONE_SIDED: {
    title: 'A BGP session has no counterpart on the other side',
    explanation:
      'The peer runs no BGP, or no protocol of it names this address. Calico adds the reverse side of a BGPPeer by itself only when peerIP and asNumber are those of a Calico node and reversePeering is not Manual. A session that never comes up also delays every kernel route by 240 seconds when calico-node starts.',
    source: 'confd client.go updatePeersV1, nodesWithIPPortAndAS; lab findings A21 and B (17h)',
  },
  BGP_PEER_UNREACHABLE: {
    title: 'A BGP peer cannot be reached over the underlay',
    explanation:
      'A session needs a route to the peer before any BGP route exists: the connected network, a static route or a default gateway on both sides.',
    source: 'lab finding A11 (case 02d)',
  },
  BGP_MASK_TOO_WIDE: {
    title: "A node's mask makes other subnets look on-link",
    explanation:
      'The node asks for the address by ARP on its own segment, where nobody answers, instead of going by its gateway. Its sessions with other subnets never come up. The mask in the BGP address of the node must be that of its subnet.',
    source: 'lab finding A14 (case 21)',
  },
  BGP_TRAFFIC_DROPPED: {
    title: 'The fabric drops BGP between two speakers',
    explanation: 'Connection attempts to TCP port 179 vanish, and the session stays in Connect without an error.',
    source: 'Underlay subnets.drops',
  },
  BGP_SESSION_MISMATCH: {
    title: 'The two ends of a BGP session are configured differently',
    explanation:
      'Ports, passwords, TTL security, source addresses and the choice of who dials must go together on both sides, or the session stays down, often without an error message.',
    source: 'confd bgp_processor.go buildPeerFromData; BIRD bgp_connect, bgp_incoming_connection',
  },
  BGP_CONFIGURATION_REFUSED: {
    title: 'BIRD refuses the configuration of a node',
    explanation:
      'One faulty protocol makes BIRD reject the whole file: it keeps running with the previous configuration, or does not start at all. All sessions of the node are affected, not only the faulty one.',
    source: 'BIRD proto/bgp/bgp.c bgp_check_config; confd bgp_processor.go populateNodeConfig',
  },
  BGP_NO_SESSIONS: {
    title: 'No node has any BGP session',
    explanation:
      'The node-to-node mesh is off and no BGPPeer takes its place: every node knows only its own pods, unless all traffic is VXLAN or programmed by Felix.',
    source: 'confd bgp_processor.go processMeshPeers; lab case 09',
  },
  BGP_NODE_WITHOUT_SESSIONS: {
    title: 'A node has no BGP session while others have',
    explanation:
      'The node is in no mesh and no BGPPeer selects it, so other nodes do not learn its blocks. A cluster ID alone takes a node out of the mesh at once (lab finding A6): create the BGPPeers of a new reflector in the same step.',
    source: 'confd bgp_processor.go processMeshPeers; lab findings A6 and B (18c)',
  },
  BGP_REFLECTORS_SPLIT_CLUSTER: {
    title: 'Reflectors of one cluster ID serve different clients',
    explanation:
      "Reflectors with the same cluster ID are plain iBGP peers of each other and drop what the other reflected before it reaches their own clients. A client that peers with only one of them never learns the other one's clients. Give each reflector a cluster ID of its own, or let every client peer with all reflectors of the cluster ID.",
    source: 'BIRD proto/bgp/attrs.c bgp_import_control; lab finding A4 (case 07)',
  },
  BGP_REFLECTORS_NOT_PEERED: {
    title: 'Route reflectors do not peer with each other',
    explanation:
      "Clients of one reflector do not learn the other reflector's clients, nor the reflectors' own blocks. Reflectors need sessions among themselves, by a BGPPeer whose nodeSelector and peerSelector both match them.",
    source: 'lab finding A19 (cases 20b, 20c, 20f)',
  },
  BGP_NO_REFLECTOR_REDUNDANCY: {
    title: 'Nodes depend on a single route reflector',
    explanation:
      'When that reflector is lost its clients lose all routes after the graceful restart time of 120 seconds, or after up to 240 seconds of hold time when the node dies silently. With two reflectors nothing is lost.',
    source: 'lab finding B (16a, 16e, 16f)',
  },
  BGP_HUB_NOT_REFLECTOR: {
    title: 'An iBGP hub does not reflect routes',
    explanation:
      'Several nodes peer over iBGP with this node and not with each other. Without routeReflectorClusterID it passes no route from one to the other; a label is not enough.',
    source: 'lab finding A6 (case 05d)',
  },
  BGP_DUPLICATE_PEERING: {
    title: 'Two BGP protocols are configured for one neighbour',
    explanation:
      'BIRD runs only the first by name for each address and port; the others stay Idle without an error (Global_ before Mesh_ before Node_). When calico-node starts, such a protocol also holds up every kernel route for 240 seconds. While both ends dial, a collision can hand the neighbour to another of them; incoming connections still go to the first by name, so that the session may then stay down. Usually the mesh was left on beside BGPPeers: switch it off once the BGPPeers are in place.',
    source: 'BIRD nest/locks.c, bgp_start, bgp_find_proto; lab findings A8 and B (17h)',
  },
  BGP_PEER_MATCHES_NOTHING: {
    title: 'A BGPPeer selects no node',
    explanation:
      'The selector matches no label of any node, or the node does not exist, so the BGPPeer makes no session.',
    source: 'confd client.go updatePeersV1',
  },
  BGP_PEER_IS_SELF: {
    title: 'A BGPPeer gives a node a session with itself',
    explanation:
      'The only node that the BGPPeer is for has the peer address itself. Calico leaves such a peering out, so no session comes of it; old releases kept it in Idle with "Bad BGP identifier".',
    source: 'confd bgp_processor.go; projectcalico/calico issue 689',
  },
  BGP_PEER_UNDECIDED: {
    title: 'Two BGPPeers give one session different options',
    explanation:
      'confd keeps whichever BGPPeer it comes to first, and its order is random: the options can change from one render to the next.',
    source: 'confd client.go updatePeersV1',
  },
  BGP_PEER_NOT_DESCRIBED: {
    title: 'A BGP peer is not described in the input',
    explanation:
      'Whether the session comes up and what it brings cannot be predicted. Describe the peer as a router of an Underlay.',
    source: 'calico-plan/v1 Underlay',
  },
  BGP_REMOTE_BLOCKS_ANNOUNCED: {
    title: "Nodes announce other nodes' blocks to external peers",
    explanation:
      'The kernel protocol of BIRD learns the routes that Felix writes: those of VXLAN pools, and from v3.33 on of IPIP pools. Internal peers are not told of what leaves by a tunnel, external ones are, by design: some clusters peer with the outside from a few nodes only. Where all nodes do, a router has as many ways to a block as nodes, and most of them are detours.',
    source: 'design/cluster-route-programming/DESIGN.md section 5; bird_ipam.cfg.template calico_export_to_bgp_peers',
  },
  BGP_LARGE_MESH: {
    title: 'The node-to-node mesh is large',
    explanation:
      'Every node holds a session with every other one. Calico recommends route reflectors above about 100 nodes; two of them need two sessions for each node.',
    source: 'Calico documentation, configure BGP peering; lab finding C',
  },
  BGP_DUPLICATE_ROUTER_ID: {
    title: 'Two BGP speakers have the same router ID',
    explanation:
      'Direct iBGP sessions between them fail with "Bad BGP identifier", and through a reflector each drops the routes of the other as its own.',
    source: 'RFC 6286; BIRD bgp_rx_open; lab finding A20',
  },
  BGP_ADDRESS_SHARED: {
    title: 'Two nodes have the same BGP address',
    explanation:
      'A node recognises itself by address, so the two have no session with each other, and on all others the two protocols get one name, which BIRD refuses.',
    source: 'confd bgp_processor.go processMeshPeers',
  },
  BGP_TOO_LARGE: {
    title: 'The BGP tables of this cluster are too large to be worked out',
    explanation:
      'Sessions, addresses and capacity are still answered, but routes that BIRD programs are missing from every table, and so is what depends on them. Ask about a smaller cluster of the same shape.',
    source: 'docs/limits.md',
  },
  BGP_UNDETERMINED: {
    title: 'BGP has several outcomes',
    explanation:
      'Some prefixes can rest in several states, each of which holds itself: sessions that carry only the best path let the first message decide. After a restart the routes may be others. rib shows one state and lists the others.',
    source: 'RFC 4264; lab case r007',
  },
  BGP_UNSTABLE: {
    title: 'BGP does not come to rest',
    explanation:
      'Some prefixes keep changing their best path for ever, each change causing the next. The tables shown are one moment of it.',
    source: 'RFC 3345; BIRD nest/rt-table.c',
  },
  BGP_SESSION_CUTS_ITSELF: {
    title: 'A session carries the routes that end it',
    explanation:
      "A node learns a route that covers its neighbour's own address and cannot use it, writes it into the kernel as unreachable, and no longer reaches the neighbour. The session ends with the hold timer, comes up again and is cut again.",
    source: 'bird sysdep/linux/netlink.c nl_send_route; lab finding A10',
  },
} as const satisfies Readonly<Record<string, CodeDescription>>
