/** BGPFilter bodies in one shape, from a recorded golden file and from the product. */

import { formatPrefix, parsePrefix } from '../../../src/address/prefix.js'
import type { FilterFunction } from '../../../src/bgp/config/filter-calls.js'
import { HIGHEST_PRIORITY } from '../../../src/bgp/config/session-template.js'
import type { FilterOperation, FilterRule } from '../../../src/cluster/bgp-settings.js'

type Fields = Readonly<Record<string, unknown>>

/** CIDRs of the record stand as they were written; they are compared as prefixes. */
export function recordedFunctions(recorded: unknown): readonly Fields[] {
  const list = (recorded as readonly Fields[]).map((item) => ({
    ...item,
    rules: (item.rules as readonly Fields[]).map(canonicalRule),
  }))
  return inOrder(list)
}

/** A guard on the peer's type is spelt as an argument of the function in some records. */
function canonicalRule({ match, peerType, sameAS, guard, ...rule }: Fields): Fields {
  const matches = match as readonly Fields[]
  const inside = matches.find((part) => 'sameAS' in part || 'peerType' in part)
  const said = peerType ?? sameAS ?? guard ?? inside?.sameAS ?? inside?.peerType
  const type = said === true ? 'iBGP' : said === false ? 'eBGP' : said
  return {
    ...rule,
    match: matches.filter((part) => part !== inside).map(canonicalMatch),
    ...(type === undefined || type === null ? {} : { peerType: type }),
  }
}

function canonicalMatch(match: Fields): Fields {
  const prefix = typeof match.cidr === 'string' ? parsePrefix(match.cidr) : undefined
  return prefix === undefined ? match : { ...match, cidr: formatPrefix(prefix) }
}

export function predictedFunctions(functions: readonly FilterFunction[]): readonly Fields[] {
  return inOrder(
    functions.map(({ birdName, filter, direction, takesSameAS, rules }) => ({
      birdName,
      function: symbolOf(birdName) === filter ? filter : symbolOf(birdName),
      direction,
      takesSameAS,
      rules: rules.map(ruleFields),
    })),
  )
}

/** `bgp_NAME_importFilterV4` gives NAME as BIRD has it, cut where it is too long. */
function symbolOf(birdName: string): string {
  return birdName.replace(/^bgp_/, '').replace(/_(im|ex)portFilterV[46]$/, '')
}

function ruleFields(rule: FilterRule): Fields {
  const match: Fields[] = []
  if (rule.prefix !== undefined)
    match.push({ matchOperator: rule.matchOperator, cidr: formatPrefix(rule.prefix), ...lengths(rule) })
  if (rule.source !== undefined) match.push({ source: rule.source })
  if (rule.interface !== undefined) match.push({ interface: rule.interface })
  if (rule.community !== undefined) {
    match.push({ community: rule.community, large: rule.community.split(':').length === 3 })
  }
  if (rule.asPathPrefix.length > 0) match.push({ asPathPrefix: rule.asPathPrefix })
  if (rule.priority !== undefined) match.push({ priority: rule.priority, localPref: HIGHEST_PRIORITY - rule.priority })
  const operations = rule.operations.flatMap(statements)
  return {
    match,
    action: rule.action.toLowerCase(),
    ...(operations.length === 0 ? {} : { operations }),
    ...(rule.peerType === undefined ? {} : { peerType: rule.peerType }),
  }
}

/** BIRD statements of an operation; a path is prepended one AS number at a time, the last one first. */
function statements(operation: FilterOperation): readonly Fields[] {
  switch (operation.kind) {
    case 'addCommunity':
      return [{ addCommunity: operation.value }]
    case 'prependASPath':
      return [...operation.prefix].reverse().map((asNumber) => ({ prependOneAS: asNumber }))
    case 'setPriority':
      return [{ setLocalPref: HIGHEST_PRIORITY - operation.value, setPriority: operation.value }]
  }
}

/** A prefix length range as BIRD's set has it: never below the mask. */
function lengths({ prefix, prefixLength }: FilterRule): Fields {
  if (prefix === undefined || prefixLength === undefined) return {}
  const bits = prefix.family === 4 ? 32 : 128
  return {
    prefixLengthMin: Math.max(prefix.length, prefixLength.min ?? 0),
    prefixLengthMax: Math.min(bits, prefixLength.max ?? bits),
  }
}

function inOrder(list: readonly Fields[]): readonly Fields[] {
  return [...list].sort((a, b) => (String(a.birdName) < String(b.birdName) ? -1 : 1))
}
