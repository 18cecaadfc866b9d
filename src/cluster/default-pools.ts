/** Pools that calico-node or the operator makes when there is none yet. */

import type { Family } from '../address/address.js'
import { overlaps, type Prefix, parsePrefix } from '../address/prefix.js'
import type { Manifest } from '../manifests/resource.js'
import type { Environment } from './environment.js'
import { DEFAULT_BLOCK_SIZE, type PoolDraft } from './ip-pools.js'
import type { EncapsulationMode } from './pool.js'
import { at, flagOf, textOf, wholeWithin } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { type SelectorReader, shortly } from './spec-reader.js'

const SEEDING = /^(CALICO_IPV[46]POOL_[A-Z_]+|NO_DEFAULT_POOLS)$/

const VARIABLES = [
  'CIDR',
  'IPIP',
  'VXLAN',
  'BLOCK_SIZE',
  'NAT_OUTGOING',
  'NODE_SELECTOR',
  'DISABLE_BGP_EXPORT',
] as const

/**
 * The pools that an installation without pools starts with: those of Installation, else the default pools of
 * calico-node's environment (node/pkg/lifecycle/startup/startup.go configureIPPools), which makes one for each family
 * that has no pool yet.
 */
export function seededPools(
  present: readonly PoolDraft[],
  environment: Environment,
  operator: Manifest | undefined,
  remarks: Remarks,
  selector: SelectorReader,
): readonly PoolDraft[] {
  remarkIdleVariables(present, environment, remarks)
  if (operator !== undefined) return present.length > 0 ? [] : operatorPools(operator, remarks, selector)
  if (environment.daemonSet === undefined || environment.get('NO_DEFAULT_POOLS')?.toLowerCase() === 'true') return []
  const about = environment.daemonSet
  return ([4, 6] as const).flatMap((family) => {
    if (present.some(({ prefix }) => prefix.family === family)) return []
    const prefix = seededPrefix(family, environment, remarks)
    if (prefix === undefined) return []
    const pool = environmentPool(family, prefix, environment, selector, about)
    remarks.add({
      severity: 'info',
      code: 'POOL_SEEDED',
      message: `The input has no IPv${family} pool, so calico-node makes ${pool.name} from its environment.`,
      hint: 'Add the IPPool to the input to be exact; once it exists the environment no longer matters.',
      about,
    })
    return pool
  })
}

function seededPrefix(family: Family, environment: Environment, remarks: Remarks): Prefix | undefined {
  const name = `CALICO_IPV${family}POOL_CIDR`
  const text = environment.get(name)
  if (text === 'none') return undefined
  // The default IPv6 pool is a random ULA prefix, made only where FELIX_IPV6SUPPORT is on, which no one can foretell.
  if (text === undefined) return family === 4 ? parsePrefix('192.168.0.0/16') : undefined
  const prefix = parsePrefix(text)
  if (prefix?.family === family && (family === 4 || flagOf(environment.felix.get('FELIX_IPV6SUPPORT')) !== false))
    return prefix
  if (prefix?.family !== family) {
    remarks.add({
      severity: 'error',
      code: 'POOL_UNUSABLE',
      message: `${name} is ${shortly(text)}, which is no IPv${family} prefix; calico-node stops when it starts.`,
      hint: 'Write ADDRESS/LENGTH, or none for no default pool.',
      about: environment.daemonSet,
    })
  }
  return undefined
}

function environmentPool(
  family: Family,
  prefix: Prefix,
  environment: Environment,
  selector: SelectorReader,
  about: Manifest,
): PoolDraft {
  const get = (variable: (typeof VARIABLES)[number]): string | undefined =>
    environment.get(`CALICO_IPV${family}POOL_${variable}`)
  return {
    ...plainPool(`default-ipv${family}-ippool`, prefix),
    blockSize: wholeWithin(get('BLOCK_SIZE'), 1, 128) ?? DEFAULT_BLOCK_SIZE[family],
    ipipMode: family === 4 ? environmentMode(get('IPIP')) : 'Never',
    vxlanMode: environmentMode(get('VXLAN')),
    natOutgoing: flagOf(get('NAT_OUTGOING')) ?? family === 4,
    disableBGPExport: flagOf(get('DISABLE_BGP_EXPORT')) ?? false,
    nodeSelector: selector(get('NODE_SELECTOR') ?? 'all()', about, []),
  }
}

function environmentMode(text: string | undefined): EncapsulationMode {
  const word = text?.toLowerCase()
  if (word === 'always') return 'Always'
  return word === 'crosssubnet' || word === 'cross-subnet' ? 'CrossSubnet' : 'Never'
}

function plainPool(name: string, prefix: Prefix): Omit<PoolDraft, 'nodeSelector'> {
  return {
    name,
    prefix,
    blockSize: DEFAULT_BLOCK_SIZE[prefix.family],
    ipipMode: 'Never',
    vxlanMode: 'Never',
    natOutgoing: false,
    disabled: false,
    allocatable: true,
    disableBGPExport: false,
    namespaceSelector: undefined,
    allowedUses: ['Workload', 'Tunnel'],
    assignmentMode: 'Automatic',
  }
}

const ENCAPSULATIONS: Readonly<Record<string, Partial<PoolDraft>>> = {
  IPIP: { ipipMode: 'Always' },
  IPIPCrossSubnet: { ipipMode: 'CrossSubnet' },
  VXLAN: { vxlanMode: 'Always' },
  VXLANCrossSubnet: { vxlanMode: 'CrossSubnet' },
  None: {},
}

/** `calicoNetwork.ipPools` of Installation; its defaults are IPIP, NAT on and, without a list, 192.168.0.0/16. */
function operatorPools(operator: Manifest, remarks: Remarks, selector: SelectorReader): PoolDraft[] {
  const listed = at(operator.resource.spec, 'calicoNetwork', 'ipPools')
  const entries = Array.isArray(listed) ? listed : [{ cidr: '192.168.0.0/16' }]
  return entries.flatMap((entry, i): PoolDraft[] => {
    const path = ['spec', 'calicoNetwork', 'ipPools', i] as const
    const prefix = parsePrefix(textOf(at(entry, 'cidr')) ?? '')
    if (prefix === undefined) {
      remarks.add({
        severity: 'error',
        code: 'POOL_UNUSABLE',
        message: `The pool of Installation has the cidr ${shortly(at(entry, 'cidr'))}, which is none.`,
        hint: 'Write ADDRESS/LENGTH.',
        about: operator,
        path: [...path, 'cidr'],
      })
      return []
    }
    const name = textOf(at(entry, 'name')) ?? `default-ipv${prefix.family}-ippool`
    const encapsulation = textOf(at(entry, 'encapsulation')) ?? (prefix.family === 4 ? 'IPIP' : 'None')
    remarks.add({
      severity: 'info',
      code: 'POOL_SEEDED',
      message: `The input has no IPPool, so the operator makes ${name} from Installation.`,
      hint: 'Add the IPPool to the input to be exact.',
      about: operator,
      path,
    })
    return [
      {
        ...plainPool(name, prefix),
        blockSize: wholeWithin(at(entry, 'blockSize'), 1, 128) ?? DEFAULT_BLOCK_SIZE[prefix.family],
        natOutgoing: at(entry, 'natOutgoing') !== 'Disabled',
        disableBGPExport: flagOf(at(entry, 'disableBGPExport')) ?? false,
        nodeSelector: selector(textOf(at(entry, 'nodeSelector')) ?? 'all()', operator, [...path, 'nodeSelector']),
        ...(Object.hasOwn(ENCAPSULATIONS, encapsulation) ? ENCAPSULATIONS[encapsulation] : {}),
      },
    ]
  })
}

/** Variables that once seeded a pool and are now without effect, because the pool exists. */
function remarkIdleVariables(present: readonly PoolDraft[], environment: Environment, remarks: Remarks): void {
  for (const family of [4, 6] as const) {
    if (environment.daemonSet === undefined || !present.some(({ prefix }) => prefix.family === family)) continue
    const idle = VARIABLES.map((variable) => `CALICO_IPV${family}POOL_${variable}`).filter(
      (name) => SEEDING.test(name) && environment.get(name) !== undefined,
    )
    const cidr = parsePrefix(environment.get(`CALICO_IPV${family}POOL_CIDR`) ?? '')
    if (idle.length === 0) continue
    remarks.add({
      severity: 'info',
      code: 'ENVIRONMENT_WITHOUT_EFFECT',
      message:
        `${idle.join(', ')} of calico-node no longer ${idle.length === 1 ? 'has' : 'have'} an effect: ` +
        `the cluster has an IPv${family} pool already${cidr && !present.some(({ prefix }) => overlaps(prefix, cidr)) ? ', with another cidr' : ''}.`,
      hint: 'Change the IPPool itself, with calicoctl or kubectl.',
      about: environment.daemonSet,
    })
  }
}
