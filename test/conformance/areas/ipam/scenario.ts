/** Runs one IPAM scenario: its steps in order against one state. */

import { type Address, formatAddress } from '../../../../src/address/address.js'
import { containsAddress, containsPrefix, formatPrefix, prefixOf, samePrefix } from '../../../../src/address/prefix.js'
import type { PoolUse } from '../../../../src/cluster/pool.js'
import { changeSettings } from '../../../../src/ipam/allocation-settings.js'
import { assignIp } from '../../../../src/ipam/assign-ip.js'
import { Block } from '../../../../src/ipam/block.js'
import {
  claimAffinity,
  deletePool,
  releaseAffinity,
  releaseHostAffinities,
  releaseOwner,
} from '../../../../src/ipam/cidr-affinity.js'
import { addressesOfHandle } from '../../../../src/ipam/handles.js'
import { DEFAULT_SETTINGS, IpamState } from '../../../../src/ipam/ipam-state.js'
import { type ReleaseRequest, releaseAddresses, releaseByHandle } from '../../../../src/ipam/release-addresses.js'
import { poolUsages } from '../../../../src/ipam/utilization.js'
import { assignBoth, ensureBoth, type FamilyAnswer } from './both-families.js'
import { addressOf, apply, type CaseSetup, prefixOfText } from './input.js'

type Values = Readonly<Record<string, unknown>>

interface Step {
  readonly op: string
  readonly args?: Values
  readonly expect?: Values
  readonly saveV4?: string
  readonly saveV6?: string
  readonly save?: string
}

interface Setup extends CaseSetup {
  readonly ipamConfig?: Partial<typeof DEFAULT_SETTINGS>
  readonly presetBlocks?: readonly {
    readonly cidr: string
    readonly affinity?: string | null
    readonly sequenceNumber?: number
  }[]
}

export interface Scenario {
  readonly id: string
  readonly setup: Setup
  readonly steps: readonly Step[]
}

/** What an operation did: its error, and whatever the expectation may ask for. */
interface Outcome {
  readonly error?: string | undefined
  readonly values?: Values
}

interface Run {
  readonly state: IpamState
  readonly saved: Map<string, readonly string[]>
}

/** The first thing that is not as expected; undefined when all is. */
export function runScenario(scenario: Scenario): string | undefined {
  const run: Run = { state: initialState(scenario.setup), saved: new Map() }
  for (const [i, step] of scenario.steps.entries()) {
    const why = runStep(run, step)
    if (why !== undefined) return `step ${i} (${step.op}): ${why}`
  }
  return undefined
}

function initialState(setup: Setup): IpamState {
  const state = new IpamState()
  apply(state, setup)
  state.settings = { ...DEFAULT_SETTINGS, ...setup.ipamConfig }
  for (const { cidr, affinity, sequenceNumber = 0 } of setup.presetBlocks ?? []) {
    const block = new Block(prefixOfText(cidr))
    block.affinity = affinity ?? undefined
    block.sequence = sequenceNumber
    state.add(block)
  }
  return state
}

function runStep(run: Run, step: Step): string | undefined {
  const { error, values = {} } = perform(run, step.op, step.args ?? {})
  for (const [name, answer] of [
    ['saveV4', 'v4'],
    ['saveV6', 'v6'],
  ] as const) {
    const key = step[name]
    if (key !== undefined) run.saved.set(key, (values[answer] as FamilyAnswer)?.ips ?? [])
  }
  if (step.save !== undefined) run.saved.set(step.save, savedTexts(values))
  const expected = step.expect ?? {}
  const why = errorFault(expected.error, error)
  if (why !== undefined) return why
  for (const [key, wanted] of Object.entries(expected)) {
    const fault = key === 'error' ? undefined : valueFault(run, key, wanted, values, expected)
    if (fault !== undefined) return fault
  }
  return undefined
}

function savedTexts(values: Values): string[] {
  return [values.v4, values.v6].flatMap((answer) => (answer ? ((answer as FamilyAnswer)?.ips ?? []) : []))
}

function errorFault(wanted: unknown, error: string | undefined): string | undefined {
  if (wanted === undefined || wanted === false) return error === undefined ? undefined : `failed: ${error}`
  if (error === undefined) return `succeeded, expected error ${String(wanted)}`
  return wanted === true || error.includes(String(wanted)) ? undefined : `error ${error}, expected ${String(wanted)}`
}

function perform({ state, saved }: Run, op: string, args: Values): Outcome {
  const host = String(args.host ?? '')
  switch (op) {
    case 'autoAssign':
      return assignBoth(state, args)
    case 'ensureBlock':
      return ensureBoth(state, args)
    case 'assignIP': {
      const failed = assignIp(state, {
        host,
        address: addressOf(String(args.ip)),
        use: args.use as PoolUse | undefined,
        owner: ownerOf(args),
        maxPerHandle: Number(args.maxAllocToHandlePerIPVersion ?? 0),
      })
      return { error: failed?.message }
    }
    case 'releaseIPs': {
      const result = releaseAddresses(state, releases(saved, args.ips))
      const unallocated = result.unallocated.map(formatAddress)
      return { error: result.failure?.message, values: { unallocated, releasedCount: result.released.length } }
    }
    case 'releaseByHandle':
      return { error: releaseByHandle(state, String(args.handle))?.message }
    case 'ipsByHandle': {
      const handle = String(args.handle)
      const ips = addressesOfHandle(state, handle).map(formatAddress)
      return state.handles.has(handle) ? { values: { count: ips.length, ips } } : { error: 'no such handle' }
    }
    case 'setIPAMConfig': {
      const settings = { strictAffinity: false, autoAllocateBlocks: false, maxBlocksPerHost: 0, ipCooldownSeconds: 0 }
      return { error: changeSettings(state, { ...settings, ...pickSettings(args) })?.message }
    }
    case 'set':
      apply(state, args as CaseSetup)
      return {}
    case 'deletePool':
      deletePool(state, prefixOfText(String(args.cidr)))
      return {}
    case 'advanceTime':
      state.now += Number(args.seconds)
      return {}
    case 'ageBlocks':
      for (const block of state.blocks()) block.claimedAt = state.now - Number(args.seconds)
      return {}
    case 'claimAffinity': {
      const result = claimAffinity(state, { type: 'host', host }, prefixOfText(String(args.cidr)))
      return {
        error: result.failure?.message,
        values: { claimed: result.claimed.length, failed: result.failed.length },
      }
    }
    case 'releaseAffinity':
      return {
        error: releaseAffinity(state, host, prefixOfText(String(args.cidr)), args.mustBeEmpty === true)?.message,
      }
    case 'releaseAllBlocksAffinity': {
      const failures = [...state.blocks()].map((block) => releaseOwner(state, block, args.mustBeEmpty === true))
      return { error: failures.find((failed) => failed !== undefined)?.message }
    }
    case 'releaseHostAffinities':
      return { error: releaseHostAffinities(state, { type: 'host', host }, args.mustBeEmpty === true)?.message }
    case 'utilization':
      return { values: { rows: usageRows(state, args.pools as readonly string[] | undefined) } }
    case 'expectState':
      return {}
    default:
      return { error: `unknown operation ${op}` }
  }
}

function ownerOf(args: Values): { readonly handle?: string } {
  return typeof args.handle === 'string' ? { handle: args.handle } : {}
}

function pickSettings(args: Values): Values {
  return Object.fromEntries(Object.entries(args).filter(([key]) => Object.hasOwn(DEFAULT_SETTINGS, key)))
}

interface SavedPart {
  readonly ref: string
  readonly from?: number
  readonly to?: number
}

function releases(saved: Run['saved'], ips: unknown): ReleaseRequest[] {
  return (ips as readonly (string | SavedPart | Values)[]).flatMap((ip): ReleaseRequest[] => {
    if (typeof ip === 'string') return [{ address: addressOf(ip) }]
    if ('ref' in ip) {
      const part = ip as SavedPart
      return (saved.get(part.ref) ?? []).slice(part.from, part.to).map((text) => ({ address: addressOf(text) }))
    }
    const { address, handle, sequenceNumber } = ip
    return [
      {
        address: addressOf(String(address)),
        ...(typeof handle === 'string' ? { handle } : {}),
        ...(typeof sequenceNumber === 'number' ? { sequence: sequenceNumber } : {}),
      },
    ]
  })
}

function usageRows(state: IpamState, wanted: readonly string[] | undefined): Values[] {
  return poolUsages(state)
    .filter(({ pool }) => wanted === undefined || wanted.includes(pool.cidr) || wanted.includes(pool.name))
    .map(({ pool, blocks, ...usage }) => ({
      ...usage,
      pool: pool.cidr,
      blocks: blocks.map(({ prefix, ...rest }) => ({ ...rest, cidr: formatPrefix(prefix) })),
    }))
}

function valueFault(run: Run, key: string, wanted: unknown, values: Values, expected: Values): string | undefined {
  if (key === 'v4' || key === 'v6') return familyFault(run, key, wanted, values[key])
  if (key === 'version') return undefined
  const actual = key in values ? values[key] : stateValue(run.state, key, wanted, expected)
  return matches(wanted, actual) ? undefined : `${key} is ${JSON.stringify(actual)}, expected ${JSON.stringify(wanted)}`
}

/** Every value that is listed must be equal; objects may hold more. */
function matches(wanted: unknown, actual: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) && wanted.length === actual.length && wanted.every((item, i) => matches(item, actual[i]))
    )
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof actual !== 'object' || actual === null) return false
    return Object.entries(wanted).every(([key, value]) => matches(value, (actual as Values)[key]))
  }
  return wanted === actual
}

function stateValue(state: IpamState, key: string, wanted: unknown, expected: Values): unknown {
  const families =
    expected.version === 4 ? [4 as const] : expected.version === 6 ? [6 as const] : [4 as const, 6 as const]
  const owned = (host: string) => families.flatMap((family) => [...state.affinities.of({ type: 'host', host }, family)])
  switch (key) {
    case 'blockCount':
      return state.blockCount
    case 'affinityCount':
      return [...state.affinities.all()].length
    case 'affineBlocks':
      return Object.fromEntries(Object.keys(wanted as Values).map((host) => [host, owned(host).length]))
    case 'affineInPools': {
      if (Array.isArray(wanted)) {
        const inPools = [...state.affinities.all()].every((entry) =>
          wanted.some((pool) => containsPrefix(prefixOfText(String(pool)), entry.prefix)),
        )
        return inPools ? wanted : undefined
      }
      return Object.fromEntries(
        Object.entries(wanted as Values).map(([host, pools]) => {
          const list = [pools].flat().map((pool) => prefixOfText(String(pool)))
          const inPools = owned(host).every((entry) => list.some((pool) => containsPrefix(pool, entry.prefix)))
          return [host, inPools ? pools : undefined]
        }),
      )
    }
    default:
      return `no such expectation: ${key}`
  }
}

function familyFault(run: Run, key: string, wanted: unknown, actual: unknown): string | undefined {
  if (wanted === null) return actual === null || actual === undefined ? undefined : `${key} is not null`
  if (actual === null || actual === undefined) return `${key} is null`
  const answer = actual as NonNullable<FamilyAnswer>
  for (const [name, value] of Object.entries(wanted as Values)) {
    const why = answerFault(run, name, value, answer)
    if (why !== undefined) return `${key}: ${why}; got ${answer.ips.slice(0, 5)} ${answer.msgs}`
  }
  return undefined
}

function answerFault(
  { state, saved }: Run,
  name: string,
  wanted: unknown,
  { ips, msgs, block }: NonNullable<FamilyAnswer>,
): string | undefined {
  const addresses = ips.map((text) => addressOf(text.replace(/\/.*/, '')))
  const check = (holds: boolean): string | undefined => (holds ? undefined : `${name} ${JSON.stringify(wanted)}`)
  const inside = (pools: readonly unknown[]): boolean =>
    addresses.every((address) => pools.some((pool) => containsAddress(prefixOfText(String(pool)), address)))
  switch (name) {
    case 'count':
      return ips.length === wanted ? undefined : `count ${ips.length}, expected ${String(wanted)}`
    case 'ips':
      return check(matches(wanted, ips))
    case 'msgs':
      return check(matches(wanted, msgs))
    case 'inPools':
      return check(inside(wanted as readonly unknown[]))
    case 'notIn':
      return check((wanted as readonly string[]).every((text) => !ips.includes(text)))
    case 'inPool':
      return check(block !== undefined && containsPrefix(prefixOfText(String(wanted)), block))
    case 'sameAs':
      return check((saved.get(String(wanted)) ?? []).join() === ips.join())
    case 'notSameAs':
      return check((saved.get(String(wanted)) ?? []).join() !== ips.join())
    case 'inSameBlockAs':
      return check(sameBlock(state, [...addresses, ...(saved.get(String(wanted)) ?? []).map(addressOf)]))
    default:
      return `no such expectation: ${name}`
  }
}

function sameBlock(state: IpamState, addresses: readonly Address[]): boolean {
  const blocks = addresses.map((address) => state.blockOf(address)?.prefix ?? prefixOf(address, 0))
  const [first] = blocks
  return first !== undefined && blocks.every((block) => samePrefix(block, first))
}
