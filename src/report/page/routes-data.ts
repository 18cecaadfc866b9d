/** Kernel tables of nodes, each route said once and each table as a difference to a similar one. */

import type { ExplainedRoute, KernelRoute, RouteReason } from '../../dataplane/kernel-route.js'
import type { Simulation } from '../../planning/simulation.js'
import { ipRouteText } from '../ip-route-text.js'
import { wordRouteReason } from '../wording/route-reason.js'
import { packNumbers, packWords } from './packed-columns.js'
import type { PageRoutes, PageTable } from './page-data.js'
import { spliceDifference } from './table-difference.js'

/** Stands in a form where the argument goes. */
const MARK = '\u0001'
/** Stands for the destination while a form is made; no route text holds it. */
const DESTINATION = '\u0002'
/** Tables that a new one is compared with before it is written out in full. */
const MOST_BASES = 8

export interface ChosenNodes {
  /** Indexes, ascending. */
  readonly nodes: readonly number[]
  /** Which these are, when they are not all; empty when they are. */
  readonly rule: string
}

export function pageRoutes(simulation: Simulation, chosen: ChosenNodes): PageRoutes {
  const { cluster } = simulation
  const routes = newDictionary()
  /** By rack and table name, the tables written so far that are worth differing from. */
  const bases = new Map<string, Base[]>()
  const tables = chosen.nodes.map((index, place): readonly PageTable[] => {
    const node = cluster.nodes[index]
    if (node === undefined) return []
    const rack = cluster.underlay.attachments[index]?.subnet ?? -1
    return [...simulation.routes(node.name)].map(([name, explained]) => {
      const list = explained.map((entry) => routes.number(entry))
      return tableFrom(bases, { rack, name, place, list })
    })
  })
  return { nodes: chosen.nodes, rule: chosen.rule, ...routes.columns(), tables }
}

interface Base {
  readonly place: number
  readonly list: readonly number[]
}

interface Wanted extends Base {
  readonly rack: number
  readonly name: string
}

/** The shortest of the differences to a table of the same rack, or of another one. */
function tableFrom(bases: Map<string, Base[]>, { rack, name, place, list }: Wanted): PageTable {
  const own = `${rack} ${name}`
  const candidates = [...(bases.get(own) ?? []), ...(bases.get(name) ?? [])]
  let best: PageTable = { name, base: -1, splices: list.length === 0 ? [] : [[0, 0, ...list]] }
  let cost = list.length
  for (const base of candidates) {
    const splices = spliceDifference(base.list, list)
    const length = splices.reduce((sum, splice) => sum + splice.length, 0)
    if (length >= cost) continue
    best = { name, base: base.place, splices }
    cost = length
    if (base === candidates[0] && length < list.length / 10) break
  }
  const entry = { place, list }
  const inRack = bases.get(own)
  if (inRack === undefined) bases.set(own, [entry])
  const shared = bases.get(name) ?? []
  if (shared.length < MOST_BASES && cost > list.length / 4) bases.set(name, [...shared, entry])
  return best
}

interface Dictionary {
  readonly number: (entry: ExplainedRoute) => number
  readonly columns: () => Omit<PageRoutes, 'nodes' | 'rule' | 'tables'>
}

function newDictionary(): Dictionary {
  const dst: string[] = []
  const form: number[] = []
  const argument: number[] = []
  const reason: number[] = []
  const subject: number[] = []
  const forms = newWords()
  const reasons = newWords()
  const filling = newWords()
  const subjects = newWords()
  const known = new Map<string, number>()
  return {
    number: ({ route, why }) => {
      const [formText, filled] = formOf(route)
      const [reasonText, about] = reasonForm(why)
      const key = JSON.stringify([route.dst, formText, filled, reasonText, about])
      const found = known.get(key)
      if (found !== undefined) return found
      dst.push(route.dst)
      form.push(forms.index(formText))
      argument.push(filled === '' ? -1 : filling.index(filled))
      reason.push(reasons.index(reasonText))
      subject.push(about === '' ? -1 : subjects.index(about))
      known.set(key, dst.length - 1)
      return dst.length - 1
    },
    columns: () => ({
      dst: packWords(dst),
      forms: forms.list,
      form,
      reasons: reasons.list,
      reason,
      arguments: packWords(filling.list),
      argument: packNumbers(argument),
      subjects: packWords(subjects.list),
      subject: packNumbers(subject),
    }),
  }
}

function newWords(): { readonly list: readonly string[]; readonly index: (word: string) => number } {
  const list: string[] = []
  const places = new Map<string, number>()
  return {
    list,
    index: (word) => {
      const known = places.get(word)
      if (known !== undefined) return known
      places.set(word, list.length)
      list.push(word)
      return list.length - 1
    },
  }
}

/** The line of `ip route` with `\u0002` for its destination and a mark for what differs from neighbour to neighbour. */
function formOf(route: KernelRoute): readonly [form: string, argument: string] {
  const { gateway, dev } = route
  const bare: KernelRoute = {
    ...route,
    dst: DESTINATION,
    ...(gateway === undefined ? {} : { gateway: MARK }),
    ...(gateway === undefined && dev?.startsWith('cali') === true ? { dev: MARK } : {}),
  }
  // A gateway of the other family is printed in other words, which need the real one.
  if (gateway?.includes(':') === true) return [ipRouteText({ ...route, dst: DESTINATION }), '']
  return [ipRouteText(bare), gateway ?? (dev?.startsWith('cali') === true ? dev : '')]
}

/** The reason with a mark for the one name that differs from route to route: a node, or the resource of a pod. */
function reasonForm(why: RouteReason): readonly [form: string, subject: string] {
  if (why.node !== undefined) return [wordRouteReason({ ...why, node: MARK }), why.node]
  if (why.rule === 'localPod' && why.resource !== undefined) {
    return [wordRouteReason({ ...why, resource: MARK }), why.resource]
  }
  return [wordRouteReason(why), '']
}
