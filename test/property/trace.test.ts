import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/address/address.js'
import { containsAddress, parsePrefixOrHost } from '../../src/address/prefix.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import type { TracedPath } from '../../src/dataplane/trace/packet.js'
import { createSimulation, type Simulation } from '../../src/planning/simulation.js'
import { clusters, contextOf } from './role-clusters.js'

/** Random clusters; more of them are tried with CALICO_PLAN_RUNS=500. */
const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 20)
const SEED = Number(process.env['CALICO_PLAN_SEED'] ?? 20_261_123)

const cases = fc.record({ shape: clusters, first: fc.nat(), second: fc.nat() })

function check(property: (simulation: Simulation, first: number, second: number) => void): void {
  void fc.assert(
    fc.property(cases, ({ shape, first, second }) => {
      property(createSimulation(contextOf(shape).cluster), first, second)
    }),
    { numRuns: RUNS, seed: SEED },
  )
}

/** Names of nodes in the order of the walk, each run of hops at one node once. */
function nodesOf({ hops }: TracedPath): readonly string[] {
  const places = hops.filter(({ kind }) => kind === 'node').map(({ at }) => at)
  return places.filter((at, i) => at !== places[i - 1])
}

describe('a trace', () => {
  test('that is delivered visits no node twice', { timeout: 60_000 }, () => {
    let delivered = 0
    check((simulation, first, second) => {
      const { pods } = simulation.ipam
      const [from, to] = [pods[first % pods.length], pods[second % pods.length]]
      if (from === undefined || to === undefined || from === to) return
      const end = ({ pod: { namespace, name } }: typeof from) => ({ kind: 'pod', namespace, name }) as const
      const trace = simulation.trace({ from: end(from), to: end(to), protocol: 'icmp', size: 84, family: 4 })
      for (const path of [trace.forward, trace.return]) {
        if (!path.delivered) continue
        delivered++
        const nodes = nodesOf(path)
        expect(new Set(nodes).size).toBe(nodes.length)
      }
    })
    expect(delivered).toBeGreaterThan(0)
  })
})

describe('kernel tables', () => {
  test('never tunnel inside the subnet in CrossSubnet mode', { timeout: 60_000 }, () => {
    check((simulation) => {
      for (const { name, bgpAddress } of simulation.cluster.nodes) {
        const own = bgpAddress[4]?.network
        for (const { route, why } of simulation.routes(name).get('main') ?? []) {
          const gateway = parseAddress(route.gateway ?? '')
          if (route.dev !== 'tunl0' || own === undefined || gateway === undefined) continue
          if (!isCrossSubnet(simulation.cluster, why.resource)) continue
          expect(`${name} ${route.dst} ${containsAddress(own, gateway)}`).toBe(`${name} ${route.dst} false`)
        }
      }
    })
  })

  test('have every gateway on a connected network, or mark it on-link', { timeout: 60_000 }, () => {
    check((simulation) => {
      for (const { name } of simulation.cluster.nodes) {
        const main = simulation.routes(name).get('main') ?? []
        const connected = main.filter(({ route }) => route.scope === 'link' && route.gateway === undefined)
        for (const { route } of main) {
          for (const hop of route.nexthops ?? [{ gateway: route.gateway, dev: route.dev, flags: route.flags }]) {
            if (hop.gateway === undefined || hop.flags.includes('onlink')) continue
            const gateway = parseAddress(hop.gateway)
            const near = connected.some(
              (link) => link.route.dev === hop.dev && gateway !== undefined && holds(link.route.dst, gateway),
            )
            expect(`${name} ${route.dst} ${near}`).toBe(`${name} ${route.dst} true`)
          }
        }
      }
    })
  })
})

function isCrossSubnet({ pools }: Cluster, resource: string | undefined): boolean {
  return pools.some(({ name, ipipMode }) => resource === `IPPool ${name}` && ipipMode === 'CrossSubnet')
}

function holds(dst: string, address: NonNullable<ReturnType<typeof parseAddress>>): boolean {
  const prefix = parsePrefixOrHost(dst)
  return prefix !== undefined && containsAddress(prefix, address)
}
