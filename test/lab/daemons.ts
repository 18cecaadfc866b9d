/** Real BIRD processes, one in each namespace, and what they and the kernel say. */

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Family } from '../../src/address/address.js'
import { ask } from './control.js'
import { namespaceOf } from './namespaces.js'
import { type BirdRoute, type BirdSession, parseRoutes, parseSessions } from './rib.js'

export interface Binaries {
  readonly bird: string
  /** Calico's BIRD writes IPIP routes; Debian's does not know them. */
  readonly tunnels: boolean
}

/** `BIRD`, for IPv6 `BIRD6`, names another binary than the one on the path. Undefined where there is no BIRD 1.6. */
export function findBirds(family: Family): Binaries | undefined {
  const ending = family === 4 ? '' : '6'
  const bird = process.env[`BIRD${ending}`] ?? `bird${ending}`
  try {
    // BIRD writes its version to standard error.
    const version = execFileSync('sh', ['-c', '"$0" --version 2>&1', bird], { encoding: 'utf8' })
    return /1\.6/.test(version) ? { bird, tunnels: version.includes('birdv1.6') } : undefined
  } catch {
    return undefined
  }
}

/**
 * `recovering` is -R, with which calico-node starts it: BIRD then writes no route for 240 s where a peer never comes up.
 */
export function startBird(
  binaries: Binaries,
  directory: string,
  name: string,
  config: string,
  recovering = false,
): void {
  mkdirSync(directory, { recursive: true })
  const file = (ending: string): string => join(directory, `${name}.${ending}`)
  writeFileSync(file('cfg'), config)
  const args = [
    'netns',
    'exec',
    namespaceOf(name),
    binaries.bird,
    '-d',
    '-c',
    file('cfg'),
    '-s',
    file('ctl'),
    '-P',
    file('pid'),
    ...(recovering ? ['-R'] : []),
  ]
  spawn('ip', args, { stdio: 'ignore', detached: true }).unref()
}

export function stopBirds(directory: string, names: readonly string[], signal: NodeJS.Signals = 'SIGKILL'): void {
  for (const name of names) {
    const pid = join(directory, `${name}.pid`)
    if (!existsSync(pid)) continue
    try {
      process.kill(Number(readFileSync(pid, 'utf8')), signal)
    } catch {
      // It ended by itself.
    }
  }
}

/** BGP protocols by name. */
export async function sessionsShown(directory: string, name: string): Promise<ReadonlyMap<string, BirdSession>> {
  return parseSessions(await ask(join(directory, `${name}.ctl`), 'show protocols'))
}

export async function routesShown(directory: string, name: string): Promise<readonly BirdRoute[]> {
  return parseRoutes(await ask(join(directory, `${name}.ctl`), 'show route all'))
}

export type JsonRoute = Readonly<Record<string, unknown>>

/** Without what every interface has by itself: link-local networks and multicast. */
export function kernelRoutes(name: string, family: Family): readonly JsonRoute[] {
  const args = ['-n', namespaceOf(name), `-${family}`, '-j', 'route', 'show']
  const text = execFileSync('ip', args, { encoding: 'utf8' })
  const routes = JSON.parse(text === '' ? '[]' : text) as JsonRoute[]
  return routes.filter(({ dst }) => !/^(fe80|ff00):/.test(String(dst)))
}

/** Waits until every BIRD answers; the names of those that do not, because they refused their configuration. */
export async function waitForBirds(directory: string, names: readonly string[]): Promise<readonly string[]> {
  let missing = names
  for (let i = 0; i < 20 && missing.length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    missing = missing.filter((name) => !existsSync(join(directory, `${name}.ctl`)))
  }
  return missing
}
