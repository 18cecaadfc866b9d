/** IPPools with Calico's read-time defaults (libcalico-go clientv3/ippool.go convertIpPoolFromStorage). */

import type { Family } from '../address/address.js'
import { bitsOf, type Prefix, parsePrefix } from '../address/prefix.js'
import type { Manifest } from '../manifests/resource.js'
import { compareText } from './inventory.js'
import type { EncapsulationMode, Pool, PoolUse } from './pool.js'
import { at, flagOf, listOf, textOf, wholeWithin, wordOf } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { createSpecReader, type SelectorReader, shortly } from './spec-reader.js'

export const DEFAULT_BLOCK_SIZE: { readonly [F in Family]: number } = { 4: 26, 6: 122 }

const MODES: readonly EncapsulationMode[] = ['Never', 'Always', 'CrossSubnet']
const USES: readonly PoolUse[] = ['Workload', 'Tunnel', 'LoadBalancer']

/** A pool before it has its place in the list. */
export type PoolDraft = Omit<Pool, 'index'>

/** The pools of the input in any order; a pool whose cidr cannot be read is left out with a finding. */
export function readPools(manifests: readonly Manifest[], remarks: Remarks, selector: SelectorReader): PoolDraft[] {
  return manifests.flatMap((manifest) => readPool(manifest, remarks, selector) ?? [])
}

/** Byte order of names, in which Calico tries pools. */
export function numberPools(drafts: readonly PoolDraft[]): readonly Pool[] {
  return [...drafts].sort((a, b) => compareText(a.name, b.name)).map((draft, index) => ({ index, ...draft }))
}

function readPool(manifest: Manifest, remarks: Remarks, selector: SelectorReader): PoolDraft | undefined {
  const { metadata, spec, status } = manifest.resource
  const read = createSpecReader(remarks, manifest)
  const cidr = at(spec, 'cidr')
  const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
  if (prefix === undefined) {
    remarks.add({
      severity: 'error',
      code: 'POOL_UNUSABLE',
      message: `IPPool ${metadata.name} has the cidr ${shortly(cidr)}, which is none; the pool is left out.`,
      hint: 'Give spec.cidr as ADDRESS/LENGTH, for example 10.65.0.0/16.',
      about: manifest,
      path: ['spec', 'cidr'],
    })
    return undefined
  }
  const uses = read('allowedUses', (value) => usesOf(value)) ?? []
  const namespaceSelector = textOf(at(spec, 'namespaceSelector'))
  return {
    name: metadata.name,
    prefix,
    blockSize: read('blockSize', (value) => blockSizeOf(prefix, value)) ?? DEFAULT_BLOCK_SIZE[prefix.family],
    ipipMode: read('ipipMode', (value) => wordOf(value, MODES)) ?? 'Never',
    vxlanMode: read('vxlanMode', (value) => wordOf(value, MODES)) ?? 'Never',
    natOutgoing: read('natOutgoing', flagOf) ?? false,
    disabled: read('disabled', flagOf) ?? false,
    allocatable: metadata.deletionTimestamp === undefined && !isMarkedUnallocatable(status),
    disableBGPExport: read('disableBGPExport', flagOf) ?? false,
    nodeSelector: selector(textOf(at(spec, 'nodeSelector')) ?? 'all()', manifest, ['spec', 'nodeSelector']),
    namespaceSelector:
      namespaceSelector === undefined
        ? undefined
        : selector(namespaceSelector, manifest, ['spec', 'namespaceSelector']),
    allowedUses: uses.length > 0 ? uses : ['Workload', 'Tunnel'],
    assignmentMode: read('assignmentMode', (value) => wordOf(value, ['Automatic', 'Manual'])) ?? 'Automatic',
  }
}

function usesOf(value: unknown): readonly PoolUse[] | undefined {
  const uses = listOf(value).map((use) => wordOf(use, USES))
  return uses.includes(undefined) ? undefined : uses.filter((use) => use !== undefined)
}

function blockSizeOf(prefix: Prefix, value: unknown): number | undefined {
  const size = wholeWithin(value, 0, bitsOf(prefix.family))
  return size === 0 ? DEFAULT_BLOCK_SIZE[prefix.family] : size
}

function isMarkedUnallocatable(status: unknown): boolean {
  return listOf(at(status, 'conditions')).some(
    (condition) => at(condition, 'type') === 'Allocatable' && at(condition, 'status') === 'False',
  )
}
