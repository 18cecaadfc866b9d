import { describe, expect, test } from 'vitest'
import { compilesAsGoRegexp } from '../../../src/manifests/validation/go-regexp.js'
import type { Layer } from '../../../src/manifests/validation/schema.js'
import { refusalsOf } from '../../../src/manifests/validation/scopes.js'
import { CRD, faults, judged, pool, resource, v3 } from './validation-fixtures.js'

/** The layers that refuse the value: calicoctl's validator, the CRD. */
function refusedBy(scope: string, value: unknown): readonly Layer[] {
  const refusals = refusalsOf(scope, value, ['struct', 'schema']) ?? []
  return [...new Set(refusals.flatMap(({ layers }) => layers))].sort()
}

describe('where calicoctl and the CRD part', () => {
  test.each([
    ['an IPv4-mapped pool passes calicoctl, not CEL', 'IPPoolSpec', { cidr: '::ffff:10.0.0.0/104' }, ['schema']],
    ['a length with a leading zero likewise', 'IPPoolSpec', { cidr: '10.0.0.0/08' }, ['schema']],
    ['an empty reserved CIDR passes calicoctl', 'IPReservationSpec', { reservedCIDRs: [''] }, ['schema']],
    ['an empty network to exclude passes both', 'FelixConfigurationSpec', { bpfExcludeCIDRsFromNAT: [''] }, []],
    [
      'the CRD reads groups with many leading zeros',
      'IPReservationSpec',
      { reservedCIDRs: ['fd00:00001::/32'] },
      ['struct'],
    ],
    ['a duration of plain 0 is mended by calicoctl', 'FelixConfigurationSpec', { reportingTTL: '0' }, ['schema']],
    ['an int32 in Go', 'BGPPeerSpec', { numAllowedLocalASNumbers: 2147483648 }, ['schema', 'struct']],
    [
      'a cooldown beyond int32 cannot even be read',
      'IPAMConfigurationSpec',
      { strictAffinity: true, autoAllocateBlocks: true, ipCooldownSeconds: 4294967295 },
      ['schema', 'struct'],
    ],
    [
      'an empty community to add is there',
      'BGPFilterRuleV4',
      { action: 'Accept', operations: [{ addCommunity: { value: '' } }] },
      ['schema'],
    ],
    ['an empty route table range holds 0', 'FelixConfigurationSpec', { routeTableRange: {} }, ['schema', 'struct']],
    ['a number beyond 64 bits', 'IPPoolSpec', { cidr: '10.0.0.0/16', blockSize: 1e19 }, ['schema', 'struct']],
    ['a null in a list, where calicoctl reads an empty name', 'BGPPeerSpec', { filters: [null] }, ['schema', 'struct']],
    [
      'a null in a list, where calicoctl reads 0',
      'BGPFilterRuleV4',
      { action: 'Accept', asPathPrefix: [null] },
      ['schema'],
    ],
    ['a DSCP mark is a number of 8 bits or text', 'FelixConfigurationSpec', { istioDSCPMark: 256 }, ['struct']],
    ['a DSCP mark may be named', 'FelixConfigurationSpec', { istioDSCPMark: 'AF11' }, []],
    [
      'a fail-safe port may be absent for calicoctl',
      'FelixConfigurationSpec',
      { failsafeInboundHostPorts: [{}] },
      ['schema'],
    ],
  ])('%s', (_, scope, value, layers) => {
    expect(refusedBy(scope, value)).toEqual(layers)
  })

  test('a free address of a block is null', () => {
    const block = {
      cidr: '10.0.0.0/30',
      allocations: [null, null],
      unallocated: [0, 1],
      attributes: [],
      strictAffinity: false,
    }
    expect(faults(v3('IPAMBlock', block))).toEqual([])
  })

  test('port names are those of Kubernetes', () => {
    expect(refusedBy('FelixConfigurationSpec', { natPortRange: 'http-alt' })).toEqual([])
    for (const natPortRange of ['8_0', 'Http', 'a--b', '-a', 'abcdefghijklmnop']) {
      expect(refusedBy('FelixConfigurationSpec', { natPortRange })).toEqual(['struct'])
    }
    expect(refusedBy('FelixConfigurationSpec', { natPortRange: '0000000000080' })).toEqual([])
  })
})

describe("Calico's Node", () => {
  test('an IPv4 network in the notation of IPv6 is IPv4', () => {
    expect(refusedBy('NodeSpec', { bgp: { ipv4Address: '::ffff:10.0.0.1/120' } })).toEqual([])
    expect(refusedBy('NodeSpec', { bgp: { ipv6Address: '::ffff:10.0.0.1/64' } })).toEqual(['struct'])
  })

  test('bgp with nothing but unknown fields is empty', () => {
    expect(refusedBy('NodeSpec', { bgp: { asNum: 1 } })).toEqual(['struct'])
  })

  test('addresses are not looked at by calicoctl, so a bad one is a warning', () => {
    const node = v3('Node', { addresses: [{ address: '10.0.0.1/24' }], interfaces: [{ name: 'eth0.100_x' }] }, 'n1')
    expect(judged(node)).toEqual(['warning VALIDATION_CIDR_NOT_MASKED'])
  })

  test.each(['001122334455', '0011223344556677'])('a MAC address may do without separators: %s', (mac) => {
    expect(refusedBy('NodeSpec', { vxlanTunnelMACAddr: mac })).toEqual([])
  })

  test('a line break within a WireGuard key is skipped', () => {
    const key = 'jlkVyQYooZYzI2wFfNhSZez5\neWh44yfq1wKVjLvSXgY='
    expect(refusedBy('NodeStatus', { wireguardPublicKey: key })).toEqual([])
  })
})

describe('the frame of an object', () => {
  test('generateName stands in for the name before the API server only', () => {
    const named = (metadata: object) => refusedBy('BGPPeer', { apiVersion: 'v', kind: 'k', metadata, spec: {} })
    expect(named({})).toEqual(['schema', 'struct'])
    expect(named({ generateName: 'peer-' })).toEqual(['struct'])
  })

  test('the CRDs behind the v3 API require no spec, but a pool without CIDR is refused by calicoctl', () => {
    expect(faults(resource(CRD, 'BGPPeer', undefined, 'p'))).toEqual([])
    expect(judged(resource(CRD, 'IPPool', undefined, 'p'))).toEqual(['warning VALIDATION_REQUIRED'])
    expect(judged(v3('BGPPeer', undefined, 'p'))).toEqual(['error VALIDATION_REQUIRED'])
  })

  test('AS numbers above 2147483647 depend on the versions of Kubernetes and the CRDs', () => {
    expect(judged(v3('BGPConfiguration', { asNumber: 4200000000 }))).toEqual(['info VALIDATION_AS_NUMBER_FORMAT'])
    expect(judged(v3('BGPConfiguration', { asNumber: 2147483647 }))).toEqual([])
  })

  test('a pool in the notation of IPv4 stays as it was', () => {
    expect(faults(pool({ cidr: '10.65.0.0/16' }))).toEqual([])
  })
})

describe('regular expressions of Go', () => {
  test.each([
    ['assertions repeated', ['^*', '\\b*', '$+']],
    ['stars after flags', ['a*(?i)*']],
    ['names of groups', ['(?P<1a>b)', '(?<n>a)(?P<n>b)']],
    ['flags', ['(?i-s:a)', '(?U)a', '(?-i)a', '(?)a']],
    ['braces that are no counts', ['a{,2}', 'a{1', '{', 'a{01}', 'x{2']],
    ['classes', ['[]a]', '[^]a]', '[a-]', '[--a]', '[[:^alpha:]]', '[[:foo]', '[\\d-x]', '[\\pL]']],
    ['escapes', ['\\x{10FFFF}', '\\07', '\\123', '\\_', '\\Q(\\E', '\\Q(', '\\z']],
    ['Unicode classes', ['\\p{Greek}', '\\p{^lu}', '\\pN', '\\p{uppercase_letter}', '\\p{Any}']],
    ['repetitions within bounds', ['(a{10}){100}', 'a{0}', '((a{0}){500}){2}']],
  ])('%s compile', (_, texts) => {
    for (const text of texts) expect([text, compilesAsGoRegexp(text)]).toEqual([text, true])
  })

  test.each([
    ['nothing to repeat', ['*', 'a|*', '(+', '(?i)*', '(?:?)']],
    ['two repetitions', ['a**', 'a*+', 'a{2}{3}', 'a??+']],
    ['groups', ['(', ')', 'a)', '(a', '(?P<n-1>b)', '(?P=n)', '(?#c)', '(?>a)', '(?i', '(?-)']],
    ['counts', ['a{1001}', 'a{2,1}', '(a{101}){10}', 'a{1001,}']],
    ['classes', ['[', '[]', '[b-a]', '[a-\\d]', '[[:foo:]]', '[\\b]', '[\\z]']],
    [
      'escapes',
      ['\\', '\\8', '\\1', '\\é', '\\x4', '\\x{110000}', '\\C', '\\Z', '\\p', '\\p{Foo}', '\\p{L&}', '\\p{Old_Italic}'],
    ],
  ])('%s do not', (_, texts) => {
    for (const text of texts) expect([text, compilesAsGoRegexp(text)]).toEqual([text, false])
  })

  test('depth and size are bounded as in Go', () => {
    expect(compilesAsGoRegexp(`${'('.repeat(990)}a${')'.repeat(990)}`)).toBe(true)
    expect(compilesAsGoRegexp(`${'('.repeat(1001)}a${')'.repeat(1001)}`)).toBe(false)
    expect(compilesAsGoRegexp(`(${'ab'.repeat(2000)}){1000}`)).toBe(false)
  })
})
