/** BGPFilters (api v3 bgpfilter.go). */

import type { Family } from '../address/address.js'
import { bitsOf, type Prefix, parsePrefix } from '../address/prefix.js'
import type { Manifest } from '../manifests/resource.js'
import type { BgpFilter, FilterOperation, FilterRule, MatchOperator } from './bgp-settings.js'
import { byName } from './inventory.js'
import { asNumberOf, at, listOf, textOf, wholeWithin, wordOf } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { remarkIgnored } from './spec-reader.js'

const OPERATORS: readonly MatchOperator[] = ['Equal', 'NotEqual', 'In', 'NotIn']
const HIGHEST_PRIORITY = 2_147_483_646

export function readBgpFilters(manifests: readonly Manifest[], remarks: Remarks): ReadonlyMap<string, BgpFilter> {
  return new Map(
    byName(manifests).map((manifest) => {
      const { name } = manifest.resource.metadata
      return [
        name,
        {
          name,
          import: { 4: readRules(manifest, 'importV4', 4, remarks), 6: readRules(manifest, 'importV6', 6, remarks) },
          export: { 4: readRules(manifest, 'exportV4', 4, remarks), 6: readRules(manifest, 'exportV6', 6, remarks) },
        },
      ]
    }),
  )
}

function readRules(manifest: Manifest, field: string, family: Family, remarks: Remarks): readonly FilterRule[] {
  return listOf(at(manifest.resource.spec, field)).flatMap((rule, i) => {
    const read = ruleReader(manifest, ['spec', field, i], rule, remarks)
    const action = read(['action'], (value) => wordOf(value, ['Accept', 'Reject']))
    return action === undefined ? [] : [readRule(action, rule, family, read)]
  })
}

type RuleReader = <T>(names: readonly string[], reader: (value: unknown) => T | undefined) => T | undefined

function ruleReader(about: Manifest, path: readonly (string | number)[], rule: unknown, remarks: Remarks): RuleReader {
  return (names, reader) => {
    const value = at(rule, ...names)
    if (value === undefined || value === null || value === '') return undefined
    const held = reader(value)
    if (held === undefined) remarkIgnored(remarks, about, [...path, ...names], value)
    return held
  }
}

function readRule(action: FilterRule['action'], rule: unknown, family: Family, read: RuleReader): FilterRule {
  const prefix = read(['cidr'], (value) => prefixIn(family, value))
  const matchOperator = read(['matchOperator'], (value) => wordOf(value, OPERATORS))
  const length = (value: unknown): number | undefined => wholeWithin(value, 0, bitsOf(family))
  const [min, max] = [read(['prefixLength', 'min'], length), read(['prefixLength', 'max'], length)]
  const source = read(['source'], (value) => wordOf(value, ['RemotePeers']))
  const outgoing = textOf(at(rule, 'interface'))
  const peerType = read(['peerType'], (value) => wordOf(value, ['eBGP', 'iBGP']))
  const community = textOf(listOf(at(rule, 'communities', 'values'))[0])
  const priority = read(['priority'], (value) => wholeWithin(value, 1, HIGHEST_PRIORITY))
  return {
    action,
    ...(prefix === undefined ? {} : { prefix }),
    ...(matchOperator === undefined ? {} : { matchOperator }),
    ...(min === undefined && max === undefined
      ? {}
      : { prefixLength: { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) } }),
    ...(source === undefined ? {} : { source }),
    ...(outgoing === undefined ? {} : { interface: outgoing }),
    ...(peerType === undefined ? {} : { peerType }),
    ...(community === undefined ? {} : { community }),
    asPathPrefix: read(['asPathPrefix'], asNumbersOf) ?? [],
    ...(priority === undefined ? {} : { priority }),
    operations: read(['operations'], operationsOf) ?? [],
  }
}

function prefixIn(family: Family, value: unknown): Prefix | undefined {
  const prefix = typeof value === 'string' ? parsePrefix(value) : undefined
  return prefix?.family === family ? prefix : undefined
}

function asNumbersOf(value: unknown): readonly number[] | undefined {
  const numbers = listOf(value).map(asNumberOf)
  return numbers.includes(undefined) ? undefined : numbers.filter((number) => number !== undefined)
}

function operationsOf(value: unknown): readonly FilterOperation[] | undefined {
  const operations = listOf(value).map(operationOf)
  return operations.includes(undefined) ? undefined : operations.filter((operation) => operation !== undefined)
}

function operationOf(entry: unknown): FilterOperation | undefined {
  const community = textOf(at(entry, 'addCommunity', 'value'))
  if (community !== undefined) return { kind: 'addCommunity', value: community }
  const prefix = asNumbersOf(at(entry, 'prependASPath', 'prefix'))
  if (prefix !== undefined && prefix.length > 0) return { kind: 'prependASPath', prefix }
  const priority = wholeWithin(at(entry, 'setPriority', 'value'), 1, HIGHEST_PRIORITY)
  return priority === undefined ? undefined : { kind: 'setPriority', value: priority }
}
