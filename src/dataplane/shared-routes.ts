/** Kernel tables as numbers, and the routes that the numbers stand for: one route, one number, whichever node has it. */

import type { KernelRoute } from './kernel-route.js'

/** A table of one node. */
export interface NumberedTable {
  /** In the kernel's order. A number from 0 on stands for `shared[number]`, a negative one for `own[~number]`. */
  readonly numbers: Int32Array
  /** Routes that only this node has, or that were not compared with those of others. */
  readonly own: readonly KernelRoute[]
  /** The same list for the tables of many nodes. It grows at its end; when it has become long, another takes its place. */
  readonly shared: readonly KernelRoute[]
}

/** In place of the number of a shared route where there is none. */
export const NO_ROUTE = -1
/** In place of a number that is not known yet. */
export const UNKNOWN = -2

export class SharedRoutes {
  readonly routes: KernelRoute[] = []
  /** By number; 0 where the route has none. */
  readonly metrics: number[] = []

  /** The number of a route that has none yet. */
  add(route: KernelRoute | undefined): number {
    if (route === undefined) return NO_ROUTE
    this.metrics.push(route.metric ?? 0)
    return this.routes.push(route) - 1
  }
}
