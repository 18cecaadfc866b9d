/** Single routes of single speakers, found by address: what a packet asks for, where a whole table would be too much. */

import type { Address } from '../../address/address.js'
import { bitsOf, comparePrefixes, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { BgpEntry, CompactTables, RoleLookup } from '../tables.js'
import { compactOf } from './compact.js'
import type { RoleEngine } from './engine.js'
import { OWN_RACK, type PrefixInfo } from './prefix-index.js'
import type { Solution } from './solution.js'

/** `entryOf` gives the entry of a speaker's table, undefined where it has no route. */
export function roleLookup(
  engine: RoleEngine,
  entryOf: (speaker: number, info: PrefixInfo) => BgpEntry | undefined,
): RoleLookup {
  const table = new PrefixTable<PrefixInfo>()
  for (const info of engine.prefixes) table.set(info.prefix, info)
  const solutions = new Map<Solution, number>()
  const numberOf = (solution: Solution): number => {
    const held = solutions.get(solution)
    if (held !== undefined) return held
    solutions.set(solution, solutions.size)
    return solutions.size - 1
  }
  const textOf = (node: number, info: PrefixInfo): string => {
    const { shared, origin, solution, classOf } = engine.placed(info)
    if (!shared) return `${info.key}:${classOf(node)}`
    if (origin === undefined) return `${info.key}`
    return `${info.prefix.length}:${numberOf(solution)}:${origin === node ? 'own' : origin}`
  }
  const likeText = (node: number, info: PrefixInfo, network: Prefix | undefined): string => {
    const { prefix, key, marks, roles } = info
    const { shared, origin, classOf } = engine.placed(info)
    if (shared && origin === node) {
      const user = info.felix === undefined ? '' : (info.felix.user ?? 'block')
      return `own ${prefix.length} ${marks[0]?.tags} ${user} ${engine.cellOf(info)}`
    }
    if (
      network !== undefined &&
      comparePrefixes(prefix, network) === 0 &&
      marks.every(({ tags }) => tags === OWN_RACK)
    ) {
      return 'network'
    }
    if (roles !== undefined && marks.length === 0) return String(key)
    return shared && origin === undefined ? String(key) : `${key}:${classOf(node)}`
  }
  const entries = new Map<number, Map<PrefixInfo, BgpEntry | undefined>>()
  let count = 0
  /** Networks hold many addresses: what a speaker has for one is remembered. Blocks are asked for once or twice. */
  const remembered = (speaker: number, info: PrefixInfo): BgpEntry | undefined => {
    if (engine.placed(info).shared) return entryOf(speaker, info)
    if (count >= MOST_ENTRIES) {
      entries.clear()
      count = 0
    }
    const known = entries.get(speaker) ?? new Map<PrefixInfo, BgpEntry | undefined>()
    entries.set(speaker, known)
    if (known.has(info)) return known.get(info)
    const fresh = entryOf(speaker, info)
    known.set(info, fresh)
    count++
    return fresh
  }
  let numbers: CompactTables | undefined
  return {
    entry: (speaker, prefix) => {
      const info = table.get(prefix)
      return info && remembered(speaker, info)
    },
    numbers: () => {
      numbers ??= compactOf(engine)
      return numbers
    },
    *covering(speaker, address) {
      for (const info of holding(table, address)) {
        const entry = remembered(speaker, info)
        if (entry !== undefined) yield entry
      }
    },
    column: (node, address) => textsOf(table, address, (info) => textOf(node, info)),
    likeness: (node, address, network) => textsOf(table, address, (info) => likeText(node, info, network)),
  }
}

/** Entries of all speakers together that are remembered before they are forgotten. */
const MOST_ENTRIES = 50_000

/** Without a list: it is asked for of every address of every node. */
function textsOf(table: PrefixTable<PrefixInfo>, address: Address, text: (info: PrefixInfo) => string): string {
  let texts = ''
  for (let length: number = bitsOf(address.family); length >= 0; ) {
    const found = table.matchWithin(address, length)
    if (found === undefined) break
    texts += `${text(found.value)},`
    length = found.prefix.length - 1
  }
  return texts
}

function* holding(table: PrefixTable<PrefixInfo>, address: Address): Generator<PrefixInfo> {
  for (let length: number = bitsOf(address.family); length >= 0; ) {
    const found = table.matchWithin(address, length)
    if (found === undefined) return
    yield found.value
    length = found.prefix.length - 1
  }
}
