/** What calicoctl or the API server refuses of an object that is about to be written. */

import type { Finding } from '../../findings/finding.js'
import { isCalicoGroup, type Resource } from '../../manifests/resource.js'
import type { Breach } from '../../manifests/validation/breach.js'
import { rulesOf } from '../../manifests/validation/kinds.js'
import { validateCreate } from '../../manifests/validation/validate-create.js'
import { refOfAny, toFinding } from '../../manifests/validation/validate-resource.js'
import { validateUpdate } from '../../manifests/validation/validate-update.js'
import { breachesOf } from '../../manifests/validation/walk.js'
import type { Client } from './change.js'

export interface Judged {
  readonly client: Client
  /** The user wrote the whole object: a field that does not exist is refused (`--validate=strict`, UnmarshalStrict). */
  readonly strict: boolean
  /** Objects that this one must agree with. */
  readonly existing: readonly Resource[]
}

/** `before` is undefined for an object that is new. What is refused is an error, the rest as its author weighs it. */
export function judge(before: Resource | undefined, after: Resource, { client, strict, existing }: Judged): Finding[] {
  const resource = client === 'calicoctl' ? asV3(after) : after
  const rules = rulesOf(resource.apiVersion, resource.kind)
  if (rules === undefined) return []
  const found = breachesOf(rules.schema, resource).flatMap((breach): Finding[] => {
    const finding = toFinding(breach, rules, resource.apiVersion, refOfAny(resource))
    if (refuses(breach, client, rules.calicoctlOnly === true) || (strict && breach.code === 'VALIDATION_UNKNOWN_FIELD'))
      return [{ ...finding, severity: 'error' }]
    return finding.severity === 'info' ? [] : [{ ...finding, severity: 'warning' }]
  })
  return [...found, ...together(before, resource, client, existing)]
}

/** kubectl passes what the CRD's schema and its rules let through; calicoctl's own checks come on top for it. */
function refuses(breach: Breach, client: Client, calicoctlOnly: boolean): boolean {
  if (client === 'kubectl' && !calicoctlOnly) return breach.layers.includes('schema')
  return breach.layers.some((layer) => layer !== 'schema' || !breach.droppedByCalicoctl)
}

const AGAINST_OTHERS: ReadonlySet<string> = new Set([
  'POOL_OVERLAP',
  'IPPOOL_BLOCKS_OF_OTHER_SIZE',
  'BGPPEER_FILTER_UNKNOWN',
])

function together(
  before: Resource | undefined,
  after: Resource,
  client: Client,
  existing: readonly Resource[],
): readonly Finding[] {
  const weigh = (finding: Finding): Finding =>
    client === 'calicoctl' ? { ...finding, severity: 'error' } : { ...finding, severity: 'warning' }
  const others = validateCreate(asV3(after), existing).filter(({ code }) => AGAINST_OTHERS.has(code))
  // calicoctl looks at blocks of another size when a pool is made, not when it is changed (clientv3/ippool.go Update).
  const against = others.filter(({ code }) => before === undefined || code !== 'IPPOOL_BLOCKS_OF_OTHER_SIZE')
  const immutable = before === undefined ? [] : validateUpdate(before, { ...after, apiVersion: before.apiVersion })
  return [...against.map(weigh), ...immutable]
}

function asV3(resource: Resource): Resource {
  if (!isCalicoGroup(resource.apiVersion) || resource.apiVersion === 'projectcalico.org/v3') return resource
  const kind = resource.kind === 'IPAMConfig' ? 'IPAMConfiguration' : resource.kind
  return { ...resource, apiVersion: 'projectcalico.org/v3', kind }
}
