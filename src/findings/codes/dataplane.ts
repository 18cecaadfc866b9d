import type { CodeDescription } from '../code.js'

export const DATAPLANE_CODES = {
  ROUTES_UNOWNED: {
    title: 'Nobody writes the routes of a pool',
    explanation:
      "Felix and BIRD each have a switch, programClusterRoutes, for the routes to other nodes' blocks, and nothing in Calico checks that the two add up. A pool whose class is off on both sides, or is left to BIRD where BIRD does not run, has no routes to other nodes and no blackhole for its own blocks: pods reach pods of their own node only.",
    source:
      'felix/config/config_params.go ProgramIPIPClusterRoutes; confd bgp_processor.go clusterRoutePolicyFromBGPConfig; design/cluster-route-programming/DESIGN.md',
  },
  ROUTES_OWNED_TWICE: {
    title: 'Felix and BIRD both write the routes of a pool',
    explanation:
      "Both sides of programClusterRoutes are on for one class of pools. Felix replaces BIRD's route to a destination with its own, and BIRD finds that the route is not what it wrote: which one stands depends on who wrote last.",
    source:
      'felix/config/config_params.go; confd bgp_processor.go clusterRoutePolicyFromBGPConfig; felix/routetable/route_table.go',
  },
  ROUTERS_WITHOUT_POD_ROUTES: {
    title: 'Packets of pods cross a router that knows no route to pods',
    explanation:
      'A pool without encapsulation sends packets between pods as they are. Inside a subnet the node delivers them itself; to another subnet they go to the router, which has to know every block, by BGP or by static routes. A router that does not know sends them along its default route or drops them, so pods of different subnets cannot talk while those of one subnet can.',
    source: 'bird sysdep/linux/netlink.c nl_send_route (recursive next hops); Calico documentation, overlay networking',
  },
  GATEWAY_OFF_LINK: {
    title: 'Felix takes nodes of other subnets for neighbours',
    explanation:
      'Where Felix programs pools without encapsulation it writes the address of the other node as gateway and marks it onlink, in whatever subnet that node is. The kernel then asks for the MAC address of a node that is not on the link, and gets no answer unless the network stretches layer 2 or a router answers for it. BIRD would have gone by way of the router.',
    source: 'felix/dataplane/linux/route_mgr.go noEncapRoute',
  },
  SOURCE_CHECK_DROPS_PODS: {
    title: "The network drops packets that carry pods' addresses",
    explanation:
      'Clouds and port security drop what a machine sends with another source than its own address. Packets between pods without encapsulation carry the pods\' addresses. Switch the check off for the nodes (in AWS the "source/destination check"), or encapsulate always: CrossSubnet leaves packets inside a subnet as they are.',
    source: 'Underlay antiSpoofing; Calico documentation, overlay networking',
  },
  TUNNEL_DROPPED: {
    title: 'The network drops the tunnel that a pool needs',
    explanation:
      'Several clouds and firewalls let TCP, UDP and ICMP pass and nothing else: IPIP, which is IP protocol 4, is lost without a trace, while BGP comes up and every route looks right. VXLAN is UDP, port 4789, and passes where IPIP does not.',
    source: 'Underlay drops; Calico documentation, overlay networking',
  },
  HOST_MASK_CROSS_SUBNET: {
    title: 'CrossSubnet, and a node whose mask covers nobody',
    explanation:
      "A node decides by its own address and mask who is in its subnet; the other's mask does not count. With a /32 (or /128) mask nobody is, so CrossSubnet encapsulates everything, as Always would. Where neighbours have a wider mask they send their packets to it plainly and get them back by the tunnel, which a strict reverse path filter drops.",
    source: 'felix/calc/l3_route_resolver.go nodeInOurSubnet; confd bgp_processor.go localSubnet',
  },
  POD_MTU_TOO_LARGE: {
    title: 'The largest packet of a pod does not fit',
    explanation:
      "A tunnel adds bytes to every packet: IPIP 20, VXLAN 50, WireGuard 60, over IPv6 20 more for the latter two. The pods' MTU, veth_mtu of calico-config or calicoNetwork.mtu of Installation, has to leave room for them. Where it does not, small packets pass and large ones need ICMP to tell the sender; where ICMP is filtered connections hang as soon as data flows. Pods keep the MTU with which they started until they are made anew.",
    source: 'felix/dataplane/linux/int_dataplane.go determinePodMTU; Calico documentation, MTU',
  },
  TUNNEL_MTU_TOO_LARGE: {
    title: 'A tunnel device takes larger packets than the network carries',
    explanation:
      'The MTU of the tunnel device and the bytes of the tunnel together are more than the network takes, so that the outer packets are fragmented or dropped. It comes from ipipMTU, vxlanMTU or wireguardMTU set by hand, or from a part of the network with a smaller MTU than the node sees.',
    source: 'felix/dataplane/linux/int_dataplane.go ConfigureDefaultMTUs',
  },
  MTU_NOT_DETECTED: {
    title: 'Felix does not find the network device, and assumes an MTU of 1460',
    explanation:
      'Felix takes the smallest MTU of the devices whose names fit mtuIfacePattern. Bonds, bridges and renamed devices do not fit the default. Without any that fits it takes 1460: on a jumbo network that wastes most of a packet, on a smaller one packets do not fit.',
    source: 'felix/dataplane/linux/int_dataplane.go findHostMTU',
  },
  NAT_OFF_WITHOUT_RETURN: {
    title: 'Outgoing NAT is off, and nothing leads back to the pods',
    explanation:
      "Without natOutgoing hosts outside of the cluster see the pod's own address and answer to it. The answer arrives only if the routers know the pool, by BGP or by a static route. Connections from pods to the outside then fail, although their packets arrive there.",
    source: 'felix/rules/nat.go; Calico documentation, configure outgoing NAT',
  },
  STATIC_ROUTE_REMOVED: {
    title: 'Felix removes a route that somebody wrote',
    explanation:
      'Felix takes routes of its own protocol (80), to the VXLAN device and to pods for its own and removes those that it does not want; from v3.33 on also those of BIRD to tunl0 where it writes IPIP routes itself. The route is left out of every answer.',
    source: 'felix/routetable/ownershippol/main_route_table_policy.go RouteIsOurs',
  },
} as const satisfies Readonly<Record<string, CodeDescription>>
