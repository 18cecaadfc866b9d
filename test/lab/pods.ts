/** Pods of the lab that answer and ask: one namespace each, with an agent in it. */

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BgpContext } from '../../src/bgp/config/context.js'
import type { ExplainedRoute } from '../../src/dataplane/kernel-route.js'
import { createPod, podNamespace } from './namespaces.js'
import type { Gap } from './pod-agent.js'

export interface LabPod {
  readonly node: string
  readonly address: string
}

/** In place of the interfaces that lead nowhere, for every pod of which a node has the host route. */
export function createPods(
  context: BgpContext,
  routesOf: (node: number) => readonly ExplainedRoute[],
): readonly LabPod[] {
  return context.cluster.nodes.flatMap(({ index, name }) =>
    routesOf(index)
      .filter(({ route, why }) => why.rule === 'localPod' && !route.dst.includes(':'))
      .map(({ route: { dst, dev = '', metric } }) => {
        createPod(name, dev, dst, metric)
        return { node: name, address: dst }
      }),
  )
}

/** Process ids of the agents; `program` is this bundle. */
export function startAgents(program: string, directory: string, pods: readonly LabPod[]): readonly number[] {
  return pods.map(({ address }) => {
    const others = pods.flatMap((pod) => (pod.address === address ? [] : pod.address)).join(',')
    const args = ['netns', 'exec', podNamespace(address), process.execPath, program, '--pod', join(directory, address)]
    const child = spawn('ip', [...args, '--own', address, '--others', others], { stdio: 'ignore', detached: true })
    child.unref()
    return child.pid ?? 0
  })
}

export async function stopAgents(pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 1000))
}

export interface PairGaps {
  readonly from: LabPod
  readonly to: LabPod
  readonly gaps: readonly Gap[]
}

/** What the agents, which have ended, tell of each ordered pair. */
export function gapsOf(directory: string, pods: readonly LabPod[]): readonly PairGaps[] {
  return pods.flatMap((from) => {
    const file = join(directory, from.address)
    if (!existsSync(file)) return []
    const told = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, readonly Gap[]>>
    return pods.flatMap((to) => {
      const gaps = told[to.address]
      return gaps === undefined ? [] : { from, to, gaps }
    })
  })
}
