/** The library's `advise`: a design for one topic, with the steps that carry it out. */

import type { GrowthTarget } from '../capacity/growth-target.js'
import type { Simulation } from '../simulation.js'
import { adviseBlockSize, type BlockSizeAdvice } from './block-size.js'
import { adviseEncapsulation, type EncapsulationAdvice } from './encapsulation.js'
import { adviseMtu, type MtuAdvice } from './mtu.js'
import { advisePool, type PoolAdvice } from './pool.js'
import { adviseReflectors, type ReflectorAdvice } from './reflectors.js'

export interface AdviceWishes {
  /** Of `rr`, `pool` and `blocksize`: the size to plan for, as `parseGrowthTarget` reads it. */
  readonly target?: GrowthTarget
  /** Of `rr`: so many reflectors, whatever the size. */
  readonly reflectors?: number
}

export interface AdviceByTopic {
  readonly rr: ReflectorAdvice
  readonly pool: PoolAdvice
  readonly blocksize: BlockSizeAdvice
  readonly mtu: MtuAdvice
  readonly encapsulation: EncapsulationAdvice
}

type Advisers = {
  readonly [T in keyof AdviceByTopic]: (simulation: Simulation, wishes: AdviceWishes) => AdviceByTopic[T]
}

const ADVISERS: Advisers = {
  rr: adviseReflectors,
  pool: (simulation, { target = {} }) => advisePool(simulation.cluster, () => simulation.ipam, target),
  blocksize: (simulation, { target = {} }) => adviseBlockSize(simulation.cluster, () => simulation.ipam, target),
  mtu: ({ cluster }) => adviseMtu(cluster),
  encapsulation: ({ cluster, ipam }) => adviseEncapsulation(cluster, ipam),
}

/** Throws GrowthError for a target below what there is. */
export function advise<T extends keyof AdviceByTopic>(
  topic: T,
  simulation: Simulation,
  wishes: AdviceWishes = {},
): AdviceByTopic[T] {
  return ADVISERS[topic](simulation, wishes)
}
