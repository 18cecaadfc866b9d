/** `--grow nodes=500,podsPerNode=60`: how large a cluster is to become. */

/** A number to reach, or one to add. */
export type GrowthAmount = { readonly to: number } | { readonly by: number }

export interface GrowthTarget {
  readonly nodes?: GrowthAmount
  /** Pods with an address of their own, in the whole cluster. */
  readonly pods?: GrowthAmount
  /** Least number of such pods on every node that takes pods. */
  readonly podsPerNode?: number
}

/** A target that cannot be read or reached; the message says what was found and what is allowed. */
export class GrowthError extends Error {
  override readonly name = 'GrowthError'
}

/** Bound what one call can ask for. */
export const MOST_GROWN_NODES = 100_000
export const MOST_GROWN_PODS = 2_000_000

const KEYS = ['nodes', 'pods', 'podsPerNode'] as const
type Key = (typeof KEYS)[number]

/** Reads `KEY=NUMBER` parts separated by commas; `+NUMBER` adds to what there is. Throws GrowthError. */
export function parseGrowthTarget(text: string): GrowthTarget {
  const parts = new Map<Key, string>()
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    const word = part.slice(0, Math.max(0, equals)).trim()
    const key = KEYS.find((name) => name.toLowerCase() === word.replaceAll('-', '').toLowerCase())
    if (key === undefined) throw new GrowthError(`${JSON.stringify(part.trim())} is not one of ${KEYS.join('=, ')}=`)
    if (parts.has(key)) throw new GrowthError(`${key} is given twice`)
    parts.set(key, part.slice(equals + 1).trim())
  }
  const [nodes, pods, each] = KEYS.map((key) => parts.get(key))
  if (pods !== undefined && each !== undefined) {
    throw new GrowthError('pods and podsPerNode say the same thing twice; give one of them')
  }
  return {
    ...(nodes === undefined ? {} : { nodes: amountOf('nodes', nodes, MOST_GROWN_NODES) }),
    ...(pods === undefined ? {} : { pods: amountOf('pods', pods, MOST_GROWN_PODS) }),
    ...(each === undefined ? {} : { podsPerNode: wholeOf('podsPerNode', each, 10_000) }),
  }
}

function amountOf(key: Key, text: string, most: number): GrowthAmount {
  return text.startsWith('+') ? { by: wholeOf(key, text.slice(1), most) } : { to: wholeOf(key, text, most) }
}

function wholeOf(key: Key, text: string, most: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw new GrowthError(`${key}=${text} is not a whole number up to ${most}`)
}

/** The number that is meant where there are `now` already. Throws GrowthError when it is smaller than that. */
export function amountFrom(key: Key, amount: GrowthAmount | undefined, now: number, most: number): number {
  if (amount === undefined) return now
  const target = 'by' in amount ? now + amount.by : amount.to
  if (target > most) throw new GrowthError(`${key}: ${target} are more than the ${most} that can be planned at once`)
  if (target >= now) return target
  throw new GrowthError(
    `${key}=${target}: the cluster has ${now} already, and --grow only adds; write ${key}=+NUMBER to add`,
  )
}
