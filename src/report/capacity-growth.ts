/** The growth of a cluster in words and a table. */

import type { Growth } from '../planning/capacity/growth.js'
import type { GrowthEvent, GrowthStep } from '../planning/capacity/growth-step.js'
import { type Block, type Column, table, text } from './blocks.js'
import { number } from './sessions.js'

const right = (name: string, wide = false): Column => ({ name, align: 'right', wide })

export function growthBlocks(growth: Growth): readonly Block[] {
  const { from, to, steps, assumptions } = growth
  const mesh = steps.some(({ meshSessionsPerNode }) => meshSessionsPerNode !== undefined)
  const title = `Growth from ${number(from.nodes)} nodes and ${number(from.pods)} pods to ${number(to.nodes)} and ${number(to.pods)}`
  return [
    table(
      [
        right('NODES'),
        right('PODS'),
        right('BLOCKS USED'),
        right('BLOCKS LEFT'),
        right('NODES WITHOUT'),
        right('ADDRESSES LEFT'),
        right('BORROWED'),
        right('REFUSED'),
        right('ROUTES PER NODE'),
        ...(mesh ? [right('MESH SESSIONS PER NODE', true)] : []),
        'WHAT HAPPENS',
      ],
      steps.map((step, i) => stepRow(step, i === 0, mesh)),
      title,
    ),
    text(verdictLines(growth)),
    text(assumptions, 'Assumed'),
  ]
}

function stepRow(step: GrowthStep, isFirst: boolean, mesh: boolean): readonly (string | number)[] {
  const sum = (of: (pool: GrowthStep['pools'][number]) => number): string =>
    number(step.pools.reduce((total, pool) => total + of(pool), 0))
  const events = step.events.map(eventText).join('; ')
  return [
    number(step.nodes),
    number(step.pods),
    sum(({ blocks }) => blocks.used),
    sum(({ blocks }) => blocks.free),
    number(step.nodesWithoutBlock),
    sum(({ addresses }) => addresses.free),
    number(step.borrowed),
    number(step.refused),
    number(step.routesPerNode),
    ...(mesh ? [number(step.meshSessionsPerNode ?? 0)] : []),
    isFirst && events === '' ? 'now' : isFirst ? `now: ${events}` : events,
  ]
}

export function eventText(event: GrowthEvent): string {
  switch (event.event) {
    case 'furtherBlock':
      return `${event.node} has filled its blocks and claims one more`
    case 'blocksExhausted':
      return `the last block of ${event.pool} is claimed: ${AFTER_BLOCKS[event.effect]}`
    case 'nodeWithoutBlock':
      return `${event.node} finds no block to own`
    case 'borrowing':
      if (event.from === undefined) return `${event.node} borrows addresses of ${event.pool}`
      return `${event.node} borrows from ${event.from === null ? 'an orphaned block' : `a block of ${event.from}`} in ${event.pool}`
    case 'addressesExhausted':
      return `the last address of ${event.pool} is in use`
    case 'podWithoutAddress':
      return event.cause === 'blockLimit'
        ? `a pod on ${event.node} is refused: the node owns as many blocks as it may`
        : `a pod on ${event.node} is refused: ${event.reason}`
    case 'tunnelWithoutAddress':
      return `calico-node on ${event.node} gets no tunnel address: ${event.reason}`
    case 'maxPods':
      return `${event.node} runs more than the ${number(event.value)} pods that a kubelet takes by default (maxPods)`
    case 'meshSize':
      return `more nodes than the ${number(event.value)} that a full mesh is advised for: plan route reflectors`
    case 'podCidrsExhausted':
      return `kube-controller-manager has no podCIDR left for ${event.node}, which Calico's own IPAM does not need`
    default:
      return event satisfies never
  }
}

const AFTER_BLOCKS: Readonly<Record<Extract<GrowthEvent, { event: 'blocksExhausted' }>['effect'], string>> = {
  borrowing: 'nodes borrow from here on',
  noAddress: 'a node that needs one more gets no address',
  nextPool: 'nodes take blocks of the next pool',
}

/** The end of the table in sentences. */
function verdictLines({ steps, to }: Growth): readonly string[] {
  const last = steps.at(-1)
  if (last === undefined) return []
  const { nodesWithoutBlock, borrowed, refused, routesPerNode } = last
  if (nodesWithoutBlock === 0 && borrowed === 0 && refused === 0) {
    return [
      `At ${number(to.nodes)} nodes and ${number(to.pods)} pods every node owns its blocks and every pod has an address; a node holds up to ${number(routesPerNode)} routes to pods.`,
    ]
  }
  return [
    ...(nodesWithoutBlock === 0 ? [] : [`In the end ${count(nodesWithoutBlock, 'node owns', 'nodes own')} no block.`]),
    ...(borrowed === 0
      ? []
      : [
          `${count(borrowed, 'address is', 'addresses are')} borrowed; each is a host route on every node that does not use it, ${number(routesPerNode)} routes to pods on the fullest.`,
        ]),
    ...(refused === 0
      ? []
      : [
          `${count(refused, 'request is', 'requests are')} refused: pods that do not start, or nodes without a tunnel address.`,
        ]),
  ]
}

function count(amount: number, one: string, many: string): string {
  return `${number(amount)} ${amount === 1 ? one : many}`
}
