/** `advise encapsulation`: every mode with its price and what stands in its way, and the steps to the best one. */

import type { Cluster } from '../cluster/cluster.js'
import type { IpamView } from '../ipam/view.js'
import {
  adviseEncapsulation,
  type EncapsulationAdvice,
  type EncapsulationMode,
  type EncapsulationOption,
} from '../planning/advise/encapsulation.js'
import { stepBlocks, stepDocuments } from './advise-steps.js'
import { type Answer, envelope } from './answer.js'
import { table, text } from './blocks.js'
import { findingDocument } from './check.js'
import { number } from './sessions.js'

const NAMES: Readonly<Record<EncapsulationMode, string>> = {
  none: 'none',
  ipipCrossSubnet: 'IPIP CrossSubnet',
  vxlanCrossSubnet: 'VXLAN CrossSubnet',
  ipip: 'IPIP Always',
  vxlan: 'VXLAN Always',
}

export function adviseEncapsulationAnswer(cluster: Cluster, ipam: IpamView): Answer {
  const advice = adviseEncapsulation(cluster, ipam)
  return {
    document: {
      ...envelope('AdviceReport', cluster),
      topic: 'encapsulation',
      assumed: advice.assumed,
      recommended: advice.recommended ?? null,
      options: advice.options.map(({ obstacles, ...option }) => ({
        ...option,
        obstacles: obstacles.map(findingDocument),
      })),
      steps: stepDocuments(advice.steps),
      podsTooLarge: advice.podsTooLarge,
    },
    blocks: [
      optionTable(advice),
      ...obstacleLines(advice),
      text(verdictLines(advice)),
      ...stepBlocks(advice.steps, 'What to do'),
    ],
    found: advice.steps.length > 0,
  }
}

const right = (name: string) => ({ name, align: 'right' as const })

function optionTable({ options, recommended }: EncapsulationAdvice) {
  return table(
    ['', 'MODE', right('BYTES'), right('POD MTU'), right('TUNNELLED'), right('TUNNEL ADDRESSES'), 'NEEDS', 'HERE'],
    options.map((option) => [
      option.mode === recommended ? '*' : '',
      `${NAMES[option.mode]}${option.current ? ' (now)' : ''}`,
      String(option.overhead),
      String(option.podMtu),
      shareOf(option),
      number(option.tunnelAddresses),
      needsOf(option),
      option.obstacles.length === 0 ? 'works' : 'does not work',
    ]),
  )
}

function shareOf({ tunnelled: { pairs, of } }: EncapsulationOption): string {
  return of === 0 ? '0 %' : `${Math.round((1000 * pairs) / of) / 10} %`
}

function needsOf({ needsBgp, mode }: EncapsulationOption): string {
  if (mode === 'none') return 'BGP, routers that know pods'
  return needsBgp ? 'BGP' : 'nothing'
}

function obstacleLines({ options }: EncapsulationAdvice) {
  const lines = options.flatMap(({ mode, obstacles }) => obstacles.map(({ message }) => `${NAMES[mode]}: ${message}`))
  return lines.length === 0 ? [] : [text(lines)]
}

function verdictLines({ options, recommended, assumed, podsTooLarge }: EncapsulationAdvice): readonly string[] {
  const best = options.find(({ mode }) => mode === recommended)
  return [
    best === undefined
      ? 'No mode works on this network: something of it has to change first.'
      : best.current
        ? `${NAMES[best.mode]} is what costs least here. Nothing has to change.`
        : `${NAMES[best.mode]} costs least of what works here.`,
    ...(assumed
      ? ['The input has no Underlay: what the network drops and its routers know is assumed, so describe it first.']
      : []),
    ...(podsTooLarge && best !== undefined
      ? [
          `Pods that run keep a larger MTU than the ${best.podMtu} that fits then: see advise mtu, and make them anew before the change.`,
        ]
      : []),
  ]
}
