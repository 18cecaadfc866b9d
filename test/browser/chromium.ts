/** A Chromium of the machine, and pages of reports in it that tell everything they should not do. */

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { calicoPlan } from '../cli.js'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of the browser; undefined where there is none. `CHROMIUM` names another one. */
export const CHROMIUM: string | undefined = [process.env['CHROMIUM'] ?? '', ...PLACES].find(
  (path) => path !== '' && existsSync(path),
)

/** Title of the test that stands in for all others on a machine without a browser. */
export const LEFT_OUT = 'left out: there is no Chromium here (apt-get install chromium, or name one in CHROMIUM)'

export interface Reports {
  /** Writes the report of these arguments once, and gives its file. */
  file(...argv: string[]): Promise<string>
  close(): void
}

export function reportFolder(): Reports {
  const folder = mkdtempSync(join(tmpdir(), 'report-'))
  const written = new Map<string, string>()
  return {
    file: async (...argv) => {
      const key = argv.join('\n')
      const known = written.get(key)
      if (known !== undefined) return known
      const file = join(folder, `${written.size}.html`)
      const { status, error } = await calicoPlan('report', ...argv, '-o', file)
      if (status !== 0) throw new Error(error)
      written.set(key, file)
      return file
    },
    close: () => rmSync(folder, { recursive: true }),
  }
}

/** WebGL by software where `webgl`, none otherwise. */
export function launch(webgl = true): Promise<Browser> {
  const drawing = webgl
    ? ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
    : ['--disable-gpu', '--disable-3d-apis']
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox', ...drawing] })
}

export interface OpenedReport {
  readonly page: Page
  /** Messages on the console, errors, dialogs, and requests other than for the file. */
  readonly misdeeds: readonly string[]
  /** Goes to a view and waits until it is drawn. */
  goTo(hash: string): Promise<void>
}

export interface Looks {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
  readonly hash?: string
}

export async function openReport(browser: Browser, file: string, looks: Looks = {}): Promise<OpenedReport> {
  const { width = 1280, height = 800, dark = false, hash = '' } = looks
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' })
  const misdeeds: string[] = []
  const address = pathToFileURL(file).href
  page.on('console', (message) => misdeeds.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => misdeeds.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address && !request.url().startsWith('data:')) misdeeds.push(request.url())
  })
  await page.goto(address + hash)
  await page.waitForSelector('html[data-ready]')
  return {
    page,
    misdeeds,
    goTo: async (to) => {
      await page.evaluate(`location.hash = ${JSON.stringify(to)}`)
      await page.waitForSelector(`#view-${to.replace(/^#/, '').split(/[/?]/)[0]}:not([hidden])`)
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    },
  }
}

/** Keeps a picture where `SCREENSHOTS` names a folder, and does nothing otherwise. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
