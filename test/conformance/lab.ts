/** The recorded clusters of the lab: `lab/NAME/input.json` built into a Cluster, and what was seen of it. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BgpContext, createBgpContext } from '../../src/bgp/config/context.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import { clusterFrom, type ListedResource } from './cluster-from.js'

export interface RecordedSession {
  readonly birdName: string
  readonly state: string
  readonly lastError?: string
}

export interface RecordedPath {
  readonly prefix: string
  readonly birdName: string
  readonly from: string | null
  readonly best: boolean
  readonly preference: number
  readonly igpMetric: number | string
  readonly [field: string]: unknown
}

export interface RecordedNode {
  readonly running: boolean
  /** `wait`: BIRD writes no kernel route yet (graceful restart recovery). */
  readonly kernelProtocol: string | null
  readonly kernel: readonly Readonly<Record<string, unknown>>[]
  readonly sessions: readonly RecordedSession[]
  readonly rib: readonly RecordedPath[]
}

export interface RecordedPing {
  readonly from: string
  readonly fromNode: string
  readonly to: string
  readonly toNode: string
  readonly ok: boolean
  readonly ttl?: number
}

export interface Snapshot {
  readonly label: string
  /** Seconds after the start. */
  readonly t: number
  /** Nodes and routers by name. */
  readonly nodes: Readonly<Record<string, RecordedNode>>
  readonly pings?: readonly RecordedPing[]
}

export interface LabCase {
  readonly name: string
  /** Release to predict. */
  readonly calico: string
  readonly note: string
  readonly resources: readonly ListedResource[]
  /** With every pod that ever ran. */
  readonly allResources: readonly ListedResource[]
  /** The first is the settled start. */
  readonly snapshots: readonly Snapshot[]
  /**
   * The settled snapshot of the cluster that `resources` describe: the first one. Where the case's events patch the
   * cluster, the resources were written down after the last patch, and it is the last one.
   */
  readonly described: Snapshot
  /** The whole expect.json, for areas that look at events and timelines. */
  readonly expect: Readonly<Record<string, unknown>>
  /** Built when first asked for. */
  cluster(): Cluster
  bgp(): BgpContext
}

export function labCases(folder: string): readonly LabCase[] {
  const root = join(folder, 'lab')
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => labCase(join(root, name)))
}

function labCase(path: string): LabCase {
  const expect = JSON.parse(readFileSync(join(path, 'expect.json'), 'utf8')) as {
    readonly name: string
    readonly calico: string
    readonly note?: string
    readonly events?: readonly { readonly do: string; readonly ip?: string }[]
    readonly snapshots: readonly Snapshot[]
  }
  const patched = expect.events?.some((event) => event.do === 'patch') === true
  const described = expect.snapshots.at(patched ? -1 : 0)
  if (described === undefined) throw new Error(`${path} has no snapshot`)
  const input = JSON.parse(readFileSync(join(path, 'input.json'), 'utf8')) as {
    readonly items: readonly ListedResource[]
  }
  const resources = patched ? input.items : withoutAdded(input.items, expect.events ?? [])
  let cluster: Cluster | undefined
  let bgp: BgpContext | undefined
  const build = (): Cluster => {
    const built = cluster ?? clusterFrom(resources, { calico: expect.calico })
    cluster = built
    return built
  }
  return {
    name: expect.name,
    calico: expect.calico,
    note: expect.note ?? '',
    resources,
    allResources: input.items,
    snapshots: expect.snapshots,
    described,
    expect,
    cluster: build,
    bgp: () => {
      bgp ??= createBgpContext(build(), ipamView(build()))
      return bgp
    },
  }
}

/** The resources list every pod that ever ran; those that an event adds were not there at the start. */
function withoutAdded(
  items: readonly ListedResource[],
  events: readonly { readonly do: string; readonly ip?: string }[],
): readonly ListedResource[] {
  const added = new Set(events.flatMap((event) => (event.do === 'add_workload' && event.ip ? [event.ip] : [])))
  return items.filter((item) => {
    const status = (item as { readonly status?: { readonly podIP?: string } }).status
    return !(item.kind === 'Pod' && status?.podIP !== undefined && added.has(status.podIP))
  })
}
