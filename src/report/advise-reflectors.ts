/** `advise rr`: full mesh against reflectors with their price, which nodes, and the steps, rehearsed. */

import {
  adviseReflectors,
  MOST_MESH_NODES,
  type PresentDesign,
  type ReflectorAdvice,
  type ReflectorObstacle,
  type ReflectorWishes,
} from '../planning/advise/reflectors.js'
import type { Simulation } from '../planning/simulation.js'
import { stepBlocks, stepDocuments } from './advise-steps.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { findingDocument } from './check.js'
import { counted, nameList } from './name-list.js'
import { costText, cutLines } from './rehearsal-text.js'
import { number } from './sessions.js'
import { wordSeconds } from './wording/outage-cause.js'

export function adviseReflectorsAnswer(simulation: Simulation, wishes: ReflectorWishes): Answer {
  const advice = adviseReflectors(simulation, wishes)
  const { recommended, obstacle, rehearsed, promoted } = advice
  return {
    document: {
      ...envelope('AdviceReport', simulation.cluster),
      topic: 'rr',
      nodes: advice.nodes,
      present: advice.present,
      options: advice.designs,
      recommended: recommended === undefined ? null : { reflectors: recommended },
      ...(obstacle === undefined ? {} : { obstacle: { ...obstacle, message: obstacleText(obstacle) } }),
      promoted,
      steps: stepDocuments(advice.steps),
      faults: advice.faults.map(findingDocument),
      ...(rehearsed === undefined
        ? {}
        : {
            rehearsed: {
              verdict: rehearsed.verdict,
              pairsMissingAfterSteps: rehearsed.cost.missing,
              pairSeconds: Math.round(rehearsed.cost.pairSeconds),
              sessions: rehearsed.sessions,
              pairsLostWithAReflector: worstLoss(rehearsed),
            },
          }),
    },
    blocks: [
      designTable(advice),
      text(verdictLines(advice)),
      ...faultLines(advice),
      ...stepBlocks(advice.steps, 'What to do'),
      ...rehearsalLines(advice),
    ],
    found: advice.steps.length > 0 || advice.faults.length > 0,
  }
}

const right = (name: string) => ({ name, align: 'right' as const })

function designTable({ designs, recommended, present, nodes }: ReflectorAdvice): Block {
  return table(
    [
      '',
      'DESIGN',
      right('SESSIONS'),
      right('PER NODE'),
      right('BUSIEST'),
      right('PATHS PER PREFIX'),
      right('BIRD MB NODE'),
      right('BIRD MB BUSIEST'),
      right('MAY FAIL AT ONCE'),
    ],
    designs.map((row) => {
      const count = row.reflectors ?? 0
      const memory = row.birdMegabytesSameClusterID ?? row.birdMegabytes
      return [
        count === recommended ? '*' : '',
        `${nameOf(count)}${isPresent(present, count) ? ' (now)' : ''}`,
        number(row.sessions),
        number(row.perClient ?? row.perNodeMax),
        number(row.perNodeMax),
        row.pathsPerPrefixSameClusterID ?? row.pathsPerPrefix,
        memory.node.toFixed(1),
        memory.busiest.toFixed(1),
        count === 0 ? 'any' : count - 1,
      ]
    }),
    `Designs for ${counted(nodes, 'node')}; reflectors share one cluster ID, every node peers with each`,
  )
}

function nameOf(reflectors: number): string {
  return reflectors === 0 ? 'full mesh' : counted(reflectors, 'route reflector')
}

function isPresent({ mesh, reflectors }: PresentDesign, count: number): boolean {
  return mesh ? count === 0 && reflectors.length === 0 : count > 0 && reflectors.length === count
}

function verdictLines(advice: ReflectorAdvice): readonly string[] {
  const { recommended, obstacle, nodes, present, promoted, steps } = advice
  if (obstacle !== undefined) return [obstacleText(obstacle)]
  if (recommended === undefined) return []
  if (recommended === 0) {
    return [
      present.mesh
        ? `A full mesh does for ${counted(nodes, 'node')}: it is fit for about ${MOST_MESH_NODES}, and nothing hangs on single nodes.`
        : `A full mesh would do for ${counted(nodes, 'node')}; set nodeToNodeMeshEnabled to true to have one.`,
    ]
  }
  if (steps.length === 0) {
    const enough = `${nameOf(present.reflectors.length)} will do for ${counted(nodes, 'node')}`
    return [advice.faults.length === 0 ? `${enough}. Nothing has to change.` : `${enough}, but not as they peer now.`]
  }
  const more = present.reflectors.length > 0 ? `, ${promoted.length} more than now` : ''
  return [
    `${nameOf(recommended)}${more}.`,
    ...promoted.map(({ node, pods, domain }) => {
      const where = domain === '' ? '' : ` in ${domain}`
      const drained = steps.some(({ change }) => change?.do === 'drain')
      const stay = drained ? 'which move away while it changes over' : 'which keep their routes meanwhile'
      return `${node}${where}: ${pods === 0 ? 'it has no pods' : `${counted(pods, 'pod')}, ${stay}`}.`
    }),
  ]
}

function faultLines({ faults }: ReflectorAdvice): readonly Block[] {
  const lines = faults.map(({ severity, code, message, hint }) => `${severity} ${code}: ${message} ${hint}`)
  return lines.length === 0 ? [] : [text(lines, 'To be mended first')]
}

function obstacleText(obstacle: ReflectorObstacle): string {
  switch (obstacle.code) {
    case 'noBgp':
      return `calico-node runs no BGP here (backend ${obstacle.backend}), so there is nothing to reflect.`
    case 'severalAS':
      return `The nodes are of ${obstacle.asNumbers.length} AS numbers (${nameList(obstacle.asNumbers.map(String))}): a reflector serves its own AS only. Plan reflectors for each AS, or peer by eBGP.`
    case 'peersOutside':
      return 'The mesh is off and BGPPeers do its work: whether their far ends reflect is for those to say. Ask with --reflectors to see what reflectors among the nodes would take.'
    case 'tooFewNodes':
      return `There are not enough Linux nodes with a BGP address for ${nameOf(obstacle.wanted)}.`
    default: {
      const unhandled: never = obstacle
      return unhandled
    }
  }
}

function rehearsalLines({ rehearsed, present }: ReflectorAdvice): readonly Block[] {
  if (rehearsed === undefined) return []
  const { verdict, cost, steps, sessions } = rehearsed
  const refused = steps.filter(({ status }) => status === 'rejected')
  return [
    text(
      [
        verdict === 'safe' ? 'No pair of nodes with pods loses each other at any step.' : `It costs ${costText(cost)}.`,
        ...steps.flatMap(({ step, transition, remarks, status }) => [
          ...cutLines(transition?.cuts ?? []).map((line) => `Step ${step.index + 1}: ${line}`),
          ...(status === 'rejected'
            ? remarks.map(({ message }) => `Step ${step.index + 1} is refused: ${message}`)
            : []),
        ]),
        ...(refused.length === 0 ? [] : ['With a step refused the rest does not hold: mend that first.']),
        `Afterwards there are ${number(sessions)} sessions${present.mesh ? ' instead of the mesh' : ''}.`,
        ...lossLines(rehearsed),
      ],
      'Rehearsed',
    ),
  ]
}

type Loss = Pick<NonNullable<ReflectorAdvice['rehearsed']>, 'loss'>

function lossLines({ loss }: Loss): readonly string[] {
  const lost = worstLoss({ loss })
  if (lost > 0)
    return [`One reflector failing would still cut ${counted(lost, 'ordered pair')} of other nodes for good.`]
  const [worst] = loss.failures.filter(({ lost: { others } }) => others > 0)
  if (worst === undefined) return ['Any one reflector may fail then, and no two other nodes lose each other.']
  const length = worst.outage === undefined ? '' : `, for ${wordSeconds(worst.outage.seconds)}`
  return [
    'Any one reflector may fail then, and no two other nodes lose each other for good;',
    `at worst ${counted(worst.lost.others, 'ordered pair')} of them do for a while${length}.`,
  ]
}

/** Ordered pairs of other nodes that stay cut when the worst reflector fails. */
function worstLoss({ loss }: Loss): number {
  return loss.failures.reduce((most, { permanent }) => Math.max(most, permanent.others), 0)
}
