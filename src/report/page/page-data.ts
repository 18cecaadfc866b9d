/**
 * What the report page is made of: plain JSON, written by the server side and read by the browser side. Long lists are
 * columns of equal length (`ColumnTable`s in spirit), names are said once and referred to by index, so that a cluster of
 * thousands of nodes fits into a few megabytes. -1 stands for "none" in every column of indexes.
 */

export interface PageData {
  readonly title: string
  /** The release predicted, and how it was found. */
  readonly calico: string
  readonly assumedRelease: boolean
  readonly summary: PageSummary
  readonly nodes: PageNodes
  readonly topology: PageTopology
  readonly sessions: PageSessions
  readonly pools: readonly PagePool[]
  /** True when blocks and addresses were assigned by simulation. */
  readonly simulatedIpam: boolean
  readonly limits: readonly PageLimit[]
  readonly growth: PageGrowth | null
  readonly routes: PageRoutes
  readonly reach: PageReach | null
  readonly findings: readonly PageFinding[]
  /** What the page is about beside the one cluster: documents with the keys of the JSON answers. */
  readonly changes: readonly PageChange[]
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain'

export interface PageSummary {
  readonly sentences: readonly { readonly text: string; readonly tone: Tone; readonly view: string }[]
  readonly figures: readonly PageFigure[]
}

export interface PageFigure {
  readonly label: string
  readonly value: string
  readonly note: string
  /** Between 0 and 1, where the value is a part of a whole; null elsewhere. */
  readonly share: number | null
  readonly tone: Tone
  /** The view that tells more. */
  readonly view: string
}

/** Columns by node, in the order of the cluster's nodes. */
export interface PageNodes {
  readonly name: readonly string[]
  readonly address: readonly string[]
  readonly rack: readonly number[]
  readonly asNumber: readonly number[]
  readonly pods: readonly number[]
  readonly sessions: readonly number[]
  /** Cluster ID of each reflector, by node. */
  readonly reflectors: readonly (readonly [node: number, clusterID: string])[]
  readonly cordoned: readonly number[]
}

/** Positions are whole units with y downwards; a node is a point, a rack a box that holds its nodes. */
export interface PageTopology {
  readonly assumedUnderlay: boolean
  readonly width: number
  readonly height: number
  readonly racks: readonly PageRack[]
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly routers: readonly PageRouter[]
  readonly hosts: readonly PageHost[]
  /** Peers that the input does not describe, by address. */
  readonly outside: readonly { readonly address: string; readonly x: number; readonly y: number }[]
}

export interface PageRack {
  readonly name: string
  readonly cidr: string
  readonly mtu: number
  readonly notes: readonly string[]
  readonly nodes: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PageRouter {
  readonly name: string
  readonly assumed: boolean
  readonly asNumber: number | null
  readonly racks: readonly number[]
  readonly x: number
  readonly y: number
}

export interface PageHost {
  readonly name: string
  readonly address: string
  readonly rack: number
  readonly x: number
  readonly y: number
}

/** Explicit sessions as columns; an end is a node, then a router, then an outside peer, counted on. */
export interface PageSessions {
  readonly from: readonly number[]
  readonly to: readonly number[]
  /** Indexes into `sorts`. */
  readonly sort: readonly number[]
  readonly sorts: readonly PageSessionSort[]
  readonly meshes: readonly PageMesh[]
  readonly total: number
  readonly established: number
}

export interface PageSessionSort {
  readonly kind: string
  readonly type: 'ibgp' | 'ebgp'
  readonly family: 4 | 6
  readonly state: string
  readonly reason: string
  /** The BGPPeer that asks for it; empty for a router's. */
  readonly from: string
}

/** A full mesh: members in classes that nothing tells apart, and what becomes of a pair of each two classes. */
export interface PageMesh {
  readonly family: 4 | 6
  readonly members: readonly number[]
  /** Class of each member. */
  readonly classOf: readonly number[]
  readonly pairs: readonly PageMeshPair[]
}

export interface PageMeshPair {
  readonly classes: readonly [number, number]
  readonly count: number
  readonly state: string
  readonly reason: string
}

export interface PagePool {
  readonly name: string
  readonly cidr: string
  readonly family: 4 | 6
  readonly blockSize: number
  readonly encapsulation: string
  readonly natOutgoing: boolean
  readonly disabled: boolean
  readonly nodes: { readonly selected: number; readonly withBlocks: number; readonly withoutBlock: readonly string[] }
  readonly withoutBlockCount: number
  readonly blocks: Readonly<Record<'total' | 'affine' | 'orphaned' | 'reserved' | 'free', number>>
  readonly addresses: Readonly<
    Record<'total' | 'usable' | 'pods' | 'tunnels' | 'other' | 'borrowed' | 'reserved' | 'free', number>
  >
  readonly addressesPerBlock: number
  /** Blocks that exist, as columns, ascending. `place` is the block's number in the pool, or its rank when `sparse`. */
  readonly map: {
    readonly sparse: boolean
    readonly place: readonly number[]
    readonly cidr: readonly string[]
    /** Node, or -1 orphaned, -2 somebody who is no node. */
    readonly owner: readonly number[]
    readonly used: readonly number[]
    readonly borrowed: readonly number[]
    /** Numbers of wholly reserved blocks that do not exist, as [first, count]. */
    readonly reserved: readonly (readonly [number, number])[]
  }
}

export interface PageLimit {
  readonly limit: string
  readonly of: string
  readonly value: number
  readonly used: number
  readonly headroom: number
  readonly hit: string
  readonly effect: string
}

export interface PageGrowth {
  readonly from: { readonly nodes: number; readonly pods: number }
  readonly to: { readonly nodes: number; readonly pods: number }
  readonly nodes: readonly number[]
  readonly pods: readonly number[]
  readonly borrowed: readonly number[]
  readonly refused: readonly number[]
  readonly withoutBlock: readonly number[]
  readonly routesPerNode: readonly number[]
  readonly pools: readonly {
    readonly pool: string
    readonly blocksUsed: readonly number[]
    readonly blocks: number
    readonly addressesUsed: readonly number[]
    readonly addresses: number
  }[]
  readonly events: readonly { readonly step: number; readonly text: string; readonly bad: boolean }[]
  readonly assumptions: readonly string[]
}

/**
 * Kernel tables of nodes. Routes are said once: destination, form, argument and reason; a table is a list of route
 * numbers, or the difference to another table (`table-difference.ts`).
 */
export interface PageRoutes {
  /** Nodes whose tables are here, ascending; `rule` says which when they are not all. */
  readonly nodes: readonly number[]
  readonly rule: string
  /** Packed words (`packed-columns.ts`). */
  readonly dst: readonly string[]
  /** Texts of `ip route` after the destination; `\u0001` marks the place of the argument. */
  readonly forms: readonly string[]
  readonly form: readonly number[]
  /** Reasons, with `\u0001` for the node or resource that differs from route to route. */
  readonly reasons: readonly string[]
  readonly reason: readonly number[]
  /** What fills the marks of forms and of reasons, packed words; and which of them, packed numbers. */
  readonly arguments: readonly string[]
  readonly argument: readonly number[]
  readonly subjects: readonly string[]
  readonly subject: readonly number[]
  /** For each node of `nodes`: its main table, then others. */
  readonly tables: readonly (readonly PageTable[])[]
}

export interface PageTable {
  readonly name: string
  /** Place in `nodes` of the node whose table of this name it differs from; -1 for none. */
  readonly base: number
  /** Splices of the base: where, how many go, then the routes that come. Without a base: one splice that holds all. */
  readonly splices: readonly (readonly number[])[]
}

/** Ordered pairs of nodes, answered by classes of nodes that behave alike. */
export interface PageReach {
  readonly pairs: { readonly total: number; readonly delivered: number; readonly lost: number; readonly oneWay: number }
  readonly groups: readonly PageReachGroup[]
  /** Null when there are too many classes to be drawn. */
  readonly matrix: PageReachMatrix | null
}

/** What becomes of packets from each class (row) to each class (column). */
export interface PageReachMatrix {
  readonly classes: readonly { readonly name: string; readonly nodes: number; readonly example: string }[]
  /** Row by row: place in `groups`; -1 where there is no pair. */
  readonly cells: readonly number[]
}

export interface PageReachGroup {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly pairs: number
  readonly verdict: string
  readonly reason: string
  /** What mends it; empty for what works. */
  readonly remedy: string
  readonly example: { readonly from: string; readonly to: string }
  /** The way of the example's packets; null where there is nothing to send from. */
  readonly trace: PageTrace | null
}

export interface PageTrace {
  readonly forward: PageTracedPath
  readonly back: PageTracedPath | null
}

export interface PageTracedPath {
  readonly delivered: boolean
  readonly reason: string
  readonly hops: readonly {
    readonly at: string
    readonly note: string
    readonly tunnel: string
    readonly route: string
  }[]
}

export interface PageFinding {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly title: string
  readonly explanation: string
  readonly message: string
  readonly hint: string
  readonly resource: string
  readonly field: string
  readonly place: string
}

/** `subject`: what the answer is about: the input before, the runbook's file, the kinds that fail. */
export interface PageChange {
  readonly kind: 'difference' | 'rehearsal' | 'failures'
  readonly subject: string
  /** What a reader who reads nothing else should know. */
  readonly sentence: { readonly text: string; readonly tone: Tone }
  readonly figure: { readonly label: string; readonly value: string; readonly note: string }
  /** An answer with the keys of the public contract. */
  readonly document: JsonDocument
}

export type JsonDocument = Readonly<Record<string, unknown>>
