/**
 * Elements whose failures are one failure: nodes that may be swapped without anybody noticing, in forwarding (the classes
 * of reach) and in BGP (the same part in the mesh, the same explicit sessions).
 */

import { isMeshMember } from '../../bgp/config/mesh.js'
import type { Simulation } from '../simulation.js'
import type { FailingElement } from './element.js'

export interface AlikeElements {
  readonly kind: FailingElement['kind']
  /** At least one, in the order of names. */
  readonly members: readonly FailingElement[]
}

export function alikeElements(simulation: Simulation, elements: readonly FailingElement[]): readonly AlikeElements[] {
  const groups = new Map<string, FailingElement[]>()
  const role = roleReader(simulation)
  for (const element of elements) {
    const key = `${element.kind} ${role(element) ?? element.name}`
    const held = groups.get(key)
    if (held === undefined) groups.set(key, [element])
    else held.push(element)
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members
    return first === undefined ? [] : { kind: first.kind, members }
  })
}

/** Undefined for what is like nothing else. */
function roleReader(simulation: Simulation): (element: FailingElement) => string | undefined {
  const { cluster, bgp } = simulation
  const { classOf } = simulation.reach()
  const alike = simulation.alike()
  const pods = new Set(simulation.ipam.pods.map(({ node }) => node))
  return ({ name, down }) => {
    const node = cluster.nodeByName.get(down === 'links' ? name.slice(0, name.indexOf('/')) : name)
    if (node === undefined || down === 'routers') return undefined
    const speaks = alike(node.index)
    if (speaks === undefined) return undefined
    const mesh = ([4, 6] as const).map((family) => isMeshMember(bgp, node.index, family))
    const subnet = cluster.underlay.attachments[node.index]?.subnet ?? -1
    return JSON.stringify([classOf[node.index], subnet, pods.has(node.name), node.asNumber ?? 0, mesh, speaks])
  }
}
