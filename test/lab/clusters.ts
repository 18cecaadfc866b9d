/** Where the lab's clusters come from: made up, or recorded ones, as they are or with changes. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Family } from '../../src/address/address.js'
import type { Resource } from '../../src/manifests/resource.js'
import { diceOf } from './dice.js'
import { type Draft, draftOf, kindOf, resourcesOf, specOf } from './draft.js'
import type { LabCluster } from './lab-cluster.js'
import { MUTATIONS } from './mutations.js'
import { inIPv6, randomClusters } from './random-cluster.js'

export interface Wanted {
  readonly seed: number
  readonly count: number
  readonly family: Family
  /** Without encapsulation: the lab's tunl0 carries nothing. */
  readonly plainOnly?: boolean
  /** Most changes to a cluster. */
  readonly changes: number
  /** Folder of recorded cases (`NAME/input.json`) to begin with; otherwise clusters are made up. */
  readonly cases?: string
}

const RELEASES = ['v3.28', 'v3.30', 'v3.31', 'v3.32', 'v3.32', 'v3.32', 'v3.33'] as const

export function labClusters(wanted: Wanted): readonly LabCluster[] {
  const { cases, changes, family, seed, count } = wanted
  const made = cases === undefined ? randomClusters(seed, count, family) : recorded(cases, wanted)
  return changes === 0 ? made : made.map((cluster, i) => changed(cluster, seed * 1000 + i, wanted))
}

function recorded(folder: string, { seed, count, family }: Wanted): readonly LabCluster[] {
  const dice = diceOf(seed)
  const names = readdirSync(folder).sort()
  return Array.from({ length: count }, () => {
    const name = dice.oneOf(names) ?? ''
    const { items } = JSON.parse(readFileSync(join(folder, name, 'input.json'), 'utf8')) as {
      readonly items: readonly Resource[]
    }
    const kept = items.filter(({ kind }) => kind !== 'IPAMBlock')
    return {
      name,
      calico: dice.pick(RELEASES),
      ipip: family === 4,
      resources: family === 4 ? kept : inIPv6(kept),
    }
  })
}

function changed(cluster: LabCluster, seed: number, { changes, family, plainOnly }: Wanted): LabCluster {
  const dice = diceOf(seed)
  const draft: Draft = draftOf(cluster.resources)
  const names: string[] = []
  for (let i = 1 + dice.roll(changes); i > 0; i--) {
    const mutation = dice.oneOf(MUTATIONS)
    if (mutation === undefined) continue
    names.push(mutation[0])
    mutation[1](draft, dice, family)
  }
  if (plainOnly) {
    for (const pool of kindOf(draft, 'IPPool')) Object.assign(specOf(pool), { ipipMode: 'Never', vxlanMode: 'Never' })
  }
  const ipip = kindOf(draft, 'IPPool').some((pool) => (specOf(pool)['ipipMode'] ?? 'Never') !== 'Never')
  return { ...cluster, ipip, name: `${cluster.name} + ${names.join(', ')}`, resources: resourcesOf(draft) }
}
