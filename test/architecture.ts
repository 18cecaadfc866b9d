/**
 * The rule of flow, checked on the sources' own imports: a room imports only from rooms before it, no file imports in a
 * circle, and no file grows past what one idea needs.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import ts from 'typescript'

/** In the order of the design: each may use those before it. */
export const ROOMS = [
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
] as const

const MOST_LINES = 450

export interface SourceFile {
  /** Relative to src, such as `bgp/session.ts`. */
  readonly path: string
  readonly text: string
}

/** What the command line may import besides its own files. */
const CLI_DOORS = [/^index\.ts$/, /^report\//]

export function readSources(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))
}

/** One sentence for each violation; none when the house is in order. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  const imports = new Map(files.map((file) => [file.path, importsOf(file)]))
  return [
    ...files.flatMap((file) => (imports.get(file.path) ?? []).flatMap((target) => judge(file.path, target) ?? [])),
    ...cycles(imports),
    ...files
      .filter(({ text }) => text.split('\n').length > MOST_LINES)
      .map(({ path }) => `${path} is longer than ${MOST_LINES} lines`),
  ]
}

function importsOf({ path, text }: SourceFile): readonly string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(dirname(path), name)).replace(/\.js$/, '.ts'))
}

function roomOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
}

function judge(from: string, to: string): string | undefined {
  const [here, there] = [roomOf(from), roomOf(to)]
  // The library's face imports what it shows.
  if (here === '' || here === there) return undefined
  if (here === 'cli') {
    return CLI_DOORS.some((door) => door.test(to))
      ? undefined
      : `${from} imports ${to}: cli/ may use index.ts and report/ only`
  }
  const [own, other] = [ROOMS.indexOf(here as never), ROOMS.indexOf(there as never)]
  if (own < 0) return `${from} stands in no room of the design`
  if (other < 0 || other >= own) return `${from} imports ${to}: ${there || 'index.ts'} comes after ${here}`
  return undefined
}

/** Every import that closes a circle, found by walking depth first. */
function cycles(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const walk = (path: string): void => {
    state.set(path, 'open')
    for (const target of imports.get(path) ?? []) {
      const seen = state.get(target)
      if (seen === 'open') found.push(`${path} imports ${target}, which leads back to it`)
      else if (seen === undefined && imports.has(target)) walk(target)
    }
    state.set(path, 'done')
  }
  for (const path of imports.keys()) if (!state.has(path)) walk(path)
  return found
}
