import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

interface RouteReport {
  readonly nodes: readonly { readonly node: string }[]
}

describe('calico-plan routes of many nodes', () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'calico-plan-routes-'))
    const generated = await calicoPlan('generate', '--nodes', '24', '--racks', '3', '--topology', 'reflectors')
    writeFileSync(join(folder, 'cluster.yaml'), generated.out)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(['v3.32', 'v3.33'])('-o json has what it has for each of the nodes, with %s', async (calico) => {
    const { out } = await calicoPlan('routes', folder, '-o', 'json', '--calico', calico)
    const all = JSON.parse(out) as RouteReport
    expect(out).toBe(`${JSON.stringify(all, null, 2)}\n`)
    expect(all.nodes.length).toBe(24)
    for (const one of [all.nodes[0], all.nodes[13]]) {
      const alone = await calicoPlan('routes', folder, '-o', 'json', '--calico', calico, '--node', one?.node ?? '')
      expect(one).toEqual((JSON.parse(alone.out) as RouteReport).nodes[0])
    }
  })

  test.each([[[]], [['--explain']]])('--all prints the tables of all nodes as --node does %j', async (more) => {
    const { nodes } = JSON.parse((await calicoPlan('routes', folder, '-o', 'json')).out) as RouteReport
    const { status, out } = await calicoPlan('routes', folder, '--all', ...more)
    expect(status).toBe(0)
    const few = nodes.slice(0, 3).map(({ node }) => node)
    const three = await calicoPlan('routes', folder, ...few.flatMap((node) => ['--node', node]), ...more)
    expect(out.startsWith(`${three.out}\n`)).toBe(true)
    expect(out.split('\n\n').length).toBe(24)
    expect(out.endsWith('\n') && !out.endsWith('\n\n')).toBe(true)
  })

  test.each([
    ['--all', '--node', 'rke-node1'],
    ['--all', '--devices'],
    ['--all', '-o', 'markdown'],
  ])('refuses %s %s', async (...argv) => {
    const { status, error } = await calicoPlan('routes', 'scenarios/cross-subnet', ...argv)
    expect(status).toBe(2)
    expect(error).toContain('INPUT_BAD_OPTION')
  })
})
