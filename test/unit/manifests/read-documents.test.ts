import { describe, expect, test } from 'vitest'
import { readManifestText } from '../../../src/manifests/read-manifests.js'

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`
const json = (name: string): string => `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"${name}"}}`

function namesIn(text: string): readonly string[] {
  const { manifests, findings } = readManifestText(text, 'f')
  expect(findings).toEqual([])
  return manifests.map(({ resource }) => resource.metadata.name)
}

describe('documents', () => {
  test.each([
    ['several YAML documents', `${namespace('a')}---\n${namespace('b')}`],
    ['markers with comments, and an end marker', `--- # first\n${namespace('a')}...\n---\n${namespace('b')}`],
    [
      'empty and comment-only documents',
      `---\n---\n# nothing\n---\n${namespace('a')}---\nnull\n---\n${namespace('b')}---\n`,
    ],
    ['a directive', `%YAML 1.1\n---\n${namespace('a')}---\n${namespace('b')}`],
    ['carriage returns', `${namespace('a')}---\n${namespace('b')}`.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${namespace('a')}---\n${namespace('b')}`],
    ['JSON behind JSON', `${json('a')}\n${json('b')}`],
    ['JSON between markers', `${json('a')}\n---\n${json('b')}\n`],
    ['the array of calicoctl', `[${json('a')},${json('b')}]`],
    [
      'flow YAML',
      '{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: b}}',
    ],
    ['a comment before JSON', `# dump\n{"apiVersion":"v1","kind":"List","items":[${json('a')},${json('b')},]}`],
  ])('%s', (_, text) => {
    expect(namesIn(text)).toEqual(['a', 'b'])
  })

  test('an indented --- is text', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    one\n    ---\n    two\n'
    const [manifest] = readManifestText(text, 'f').manifests
    expect(manifest?.resource['data']).toEqual({ x: 'one\n---\ntwo\n' })
  })

  test('one broken document does not lose the others', () => {
    const { manifests, findings } = readManifestText(`a: [1\nb: 2\n---\n${namespace('ok')}---\nx: y: z\n`, 'f')
    expect(manifests.map(({ resource }) => resource.metadata.name)).toEqual(['ok'])
    expect(findings.map(({ code, place }) => [code, place?.line])).toEqual([
      ['INPUT_SYNTAX', 2],
      ['INPUT_SYNTAX', 9],
    ])
  })
})

describe('lists', () => {
  test('items of a List know where they stood', () => {
    const { manifests } = readManifestText(`{"apiVersion":"v1","kind":"List","items":[${json('a')},${json('b')}]}`, 'f')
    expect(manifests.map(({ origin }) => origin)).toEqual([
      { file: 'f', document: 0, path: ['items', 0] },
      { file: 'f', document: 0, path: ['items', 1] },
    ])
  })

  test('items of a typed list take its type', () => {
    const text =
      'apiVersion: projectcalico.org/v3\nkind: IPPoolList\nitems:\n- metadata: {name: a}\n  spec: {cidr: 10.0.0.0/16}\n'
    const [manifest] = readManifestText(text, 'f').manifests
    expect(manifest?.resource).toMatchObject({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool' })
  })

  test('a List in a List is opened', () => {
    const inner = `{"apiVersion":"v1","kind":"List","items":[${json('a')}]}`
    expect(namesIn(`{"apiVersion":"v1","kind":"List","items":[${inner},${json('b')}]}`)).toEqual(['a', 'b'])
  })

  test('an empty List is an empty input', () => {
    expect(readManifestText('apiVersion: v1\nkind: List\nitems: []\n', 'f').findings.map(({ code }) => code)).toEqual([
      'INPUT_EMPTY',
    ])
  })
})

describe('kinds', () => {
  test('other kinds are counted', () => {
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\n'
    const { skipped, manifests, findings } = readManifestText(`${role}---\n${role}---\n${namespace('a')}`, 'f')
    expect([...skipped]).toEqual([['rbac.authorization.k8s.io/v1 Role', 2]])
    expect(manifests).toHaveLength(1)
    expect(findings).toEqual([])
  })

  test('a pod that is still to be named gets a name of its own', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\n'
    const names = namesIn(`${pod}---\n${pod}`)
    expect(new Set(names).size).toBe(2)
    expect(names.every((name) => name.startsWith('web-'))).toBe(true)
  })
})
