import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, launch, openReport, type Reports, reportFolder, screenshot } from './chromium.js'

const BEFORE = 'scenarios/ipip-by-default'
const RUNBOOK = ['--runbook', 'scenarios/change-to-reflectors/runbook.md', '--calico', 'v3.28']

describe.skipIf(CHROMIUM === undefined)('a report of a change', () => {
  let browser: Browser
  let reports: Reports
  beforeAll(async () => {
    reports = reportFolder()
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    reports.close()
  })

  test('steps through a rehearsal: what each step does and whom it cuts', async () => {
    const { page, misdeeds, goTo } = await openReport(browser, await reports.file(BEFORE, ...RUNBOOK))
    await goTo('#rehearsal')
    await screenshot(page, 'rehearsal')
    const step = page.locator('.step-detail')
    expect(await step.innerText()).toContain('nodeToNodeMeshEnabled: false')
    expect(await step.innerText()).toContain('Still cut when it has settled')
    await page.getByRole('button', { name: 'Next step →' }).click()
    await page.waitForURL(/#rehearsal\/2$/)
    await expect.poll(() => step.innerText()).toContain('routeReflectorClusterID')
    await page.locator('.timeline [aria-current] button').focus()
    await page.keyboard.press('ArrowDown')
    await page.waitForURL(/#rehearsal\/3$/)
    await expect.poll(() => step.innerText()).toContain('kubectl label node rke-node4')
    await goTo('#rehearsal/5')
    await expect.poll(() => step.innerText()).toContain('What it would print')
    expect(await step.innerText()).toContain('| node specific |')
    expect(misdeeds).toEqual([])
    await page.close()
  })

  test('shows the safer order and its outage', async () => {
    const { page, goTo } = await openReport(browser, await reports.file(BEFORE, ...RUNBOOK))
    await goTo('#rehearsal')
    await page.getByText('Safer order', { exact: true }).click()
    await page.waitForURL(/#rehearsal\/safer-/)
    await expect.poll(() => page.locator('.timeline .length').first().innerText()).toMatch(/\d+ s/)
    await screenshot(page, 'rehearsal-safer')
    await page.close()
  })

  test('shows what differs from another input', async () => {
    const file = await reports.file('scenarios/route-reflectors', '--against', BEFORE, '--calico', 'v3.28')
    const { page, misdeeds, goTo } = await openReport(browser, file)
    await goTo('#difference')
    const text = await page.locator('#view-difference').innerText()
    expect(text).toContain('6 → 3 established')
    expect(text).toContain('BGPConfiguration default')
    expect(misdeeds).toEqual([])
    await page.close()
  })

  test('shows what failures cost', async () => {
    const file = await reports.file('scenarios/route-reflectors', '--fail', 'reflector,router', '--calico', 'v3.28')
    const { page, misdeeds, goTo } = await openReport(browser, file)
    await goTo('#failures')
    expect(await page.locator('#view-failures tbody').innerText()).toContain('reflector rke-node4')
    expect(misdeeds).toEqual([])
    await page.close()
  })

  test('follows a failing pair to the hop at which it ends', async () => {
    const { page, misdeeds, goTo } = await openReport(browser, await reports.file('test/browser/mesh-off'))
    await goTo('#reach')
    await page.locator('.matrix button.bad').first().click()
    const trace = page.locator('.trace')
    expect(await trace.innerText()).toContain('lost:')
    expect(await trace.innerText()).toContain('To mend:')
    expect(await trace.locator('.hops li').count()).toBeGreaterThan(1)
    await screenshot(page, 'reach-failing')
    expect(misdeeds).toEqual([])
    await page.close()
  })
})
