/** Scalars as kubectl 1.32 read them (`kubectl label --local -f - -o json`), recorded. */

import { describe, expect, test } from 'vitest'
import { readManifestText } from '../../../src/manifests/read-manifests.js'

function readScalar(scalar: string): unknown {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec:\n  v: ${scalar}\n`
  const { manifests, findings } = readManifestText(text, 'a.yaml')
  expect(findings.filter(({ code }) => code !== 'INPUT_UNKNOWN_TAG')).toEqual([])
  return (manifests[0]?.resource.spec as { readonly v: unknown } | undefined)?.v
}

const RECORDED: readonly (readonly [scalar: string, value: unknown])[] = [
  ['yes', true],
  ['No', false],
  ['on', true],
  ['OFF', false],
  ['y', true],
  ['N', false],
  ['"yes"', 'yes'],
  ['TRUE', true],
  ['tRue', 'tRue'],
  ['yEs', 'yEs'],
  ['~', null],
  ['Null', null],
  ['nUll', 'nUll'],
  ['010', 8],
  ['-010', -8],
  ['08', 8],
  ['0888', 888],
  ['0777', 511],
  ['0o17', 15],
  ['0O17', 15],
  ['-0o17', -15],
  ['0x1F', 31],
  ['0X1F', 31],
  ['-0x10', -16],
  ['0b11', 3],
  ['0b12', '0b12'],
  ['0x', '0x'],
  ['00', 0],
  ['-0', 0],
  ['1_000', 1000],
  ['1__2', 12],
  ['1_', 1],
  ['_1', '_1'],
  ['0x1_F', 31],
  ['1_0.5', 10.5],
  ['1:30', '1:30'],
  ['190:20:30', '190:20:30'],
  ['2001-12-14', '2001-12-14'],
  ['2001-12-14T21:59:43.10-05:00', '2001-12-14T21:59:43.10-05:00'],
  ['1e3', 1000],
  ['1.e3', 1000],
  ['1e3_0', 1e30],
  ['.5', 0.5],
  ['+.5', 0.5],
  ['-.5e1', -5],
  ['5.', 5],
  ['.', '.'],
  ['+', '+'],
  ['.e3', '.e3'],
  ['1e400', '1e400'],
  ['1.2.3', '1.2.3'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['64512', 64512],
  ['9223372036854775808', 2 ** 63],
  ['18446744073709551616', 2 ** 64],
  ['0xFFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFFF'],
  ['0x1p3', '0x1p3'],
  ['Inf', 'Inf'],
  ['=', '='],
  ['!!binary aGVsbG8=', 'hello'],
  ['!!str 123', '123'],
  ['!!int "3"', 3],
  ['!!bool yes', true],
  ['!!float 1', 1],
  ['!!null ""', null],
  ['!!timestamp 2001-01-01', '2001-01-01'],
  ['! 123', '123'],
  ['!foo 3', '3'],
  ['!has(rack)', ''],
]

test.each(RECORDED)('%s is read as %j', (scalar, value) => {
  expect(readScalar(scalar)).toStrictEqual(value)
})

describe('keys and merges', () => {
  const specOf = (spec: string): unknown =>
    readManifestText(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: &x {a: 1, b: 2}\nspec:\n${spec}`,
      'a.yaml',
    ).manifests[0]?.resource.spec

  test('keys become text after they are resolved', () => {
    expect(specOf('  on: 1\n  2: 2\n  0x10: 3\n  012: 4\n')).toEqual({ true: 1, '2': 2, '16': 3, '10': 4 })
  })

  test('<< takes fields from an anchor, and written ones win', () => {
    expect(specOf('  b: 3\n  <<: *x\n')).toEqual({ a: 1, b: 3 })
  })

  test('a quoted << is a plain key', () => {
    expect(specOf("  '<<': 1\n")).toEqual({ '<<': 1 })
  })

  test('__proto__ stays an own key', () => {
    const spec = specOf('  __proto__: {polluted: 1}\n') as object
    expect(Object.keys(spec)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(spec)).toBe(Object.prototype)
  })
})
