/** Real BIRD processes, one in each namespace, and what they and the kernel say. */

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Family } from '../../src/address/address.js'
import { namespaceOf } from './namespaces.js'

export interface Binaries {
  readonly bird: string
  readonly birdc: string
  /** Calico's BIRD writes IPIP routes; Debian's does not know them. */
  readonly tunnels: boolean
}

/** `BIRD` and `BIRDC`, for IPv6 `BIRD6` and `BIRDC6`, name other binaries than those on the path. Undefined where there is no BIRD 1.6. */
export function findBirds(family: Family): Binaries | undefined {
  const ending = family === 4 ? '' : '6'
  const bird = process.env[`BIRD${ending}`] ?? `bird${ending}`
  const birdc = process.env[`BIRDC${ending}`] ?? `birdc${ending}`
  try {
    // BIRD writes its version to standard error.
    const version = execFileSync('sh', ['-c', '"$0" --version 2>&1', bird], { encoding: 'utf8' })
    return /1\.6/.test(version) ? { bird, birdc, tunnels: version.includes('birdv1.6') } : undefined
  } catch {
    return undefined
  }
}

/** Without -R, with which calico-node starts it: BIRD would write no route for 240 s where a peer never comes up. */
export function startBird(binaries: Binaries, directory: string, name: string, config: string): void {
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
  ]
  spawn('ip', args, { stdio: 'ignore', detached: true }).unref()
}

export function stopBirds(directory: string, names: readonly string[]): void {
  for (const name of names) {
    const pid = join(directory, `${name}.pid`)
    if (!existsSync(pid)) continue
    try {
      process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
}

/** State of each BGP protocol by its name, as `show protocols` prints it: `Established`, `Active`, ... */
export function sessionStates({ birdc }: Binaries, directory: string, name: string): ReadonlyMap<string, string> {
  const text = execFileSync(birdc, ['-s', join(directory, `${name}.ctl`), 'show', 'protocols'], { encoding: 'utf8' })
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [protocol = '', kind, , , , state = ''] = line.trim().split(/\s+/)
      return kind === 'BGP' ? [[protocol, state]] : []
    }),
  )
}

export type JsonRoute = Readonly<Record<string, unknown>>

/** Without what every interface has by itself: link-local networks and multicast. */
export function kernelRoutes(name: string, family: Family): readonly JsonRoute[] {
  const args = ['-n', namespaceOf(name), `-${family}`, '-j', 'route', 'show']
  const text = execFileSync('ip', args, { encoding: 'utf8' })
  const routes = JSON.parse(text === '' ? '[]' : text) as JsonRoute[]
  return routes.filter(({ dst }) => !/^(fe80|ff00):/.test(String(dst)))
}
