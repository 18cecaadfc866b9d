/** `calicoctl ipam configure` (calicoctl/commands/ipam/configure.go, libcalico-go lib/ipam/ipam.go SetIPAMConfig). */

import { at, fieldsOf } from '../../cluster/read-fields.js'
import type { Resource } from '../../manifests/resource.js'
import type { Change } from './change.js'
import { type ChangeContext, NOTHING, type Outcome, said } from './context.js'
import type { ObjectRef } from './effect.js'
import { refuse } from './remark.js'

const REF = { kind: 'calico/IPAMConfiguration', name: 'default' } as const satisfies ObjectRef

/** What Calico goes by while there is no such object (ipam.go GetIPAMConfig). */
const DEFAULTS: Resource = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPAMConfiguration',
  metadata: { name: REF.name },
  spec: { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0 },
}

/** The two settings are judged together: a limit on blocks is refused without strict affinity. */
export function configureIpam(
  { store }: ChangeContext,
  { strictAffinity, maxBlocksPerHost }: Extract<Change, { readonly do: 'configureIpam' }>,
): Outcome {
  const held = store.get(REF) ?? DEFAULTS
  const spec = {
    ...fieldsOf(held.spec),
    ...(strictAffinity === undefined ? {} : { strictAffinity }),
    ...(maxBlocksPerHost === undefined ? {} : { maxBlocksPerHost }),
  }
  const strict = at(spec, 'strictAffinity') === true
  if (!strict && Number(at(spec, 'maxBlocksPerHost') ?? 0) > 0) {
    return said(
      refuse(
        'CHANGE_IPAM_INVALID',
        'maxBlocksPerHost takes a limit only together with strictAffinity.',
        'Add --strictaffinity=true, or --max-blocks-per-host=0.',
        REF,
      ),
    )
  }
  if (!strict && at(spec, 'autoAllocateBlocks') === false) {
    return said(
      refuse(
        'CHANGE_IPAM_INVALID',
        'strictAffinity cannot be off while autoAllocateBlocks is off: no node would get an address.',
        'Set autoAllocateBlocks to true first.',
        REF,
      ),
    )
  }
  store.put({ ...held, spec })
  return NOTHING
}
