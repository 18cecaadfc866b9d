/** The only file that touches the file system: turns PATH arguments into texts. */

import { isAscii, isUtf8 } from 'node:buffer'
import {
  closeSync,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../findings/finding.js'
import type { ReadLimits } from './limits.js'

export const STDIN_NAME = '<stdin>'

export interface SourceText {
  readonly name: string
  readonly text: string
  /** False when a directory was named, and the file was found in it. */
  readonly named: boolean
  /** The same text once more, so that nobody has to keep it; undefined when it is gone or has changed. */
  readonly again: () => string | undefined
}

export interface FileOptions {
  readonly limits: ReadLimits
  /** What `-` reads; left out, standard input itself. */
  readonly stdin?: string
}

type Report = (finding: Finding) => void

/** A read that is under way: what has been seen, and how many bytes may still come. */
interface Walk {
  readonly options: FileOptions
  readonly report: Report
  readonly seen: Set<string>
  bytesLeft: number
  /** Files of directories, those that were read before included. */
  met: number
}

const MANIFEST_NAME = /\.(ya?ml|json)$/i

/**
 * The text of each file that the paths name, one at a time, each file once, directories in the byte order of their
 * names. What cannot be read becomes a finding.
 */
export function* readSources(paths: readonly string[], options: FileOptions, report: Report): Generator<SourceText> {
  const walk: Walk = { options, report, seen: new Set(), bytesLeft: options.limits.totalBytes, met: 0 }
  for (const path of paths) {
    if (path === '-') yield* fromStdin(walk)
    else yield* fromPath(path, walk, true)
  }
}

function* fromPath(path: string, walk: Walk, named: boolean): Generator<SourceText> {
  let isDirectory: boolean
  try {
    const stats = statSync(path)
    isDirectory = stats.isDirectory()
    const isPipe = !isDirectory && !stats.isFile()
    // Pipes and devices count when they are named (`<(kubectl get ...)`), and are passed over in directories.
    if (isPipe && !named) return
    const real = isPipe ? path : realpathSync(path)
    // A link that leads back to a directory above it would be walked for ever.
    if (walk.seen.has(real)) return
    walk.seen.add(real)
  } catch (error) {
    walk.report(unreadable(path, error))
    return
  }
  if (isDirectory) yield* fromDirectory(path, walk, named)
  else yield* fromFile(path, walk, named)
}

function* fromDirectory(path: string, walk: Walk, named: boolean): Generator<SourceText> {
  let entries: Dirent[]
  try {
    entries = readdirSync(path, { withFileTypes: true }).filter(isWanted)
  } catch (error) {
    walk.report(unreadable(path, error))
    return
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const before = walk.met
  for (const entry of entries) {
    if (!entry.isDirectory()) walk.met++
    yield* fromPath(join(path, entry.name), walk, false)
  }
  if (!named || walk.met > before) return
  walk.report({
    severity: 'error',
    code: 'INPUT_EMPTY',
    message: `The directory ${path} holds no *.yaml, *.yml or *.json.`,
    hint: 'Name the directory that the manifests are in.',
    place: { file: path },
  })
}

/** Directories are entered and files taken by their ending; hidden ones (`.git`, `..data`) are passed over. */
function isWanted(entry: Dirent): boolean {
  if (entry.name.startsWith('.')) return false
  if (entry.isDirectory()) return true
  return MANIFEST_NAME.test(entry.name) || (entry.isSymbolicLink() && !entry.name.includes('.'))
}

function* fromFile(path: string, walk: Walk, named: boolean): Generator<SourceText> {
  let content: Content
  try {
    content = readBytes(path, walk)
  } catch (error) {
    walk.report(unreadable(path, error))
    return
  }
  if (content === TOO_LARGE) return
  walk.bytesLeft -= content.bytes.length
  const text = decode(content.bytes, path, walk.report)
  if (text === undefined) return
  const { stamp } = content
  yield { name: path, text, named, again: stamp === undefined ? () => text : () => readAgain(path, stamp) }
}

/** Size and time of change, by which a file that was changed since is known. */
type Stamp = string

const TOO_LARGE = Symbol('too large')

/** `stamp` is undefined for a pipe, which cannot be read twice. */
type Content = { readonly bytes: Buffer; readonly stamp: Stamp | undefined } | typeof TOO_LARGE

function readBytes(path: string, walk: Walk): Content {
  const file = openSync(path, 'r')
  try {
    const stats = fstatSync(file)
    const limit = Math.min(walk.options.limits.fileBytes, walk.bytesLeft)
    if (stats.size > limit) return tooLarge(path, walk)
    const bytes = stats.isFile() && stats.size > 0 ? readFileSync(file) : readStream(file, limit)
    if (bytes === TOO_LARGE || bytes.length > limit) return tooLarge(path, walk)
    return { bytes, stamp: stats.isFile() ? stampOf(stats) : undefined }
  } finally {
    closeSync(file)
  }
}

function stampOf({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): Stamp {
  return `${size} ${mtimeMs}`
}

function readAgain(path: string, stamp: Stamp): string | undefined {
  try {
    return stampOf(statSync(path)) === stamp ? decode(readFileSync(path), path, () => undefined) : undefined
  } catch {
    return undefined
  }
}

function* fromStdin(walk: Walk): Generator<SourceText> {
  if (walk.seen.has('-')) return
  walk.seen.add('-')
  const { stdin } = walk.options
  let bytes: Buffer | typeof TOO_LARGE
  try {
    const limit = Math.min(walk.options.limits.fileBytes, walk.bytesLeft)
    bytes = stdin === undefined ? readStream(0, limit) : Buffer.from(stdin)
  } catch (error) {
    walk.report(unreadable(STDIN_NAME, error))
    return
  }
  if (bytes === TOO_LARGE) {
    tooLarge(STDIN_NAME, walk)
    return
  }
  walk.bytesLeft -= bytes.length
  const text = decode(bytes, STDIN_NAME, walk.report)
  if (text !== undefined) yield { name: STDIN_NAME, text, named: true, again: () => text }
}

const CHUNK_BYTES = 1 << 16

/** Reads piece by piece, so that an endless stream stops at the limit and not at the end of memory. */
function readStream(file: number, limit: number): Buffer | typeof TOO_LARGE {
  const chunks: Buffer[] = []
  let total = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const length = readSome(file, chunk)
    if (length === 0) return Buffer.concat(chunks, total)
    total += length
    if (total > limit) return TOO_LARGE
    // A slow writer gives a few bytes at a time; a whole chunk for each would be many times the text.
    chunks.push(length < CHUNK_BYTES ? Buffer.from(chunk.subarray(0, length)) : chunk)
  }
}

/** Bytes read; 0 at the end of the stream. */
function readSome(file: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(file, chunk)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      // A writer that has nothing to say yet: wait, do not spin.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

/** Text of the bytes, byte order mark taken off; undefined, with a finding, when they are none. */
function decode(bytes: Buffer, name: string, report: Report): string | undefined {
  if (isAscii(bytes) && !bytes.includes(0)) return bytes.toString('latin1')
  // PowerShell writes UTF-16 when output is redirected into a file.
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined
  const text = new TextDecoder(wide ?? 'utf-8').decode(bytes)
  if (text.includes('\0')) {
    report(notText(name, bytes))
    return undefined
  }
  if (wide === undefined && !isUtf8(bytes)) {
    const before = text.slice(0, text.indexOf('\ufffd'))
    report({
      severity: 'warning',
      code: 'INPUT_NOT_UTF8',
      message: 'A byte here is no UTF-8; it is read as the replacement character, as kubectl does.',
      hint: 'Save the file as UTF-8.',
      place: {
        file: name,
        line: before.split('\n').length,
        column: before.length - before.lastIndexOf('\n'),
      },
    })
  }
  return text
}

function notText(name: string, bytes: Buffer): Finding {
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b
  return {
    severity: 'error',
    code: 'INPUT_NOT_TEXT',
    message: `${name} is no text: it holds NUL bytes${compressed ? ' and looks compressed' : ''}.`,
    hint: compressed ? 'Unpack it first, for example with gunzip.' : 'Leave it out if it is no manifest.',
    place: { file: name },
  }
}

function tooLarge(name: string, walk: Walk): typeof TOO_LARGE {
  const { fileBytes, totalBytes } = walk.options.limits
  const whole = walk.bytesLeft < fileBytes
  walk.report({
    severity: 'error',
    code: 'INPUT_TOO_LARGE',
    message: `${name} is not read: ${whole ? 'all files together have' : 'it has'} more than ${Math.round((whole ? totalBytes : fileBytes) / 1e6)} MB.`,
    hint: 'Give only the kinds that the planner reads, each kind in a file of its own.',
    place: { file: name },
  })
  return TOO_LARGE
}

function unreadable(path: string, error: unknown): Finding {
  const { code } = error as NodeJS.ErrnoException
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  return {
    severity: 'error',
    code: missing ? 'INPUT_NOT_FOUND' : 'INPUT_UNREADABLE',
    message: missing
      ? `There is no file or directory ${path}.`
      : `${path} cannot be read (${code ?? 'unknown error'}).`,
    hint: missing ? 'Check the spelling and the directory you are in.' : 'Check its permissions.',
    place: { file: path },
  }
}
