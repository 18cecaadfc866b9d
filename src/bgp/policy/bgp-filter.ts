/**
 * BGPFilter rules as BIRD runs them (confd template_funcs.go filterStatement). Rules are tried in order; the first
 * whose conditions all hold decides and ends the whole session filter. A rule without conditions matches everything.
 */

import { bitsOf, containsPrefix, type Prefix, samePrefix } from '../../address/prefix.js'
import type { BgpFilter, FilterOperation, FilterRule, MatchOperator } from '../../cluster/bgp-settings.js'
import { HIGHEST_PRIORITY } from '../config/session-template.js'
import type { SessionOptions } from '../session.js'
import { matchesPattern } from './pattern.js'
import { type BgpAttributes, type FilterRoute, withCommunity } from './route.js'

export type FilterVerdict =
  | { readonly decided: false }
  | { readonly decided: true; readonly accepted: false; readonly filter: string }
  | { readonly decided: true; readonly accepted: true; readonly filter: string; readonly attributes: BgpAttributes }

const UNDECIDED: FilterVerdict = { decided: false }

export type FiltersByName = ReadonlyMap<string, BgpFilter>

/** Runs a session's filters of one direction in order; undecided when no rule of any matches. */
export function runFilters(
  filters: FiltersByName,
  session: SessionOptions,
  direction: 'import' | 'export',
  route: FilterRoute,
): FilterVerdict {
  const names = direction === 'import' ? session.importFilters : session.exportFilters
  for (const name of names) {
    const rules = filters.get(name)?.[direction][session.family] ?? []
    for (const rule of rules) {
      if (!ruleMatches(rule, session, route)) continue
      if (rule.action === 'Reject') return { decided: true, accepted: false, filter: name }
      const attributes = rule.operations.reduce(applyOperation, route.attributes)
      return { decided: true, accepted: true, filter: name, attributes }
    }
  }
  return UNDECIDED
}

/** Whether every condition of the rule holds; the peer type is iBGP where the peer's AS is the session's local AS. */
export function ruleMatches(rule: FilterRule, session: SessionOptions, route: FilterRoute): boolean {
  const { attributes } = route
  return (
    (rule.peerType === undefined || (rule.peerType === 'iBGP') === (session.type === 'ibgp')) &&
    (rule.prefix === undefined || prefixMatches(rule, rule.prefix, route.prefix)) &&
    (rule.source === undefined || route.source === 'bgp') &&
    (rule.interface === undefined || matchesPattern(rule.interface, route.interfaceName)) &&
    (rule.community === undefined || attributes.communities.includes(rule.community)) &&
    rule.asPathPrefix.every((asNumber, i) => attributes.asPath[i] === asNumber) &&
    (rule.priority === undefined || attributes.localPref === HIGHEST_PRIORITY - rule.priority)
  )
}

/**
 * With a prefix length range the CIDR becomes a prefix set. Equal and NotEqual compare a prefix with a set, which are
 * of different types, so BIRD finds them never equal (BIRD filter/filter.c val_same).
 */
function prefixMatches(rule: FilterRule, cidr: Prefix, prefix: Prefix): boolean {
  const within = containsPrefix(cidr, prefix) && lengthWithin(rule, cidr, prefix)
  const operator: MatchOperator | undefined = rule.matchOperator
  switch (operator) {
    case 'In':
      return within
    case 'NotIn':
      return !within
    case 'Equal':
      return rule.prefixLength === undefined && samePrefix(cidr, prefix)
    case 'NotEqual':
      return rule.prefixLength !== undefined || !samePrefix(cidr, prefix)
    // confd refuses such a rule, and the API server does before it.
    case undefined:
      return false
  }
}

function lengthWithin({ prefixLength }: FilterRule, cidr: Prefix, { length }: Prefix): boolean {
  if (prefixLength === undefined) return true
  const bits = bitsOf(cidr.family)
  return length >= Math.max(cidr.length, prefixLength.min ?? 0) && length <= Math.min(bits, prefixLength.max ?? bits)
}

/** The AS numbers of prependASPath end at the front in the order listed. */
function applyOperation(attributes: BgpAttributes, operation: FilterOperation): BgpAttributes {
  switch (operation.kind) {
    case 'addCommunity':
      return { ...attributes, communities: withCommunity(attributes.communities, operation.value) }
    case 'prependASPath':
      return { ...attributes, asPath: [...operation.prefix, ...attributes.asPath] }
    case 'setPriority':
      return { ...attributes, localPref: HIGHEST_PRIORITY - operation.value }
  }
}
