/** What a verb works with while it makes its change. */

import type { BuildOptions } from '../../cluster/build-cluster.js'
import type { Finding } from '../../findings/finding.js'
import type { IpamView } from '../../ipam/view.js'
import type { Effect } from './effect.js'
import type { Store } from './store.js'
import type { World } from './world.js'

export interface ChangeContext {
  readonly world: World
  readonly store: Store
  /** The release to predict; undefined where the manifests tell it. */
  readonly build: BuildOptions
  /** Who has which block and address before the change, where the caller knows. */
  readonly ipam: () => IpamView | undefined
}

/** What a verb says besides what it wrote into the store. */
export interface Outcome {
  readonly findings: readonly Finding[]
  /** Those that do not follow from the writes. */
  readonly effects: readonly Effect[]
}

export const NOTHING: Outcome = { findings: [], effects: [] }

export function said(...findings: readonly Finding[]): Outcome {
  return { findings, effects: [] }
}

export function joined(outcomes: readonly Outcome[]): Outcome {
  return {
    findings: outcomes.flatMap(({ findings }) => findings),
    effects: outcomes.flatMap(({ effects }) => effects),
  }
}
