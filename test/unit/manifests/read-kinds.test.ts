import { expect, test } from 'vitest'
import { READ_KINDS, readKindOf } from '../../../src/cluster/inventory.js'
import { knownKind } from '../../../src/manifests/kinds.js'
import { rulesOf } from '../../../src/manifests/validation/kinds.js'

/** An apiVersion of the group that an identity such as `calico/IPPool` names. */
function typeOf(identity: string): { readonly apiVersion: string; readonly kind: string } {
  const slash = identity.lastIndexOf('/')
  const group = identity.slice(0, slash)
  const kind = identity.slice(slash + 1)
  if (group === 'core') return { apiVersion: 'v1', kind }
  return { apiVersion: group === 'calico' ? 'projectcalico.org/v3' : `${group}/v1`, kind }
}

test.each(READ_KINDS.map((identity) => [identity] as const))(
  'the reader keeps %s, and knows its apiVersion',
  (identity) => {
    const { apiVersion, kind } = typeOf(identity)
    const known = knownKind(apiVersion, kind)
    expect(known?.identity).toBe(identity)
    expect(known?.apiVersions).toContain(apiVersion)
  },
)

test.each(READ_KINDS.map((identity) => [identity] as const))(
  'every apiVersion of %s is one that validation has',
  (identity) => {
    const { apiVersion, kind } = typeOf(identity)
    for (const known of knownKind(apiVersion, kind)?.apiVersions ?? []) {
      const rules = rulesOf(known, kind)
      // Nothing is asked of a Secret but its data.
      if (kind !== 'Secret') expect(rules?.versions).toContain(known.slice(known.indexOf('/') + 1))
      expect(readKindOf({ apiVersion: known, kind })).toBe(identity)
    }
  },
)

test('IPAMConfig and IPAMConfiguration are one kind', () => {
  expect(knownKind('crd.projectcalico.org/v1', 'IPAMConfig')).toBe(
    knownKind('projectcalico.org/v3', 'IPAMConfiguration'),
  )
})

test.each(['calico/v3', 'core/v1'])('%s is no group of its own right', (apiVersion) => {
  expect(knownKind(apiVersion, 'Node')).toBeUndefined()
})
