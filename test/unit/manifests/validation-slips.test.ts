import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/manifests/resource.js'
import { validateResource } from '../../../src/manifests/validation/validate-resource.js'
import { faults, pool, resource, v3 } from './validation-fixtures.js'

const hint = (given: Resource) => validateResource(given).map((finding) => finding.hint)

describe('slips', () => {
  test.each([
    ['a misspelled field', pool({ blocksize: 26 }), 'VALIDATION_UNKNOWN_FIELD spec.blocksize', 'blockSize'],
    [
      'a field of the old API',
      pool({ 'nat-outgoing': true }),
      'VALIDATION_UNKNOWN_FIELD spec.nat-outgoing',
      'natOutgoing',
    ],
    [
      'a boolean in quotes',
      pool({ natOutgoing: 'true' }),
      'VALIDATION_QUOTED_VALUE spec.natOutgoing',
      'true without quotes',
    ],
    ['yes for true', pool({ natOutgoing: 'yes' }), 'VALIDATION_QUOTED_VALUE spec.natOutgoing', 'true without quotes'],
    ['a number in quotes', pool({ blockSize: '26' }), 'VALIDATION_QUOTED_VALUE spec.blockSize', '26 without quotes'],
    ['an AS number in dotted text', v3('BGPPeer', { asNumber: '1.10' }), 'VALIDATION_TYPE spec.asNumber', '65546'],
    ['the wrong case', pool({ ipipMode: 'always' }), 'VALIDATION_ENUM spec.ipipMode', 'Always'],
    ['words around the value', pool({ ipipMode: 'ipip always' }), 'VALIDATION_ENUM spec.ipipMode', 'Always'],
    ['a hyphen in the value', pool({ vxlanMode: 'cross-subnet' }), 'VALIDATION_ENUM spec.vxlanMode', 'CrossSubnet'],
    ['host bits', pool({ cidr: '10.65.3.7/16' }), 'VALIDATION_CIDR_NOT_MASKED spec.cidr', '10.65.0.0/16'],
    [
      'a mask where none belongs',
      v3('BGPPeer', { peerIP: '192.0.2.1/24' }),
      'BGPPEER_PEER_IP spec.peerIP',
      '192.0.2.1',
    ],
    ['a single = in a selector', pool({ nodeSelector: "rack = 'a'" }), 'VALIDATION_SELECTOR spec.nodeSelector', '=='],
    [
      'typographic quotes in a selector',
      pool({ nodeSelector: 'rack == ‘a’' }),
      'VALIDATION_SELECTOR spec.nodeSelector',
      'plain quotes',
    ],
    ['a number where text belongs', v3('BGPPeer', { node: 7 }), 'VALIDATION_TYPE spec.node', '"7"'],
    [
      'an address without mask in a reservation',
      v3('IPReservation', { reservedCIDRs: ['10.65.0.7'] }),
      'VALIDATION_CIDR spec.reservedCIDRs[0]',
      '10.65.0.7/32',
    ],
    ['an upper-case name', v3('BGPPeer', {}, 'Peer-A'), 'VALIDATION_NAME metadata.name', 'peer-a'],
    ['the wrong group', resource('v1', 'IPPool', {}), 'VALIDATION_API_VERSION apiVersion', 'projectcalico.org/v3'],
  ])('%s', (_, given, fault, remedy) => {
    expect(faults(given)).toEqual([fault])
    expect(hint(given)[0]).toContain(remedy)
  })

  test('the wrong version', () => {
    const given = resource('crd.projectcalico.org/v3', 'IPPool', { cidr: '10.65.0.0/16' })
    expect(faults(given)).toEqual(['VALIDATION_API_VERSION apiVersion'])
    expect(hint(given)[0]).toContain('crd.projectcalico.org/v1')
  })

  test('typographic quotes in plain text are a warning', () => {
    const given = v3('BGPPeer', { password: { secretKeyRef: { name: '“secret”', key: 'k' } } })
    expect(faults(given)).toEqual(['VALIDATION_TYPOGRAPHIC_QUOTE spec.password.secretKeyRef.name'])
  })

  test('an unknown field is a warning', () => {
    expect(validateResource(pool({ colour: 'red' })).map(({ severity }) => severity)).toEqual(['warning'])
  })
})

describe('metadata', () => {
  const named = (metadata: unknown) => faults({ ...pool({}), metadata } as Resource)

  test.each([
    ['a name is required', {}, 'VALIDATION_REQUIRED metadata.name'],
    ['a name has at most 253 characters', { name: 'x'.repeat(254) }, 'VALIDATION_NAME metadata.name'],
    [
      'a label key has a lower-case prefix',
      { name: 'a', labels: { 'Example.org/a': 'b' } },
      'VALIDATION_LABEL metadata.labels["Example.org/a"]',
    ],
    [
      'a label value has at most 63 characters',
      { name: 'a', labels: { a: 'b'.repeat(64) } },
      'VALIDATION_LABEL metadata.labels.a',
    ],
    ['a label value is text', { name: 'a', labels: { a: true } }, 'VALIDATION_TYPE metadata.labels.a'],
    [
      'an annotation key is qualified',
      { name: 'a', annotations: { 'example.org$a': 'b' } },
      'VALIDATION_ANNOTATION metadata.annotations["example.org$a"]',
    ],
    [
      'annotations take at most 256 KiB',
      { name: 'a', annotations: { a: 'b'.repeat(262144) } },
      'VALIDATION_ANNOTATION metadata.annotations',
    ],
    ['a misspelled field', { name: 'a', label: {} }, 'VALIDATION_UNKNOWN_FIELD metadata.label'],
  ])('%s', (_, metadata, fault) => {
    expect(named(metadata)).toEqual([fault])
  })

  test('an annotation key may have capitals', () => {
    expect(named({ name: 'a', annotations: { 'projectcalico.org/IPv4Address': '' } })).toEqual([])
  })
})

describe('who refuses', () => {
  const message = (given: Resource) => validateResource(given).map((finding) => finding.message)

  test('calicoctl alone', () => {
    expect(message(v3('BGPPeer', { peerIP: 'x' }))[0]).toContain('calicoctl refuses this; kubectl lets it through.')
  })

  test('kubectl alone, where calicoctl leaves an empty field out', () => {
    expect(message(pool({ ipipMode: '' }))[0]).toContain('kubectl refuses this; calicoctl lets it through.')
  })

  test('both', () => {
    expect(message(pool({ ipipMode: 'x' }))[0]).not.toContain('lets it through')
  })
})

describe('any document', () => {
  test.each([null, 7, 'text', [], {}])('%j is no resource', (value) => {
    expect(validateResource(value as never).length).toBeGreaterThan(0)
  })

  test('findings are bounded', () => {
    const spec = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`field${i}`, i]))
    expect(validateResource(pool(spec)).length).toBeLessThanOrEqual(200)
  })
})
