/** Ends of a flow as they are written on the command line. */

import { parseAddress, sameAddress } from '../address/address.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Flow, FlowEnd, Trace } from '../dataplane/trace/trace.js'
import { InputError } from '../findings/finding.js'
import type { Simulation } from './simulation.js'

/** Over IPv4 where both ends have an address of it, else over IPv6. */
export function traceInSomeFamily(simulation: Simulation, flow: Omit<Flow, 'family'>): Trace {
  const asked = [flow.from, flow.to].flatMap((end) => (end.kind === 'address' ? end.address.family : []))
  const first = simulation.trace({ ...flow, family: asked[0] ?? 4 })
  if (asked.length > 0 || first.forward.reason?.code !== 'noAddress') return first
  const second = simulation.trace({ ...flow, family: 6 })
  return second.forward.reason?.code === 'noAddress' ? first : second
}

/**
 * An end as users write it: an address, `namespace/name` of a pod or Service, `service/NAMESPACE/NAME`, `NODE:NODEPORT`, or
 * the name of a node, outside host or router. Throws InputError, naming `flag`.
 */
export function readFlowEnd({ cluster, ipam }: Simulation, text: string, flag: string): FlowEnd {
  const address = parseAddress(text)
  if (address) return { kind: 'address', address }
  const named = text.split('/')
  if (named.length === 3 && (named[0] === 'service' || named[0] === 'svc')) {
    return serviceEnd(cluster, named[1] ?? '', named[2] ?? '', flag, text)
  }
  if (named.length === 2) {
    const [namespace = '', name = ''] = named
    const isService = cluster.services.some((service) => service.namespace === namespace && service.name === name)
    const isPod = [...cluster.pods, ...ipam.pods.map(({ pod }) => pod)].some(
      (pod) => pod.namespace === namespace && pod.name === name,
    )
    return isService && !isPod ? serviceEnd(cluster, namespace, name, flag, text) : { kind: 'pod', namespace, name }
  }
  const port = /^(.+):([0-9]{1,5})$/.exec(text)
  if (port !== null) return withPort(cluster, port[1] ?? '', Number(port[2]), flag, text)
  if (cluster.nodeByName.has(text)) return { kind: 'node', name: text }
  if (cluster.underlay.hosts.some(({ name }) => name === text)) return { kind: 'host', name: text }
  const router = cluster.underlay.routers.find(({ name }) => name === text)?.interfaces[0]
  if (router !== undefined) return { kind: 'address', address: router.address.address }
  throw badEnd(
    flag,
    `${JSON.stringify(text)} is no address, node, host or router of the input`,
    'Write a pod as namespace/name.',
  )
}

function serviceEnd(cluster: Cluster, namespace: string, name: string, flag: string, text: string): FlowEnd {
  if (flag === '--from')
    throw badEnd(flag, `${text} is a Service, which sends nothing`, 'Name a pod, node, host or address.')
  const known = cluster.services.some((service) => service.namespace === namespace && service.name === name)
  if (!known) throw badEnd(flag, `the input has no Service ${namespace}/${name}`, 'Write service/NAMESPACE/NAME.')
  return { kind: 'service', namespace, name }
}

/** `NODE:PORT` is a NodePort. Of a Service's own address the port does not matter to the network. */
function withPort(cluster: Cluster, host: string, port: number, flag: string, text: string): FlowEnd {
  const address = parseAddress(host.replace(/^\[(.*)\]$/, '$1'))
  const node = cluster.nodes.find(
    ({ name, bgpAddress, addresses }) =>
      name === host ||
      [bgpAddress[4]?.address, bgpAddress[6]?.address, ...addresses.map((entry) => entry.address)].some(
        (own) => own !== undefined && address !== undefined && sameAddress(own, address),
      ),
  )
  const isNodePort = cluster.services.some(({ nodePorts }) => nodePorts?.includes(port))
  if (node !== undefined && isNodePort && flag === '--to') return { kind: 'nodePort', node: node.name, port }
  if (address !== undefined) return { kind: 'address', address }
  throw badEnd(
    flag,
    `no Service of the input has the node port of ${text}`,
    'Write NODE:PORT, the port as in spec.ports[].nodePort.',
  )
}

function badEnd(flag: string, message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message: `${flag}: ${message}`, hint }])
}
