import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../src/cli/commands.js'
import { refreshed } from '../../docs/examples.js'

const SOURCES = ['docs/getting-started.md', 'docs/commands.md', 'docs/proof.md', 'README.md']

// Bring them up to date with `npm test -- -u` after an answer is reworded.
describe('the examples of the documentation print what they show', () => {
  for (const name of SOURCES) {
    test(name, async () => {
      const written = readFileSync(name, 'utf8')
      await expect(await refreshed(written)).toMatchFileSnapshot(`../../../${name}`)
    })
  }
})

describe('docs/commands.md', () => {
  const written = readFileSync('docs/commands.md', 'utf8')

  test('has a part for every command, in the order of --help', () => {
    const parts = [...written.matchAll(/^## (.*)$/gm)].map(([, name]) => name)
    expect(parts.slice(0, COMMANDS.length)).toEqual(COMMANDS.map(({ name }) => name))
  })

  test('calls every command at least once', () => {
    const called = new Set([...written.matchAll(/^\$ calico-plan ([a-z]+)/gm)].map(([, name]) => name))
    expect(COMMANDS.map(({ name }) => name).filter((name) => !called.has(name))).toEqual([])
  })
})

test('a call that prints something else is brought up to date, other lines stay', async () => {
  const text =
    '# Title\n\n```console\n$ echo hello\nhello\n$ calico-plan --version\nold\n```\n\n```sh\n$ calico-plan x\n```\n'
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }
  expect(await refreshed(text)).toBe(text.replace('old', version))
})

test('head keeps the first lines', async () => {
  const whole = await refreshed('```console\n$ calico-plan --help\n```\n')
  const cut = await refreshed('```console\n$ calico-plan --help | head -2\n```\n')
  expect(cut.split('\n').slice(2, -2)).toEqual(whole.split('\n').slice(2, 4))
})

test('every page that a page links to is there', () => {
  for (const name of SOURCES) {
    const links = readFileSync(name, 'utf8').matchAll(/\]\(([a-z][a-z./-]*)(?:#[^)]*)?\)/g)
    for (const [, path] of links) expect(existsSync(join(dirname(name), path ?? '')), path).toBe(true)
  }
})
