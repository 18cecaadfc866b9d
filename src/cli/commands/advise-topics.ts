/** The topics of `advise`, each answered by a file of its own in report/. */

import {
  GrowthError,
  type GrowthTarget,
  InputError,
  loadCluster,
  MOST_REFLECTORS,
  openInput,
  parseGrowthTarget,
  parsePrefix,
  type Simulation,
  simulate,
} from '../../index.js'
import { adviseBlockSizeAnswer } from '../../report/advise-block-size.js'
import { adviseEncapsulationAnswer } from '../../report/advise-encapsulation.js'
import { adviseMtuAnswer } from '../../report/advise-mtu.js'
import { advisePoolAnswer } from '../../report/advise-pool.js'
import { adviseReflectorsAnswer } from '../../report/advise-reflectors.js'
import type { Answer } from '../../report/answer.js'
import type { Flags } from '../options.js'

export interface Topic {
  readonly answer: (simulation: Simulation, flags: Flags) => Answer
  /** What is answered about where no PATH was given; undefined: the topic needs one. */
  readonly withoutInput?: (flags: Flags) => Simulation
}

export const TOPICS: Readonly<Record<string, Topic>> = {
  mtu: {
    answer: ({ cluster }) => adviseMtuAnswer(cluster),
    withoutInput: (flags) => openInput([], releaseOf(flags)).simulation,
  },
  encapsulation: {
    answer: ({ cluster, ipam }) => adviseEncapsulationAnswer(cluster, ipam),
  },
  blocksize: {
    answer: (simulation, flags) =>
      usable(() => adviseBlockSizeAnswer(simulation.cluster, () => simulation.ipam, targetOf(flags))),
    withoutInput: (flags) => simulate(loadCluster([poolOf(flags)], releaseOf(flags))),
  },
  pool: {
    answer: (simulation, flags) =>
      usable(() => advisePoolAnswer(simulation.cluster, () => simulation.ipam, targetOf(flags))),
    withoutInput: (flags) => openInput([], releaseOf(flags)).simulation,
  },
  rr: {
    answer: (simulation, flags) =>
      usable(() => adviseReflectorsAnswer(simulation, { target: targetOf(flags), ...wantedReflectors(flags) })),
  },
}

function wantedReflectors({ reflectors }: Flags): { readonly reflectors?: number } {
  if (reflectors === undefined) return {}
  const count = Number(reflectors)
  if (Number.isInteger(count) && count >= 1 && count <= MOST_REFLECTORS) return { reflectors: count }
  throw wrong(
    `--reflectors ${String(reflectors)} is no number of reflectors`,
    `A whole number from 1 to ${MOST_REFLECTORS}.`,
  )
}

function releaseOf({ calico }: Flags): { readonly calico?: string } {
  return calico === undefined ? {} : { calico }
}

const DEFAULT_CIDR = '10.42.0.0/16'

/** A pool that exists on paper only. */
function poolOf(flags: Flags) {
  const cidr = String(flags['cidr'] ?? DEFAULT_CIDR)
  const prefix = parsePrefix(cidr)
  if (prefix === undefined) throw wrong(`--cidr ${JSON.stringify(cidr)} is no CIDR`, `Such as --cidr ${DEFAULT_CIDR}.`)
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'pool' },
    spec: { cidr, ...(prefix.family === 4 ? { ipipMode: 'CrossSubnet' } : { vxlanMode: 'CrossSubnet' }) },
  }
}

function targetOf(flags: Flags): GrowthTarget {
  return flags['grow'] === undefined ? {} : parseGrowthTarget(String(flags['grow']))
}

function usable<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof GrowthError)) throw error
    throw wrong(`--grow: ${error.message}`, 'Such as --grow nodes=500,podsPerNode=60, nodes=+10 or podsPerNode=80.')
  }
}

export function wrong(message: string, hint: string): InputError {
  return new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message, hint }])
}
