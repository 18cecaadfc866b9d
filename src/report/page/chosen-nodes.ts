/** Whose tables the page holds where those of all nodes would make it too large, and the rule in words. */

import type { Cluster } from '../../cluster/cluster.js'
import { number } from '../sessions.js'
import type { ChosenNodes } from './routes-data.js'

/** Routes of all tables together up to which every table is held unless the caller says otherwise. */
const MOST_ROUTES = 1_500_000
/** Tables that a larger cluster's page holds. */
const SOME = 120

/** `most`: how many nodes the caller wants; undefined for what suits the size. */
export function chooseNodes(cluster: Cluster, blocks: number, most: number | undefined): ChosenNodes {
  const total = cluster.nodes.length
  const count = Math.min(total, most ?? (total * Math.max(total, blocks) <= MOST_ROUTES ? total : SOME))
  if (count === total) return { nodes: cluster.nodes.map(({ index }) => index), rule: '' }
  const chosen = new Set<number>()
  const add = (index: number): void => {
    if (chosen.size < count) chosen.add(index)
  }
  for (const { index, routeReflectorClusterID: id } of cluster.nodes) if (id) add(index)
  const racks = new Set<number>()
  for (const { index, subnet } of cluster.underlay.attachments.map(({ subnet }, index) => ({
    index,
    subnet: subnet ?? -1,
  }))) {
    if (racks.has(subnet)) continue
    racks.add(subnet)
    add(index)
  }
  const left = count - chosen.size
  for (let i = 0; i < left; i++) add(Math.floor((i * total) / left))
  for (let index = 0; chosen.size < count && index < total; index++) add(index)
  return {
    nodes: [...chosen].sort((a, b) => a - b),
    rule: `Tables of ${number(chosen.size)} of ${number(total)} nodes are in this file: route reflectors, the first node of each subnet, and others spread evenly.`,
  }
}
