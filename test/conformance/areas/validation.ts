/** Area `validation`: what Calico's validators accept and refuse, and how pools may be created, changed and deleted. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { containsPrefix, formatPrefix, parsePrefix, subPrefix, subPrefixCount } from '../../../src/address/prefix.js'
import type { Finding } from '../../../src/findings/finding.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { applyIPPoolDefaults, cidrChangeOK } from '../../../src/manifests/validation/ip-pool-defaults.js'
import { isFields } from '../../../src/manifests/validation/schema.js'
import { refusalsOf } from '../../../src/manifests/validation/scopes.js'
import { validateCreate } from '../../../src/manifests/validation/validate-create.js'
import { validateUpdate } from '../../../src/manifests/validation/validate-update.js'
import type { Area, AreaResult } from '../area.js'

interface Case {
  readonly id: string
  readonly name: string
  readonly scope: string
  readonly resource: unknown
  readonly valid: boolean
  readonly crdValidation: boolean
  readonly reasonContains?: string
}

interface Step {
  readonly op: 'create' | 'update' | 'delete' | 'assign' | 'release'
  readonly resource?: Pick<Resource, 'metadata' | 'spec'>
  readonly name?: string
  readonly host?: string
  readonly pools4?: readonly string[]
  readonly save?: string
  readonly ref?: string
  readonly error?: true | string
}

interface Recorded {
  readonly cases: readonly Case[]
  readonly cidrChangeOK: readonly { readonly old: string; readonly new: string; readonly ok: boolean }[]
  readonly ippoolClientSequences: readonly { readonly id: string; readonly steps: readonly Step[] }[]
}

export const validationArea: Area = { name: 'validation', run }

function run(folder: string): AreaResult {
  const recorded = JSON.parse(readFileSync(join(folder, 'ipam', 'validator.json'), 'utf8')) as Recorded
  const failed: { case: string; why: string }[] = []
  const skipped: { case: string; reason: string }[] = []
  const judge = (name: string, why: string | undefined): void => {
    if (why !== undefined) failed.push({ case: name, why })
  }
  for (const item of recorded.cases) {
    const refusals = refusalsOf(
      item.scope,
      expand(item.resource),
      item.crdValidation ? ['struct', 'schema'] : ['struct'],
    )
    if (refusals === undefined) skipped.push({ case: item.id, reason: `type ${item.scope} is outside the planner` })
    else judge(`${item.id} ${item.name}`, verdict(item, refusals))
  }
  for (const [i, change] of recorded.cidrChangeOK.entries()) {
    const ok = cidrChangeOK(change.old, change.new)
    judge(`cidrChangeOK[${i}]`, ok === change.ok ? undefined : `${change.old} to ${change.new}: ${ok}`)
  }
  for (const sequence of recorded.ippoolClientSequences) judge(sequence.id, play(sequence.steps))
  const cases = recorded.cases.length + recorded.cidrChangeOK.length + recorded.ippoolClientSequences.length
  return { cases, passed: cases - failed.length - skipped.length, failed, skipped }
}

/** `{"$repeat": ["c", n]}` stands for c repeated n times. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand)
  if (!isFields(value)) return value
  const repeat = value.$repeat
  if (Array.isArray(repeat)) return String(repeat[0]).repeat(Number(repeat[1]))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item)]))
}

/** Phrases of the OpenAPI validator, by the codes that say the same in the planner's own words. */
const OPENAPI_PHRASES: readonly (readonly [phrase: RegExp, codes: readonly string[]])[] = [
  [/supported values/i, ['VALIDATION_ENUM']],
  [/must have at (most|least)|too many|too long/i, ['VALIDATION_PROPERTIES', 'VALIDATION_ITEMS', 'VALIDATION_LENGTH']],
  [/should (be|match|have)|in body|must be of type/i, ['VALIDATION_RANGE', 'VALIDATION_FORMAT', 'VALIDATION_ITEMS']],
  [/required/i, ['VALIDATION_REQUIRED']],
  [/duplicate/i, ['VALIDATION_DUPLICATE_ITEM']],
]

function verdict(
  item: Case,
  refusals: readonly { readonly code: string; readonly message: string }[],
): string | undefined {
  const found = refusals.map(({ code, message }) => `${code}: ${message}`).join('; ')
  if (item.valid) return refusals.length === 0 ? undefined : `valid, but ${found}`
  if (refusals.length === 0) return 'invalid, but nothing found'
  const wanted = item.reasonContains
  if (wanted === undefined || refusals.some(({ message }) => message.includes(wanted))) return undefined
  const codes = OPENAPI_PHRASES.filter(([phrase]) => phrase.test(wanted)).flatMap(([, names]) => names)
  return refusals.some(({ code }) => codes.includes(code)) ? undefined : `wanted "${wanted}", found ${found}`
}

interface Block {
  readonly cidr: string
  readonly host: string
  affine: boolean
  addresses: number
}

/** The datastore of a sequence: pools by name and the blocks that assignments made. */
interface Store {
  readonly pools: Map<string, Resource>
  blocks: Block[]
  readonly saved: Map<string, Block>
}

function play(steps: readonly Step[]): string | undefined {
  const store: Store = { pools: new Map(), blocks: [], saved: new Map() }
  for (const [i, step] of steps.entries()) {
    const error = perform(step, store)
    const right =
      step.error === undefined
        ? error === undefined
        : error !== undefined && (step.error === true || error.includes(step.error))
    if (!right) return `step ${i} (${step.op}): wanted ${step.error ?? 'success'}, found ${error ?? 'success'}`
  }
  return undefined
}

function perform(step: Step, store: Store): string | undefined {
  switch (step.op) {
    case 'create':
      return create(poolOf(step), store)
    case 'update':
      return update(poolOf(step), store)
    case 'delete':
      return remove(step.name ?? '', store)
    case 'assign':
      return assign(step, store)
    case 'release': {
      const block = store.saved.get(step.ref ?? '')
      if (block === undefined) return 'nothing was saved under this name'
      block.addresses--
      store.blocks = store.blocks.filter(({ affine, addresses }) => affine || addresses > 0)
      return undefined
    }
    default:
      return step.op satisfies never
  }
}

function poolOf(step: Step): Resource {
  const given = step.resource ?? { metadata: { name: '' } }
  return { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: given.metadata, spec: given.spec }
}

function errorsIn(findings: readonly Finding[]): string | undefined {
  const errors = findings.filter(({ severity }) => severity === 'error')
  return errors.length === 0 ? undefined : errors.map(({ message }) => message).join('; ')
}

function create(pool: Resource, store: Store): string | undefined {
  const blocks = store.blocks.map(
    ({ cidr }): Resource => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPAMBlock',
      metadata: { name: cidr },
      spec: { cidr },
    }),
  )
  const refused = errorsIn(validateCreate(pool, [...store.pools.values(), ...blocks]))
  if (refused !== undefined) return refused
  if (store.pools.has(pool.metadata.name)) return 'resource already exists'
  store.pools.set(pool.metadata.name, applyIPPoolDefaults(pool))
  return undefined
}

function update(pool: Resource, store: Store): string | undefined {
  const stored = store.pools.get(pool.metadata.name)
  if (stored === undefined) return 'resource does not exist'
  const refused = errorsIn([...validateUpdate(stored, pool), ...validateCreate(pool, [])])
  if (refused === undefined) store.pools.set(pool.metadata.name, applyIPPoolDefaults(pool))
  return refused
}

/** Deleting a pool releases its affinities; blocks that still hold addresses stay without an owner. */
function remove(name: string, store: Store): string | undefined {
  const stored = store.pools.get(name)
  if (stored === undefined) return 'resource does not exist'
  store.pools.delete(name)
  for (const block of store.blocks) if (inPool(block, stored)) block.affine = false
  store.blocks = store.blocks.filter(({ affine, addresses }) => affine || addresses > 0)
  return undefined
}

function cidrOf(pool: Resource): string {
  return isFields(pool.spec) && typeof pool.spec.cidr === 'string' ? pool.spec.cidr : ''
}

function inPool(block: Block, pool: Resource): boolean {
  const [outer, inner] = [parsePrefix(cidrOf(pool)), parsePrefix(block.cidr)]
  return outer !== undefined && inner !== undefined && containsPrefix(outer, inner)
}

/** One address for the host: from its block in the first pool allowed, or from the pool's first free block. */
function assign(step: Step, store: Store): string | undefined {
  const pools = [...store.pools.values()].filter(
    (pool) =>
      (step.pools4 ?? [cidrOf(pool)]).includes(cidrOf(pool)) && isFields(pool.spec) && pool.spec.disabled !== true,
  )
  const [pool] = pools
  if (pool === undefined) return 'no configured Calico pools'
  const own = store.blocks.find((block) => block.affine && block.host === step.host && inPool(block, pool))
  const block = own ?? newBlock(pool, step.host ?? '', store)
  if (block === undefined) return 'no block is free'
  block.addresses++
  if (step.save !== undefined) store.saved.set(step.save, block)
  return undefined
}

function newBlock(pool: Resource, host: string, store: Store): Block | undefined {
  const network = parsePrefix(cidrOf(pool))
  const size = isFields(pool.spec) && typeof pool.spec.blockSize === 'number' ? pool.spec.blockSize : 26
  if (network === undefined) return undefined
  for (let i = 0; i < Math.min(subPrefixCount(network, size), 1024); i++) {
    const cidr = formatPrefix(subPrefix(network, size, i))
    if (store.blocks.some((block) => block.cidr === cidr)) continue
    const block: Block = { cidr, host, affine: true, addresses: 0 }
    store.blocks.push(block)
    return block
  }
  return undefined
}
