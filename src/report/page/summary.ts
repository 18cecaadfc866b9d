/** The cluster in a few sentences and figures: what a reader who reads nothing else should know. */

import type { Finding } from '../../findings/finding.js'
import type { Limit } from '../../planning/capacity/limits.js'
import type { Simulation } from '../../planning/simulation.js'
import { EFFECTS, hitText, LIMIT_NAMES } from '../capacity-limits.js'
import { number } from '../sessions.js'
import type { PageChange, PageFigure, PageReach, PageSummary, Tone } from './page-data.js'

type Sentence = PageSummary['sentences'][number]

export function pageSummary(
  simulation: Simulation,
  findings: readonly Finding[],
  reach: PageReach | null,
  changes: readonly PageChange[],
): PageSummary {
  const parts = [
    size(simulation),
    sessions(simulation),
    addresses(simulation),
    ...firstLimit(simulation),
    ...(reach === null ? [] : [reachability(reach)]),
    hazards(findings),
  ]
  return {
    sentences: [
      ...changes.map(({ kind, sentence }) => ({ ...sentence, view: kind })),
      ...parts.flatMap(({ sentence }) => (sentence === undefined ? [] : [sentence])),
    ],
    figures: [
      ...changes.map(({ kind, figure, sentence: { tone } }) => ({ ...figure, share: null, tone, view: kind })),
      ...parts.map(({ figure }) => figure),
    ],
  }
}

interface Part {
  readonly sentence?: Sentence
  readonly figure: PageFigure
}

function size({ cluster }: Simulation): Part {
  const nodes = cluster.nodes.length
  const subnets = cluster.underlay.subnets.length
  const reflectors = cluster.nodes.filter(({ routeReflectorClusterID: id }) => id).length
  const pools = cluster.pools.map(({ name }) => name)
  const listed =
    pools.length > 3
      ? `${number(pools.length)} pools`
      : `${pools.length === 1 ? 'the pool' : 'the pools'} ${pools.join(', ')}`
  return {
    sentence: {
      text: `${some(nodes, 'node')} on ${some(subnets, 'subnet')}, ${pools.length === 0 ? 'no pool' : listed}, as Calico ${cluster.release.name} would run ${nodes === 1 ? 'it' : 'them'}.`,
      tone: 'plain',
      view: 'topology',
    },
    figure: {
      label: 'Nodes',
      value: number(nodes),
      note: `${some(subnets, 'subnet')}${reflectors > 0 ? `, ${some(reflectors, 'reflector')}` : ''}`,
      share: null,
      tone: 'plain',
      view: 'topology',
    },
  }
}

function sessions(simulation: Simulation): Part {
  const { total, established, mesh } = simulation.sessionSurvey().summary.sessions
  const { max } = simulation.sessionSurvey().summary.perNode
  const down = total - established
  const tone: Tone = total === 0 ? 'plain' : down === 0 ? 'good' : 'bad'
  const design =
    mesh === total && total > 0 ? 'a full mesh' : mesh > 0 ? `${number(mesh)} of them in the mesh` : 'no mesh'
  const text =
    total === 0
      ? 'No BGP session: routes do not travel by BGP here.'
      : down === 0
        ? `All ${number(total)} BGP sessions establish (${design}); the busiest node holds ${number(max)}.`
        : `${number(down)} of ${number(total)} BGP sessions do not establish (${design}).`
  return {
    sentence: { text, tone, view: 'sessions' },
    figure: {
      label: 'BGP sessions',
      value: total === established ? number(total) : `${number(established)} / ${number(total)}`,
      note:
        total === 0
          ? 'none configured'
          : down === 0
            ? `all established, at most ${number(max)} a node`
            : `${number(down)} down`,
      share: total === 0 ? null : established / total,
      tone,
      view: 'sessions',
    },
  }
}

function addresses(simulation: Simulation): Part {
  const { books, unplaced } = simulation.capacity()
  let pods = 0
  let borrowed = 0
  for (const pool of books.pools) {
    pods += pool.addresses.pods
    borrowed += pool.addresses.borrowed
  }
  const tone: Tone = unplaced.length > 0 ? 'bad' : borrowed > 0 ? 'warn' : 'good'
  const lent =
    borrowed > 0 ? `; ${some(borrowed, 'address is', 'addresses are')} borrowed from other nodes' blocks` : ''
  const text =
    unplaced.length > 0
      ? `${some(unplaced.length, 'pod finds', 'pods find')} no address${lent}.`
      : pods === 0
        ? 'The input holds no pod with an address of a pool.'
        : `${pods === 1 ? 'The pod has its address' : `All ${number(pods)} pods have their addresses`}${lent}.`
  return {
    sentence: { text, tone: pods === 0 && unplaced.length === 0 ? 'plain' : tone, view: 'addresses' },
    figure: {
      label: 'Pod addresses',
      value: number(pods),
      note:
        unplaced.length > 0
          ? `${number(unplaced.length)} pods without`
          : borrowed > 0
            ? `${number(borrowed)} borrowed`
            : 'every pod has one',
      share: null,
      tone: pods === 0 && unplaced.length === 0 ? 'plain' : tone,
      view: 'addresses',
    },
  }
}

/** The limit that ends growth: one of a pool first, because what one node may hold ends nothing for the cluster. */
function firstLimit(simulation: Simulation): readonly Part[] {
  const { limits } = simulation.capacity()
  const first = limits.find(({ limit }) => limit === 'blocks' || limit === 'addresses') ?? limits[0]
  if (first === undefined) return []
  const tone = toneOfLimit(first)
  return [
    {
      sentence: {
        text: `What ends first: ${LIMIT_NAMES[first.limit]} ${first.of}, ${hitText(first)}; then ${EFFECTS[first.effect]}.`,
        tone,
        view: 'addresses',
      },
      figure: {
        label: `${first.limit === 'blocks' ? 'Free blocks' : 'Left'} of ${first.of}`,
        value: number(first.headroom),
        note: `of ${number(first.value)}; ${first.hitAt === null ? 'never used up' : `used up ${hitText(first)}`}`,
        share: first.value === 0 ? null : first.used / first.value,
        tone,
        view: 'addresses',
      },
    },
  ]
}

/** Under a tenth left is worth a warning, nothing left is a fault. */
function toneOfLimit({ headroom, value }: Limit): Tone {
  return headroom === 0 ? 'bad' : headroom < value / 10 ? 'warn' : 'good'
}

function reachability({ pairs }: PageReach): Part {
  const failing = pairs.lost + pairs.oneWay
  const tone: Tone = failing === 0 ? 'good' : 'bad'
  return {
    sentence: {
      text:
        failing === 0
          ? `Every node reaches every other, there and back: ${number(pairs.total)} ordered pairs.`
          : `${number(failing)} of ${number(pairs.total)} ordered pairs of nodes do not reach each other.`,
      tone,
      view: 'reach',
    },
    figure: {
      label: 'Reachable pairs',
      value: failing === 0 ? 'all' : number(pairs.delivered),
      note:
        failing === 0
          ? `${number(pairs.total)} ordered pairs of nodes`
          : `of ${number(pairs.total)}; ${number(failing)} fail`,
      share: pairs.total === 0 ? null : pairs.delivered / pairs.total,
      tone,
      view: 'reach',
    },
  }
}

function hazards(findings: readonly Finding[]): Part {
  const count = (severity: Finding['severity']): number =>
    findings.filter((entry) => entry.severity === severity).length
  const [errors, warnings, notes] = [count('error'), count('warning'), count('info')]
  const tone: Tone = errors > 0 ? 'bad' : warnings > 0 ? 'warn' : 'good'
  const text =
    errors + warnings === 0
      ? 'No hazard was found in the input.'
      : `The input holds ${[errors > 0 ? some(errors, 'error') : '', warnings > 0 ? some(warnings, 'warning') : ''].filter((part) => part !== '').join(' and ')}.`
  return {
    sentence: { text, tone, view: 'findings' },
    figure: {
      label: 'Findings',
      value: number(errors + warnings),
      note: `${some(errors, 'error')}, ${some(warnings, 'warning')}, ${some(notes, 'note')}`,
      share: null,
      tone,
      view: 'findings',
    },
  }
}

function some(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`
}
