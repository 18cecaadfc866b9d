import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PageData } from '../../../src/report/page/page-data.js'
import { calicoPlan } from '../../cli.js'

const SCENARIO = 'scenarios/ipip-by-default'

function dataOf(html: string): PageData {
  const [, text = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? []
  return JSON.parse(text) as PageData
}

describe('report', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'report-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('writes one page and says how large it is', async () => {
    const file = join(folder, 'plan.html')
    const { status, out, error } = await calicoPlan('report', SCENARIO, '-o', file)
    expect([status, out]).toEqual([0, ''])
    expect(error).toContain('MB')
    expect(readFileSync(file, 'utf8')).toMatch(/^<!DOCTYPE html>/)
  })

  test('is the same page every time', async () => {
    const first = await calicoPlan('report', SCENARIO, '-o', '-')
    expect((await calicoPlan('report', SCENARIO, '-o', '-')).out).toBe(first.out)
  })

  test('allows its own script and style by their hashes and nothing else', async () => {
    const { out } = await calicoPlan('report', SCENARIO, '-o', '-')
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(out) ?? []
    const hash = (text: string): string => createHash('sha256').update(text).digest('base64')
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(out) ?? []
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(out) ?? []
    expect(script.length).toBeGreaterThan(10_000)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src 'sha256-${hash(script)}'`)
    expect(policy).toContain(`style-src 'sha256-${hash(style)}'`)
    expect(policy).not.toContain('unsafe')
  })

  test('names no address of another machine to load from', async () => {
    const { out } = await calicoPlan('report', SCENARIO, '-o', '-')
    const tags = out.match(/<(?:script|link|img|iframe|object|embed)\b[^>]*>/g) ?? []
    expect(tags.filter((tag) => /(?:src|href)=/.test(tag))).toEqual(['<link rel="icon" href="data:,">'])
  })

  test('holds the cluster: nodes, sessions, pools, routes with their reasons', async () => {
    const { nodes, sessions, pools, routes } = dataOf((await calicoPlan('report', SCENARIO, '-o', '-')).out)
    expect(nodes.name).toEqual(['rke-node1', 'rke-node2', 'rke-node3', 'rke-node4'])
    expect([sessions.total, sessions.established]).toEqual([6, 6])
    expect(pools[0]).toMatchObject({ cidr: '10.42.0.0/16', blocks: { total: 1024 } })
    expect(routes.tables.length).toBe(4)
    expect(routes.reasons.length).toBeGreaterThan(3)
  })

  test('keeps to the number of tables asked for', async () => {
    const { routes } = dataOf((await calicoPlan('report', SCENARIO, '-o', '-', '--tables', '2')).out)
    expect(routes.nodes.length).toBe(2)
    expect(routes.rule).not.toBe('')
  })

  test('refuses a file that cannot be written', async () => {
    const { status, error } = await calicoPlan('report', SCENARIO, '-o', join(folder, 'no', 'such.html'))
    expect(status).toBe(2)
    expect(error).toContain('OUTPUT_NOT_WRITABLE')
  })

  test('asks for a file', async () => {
    expect((await calicoPlan('report', SCENARIO)).status).toBe(2)
  })
})

describe('report of a change', () => {
  const changes = async (...argv: string[]): Promise<PageData['changes']> =>
    dataOf((await calicoPlan('report', SCENARIO, '-o', '-', '--calico', 'v3.28', ...argv)).out).changes

  test('holds the difference from another input', async () => {
    const [change] = await changes('--against', 'scenarios/route-reflectors')
    expect(change).toMatchObject({ kind: 'difference', document: { kind: 'DiffReport', different: true } })
  })

  test('holds a rehearsal, and says how it ends', async () => {
    const [change] = await changes('--runbook', 'scenarios/change-to-reflectors/runbook.md')
    expect(change).toMatchObject({
      kind: 'rehearsal',
      sentence: { tone: 'bad' },
      document: { kind: 'RehearsalReport', verdict: 'broken' },
    })
  })

  test('holds failures', async () => {
    const [change] = await changes('--fail', 'node')
    expect(change).toMatchObject({ kind: 'failures', document: { kind: 'FailureReport' } })
    expect(change?.document['failures']).toHaveLength(4)
  })

  test('refuses a kind of failure that there is not', async () => {
    const { status, error } = await calicoPlan('report', SCENARIO, '-o', '-', '--fail', 'disk')
    expect([status, error.includes('"disk"')]).toEqual([2, true])
  })

  test('refuses a runbook that cannot be read', async () => {
    expect((await calicoPlan('report', SCENARIO, '-o', '-', '--runbook', 'no-such.md')).status).toBe(2)
  })

  test('leaves reachability out when told to', async () => {
    const { out } = await calicoPlan('report', SCENARIO, '-o', '-', '--no-reach')
    expect(dataOf(out).reach).toBeNull()
  })
})
