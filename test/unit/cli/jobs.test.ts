import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const reflectors = join(root, 'scenarios/redundant-reflectors')

describe('--jobs', () => {
  let folder = ''
  let program = ''

  // A worker thread loads the program as users have it, in one file; the package beside it is found from its folder.
  beforeAll(() => {
    folder = mkdtempSync(join(root, 'node_modules/.calico-plan-jobs-'))
    program = join(folder, 'program.mjs')
    const external = /--external:\S+/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[0] ?? ''
    const how = ['--bundle', '--platform=node', '--format=esm', '--main-fields=module,main', '--log-level=warning']
    const banner = `--banner:js=import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);`
    execFileSync('npx', ['esbuild', 'src/cli/main.ts', ...how, external, `--outfile=${program}`, banner], { cwd: root })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const run = (...argv: string[]): { readonly status: number | null; readonly out: string } => {
    const { status, stdout } = spawnSync(process.execPath, [program, ...argv], { encoding: 'utf8' })
    return { status, out: stdout }
  }

  test.each([
    ['fail --shard', ['fail', reflectors, '-k', '2', '--shard', '2/2', '-o', 'json']],
    ['routes -o json', ['routes', reflectors, '-o', 'json', '--explain']],
  ])('gives the same bytes for %s whatever the number of workers', async (_, argv) => {
    const alone = await calicoPlan(...argv)
    expect(alone.out.length).toBeGreaterThan(1000)
    expect(run(...argv, '--jobs', '2')).toEqual({ status: alone.status, out: alone.out })
  })
})

describe('--jobs that cannot be', () => {
  test.each([['0'], ['1.5'], ['many'], ['257']])('refuses %s workers', async (jobs) => {
    expect(existsSync(reflectors)).toBe(true)
    const { status, error } = await calicoPlan('fail', reflectors, '--jobs', jobs)
    expect(status).toBe(2)
    expect(error).toContain('INPUT_BAD_OPTION')
  })

  test('refuses to share out standard input', async () => {
    const { status, error } = await calicoPlan('routes', '-', '--jobs', '2', '-o', 'json')
    expect(status).toBe(2)
    expect(error).toContain('INPUT_BAD_OPTION')
  })
})
