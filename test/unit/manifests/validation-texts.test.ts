import { describe, expect, test } from 'vitest'
import { formatGoDuration, parseGoDuration } from '../../../src/manifests/validation/duration.js'
import { compilesAsGoRegexp } from '../../../src/manifests/validation/go-regexp.js'
import { didYouMean, parseAsNumber } from '../../../src/manifests/validation/slips.js'
import * as formats from '../../../src/manifests/validation/text-formats.js'

describe('Go durations', () => {
  test.each([
    ['90s', 90_000_000_000n, '1m30s'],
    ['1500ms', 1_500_000_000n, '1.5s'],
    ['1h', 3_600_000_000_000n, '1h0m0s'],
    ['-1ns', -1n, '-1ns'],
    ['0', 0n, '0s'],
    ['1.5us', 1_500n, '1.5µs'],
  ])('%s is read and written back', (text, nanoseconds, canonical) => {
    expect(parseGoDuration(text)).toBe(nanoseconds)
    expect(formatGoDuration(nanoseconds)).toBe(canonical)
  })

  test.each(['', '90', 's', '1d', '1 s', '9999999999h'])('%j is none', (text) => {
    expect(parseGoDuration(text)).toBeUndefined()
  })
})

describe('Go regular expressions', () => {
  test.each(['eth.*', '^(?i)lo$', '(?P<name>a)', '[[:alpha:]]+', '\\bx\\z', 'a{2,5}'])('%s compiles', (text) => {
    expect(compilesAsGoRegexp(text)).toBe(true)
  })

  test.each(['*', '(', '(?=a)', '(a)\\1', 'a{1001}', '\\y'])('%s does not', (text) => {
    expect(compilesAsGoRegexp(text)).toBe(false)
  })
})

describe('text formats', () => {
  test.each([
    ['masked network', formats.MASKED_NETWORK, ['10.0.0.0/8', '10.0.0.1', 'fd00::/64'], ['10.0.0.1/8', 'x', '']],
    ['IPv4 network', formats.NETWORK_V4, ['10.0.0.1/8', '10.0.0.1'], ['fd00::1', '010.0.0.1']],
    ['network of a CRD', formats.CRD_CIDR, ['10.0.0.1/8', '010.0.0.0/8'], ['10.0.0.1', '10.0.0.0/33']],
    ['IPv6 address', formats.ADDRESS_V6, ['fd00::1'], ['::ffff:1.2.3.4', '1.2.3.4']],
    [
      'peer address',
      formats.ADDRESS_AND_PORT,
      ['1.2.3.4', '1.2.3.4:179', '[fd00::1]:179', 'fd00::1'],
      ['1.2.3.4:', ':179', '[]:179', 'fd00::1:65536:x'],
    ],
    ['resource name', formats.RESOURCE_NAME, ['a', 'a-b.c0'], ['', 'a.', '-a', 'A', 'a_b']],
    ['MAC address', formats.HARDWARE_ADDRESS, ['66:3e:ca:a4:db:65', '663e.caa4.db65'], ['66:3e', '66:3e:ca:a4:db:6g']],
    ['community', formats.COMMUNITY, ['65535:0', '4294967295:0:1'], ['65536:0', '01:1', '1', '1:2:3:4']],
    ['key-value list', formats.KEY_VALUE_LIST, ['', 'a=b,c=', 'a=b,'], ['a', 'a b=c']],
    ['conntrack timeout', formats.CONNTRACK_TIMEOUT, ['Auto', '1.5s', '20ms10us'], ['', '20', 'auto']],
  ])('%s', (_, format, right, wrong) => {
    expect(right.filter((text) => !format.test(text))).toEqual([])
    expect(wrong.filter((text) => format.test(text))).toEqual([])
  })

  test('hostile texts are judged at once', () => {
    const long = 'ms'.repeat(4000)
    const started = process.cpuUsage().user
    for (const format of Object.values(formats)) {
      if (typeof format === 'object' && 'test' in format) format.test(`${long}!`)
    }
    expect(process.cpuUsage(undefined).user - started).toBeLessThan(1_000_000)
  })
})

test.each([
  ['64512', 64512],
  ['4294967295', 4294967295],
  ['1.10', 65546],
  ['4294967296', undefined],
  ['1.65536', undefined],
  ['AS64512', undefined],
])('AS number %s is %s', (text, value) => {
  expect(parseAsNumber(text)).toBe(value)
})

test.each([
  ['asnumber', 'asNumber'],
  ['nodeselecter', 'nodeSelector'],
  ['zzz', undefined],
])('%s: did you mean %s', (word, meant) => {
  expect(didYouMean(word, ['asNumber', 'nodeSelector', 'peerIP'])).toBe(meant)
})
