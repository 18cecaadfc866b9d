import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { locate } from '../../../src/manifests/locate.js'
import { type ReadOptions, readManifests } from '../../../src/manifests/read-manifests.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'calico-plan-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`

function write(path: string, content: string | Uint8Array): string {
  const full = join(directory, path)
  mkdirSync(join(full, '..'), { recursive: true })
  writeFileSync(full, content)
  return full
}

function read(paths: readonly string[], options: ReadOptions = {}) {
  const { manifests, findings } = readManifests(paths, options)
  return { names: manifests.map(({ resource }) => resource.metadata.name), codes: findings.map(({ code }) => code) }
}

describe('paths', () => {
  test('a directory is read at every depth, in the order of names, by file ending', () => {
    write('b.yml', namespace('b'))
    write('a/z.YAML', namespace('a'))
    write('c.json', '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"c"}}')
    write('README.md', '# no manifest')
    write('.git/x.yaml', 'broken: [')
    expect(read([directory])).toEqual({ names: ['a', 'b', 'c'], codes: [] })
  })

  test('a named file is read whatever its ending', () => {
    expect(read([write('dump.txt', namespace('a'))])).toEqual({ names: ['a'], codes: [] })
  })

  test('a file named twice is read once', () => {
    const file = write('a.yaml', namespace('a'))
    expect(read([file, directory, file])).toEqual({ names: ['a'], codes: [] })
  })

  test('standard input', () => {
    expect(read(['-'], { stdin: namespace('a') })).toEqual({ names: ['a'], codes: [] })
  })

  test('a link back to its own directory ends', () => {
    write('sub/a.yaml', namespace('a'))
    symlinkSync(directory, join(directory, 'sub', 'loop'))
    expect(read([directory])).toEqual({ names: ['a'], codes: [] })
  })

  test('a hard link is a file of its own', () => {
    linkSync(write('a.yaml', namespace('a')), join(directory, 'b.yaml'))
    expect(read([directory])).toEqual({ names: ['a', 'a'], codes: ['INPUT_DUPLICATE_RESOURCE'] })
  })

  test.each([
    ['missing', 'INPUT_NOT_FOUND'],
    ['file.yaml/below', 'INPUT_NOT_FOUND'],
    ['empty', 'INPUT_EMPTY'],
    ['dangling.yaml', 'INPUT_NOT_FOUND'],
  ])('%s', (path, code) => {
    write('file.yaml', namespace('a'))
    mkdirSync(join(directory, 'empty'))
    symlinkSync(join(directory, 'nowhere'), join(directory, 'dangling.yaml'))
    expect(read([join(directory, path)])).toEqual({ names: [], codes: [code] })
  })

  test('what is missing does not keep the rest from being read', () => {
    const { names, codes } = read([join(directory, 'missing'), write('a.yaml', namespace('a'))])
    expect(names).toEqual(['a'])
    expect(codes).toEqual(['INPUT_NOT_FOUND'])
  })

  test('a stray document is an error in a named file and a warning in a directory', () => {
    const file = write('settings.yaml', 'color: red\n')
    write('kustomization.yaml', 'resources: [a.yaml]\n')
    write('a.yaml', namespace('a'))
    const severities = (path: string): readonly string[] =>
      readManifests([path]).findings.map(({ severity }) => severity)
    expect(severities(file)).toEqual(['error', 'error'])
    expect(severities(directory)).toEqual(['warning', 'warning'])
  })
})

describe('encodings', () => {
  test('UTF-16 with a byte order mark, as PowerShell redirects', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(namespace('a'), 'utf16le')])
    expect(read([write('a.yaml', bytes)])).toEqual({ names: ['a'], codes: [] })
    expect(read([write('b.yaml', bytes.swap16())])).toEqual({ names: ['a'], codes: [] })
  })

  test('Latin-1 is read with replacement characters, and said', () => {
    const file = write(
      'a.yaml',
      Buffer.concat([Buffer.from('# caf\n# caf'), Buffer.from([0xe9]), Buffer.from(`\n${namespace('a')}`)]),
    )
    expect(read([file])).toEqual({ names: ['a'], codes: ['INPUT_NOT_UTF8'] })
    expect(readManifests([file]).findings[0]?.place).toEqual({ file, line: 2, column: 6 })
  })

  test.each([
    ['zeros', Buffer.alloc(4096)],
    ['an archive', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xed, 0xc1])],
    ['text with one NUL', Buffer.from('apiVersion: v1\nkind: "a\0b"\n')],
  ])('%s is no text', (_, bytes) => {
    expect(read([write('a.yaml', bytes)])).toEqual({ names: [], codes: ['INPUT_NOT_TEXT'] })
  })
})

describe('limits', () => {
  test('a file beyond the limit is refused', () => {
    const file = write('a.yaml', namespace('a').padEnd(200))
    expect(read([file], { limits: { fileBytes: 199 } })).toEqual({ names: [], codes: ['INPUT_TOO_LARGE'] })
    expect(read([file], { limits: { fileBytes: 200 } })).toEqual({ names: ['a'], codes: [] })
  })

  test('all files together have a limit', () => {
    write('a.yaml', namespace('a').padEnd(200))
    write('b.yaml', namespace('b').padEnd(200))
    expect(read([directory], { limits: { totalBytes: 399 } })).toEqual({ names: ['a'], codes: ['INPUT_TOO_LARGE'] })
  })

  test('an endless device stops at the limit', () => {
    expect(read(['/dev/zero'], { limits: { fileBytes: 1_000_000 } })).toEqual({ names: [], codes: ['INPUT_TOO_LARGE'] })
  })
})

test('places are found in a file, and only the file is told once it has changed', () => {
  const file = write('a.yaml', namespace('a'))
  const set = readManifests([file])
  const origin = set.manifests[0]?.origin ?? { file: '', document: 0, path: [] }
  expect(locate(set, origin, ['metadata', 'name'])).toEqual({ file, line: 3, column: 18 })
  write('a.yaml', `# changed\n${namespace('a')}`)
  expect(locate(set, origin, ['metadata', 'name'])).toEqual({ file })
})
