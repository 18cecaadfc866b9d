/** Look-ups that the data leave to be made: names to numbers, tables put together, who has what. */

import { unpackNumbers, unpackWords } from '../packed-columns.js'
import type { PageData, PageTable } from '../page-data.js'
import { applySplices } from '../table-difference.js'

export interface SessionOfNode {
  readonly peer: string
  readonly kind: string
  readonly type: string
  readonly family: 4 | 6
  readonly state: string
  readonly reason: string
  readonly from: string
}

export interface BlockOfNode {
  readonly pool: number
  /** Place in the columns of the pool's map. */
  readonly entry: number
}

export interface RouteLine {
  readonly number: number
  readonly dst: string
  readonly text: string
  readonly reason: string
}

export interface PageIndex {
  readonly nodeByName: ReadonlyMap<string, number>
  /** Name of an end of a session: node, router or outside address. */
  endName(end: number): string
  rackName(rack: number): string
  reflectorID(node: number): string
  explicitOf(end: number): readonly number[]
  sessionsOf(node: number): readonly SessionOfNode[]
  blocksOf(node: number): readonly BlockOfNode[]
  /** Place among the nodes whose tables are here; -1 for none. */
  tablePlace(node: number): number
  tables(place: number): readonly { readonly name: string; readonly routes: readonly number[] }[]
  route(number: number): RouteLine
}

const MARK = '\u0001'
const DESTINATION = '\u0002'

export function indexOf(data: PageData): PageIndex {
  const { nodes, topology, routes } = data
  const nodeByName = new Map(nodes.name.map((name, i) => [name, i]))
  const reflectors = new Map(nodes.reflectors)
  const places = new Map(routes.nodes.map((node, place) => [node, place]))
  const explicit = once(() => byEnd(data))
  const blocks = once(() => byOwner(data))
  const lists = new Map<string, readonly number[]>()

  const endName = (end: number): string => {
    if (end < nodes.name.length) return nodes.name[end] ?? '?'
    const router = end - nodes.name.length
    if (router < topology.routers.length) return topology.routers[router]?.name ?? '?'
    return topology.outside[router - topology.routers.length]?.address ?? '?'
  }

  const listOf = (place: number, table: PageTable): readonly number[] => {
    const key = `${place} ${table.name}`
    const known = lists.get(key)
    if (known !== undefined) return known
    const other = table.base < 0 ? undefined : routes.tables[table.base]?.find(({ name }) => name === table.name)
    const list = applySplices(other === undefined ? [] : listOf(table.base, other), table.splices)
    lists.set(key, list)
    return list
  }

  const columns = once(() => ({
    dst: unpackWords(routes.dst),
    arguments: unpackWords(routes.arguments),
    argument: unpackNumbers(routes.argument),
    subjects: unpackWords(routes.subjects),
    subject: unpackNumbers(routes.subject),
  }))

  return {
    nodeByName,
    endName,
    rackName: (rack) => topology.racks[rack]?.name ?? 'no subnet',
    reflectorID: (node) => reflectors.get(node) ?? '',
    explicitOf: (end) => explicit().get(end) ?? [],
    sessionsOf: (node) => [
      ...explicitSessions(data, node, explicit().get(node) ?? [], endName),
      ...meshSessions(data, node),
    ],
    blocksOf: (node) => blocks().get(node) ?? [],
    tablePlace: (node) => places.get(node) ?? -1,
    tables: (place) =>
      (routes.tables[place] ?? []).map((table) => ({ name: table.name, routes: listOf(place, table) })),
    route: (i) => {
      const { dst: destinations, arguments: filling, argument, subjects, subject } = columns()
      const dst = destinations[i] ?? ''
      const form = routes.forms[routes.form[i] ?? -1] ?? ''
      const reason = routes.reasons[routes.reason[i] ?? -1] ?? ''
      return {
        number: i,
        dst,
        text: form.replace(DESTINATION, () => dst).replace(MARK, () => filling[argument[i] ?? -1] ?? ''),
        reason: reason.replace(MARK, () => subjects[subject[i] ?? -1] ?? ''),
      }
    },
  }
}

function byEnd({ sessions }: PageData): ReadonlyMap<number, readonly number[]> {
  const map = new Map<number, number[]>()
  const add = (end: number, session: number): void => {
    const held = map.get(end)
    if (held === undefined) map.set(end, [session])
    else held.push(session)
  }
  for (const [i, from] of sessions.from.entries()) {
    add(from, i)
    add(sessions.to[i] ?? -1, i)
  }
  return map
}

function byOwner({ pools }: PageData): ReadonlyMap<number, readonly BlockOfNode[]> {
  const map = new Map<number, BlockOfNode[]>()
  for (const [pool, { map: blocks }] of pools.entries()) {
    for (const [entry, owner] of blocks.owner.entries()) {
      const held = map.get(owner)
      if (held === undefined) map.set(owner, [{ pool, entry }])
      else held.push({ pool, entry })
    }
  }
  return map
}

function explicitSessions(
  { sessions }: PageData,
  node: number,
  list: readonly number[],
  endName: (end: number) => string,
): readonly SessionOfNode[] {
  return list.flatMap((i) => {
    const sort = sessions.sorts[sessions.sort[i] ?? -1]
    const [from, to] = [sessions.from[i] ?? -1, sessions.to[i] ?? -1]
    return sort === undefined ? [] : [{ peer: endName(from === node ? to : from), ...sort }]
  })
}

function meshSessions({ sessions, nodes }: PageData, node: number): readonly SessionOfNode[] {
  return sessions.meshes.flatMap(({ family, members, classOf, pairs }) => {
    const own = classOf[members.indexOf(node)]
    if (own === undefined) return []
    const outcome = new Map(
      pairs
        .filter(({ classes }) => classes.includes(own))
        .map((pair) => [pair.classes[0] === own ? pair.classes[1] : pair.classes[0], pair]),
    )
    return members.flatMap((member, i) => {
      const pair = outcome.get(classOf[i] ?? -1)
      if (member === node || pair === undefined) return []
      const { state, reason } = pair
      return [{ peer: nodes.name[member] ?? '?', kind: 'mesh', type: 'ibgp', family, state, reason, from: '' }]
    })
  })
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
