/**
 * The other resting states of a prefix that has several (`orders.ts`): which of them a network reaches is decided by
 * the order in which messages arrive, so they are looked for by trying orders.
 */

import { containsAddress, type Prefix, samePrefix } from '../../address/prefix.js'
import type { OwnRoute, PlainInput } from './input.js'
import { keyOfAttributes } from './intern.js'
import { type MessageOrder, type Propagation, type PropagationOptions, propagate } from './propagate.js'
import type { Net, TableRoute } from './state.js'

/** It is given up after so many orders in a row that lead to nothing new, or after so many in all. */
const FRUITLESS = 60
const MOST_ORDERS = 300
/** States kept, and routes of them all together. */
const MOST_STATES = 16
const MOST_ROUTES = 100_000

const LATE = [{}, { late: 'addPaths' }, { late: 'bestOnly' }] as const

/** By speaker index, the prefix as each state has it; one of them is the usual order's. */
export type RestingState = readonly (Net | undefined)[]

/**
 * Every state that was found, each once, the one of the usual order first. Only the routes of this prefix and those that
 * decide where next hops are take part, since no other has an effect on it.
 */
export function restingStates(
  input: PlainInput,
  prefix: Prefix,
  options: PropagationOptions = {},
): readonly RestingState[] {
  const small = concerning(input, prefix)
  const found = new Map<string, RestingState>()
  let [fruitless, routes] = [0, 0]
  for (let seed = 0; seed < MOST_ORDERS && fruitless < FRUITLESS && found.size < MOST_STATES; seed++) {
    const order: MessageOrder | undefined = seed === 0 ? undefined : { seed, ...LATE[seed % LATE.length] }
    const run = propagate(small, order === undefined ? options : { ...options, order })
    if (run.outcome.kind !== 'stable') break
    const state = stateOf(run, prefix)
    const text = textOf(state)
    routes += state.reduce((sum, net) => sum + (net?.routes.length ?? 0), 0)
    if (routes > MOST_ROUTES) break
    fruitless = found.has(text) ? fruitless + 1 : 0
    if (!found.has(text)) found.set(text, state)
  }
  return [...found.values()]
}

function concerning(input: PlainInput, prefix: Prefix): PlainInput {
  const nextHops = input.speakers.flatMap(({ sessions, routes }) => [
    ...sessions.map(({ source }) => source),
    ...routes.flatMap(({ resolution }) => (resolution.kind === 'gateway' ? resolution.gateway : [])),
  ])
  const distinct = [...new Map(nextHops.map((address) => [address.value, address])).values()]
  const kept = ({ prefix: own }: OwnRoute): boolean =>
    samePrefix(own, prefix) || distinct.some((address) => containsAddress(own, address))
  return {
    ...input,
    speakers: input.speakers.map((speaker) => ({ ...speaker, routes: speaker.routes.filter(kept) })),
  }
}

function stateOf({ engine }: Propagation, prefix: Prefix): RestingState {
  const id = engine.prefixes.findIndex((candidate) => samePrefix(candidate, prefix))
  return engine.speakers.map(({ nets }) => nets.get(id))
}

function textOf(state: RestingState): string {
  return state.map((net, index) => `${index} ${netText(net)}`).join('\n')
}

/** Text that is the same for nets with the same routes, of which the same is in use. */
export function netText(net: Net | undefined): string {
  const line = (route: TableRoute): string => {
    const attributes = route.attributes === undefined ? route.source : keyOfAttributes(route.attributes)
    return `${route.session} ${attributes} ${route === net?.best}`
  }
  return (net?.routes ?? []).map(line).sort().join('; ')
}
