import { describe, expect, test } from 'vitest'
import { dataText, pageHtml } from '../../../src/report/page/html.js'
import type { PageData } from '../../../src/report/page/page-data.js'

const HOSTILE = '</script><script>alert(1)</script><!-- " \u2028'

describe('the data in the page', () => {
  test('cannot end their element', () => {
    expect(dataText({ name: HOSTILE })).not.toContain('<')
  })

  test('come back as they were', () => {
    expect(JSON.parse(dataText({ name: HOSTILE }))).toEqual({ name: HOSTILE })
  })
})

describe('the page', () => {
  test('escapes its title', () => {
    const html = pageHtml({ title: HOSTILE } as PageData, { script: 'let a', style: 'b{}' })
    expect(html.match(/<script>/g)).toHaveLength(1)
    expect(html).toContain('<title>&lt;/script&gt;')
  })
})
