import fc from 'fast-check'
import yaml from 'js-yaml'
import { expect, test } from 'vitest'
import type { FieldPath } from '../../src/findings/finding.js'
import { locate, placeFindings } from '../../src/manifests/locate.js'
import { type ManifestSet, readManifestText } from '../../src/manifests/read-manifests.js'
import { validateResource } from '../../src/manifests/validation/validate-resource.js'

/** Whatever was read can be judged and placed; whatever was not read is told. */
function use(text: string): void {
  const set = readManifestText(text, 'f')
  expect(set.manifests.length + set.findings.length + set.skipped.size).toBeGreaterThan(0)
  const findings = [...set.findings, ...set.manifests.flatMap(({ resource }) => validateResource(resource))]
  for (const { place } of placeFindings(set, findings)) {
    const line = place?.line ?? 1
    expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length)
  }
}

test('any bytes give findings or manifests', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => use(new TextDecoder().decode(bytes))))
})

const PIECES = [
  'apiVersion: projectcalico.org/v3\n',
  'kind: IPPool\n',
  'metadata:\n  name: a\n',
  'metadata: {name: a}\n',
  'spec:\n',
  '  cidr: 10.0.0.0/16\n',
  '---\n',
  '...\n',
  '- ',
  '? ',
  ': ',
  '&x ',
  '*x\n',
  '<<: *x\n',
  '!!int ',
  '!t ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '\n',
  '\r',
  '\t',
  '  ',
  '#',
  '|\n',
  '>-\n',
  '“',
  '{{',
  '%YAML 1.2\n',
  '__proto__: 1\n',
  'a: 1\n',
  '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}',
  '\ufeff',
  '\u0000',
  'é',
]

test('any sequence of YAML and JSON pieces gives findings or manifests', () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(''))
  fc.assert(fc.property(text, use), { numRuns: 1000 })
})

/** A value below `data`, so that any JSON object makes a resource. */
const data = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 5 }).filter((key) => key !== '__proto__'),
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false } as fc.JsonSharedConstraints),
  { maxKeys: 5 },
)

function resourceOf(value: unknown): unknown {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: value }
}

interface Leaf {
  readonly path: FieldPath
  readonly value: unknown
}

function allBelow(value: unknown, path: FieldPath): readonly Leaf[] {
  const here = { path, value }
  if (typeof value !== 'object' || value === null) return [here]
  const below = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [here, ...below.flatMap(([key, child]) => allBelow(child, [...path, key]))]
}

function textAt(set: ManifestSet, text: string, path: FieldPath): string {
  const origin = set.manifests[0]?.origin
  if (origin === undefined) return ''
  const { line = 0, column = 0 } = locate(set, origin, path)
  const lines = text.split('\n')
  return [lines[line - 1]?.slice(column - 1), ...lines.slice(line)].join('\n')
}

test('in JSON the text at a place parses to the value', () => {
  fc.assert(
    fc.property(data, fc.constantFrom(0, 1, 4), (value, indent) => {
      const json: unknown = JSON.parse(JSON.stringify(value))
      const text = JSON.stringify(resourceOf(json), null, indent)
      const set = readManifestText(text, 'f')
      for (const { path, value } of allBelow(json, ['data'])) {
        expect(textAt(set, text, path).startsWith(JSON.stringify(value, null, indent).split('\n')[0] ?? '')).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

test('in YAML the text at a place of a scalar or flow collection parses to the value', () => {
  fc.assert(
    fc.property(data, fc.constantFrom(-1, 0, 2, 4), (value, flowLevel) => {
      const json: unknown = JSON.parse(JSON.stringify(value))
      // js-yaml writes control characters in keys as they are, and 1e9 as 1.e9, which is no JSON.
      fc.pre(!/\\u|\de/.test(JSON.stringify(json)))
      const text = yaml.dump(resourceOf(json), {
        flowLevel,
        lineWidth: -1,
        noRefs: true,
        quotingType: '"',
        forceQuotes: true,
      })
      const set = readManifestText(text, 'f')
      expect(set.manifests[0]?.resource['data']).toEqual(json)
      for (const { path, value } of allBelow(json, ['data'])) {
        const found = textAt(set, text, path)
        // A text of several lines is written as a block, which begins with its header.
        if (typeof value === 'string' && value.includes('\n')) expect(found).not.toBe('')
        else if (typeof value === 'string') expect(yaml.load(firstScalar(found))).toBe(value)
        else if (typeof value === 'number') expect(Number.parseFloat(found)).toBe(value)
        else if (typeof value !== 'object' || value === null) expect(found.startsWith(String(value))).toBe(true)
        else if (found.startsWith('[') || found.startsWith('{'))
          expect(Array.isArray(value)).toBe(found.startsWith('['))
      }
    }),
    { numRuns: 60 },
  )
})

/** The quoted text that begins here. */
function firstScalar(text: string): string {
  return /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(text)?.[0] ?? text.split('\n')[0] ?? ''
}

test('a document is the same alone and among others', () => {
  const text = fc.array(fc.constantFrom(...PIECES.filter((piece) => !/^(?:---|\.\.\.|%)/.test(piece))), {
    maxLength: 15,
  })
  const codes = (set: ManifestSet): readonly string[] =>
    set.findings.map(({ code }) => code).filter((code) => code !== 'INPUT_EMPTY' && code !== 'INPUT_DUPLICATE_RESOURCE')
  fc.assert(
    fc.property(text, (pieces) => {
      const document = `${pieces.join('')}\n`
      const alone = readManifestText(`---\n${document}`, 'f')
      const among = readManifestText(`apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n---\n${document}`, 'f')
      expect(codes(among)).toEqual(codes(alone))
      expect(among.manifests.length).toBe(alone.manifests.length + 1)
    }),
    { numRuns: 300 },
  )
})
