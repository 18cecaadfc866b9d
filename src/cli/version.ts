import { readFileSync } from 'node:fs'

/** The version in package.json, two levels above this file as a source and as what the build makes of it. */
export const VERSION = versionAt(new URL('../../package.json', import.meta.url))

function versionAt(manifest: URL): string {
  try {
    const read: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
    if (typeof read === 'object' && read !== null && 'version' in read) return String(read.version)
  } catch {
    // A program that was copied out of its package.
  }
  return 'unknown'
}
