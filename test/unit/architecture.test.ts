import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** Rooms in the direction of flow: each may import from itself and from those before it. */
const ROOMS: readonly string[] = [
  'address',
  'findings',
  'manifests',
  'cluster',
  'ipam',
  'bgp',
  'dataplane',
  'planning',
  'report',
  'cli',
]
/** The library's face: it may show every room but `report` and `cli`, and only `cli` uses it. */
const FACE = 'index.ts'
const MOST_LINES = 450

/** Text of each source file by its path below src/, with / between the parts. */
type Sources = ReadonlyMap<string, string>

/** Everything that the rules of the house forbid. Empty when all is well. */
function violations(sources: Sources): string[] {
  const imports = new Map<string, readonly string[]>()
  for (const [file, text] of sources) imports.set(file, ownImports(file, text))
  return [
    ...[...sources].flatMap(([file, text]) => lengthFault(file, text)),
    ...[...imports].flatMap(([file, targets]) => targets.flatMap((target) => directionFault(file, target, sources))),
    ...cycles(imports),
  ]
}

/** Paths below src/ of the project's own files that a file imports or re-exports, types included. */
function ownImports(file: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts'))
}

function lengthFault(file: string, text: string): string[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return lines > MOST_LINES ? [`${file}: ${lines} lines, at most ${MOST_LINES}`] : []
}

function directionFault(file: string, target: string, sources: Sources): string[] {
  if (!sources.has(target)) return [`${file}: imports ${target}, which is not there`]
  return mayImport(file, target) ? [] : [`${file}: may not import ${target}`]
}

function mayImport(file: string, target: string): boolean {
  const [from, to] = [roomOf(file), roomOf(target)]
  if (from === FACE) return to !== 'report' && to !== 'cli'
  if (from === 'cli') return to === 'cli' || to === 'report' || to === FACE
  const [fromRank, toRank] = [ROOMS.indexOf(from), ROOMS.indexOf(to)]
  return toRank >= 0 && toRank <= fromRank
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? ''
}

/** One line for each import that closes a circle. */
function cycles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file)
    if (at >= 0) {
      found.push(`cycle: ${[...way.slice(at), file].join(' -> ')}`)
      return
    }
    if (done.has(file)) return
    for (const target of imports.get(file) ?? []) visit(target, [...way, file])
    done.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  return found
}

function readSources(): Map<string, string> {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '../../src')
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]))
}

describe('the source', () => {
  const sources = readSources()

  test('keeps the direction of flow, has no cycle and no long file', () => {
    expect(violations(sources)).toEqual([])
  })

  test('lies in known rooms', () => {
    const rooms = new Set([...sources.keys()].map(roomOf))
    expect([...rooms].filter((room) => room !== FACE && !ROOMS.includes(room))).toEqual([])
  })

  test('is read whole: every room has files and imports', () => {
    expect(ROOMS.filter((room) => ![...sources.keys()].some((file) => roomOf(file) === room))).toEqual([])
    expect([...sources].flatMap(([file, text]) => ownImports(file, text)).length).toBeGreaterThan(sources.size)
  })
})

describe('the checker', () => {
  const check = (files: Record<string, string>): string[] => violations(new Map(Object.entries(files)))

  test('finds nothing in sources that follow the rules', () => {
    expect(
      check({
        'address/a.ts': "export type A = number\nimport { join } from 'node:path'",
        'bgp/plain/b.ts': "import { A } from '../../address/a.js'\nimport './c.js'",
        'bgp/plain/c.ts': '',
        'report/r.ts': "import type { B } from '../bgp/plain/b.js'",
        'index.ts': "export { B } from './bgp/plain/b.js'",
        'cli/main.ts': "import { B } from '../index.js'\nimport '../report/r.js'\nimport './other.js'",
        'cli/other.ts': '',
      }),
    ).toEqual([])
  })

  test.each([
    ['an import of a later room', "import { x } from '../bgp/b.js'"],
    ['a type of a later room', "import type { X } from '../bgp/b.js'"],
    ['a re-export of a later room', "export { x } from '../bgp/b.js'"],
    ['a dynamic import of a later room', "const x = await import('../bgp/b.js')"],
    ['an inline type of a later room', "export type X = import('../bgp/b.js').X"],
  ])('reports %s', (_what, text) => {
    expect(check({ 'ipam/i.ts': text, 'bgp/b.ts': '' })).toEqual(['ipam/i.ts: may not import bgp/b.ts'])
  })

  test('reports a room that uses the face', () => {
    expect(check({ 'planning/p.ts': "import '../index.js'", 'index.ts': '' })).toEqual([
      'planning/p.ts: may not import index.ts',
    ])
  })

  test('reports a face that shows report or cli', () => {
    expect(check({ 'index.ts': "export * from './report/r.js'", 'report/r.ts': '' })).toEqual([
      'index.ts: may not import report/r.ts',
    ])
  })

  test('reports a command that reaches past the face', () => {
    expect(check({ 'cli/c.ts': "import '../planning/p.js'", 'planning/p.ts': '' })).toEqual([
      'cli/c.ts: may not import planning/p.ts',
    ])
  })

  test('reports an import from outside the rooms', () => {
    expect(check({ 'bgp/b.ts': "import '../utils/u.js'", 'utils/u.ts': '' })).toEqual([
      'bgp/b.ts: may not import utils/u.ts',
    ])
  })

  test('reports an import of a file that is not there', () => {
    expect(check({ 'bgp/b.ts': "import '../address/gone.js'" })).toEqual([
      'bgp/b.ts: imports address/gone.ts, which is not there',
    ])
  })

  test('reports a cycle between files of one room', () => {
    expect(
      check({
        'bgp/a.ts': "import './b.js'",
        'bgp/b.ts': "import './c.js'",
        'bgp/c.ts': "import type { B } from './b.js'",
      }),
    ).toEqual(['cycle: bgp/b.ts -> bgp/c.ts -> bgp/b.ts'])
  })

  test('reports a file over the length, and none at it', () => {
    expect(check({ 'bgp/a.ts': '\n'.repeat(450), 'bgp/b.ts': '\n'.repeat(451) })).toEqual([
      'bgp/b.ts: 451 lines, at most 450',
    ])
  })
})
