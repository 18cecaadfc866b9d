/** BGPFilters as BIRD functions, written as confd does (template_funcs.go BGPFilterBIRDFuncs, filterStatement). */

import type { Family } from '../../src/address/address.js'
import { bitsOf, formatPrefix } from '../../src/address/prefix.js'
import { filterFunctions } from '../../src/bgp/config/filter-calls.js'
import type { FiltersByName } from '../../src/bgp/policy/bgp-filter.js'
import type { SessionOptions } from '../../src/bgp/session.js'
import type { FilterOperation, FilterRule, MatchOperator } from '../../src/cluster/bgp-settings.js'

const HIGHEST = 2147483647

export function filterFunctionTexts(filters: FiltersByName, family: Family): readonly string[] {
  return filterFunctions(filters, family).flatMap(({ birdName, takesSameAS, rules }) => [
    `function '${birdName}'(${takesSameAS ? 'bool same_as' : ''}) {`,
    ...rules.map((rule) => `  ${guarded(rule, statement(rule))}`),
    '}',
  ])
}

/** The calls at the head of a session's filter. */
export function filterCalls(
  filters: FiltersByName,
  session: SessionOptions,
  direction: 'import' | 'export',
  family: Family,
): readonly string[] {
  const functions = filterFunctions(filters, family)
  const names = direction === 'import' ? session.importFilters : session.exportFilters
  return names.flatMap((name) => {
    const found = functions.find((each) => each.filter === name && each.direction === direction)
    return found === undefined ? [] : `'${found.birdName}'(${found.takesSameAS ? session.type === 'ibgp' : ''});`
  })
}

function guarded({ peerType }: FilterRule, text: string): string {
  if (peerType === undefined) return text
  return `if (${peerType === 'iBGP' ? 'same_as' : '!same_as'}) then { ${text} }`
}

function statement(rule: FilterRule): string {
  const conditions = [
    ...(rule.prefix === undefined ? [] : [prefixCondition(rule)]),
    ...(rule.source === undefined ? [] : ['((defined(source))&&(source ~ [ RTS_BGP ]))']),
    ...(rule.interface === undefined ? [] : [`((defined(ifname))&&(ifname ~ "${rule.interface}"))`]),
    ...(rule.community === undefined ? [] : [communityCondition(rule.community)]),
    ...(rule.asPathPrefix.length === 0 ? [] : [`(bgp_path ~ [= ${rule.asPathPrefix.join(' ')} * =])`]),
    ...(rule.priority === undefined
      ? []
      : [`(defined(bgp_local_pref)&&(bgp_local_pref = ${HIGHEST - rule.priority}))`]),
  ]
  const body = [...rule.operations.flatMap(operation), rule.action === 'Accept' ? 'accept;' : 'reject;'].join(' ')
  return conditions.length === 0 ? body : `if (${conditions.join('&&')}) then { ${body} }`
}

const OPERATORS: { readonly [O in MatchOperator]: string } = { Equal: '=', NotEqual: '!=', In: '~', NotIn: '!~' }

function prefixCondition({ prefix, matchOperator, prefixLength }: FilterRule): string {
  if (prefix === undefined || matchOperator === undefined) throw new Error('a rule with a CIDR has its operator')
  const text = formatPrefix(prefix)
  if (prefixLength === undefined) return `(net ${OPERATORS[matchOperator]} ${text})`
  const least = Math.max(prefix.length, prefixLength.min ?? 0)
  const most = Math.min(bitsOf(prefix.family), prefixLength.max ?? bitsOf(prefix.family))
  return `(net ${OPERATORS[matchOperator]} [ ${text}{${least},${most}} ])`
}

function tuple(community: string): { readonly text: string; readonly list: string } {
  const parts = community.split(':')
  return { text: `(${parts.join(', ')})`, list: parts.length === 3 ? 'bgp_large_community' : 'bgp_community' }
}

function communityCondition(community: string): string {
  const { text, list } = tuple(community)
  return `(${text} ~ ${list})`
}

function operation(step: FilterOperation): readonly string[] {
  switch (step.kind) {
    case 'addCommunity': {
      const { text, list } = tuple(step.value)
      return [`${list}.add(${text});`]
    }
    case 'prependASPath':
      return [...step.prefix].reverse().map((asNumber) => `bgp_path.prepend(${asNumber});`)
    case 'setPriority':
      return [`bgp_local_pref = ${HIGHEST - step.value};`]
  }
}
