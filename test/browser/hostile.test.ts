import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, launch, openReport, type Reports, reportFolder } from './chromium.js'

const MARKUP = '<img src=x onerror=alert(1)>'
const END = '</script><script>alert(2)</script>'

const INPUT = [
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'n1',
      labels: { a: 'b' },
      annotations: { 'projectcalico.org/IPv4Address': '172.16.1.11/24', note: END },
    },
    status: { addresses: [{ type: 'InternalIP', address: '172.16.1.11' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n2', annotations: { 'projectcalico.org/IPv4Address': '172.16.1.12/24' } },
    status: { addresses: [{ type: 'InternalIP', address: '172.16.1.12' }] },
  },
  {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'pool' },
    spec: { cidr: '10.42.0.0/16', natOutgoing: true },
  },
  {
    apiVersion: 'calico-plan/v1',
    kind: 'Underlay',
    metadata: { name: 'dc' },
    spec: {
      subnets: [{ name: MARKUP, cidr: '172.16.1.0/24', gateway: '172.16.1.1' }],
      routers: [{ name: END, interfaces: [{ subnet: MARKUP, address: '172.16.1.1/24' }] }],
      hosts: [{ name: MARKUP, address: '172.16.1.99/24', gateway: '172.16.1.1' }],
    },
  },
]

describe.skipIf(CHROMIUM === undefined)('names that are markup', () => {
  let browser: Browser
  let reports: Reports
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hostile-'))
    writeFileSync(join(folder, 'input.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: INPUT }))
    reports = reportFolder()
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    reports.close()
    rmSync(folder, { recursive: true })
  })

  test('are shown as they are and never run', async () => {
    const file = await reports.file(folder, '--title', `${MARKUP}${END}`, '--against', 'scenarios/cross-subnet')
    const { page, misdeeds, goTo } = await openReport(browser, file)
    for (const view of [
      'summary',
      'difference',
      'topology',
      'sessions',
      'addresses',
      'nodes',
      'routes',
      'reach',
      'findings',
    ]) {
      await goTo(`#${view}`)
    }
    await goTo(`#topology/${encodeURIComponent(MARKUP)}`)
    await goTo(`#routes/${encodeURIComponent(MARKUP)}?find=${encodeURIComponent(END)}`)
    await page.keyboard.press('Escape')
    await goTo('#summary')
    await page.keyboard.press('/')
    await page.keyboard.type('<img')
    expect(await page.locator('#hits').innerText()).toContain(MARKUP)
    await page.waitForTimeout(200)
    expect(await page.locator('h1').innerText()).toBe(`${MARKUP}${END}`)
    expect(await page.locator('img').count()).toBe(0)
    expect(misdeeds).toEqual([])
    await page.close()
  })

  test('a script that got in all the same would be refused by the policy of the page', async () => {
    const { page } = await openReport(browser, await reports.file(folder))
    await page.evaluate(`{
      const script = document.createElement('script')
      try { script.textContent = 'window.ran = true' } catch {}
      document.body.append(script)
    }`)
    expect(await page.evaluate('window.ran === true')).toBe(false)
    expect(
      await page.evaluate(
        "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken' } catch { return 'refused' } })()",
      ),
    ).toBe('refused')
    await page.close()
  })
})
