/** Files beside a runbook, and nothing else of the machine. */

import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import type { ReadFile } from './interpret.js'
import { MOST_CHARACTERS } from './limits.js'

/**
 * Reads files of the runbook's directory and below. Undefined for everything else: a file elsewhere, which a link may
 * lead to, a device, one that is too large.
 */
export function filesBeside(runbook: string): ReadFile {
  const directory = realPath(dirname(resolve(runbook)))
  return (path) => {
    const file = directory === undefined ? undefined : realPath(resolve(directory, path))
    if (directory === undefined || file === undefined || !isBelow(directory, file)) return undefined
    try {
      const stat = statSync(file)
      return stat.isFile() && stat.size <= MOST_CHARACTERS ? readFileSync(file, 'utf8') : undefined
    } catch {
      return undefined
    }
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function isBelow(directory: string, file: string): boolean {
  const way = relative(directory, file)
  return way !== '' && !way.startsWith('..') && !isAbsolute(way)
}
