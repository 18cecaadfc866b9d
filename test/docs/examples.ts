/**
 * Examples in Markdown that are run. A fenced block of the language `console` holds calls, each a line that begins with
 * `$ calico-plan` and below it what it prints; `| head -N` keeps the first lines, as in a shell. Other calls stay as they
 * are written. Files named after `-o` go into a folder of their own.
 */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'shell-quote'
import { calicoPlan } from '../cli.js'

const BLOCK = /^```console\n([\s\S]*?)^```$/gm
const PROMPT = '$ '

/** The text with the output of every example as it is today. */
export async function refreshed(markdown: string): Promise<string> {
  const blocks = [...markdown.matchAll(BLOCK)]
  let text = ''
  let at = 0
  for (const block of blocks) {
    text += markdown.slice(at, block.index)
    text += `\`\`\`console\n${await refreshedBlock(block[1] ?? '')}\`\`\``
    at = block.index + block[0].length
  }
  return text + markdown.slice(at)
}

async function refreshedBlock(body: string): Promise<string> {
  const parts = body.split(/^(?=\$ )/m)
  const done: string[] = []
  for (const part of parts) done.push(await refreshedCall(part))
  return done.join('')
}

async function refreshedCall(part: string): Promise<string> {
  const [, call] = /^\$ (calico-plan (?:.*\\\n)*.*)\n/.exec(part) ?? []
  if (call === undefined) return part
  return `${PROMPT}${call}\n${await outputOf(call)}`
}

async function outputOf(call: string): Promise<string> {
  const [, command = call, lines] = /^([\s\S]*?)(?: \| head -(\d+))?$/.exec(call) ?? []
  const argv = parse(command.replaceAll('\\\n', ' ')).map(String).slice(1)
  const folder = mkdtempSync(join(tmpdir(), 'docs-'))
  try {
    const { out, error } = await calicoPlan(...placed(argv, folder))
    const text = `${error}${out}`.replaceAll(`${folder}/`, '')
    return lines === undefined ? text : firstLines(text, Number(lines))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function firstLines(text: string, count: number): string {
  const lines = text.split('\n')
  return lines.length <= count ? text : `${lines.slice(0, count).join('\n')}\n`
}

/** Files that the call writes lie in the folder; `snapshot` reads the cluster of docs/example. */
function placed(argv: readonly string[], folder: string): string[] {
  const [command] = argv
  if (command !== 'report' && command !== 'snapshot') return [...argv]
  const moved = argv.map((word, i) => (argv[i - 1] === '-o' && word !== '-' ? join(folder, word) : word))
  return command === 'report' ? moved : [...moved, '--kubectl', exampleKubectl(folder)]
}

/** A stand-in for kubectl whose cluster is the one in docs/example. */
function exampleKubectl(folder: string): string {
  const file = join(folder, 'kubectl.cjs')
  const sources = ['kubernetes', 'calico'].map((name) => resolve('docs/example', `${name}.json`))
  writeFileSync(
    file,
    `#!${process.execPath}
const items = ${JSON.stringify(sources)}.flatMap((file) => require(file).items)
const path = process.argv.at(-1).split('?')[0]
const group = (item) => (item.apiVersion === 'v1' ? '/api/v1/' : '/apis/' + item.apiVersion + '/')
const plural = (kind) => kind.toLowerCase() + (kind.endsWith('y') ? '' : 's')
const of = (item) => (group(item) + plural(item.kind)).replace(/y$/, 'ies')
const found = items.filter((item) => of(item) === path)
if (found.length === 0) { console.error('Error from server (NotFound)'); process.exit(1) }
console.log(JSON.stringify({ kind: 'List', metadata: {}, items: found }))
`,
  )
  chmodSync(file, 0o755)
  return file
}
