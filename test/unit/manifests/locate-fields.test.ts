import { describe, expect, test } from 'vitest'
import type { FieldPath, Finding } from '../../../src/findings/finding.js'
import { locate, placeFindings } from '../../../src/manifests/locate.js'
import { type ManifestSet, readManifestText } from '../../../src/manifests/read-manifests.js'

/** `line:column` of a field of the nth manifest. */
function at(set: ManifestSet, path: FieldPath, manifest = 0): string {
  const origin = set.manifests[manifest]?.origin
  if (origin === undefined) return 'no such manifest'
  const place = locate(set, origin, path)
  return `${place.line}:${place.column}`
}

const YAML = `# a comment
apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: a
  annotations: {"x/y": 'z', plain: text}
spec:
  empty:
  exportV4:
  - action: Accept
    cidr: 10.0.0.0/8
  # between
  -   action: "Reject"   # behind
      cidr:   10.1.0.0/16
  flow: [1, {b: 2}, [3]]
  ? explicit
  : value
  text: |
    one
    two
  anchored: &x
    deep: 1
  alias: *x
---
apiVersion: v1
kind: Namespace
metadata: {name: b}
`

describe('YAML', () => {
  const set = readManifestText(YAML, 'f')

  test.each<readonly [path: FieldPath, place: string]>([
    [[], '2:1'],
    [['kind'], '3:7'],
    [['metadata'], '4:1'],
    [['metadata', 'annotations'], '6:16'],
    [['metadata', 'annotations', 'x/y'], '6:24'],
    [['metadata', 'annotations', 'plain'], '6:36'],
    [['spec', 'empty'], '8:3'],
    [['spec', 'exportV4'], '9:3'],
    [['spec', 'exportV4', 0], '10:5'],
    [['spec', 'exportV4', 0, 'cidr'], '11:11'],
    [['spec', 'exportV4', 1], '13:7'],
    [['spec', 'exportV4', 1, 'action'], '13:15'],
    [['spec', 'exportV4', 1, 'cidr'], '14:15'],
    [['spec', 'flow'], '15:9'],
    [['spec', 'flow', 0], '15:10'],
    [['spec', 'flow', 1, 'b'], '15:17'],
    [['spec', 'flow', 2, 0], '15:22'],
    [['spec', 'explicit'], '17:5'],
    [['spec', 'text'], '18:9'],
    [['spec', 'anchored', 'deep'], '22:11'],
    [['spec', 'alias'], '23:10'],
  ])('%j is at %s', (path, place) => {
    expect(at(set, path)).toBe(place)
  })

  test('the second document', () => {
    expect(at(set, ['metadata', 'name'], 1)).toBe('27:18')
  })

  test('a field that is not written has the place of its nearest ancestor', () => {
    expect(at(set, ['spec', 'exportV4', 1, 'interface'])).toBe('13:7')
    expect(at(set, ['spec', 'exportV4', 7])).toBe('9:3')
    expect(at(set, ['spec', 'alias', 'deep'])).toBe('23:10')
    expect(at(set, ['status', 'x'])).toBe('2:1')
  })

  test('empty items of a list are counted', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec:\n-\n-\n- a\n-\n- b: 1\n'
    expect(at(readManifestText(text, 'f'), ['spec', 2])).toBe('7:3')
    expect(at(readManifestText(text, 'f'), ['spec', 4, 'b'])).toBe('9:6')
  })

  test('carriage returns do not shift lines', () => {
    const crlf = readManifestText(YAML.replaceAll('\n', '\r\n'), 'f')
    expect(at(crlf, ['spec', 'exportV4', 1, 'cidr'])).toBe('14:15')
    expect(at(crlf, ['metadata', 'name'], 1)).toBe('27:18')
  })

  test('keys resolved to other types are found by their text', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec:\n  on: 1\n  0x10: 2\n'
    expect(at(readManifestText(text, 'f'), ['spec', 'true'])).toBe('5:7')
    expect(at(readManifestText(text, 'f'), ['spec', '16'])).toBe('6:9')
  })
})

describe('JSON', () => {
  const text = `{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}},
  {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "b", "labels": {"x\\u002fy": "z"}}, "list": [1, [2]]}
]}
`
  const set = readManifestText(text, 'f')

  test.each<readonly [path: FieldPath, place: string]>([
    [[], '3:3'],
    [['metadata'], '3:57'],
    [['metadata', 'name'], '3:66'],
    [['metadata', 'labels', 'x/y'], '3:94'],
    [['list', 1, 0], '3:114'],
    [['list', 5], '3:109'],
  ])('%j is at %s', (path, place) => {
    expect(at(set, path, 1)).toBe(place)
  })

  test('the second of two documents', () => {
    const two = '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}\n'
    expect(at(readManifestText(two + two.replace('"a"', '"b"'), 'f'), ['metadata', 'name'], 1)).toBe('2:58')
  })
})

describe('placing findings', () => {
  const finding = (kind: string, path: FieldPath): Finding => ({
    severity: 'error',
    code: 'VALUE_IGNORED',
    message: '',
    hint: '',
    resource: { kind, name: 'a' },
    path,
  })
  const node = (apiVersion: string, spec: string): string =>
    `apiVersion: ${apiVersion}\nkind: Node\nmetadata: {name: a}\nspec: ${spec}\n`
  const set = readManifestText(
    `${node('v1', '{podCIDR: x}')}---\n${node('projectcalico.org/v3', '{bgp: {asNumber: 1}}')}`,
    'f',
  )
  const line = (finding: Finding): number | undefined => placeFindings(set, [finding])[0]?.place?.line

  test('of two resources with one name the one that has the field is meant', () => {
    expect(line(finding('Node', ['spec', 'bgp', 'asNumber']))).toBe(9)
    expect(line(finding('Node', ['spec', 'podCIDR']))).toBe(4)
  })

  test('a resource that was not read gets no place, and a known place stays', () => {
    expect(line(finding('Pod', []))).toBeUndefined()
    expect(line({ ...finding('Node', []), place: { file: 'g', line: 77 } })).toBe(77)
  })
})
