import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, LEFT_OUT, launch, openReport, type Reports, reportFolder, screenshot } from './chromium.js'

const GUIDE = 'scenarios/cross-subnet'
const VIEWS = ['summary', 'topology', 'sessions', 'addresses', 'nodes', 'routes', 'reach', 'findings']

if (CHROMIUM === undefined) test.skip(LEFT_OUT, () => undefined)

describe.skipIf(CHROMIUM === undefined)('a report in the browser', () => {
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

  test('opens, and every view is drawn without an error or a request', async () => {
    const { page, misdeeds, goTo } = await openReport(browser, await reports.file(GUIDE))
    expect(await page.title()).toBe('Summary · cross-subnet')
    for (const view of VIEWS) {
      await goTo(`#${view}`)
      expect((await page.locator(`#view-${view}`).innerText()).length).toBeGreaterThan(40)
      await screenshot(page, `guide-${view}`)
    }
    expect(misdeeds).toEqual([])
    await page.close()
  })

  test('finds a node with the keyboard alone', async () => {
    const { page, misdeeds } = await openReport(browser, await reports.file(GUIDE))
    await page.keyboard.press('/')
    await page.keyboard.type('rke-node3')
    await page.keyboard.press('Enter')
    await page.waitForURL(/#nodes\/rke-node3$/)
    await expect.poll(() => page.locator('#heading-nodes').innerText()).toBe('rke-node3')
    expect(misdeeds).toEqual([])
    await page.close()
  })

  test('finds who holds an address', async () => {
    const { page } = await openReport(browser, await reports.file(GUIDE))
    await page.keyboard.press('/')
    await page.keyboard.type('10.42.187.70')
    const holder = page.locator('#hits li', { hasText: 'holds the block' })
    expect(await holder.innerText()).toContain('rke-node2')
    await page.close()
  })

  test('tells the route of an address and its reason', async () => {
    const { page } = await openReport(browser, await reports.file(GUIDE, '--calico', 'v3.28'))
    await page.evaluate("location.hash = '#routes/rke-node1'")
    await page.getByLabel('Address or text').fill('10.42.57.200')
    const answer = page.locator('.answer:visible')
    expect(await answer.innerText()).toContain('10.42.57.192/26 via 172.16.2.14 dev tunl0 proto bird')
    expect(await answer.innerText()).toContain('from Mesh_172_16_2_14')
    expect(page.url()).toContain('#routes/rke-node1?find=10.42.57.200')
    await page.close()
  })

  test('shows the same view again under the same address', async () => {
    const file = await reports.file(GUIDE)
    const { page } = await openReport(browser, file, { hash: '#routes/rke-node2?find=tunl0' })
    const rows = await page.locator('#view-routes tbody tr').allInnerTexts()
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter((row) => !row.includes('tunl0'))).toEqual([])
    await page.close()
  })

  test('goes from block to block with the arrow keys', async () => {
    const { page, goTo } = await openReport(browser, await reports.file(GUIDE))
    await goTo('#addresses')
    await page.locator('.block-map').first().focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('.readout').first().innerText()).toContain('10.42.0.64/26')
    await page.close()
  })

  test('draws the topology, and tells about what is selected', async () => {
    const { page, goTo } = await openReport(browser, await reports.file(GUIDE))
    await goTo('#topology/rke-node4')
    await expect.poll(() => page.locator('.stage canvas').count()).toBeGreaterThan(3)
    expect(await page.locator('.panel').innerText()).toContain('rke-node4')
    await page.close()
  })

  test('gives every control and picture a name', async () => {
    const { page, goTo } = await openReport(browser, await reports.file(GUIDE))
    for (const view of VIEWS) await goTo(`#${view}`)
    const nameless =
      await page.evaluate(`[...document.querySelectorAll('button, input, canvas[role], a, [role=application]')]
      .filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length || e.closest('[role=img], [role=application]') !== e && e.closest('[role=img], [role=application]')))
      .map((e) => e.outerHTML)`)
    expect(nameless).toEqual([])
    await page.close()
  })

  test('fits a phone: nothing sticks out to the side', async () => {
    const { page, goTo } = await openReport(browser, await reports.file(GUIDE), { width: 390, height: 800 })
    for (const view of VIEWS) {
      await goTo(`#${view}`)
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), view).toBeLessThanOrEqual(0)
      await screenshot(page, `guide-phone-${view}`)
    }
    await page.close()
  })

  test('is dark where the system is, and light again by its switch', async () => {
    const { page } = await openReport(browser, await reports.file(GUIDE), { dark: true })
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await ground()
    await page.getByRole('button', { name: /^Colours/ }).click()
    expect(await ground()).not.toBe(dark)
    await page.close()
  })

  test('prints every view but the long lists', async () => {
    const { page, misdeeds } = await openReport(browser, await reports.file(GUIDE))
    const paper = await page.pdf({ format: 'A4' })
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-')
    expect(await page.locator('#view-addresses').count()).toBe(1)
    expect(misdeeds).toEqual([])
    await page.close()
  })
})

describe.skipIf(CHROMIUM === undefined)('a report in a browser without WebGL', () => {
  test('shows the topology as a still drawing and a table', async () => {
    const reports = reportFolder()
    const browser = await launch(false)
    const { page, misdeeds, goTo } = await openReport(browser, await reports.file(GUIDE))
    await goTo('#topology')
    expect(await page.locator('canvas.flat').isVisible()).toBe(true)
    expect(await page.locator('#view-topology table').innerText()).toContain('172.16.1.0/24')
    expect(misdeeds).toEqual([])
    await browser.close()
    reports.close()
  })
})
