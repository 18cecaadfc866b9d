/** `advise pool`: whether the pools do, what is missing, where a new one can lie, and its manifest. */

import { formatPrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { IpamView } from '../ipam/view.js'
import { advisePool, type FamilyPools, type PoolAdvice } from '../planning/advise/pool.js'
import type { GrowthTarget } from '../planning/capacity/growth-target.js'
import { demandDocument, demandWords } from './advise-demand.js'
import { stepBlocks, stepDocuments } from './advise-steps.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { number } from './sessions.js'

/** Throws GrowthError for a target below what there is. */
export function advisePoolAnswer(cluster: Cluster, ipam: () => IpamView, target: GrowthTarget): Answer {
  const advice = advisePool(cluster, ipam, target)
  return {
    document: {
      ...envelope('AdviceReport', cluster),
      topic: 'pool',
      demand: demandDocument(advice.demand),
      families: advice.families.map(familyDocument),
      steps: stepDocuments(advice.steps),
      grown: advice.grown ?? null,
    },
    blocks: [
      text([`${demandWords(advice.demand)}, each with blocks of its own:`]),
      ...advice.families.flatMap((design) => familyBlocks(design)),
      ...stepBlocks(advice.steps, 'What to do'),
      ...grownWords(advice),
    ],
    found: advice.steps.length > 0,
  }
}

function familyDocument({
  family,
  present,
  missing,
  options,
  selective,
  place,
}: FamilyPools): Readonly<Record<string, unknown>> {
  return {
    family: family === 4 ? 'ipv4' : 'ipv6',
    present: present.map(({ pool, nodes }) => ({ pool: pool.name, nodes })),
    missing,
    options,
    selective,
    place:
      place === undefined
        ? null
        : {
            cidr: formatPrefix(place.prefix),
            ...(place.inClusterCidr === undefined ? {} : { inClusterCidr: place.inClusterCidr }),
          },
  }
}

const right = (name: string) => ({ name, align: 'right' as const })

function familyBlocks(design: FamilyPools): readonly Block[] {
  const { family, present, missing } = design
  return [
    ...(present.length === 0
      ? []
      : [
          table(
            ['POOL', 'CIDR', right('BLOCK'), right('NODES SERVED')],
            present.map(({ pool, nodes }) => [
              pool.name,
              formatPrefix(pool.prefix),
              `/${pool.blockSize}`,
              number(nodes),
            ]),
          ),
        ]),
    ...(missing === 0 ? [text([`IPv${family}: the pools do.`])] : missingBlocks(design)),
  ]
}

function missingBlocks({ family, missing, options, selective, place }: FamilyPools): readonly Block[] {
  const where =
    place === undefined
      ? 'No prefix of that size is free.'
      : place.inClusterCidr === true
        ? "It has a place inside of kube-proxy's cluster CIDR."
        : place.inClusterCidr === false
          ? "kube-proxy's cluster CIDR has no room for it and has to be widened: until then kube-proxy masquerades its pods' traffic to Services."
          : 'Its place touches nothing that the input knows; ask the network first.'
  return [
    text([
      `IPv${family}: ${number(missing)} ${missing === 1 ? 'node finds' : 'nodes find'} no block. A new pool, with room for a quarter more:`,
    ]),
    table(
      ['', right('BLOCK'), right('POOL'), right('BLOCKS PER NODE'), right('ROUTES PER NODE')],
      options.map((option) => [
        option.recommended ? '*' : '',
        `/${option.blockSize}`,
        `/${option.length}`,
        number(option.blocksPerNode),
        number(option.routesPerNode),
      ]),
    ),
    text([
      where,
      ...(selective
        ? ['The present pools select nodes by label: give the new one a nodeSelector too, or every node may use it.']
        : []),
    ]),
  ]
}

function grownWords({ grown, steps }: PoolAdvice): readonly Block[] {
  if (grown === undefined) return []
  const { nodes, pods, refused, borrowed } = grown
  const carried = steps.length === 0 ? 'Grown to that size' : 'Carried out on the input and grown to that size'
  return [
    text([
      `${carried}: ${number(nodes)} nodes, ${number(pods)} pods with an address, ${number(refused)} without, ${number(borrowed)} borrowed.`,
    ]),
  ]
}
