/**
 * `npm run docs`: the documents as pages, and a gallery with the report of every scenario, in dist/docs. Files on a disk
 * are enough to read it; nothing is fetched.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { marked } from 'marked'
import { calicoPlan } from '../cli.js'
import { galleryEntry, type Shown, sitePage } from './site-page.js'

const OUT = 'dist/docs'
const PAGES = readdirSync('docs').filter((file) => file.endsWith('.md'))

rmSync(OUT, { recursive: true, force: true })
mkdirSync(join(OUT, 'gallery'), { recursive: true })
for (const file of PAGES) {
  const written = readFileSync(join('docs', file), 'utf8')
  const name = file === 'README.md' ? 'index.html' : file.replace(/\.md$/, '.html')
  writeFileSync(join(OUT, name), sitePage(titleOf(written, file), await marked.parse(written)))
}
const shown: Shown[] = []
for (const name of readdirSync('scenarios').sort()) {
  const runbook = ['runbook.md', 'runbook.yaml'].find((file) => existsSync(join('scenarios', name, file)))
  const argv = runbook === undefined ? [] : ['--runbook', join('scenarios', name, runbook)]
  const { status, error } = await calicoPlan(
    'report',
    join('scenarios', name),
    ...argv,
    '-o',
    join(OUT, 'gallery', `${name}.html`),
  )
  if (status === 2) throw new Error(`${name}: ${error}`)
  const readme = readFileSync(join('scenarios', name, 'README.md'), 'utf8')
  shown.push({ name, title: titleOf(readme, name), rehearsed: runbook !== undefined })
  process.stderr.write(`${name}\n`)
}
writeFileSync(
  join(OUT, 'gallery', 'index.html'),
  sitePage(
    'Gallery',
    `<h1>Gallery</h1><p>The report of every scenario.</p><ul>${shown.map(galleryEntry).join('')}</ul>`,
    '../',
  ),
)
process.stdout.write(`${OUT}/index.html: ${PAGES.length} pages, ${shown.length} reports\n`)

function titleOf(markdown: string, otherwise: string): string {
  return /^# (.+)$/m.exec(markdown)?.[1] ?? otherwise
}
