/** Hand-made input of the plain engine: speakers on one link, each with an AS number of its own. */

import type { PlainInput, PlainSession, PlainSpeaker } from '../../../src/bgp/plain/input.js'
import type { BgpFilter, FilterRule } from '../../../src/cluster/bgp-settings.js'
import { address, prefix } from './config-fixture.js'
import { config, exportPolicy, rule, session } from './policy-fixture.js'

/** Speaker i has the AS number 65000 + i and the address 172.16.1.i. */
export const asOf = (i: number): number => 65000 + i

export interface GivenNetwork {
  /** Pairs of speakers, from 0. */
  readonly links: readonly (readonly [number, number])[]
  /** Speaker that originates 10.65.9.0/26. */
  readonly origin: number
  /** Import filters by `to from`. */
  readonly imports?: Readonly<Record<string, readonly FilterRule[]>>
  readonly addPaths?: boolean
  readonly allowLocalAS?: number
  /** All speakers have AS 65000 and reflect everything without a cluster id of their own being looked at. */
  readonly internal?: boolean
}

export const PREFIX = '10.65.9.0/26'

export function network(count: number, given: GivenNetwork): PlainInput {
  const filters: readonly BgpFilter[] = Object.entries(given.imports ?? {}).map(([key, rules]) => ({
    name: key,
    import: { 4: rules, 6: [] },
    export: { 4: [], 6: [] },
  }))
  const peersOf = (i: number): readonly number[] =>
    given.links.flatMap(([a, b]) => (a === i ? [b] : b === i ? [a] : []))
  const sessionTo = (i: number, j: number): PlainSession => ({
    options: session({
      birdName: `to_${j}`,
      peerIP: `172.16.1.${100 + j}`,
      type: 'ebgp',
      localAS: asOf(i),
      remoteAS: asOf(j),
      allowLocalAS: given.allowLocalAS ?? 0,
      importFilters: filters.some(({ name }) => name === `${i} ${j}`) ? [`${i} ${j}`] : [],
    }),
    peer: j,
    peerSession: peersOf(j).indexOf(i),
    remoteID: j + 1,
    source: address(`172.16.1.${100 + i}`),
    addPaths: given.addPaths ?? false,
  })
  const speakers = Array.from({ length: count }, (_, i): PlainSpeaker => {
    const own = address(`172.16.1.${100 + i}`)
    const link = { name: 'eth0', address: own, network: prefix('172.16.1.0/24') }
    const connected = { prefix: link.network, source: 'direct', resolution: { kind: 'device', dev: 'eth0' } } as const
    const block = { prefix: prefix(PREFIX), source: 'static', resolution: { kind: 'blackhole' } } as const
    return {
      config: config({
        speaker: { index: i, kind: 'node', name: `s${i}` },
        localAS: asOf(i),
        exportPolicy: exportPolicy({ aggregates: [] }),
      }),
      routerID: i + 1,
      interfaces: [link],
      routes: i === given.origin ? [connected, block] : [connected],
      unlearnt: [],
      sessions: peersOf(i).map((j) => sessionTo(i, j)),
    }
  })
  return { family: 4, speakers, filters: new Map(filters.map((item) => [item.name, item])) }
}

/** Takes nothing but paths that begin so, and prefers them to all others. */
export function onlyPrefer(asPathPrefix: readonly number[]): readonly FilterRule[] {
  return [rule({ asPathPrefix, operations: [{ kind: 'setPriority', value: 1 }] }), rule({ action: 'Reject' })]
}
