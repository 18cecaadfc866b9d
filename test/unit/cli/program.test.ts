import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

const folder = mkdtempSync(join(tmpdir(), 'calico-plan-'))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('exit status', () => {
  test('0 when there is nothing to report', async () => {
    expect((await calicoPlan('check', 'scenarios/ipip-by-default')).status).toBe(0)
  })

  test('1 when a hazard of severity error is found', async () => {
    expect((await calicoPlan('check', 'scenarios/node-as-number')).status).toBe(1)
  })

  test('--strict makes warnings count', async () => {
    expect((await calicoPlan('check', 'scenarios/route-reflectors')).status).toBe(0)
    expect((await calicoPlan('check', 'scenarios/route-reflectors', '--strict')).status).toBe(1)
  })

  test('2 when the input is refused, with file, line, column, resource and field', async () => {
    const path = file(
      'pool.yaml',
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: p\nspec:\n  cidr: 10.0.0.1/24\n',
    )
    const outcome = await calicoPlan('routes', path)
    expect(outcome.status).toBe(2)
    expect(outcome.error).toContain(`${path}:6:9: error VALIDATION_CIDR_NOT_MASKED IPPool/p spec.cidr`)
    expect(outcome.out).toBe('')
  })

  test.each([
    ['an unknown command', ['routs', 'scenarios/ipip-by-default'], 'Did you mean routes?'],
    ['an unknown flag', ['check', '--nod', 'x'], 'Unknown argument'],
    ['no command', [], 'Say what to do'],
    ['no path', ['routes'], 'INPUT_NO_PATH'],
    ['an unknown node', ['routes', 'scenarios/ipip-by-default', '--node', 'rke-node9'], 'INPUT_UNKNOWN_NODE'],
    ['an unknown code', ['check', '--explain', 'NO_SUCH_CODE'], 'INPUT_BAD_OPTION'],
    ['a path that is not there', ['check', 'scenarios/none'], ''],
  ])('2 for %s', async (_what, argv, message) => {
    const outcome = await calicoPlan(...argv)
    expect(outcome.status).toBe(2)
    expect(outcome.error + outcome.out).toContain(message)
    expect(outcome.error).not.toContain('    at ')
  })
})

describe('bad input gives findings and exit status 2', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghij'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`),
  ]
  test.each([
    ['an anchor bomb of ten levels', bomb.join('\n')],
    ['a truncated file', '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1"'],
    ['binary', '\u0000\u0001\u0002ELF'],
    ['brackets without end', '['.repeat(100_000)],
    [
      'parentheses without end in a selector',
      `apiVersion: projectcalico.org/v3\nkind: BGPPeer\nmetadata: {name: p}\nspec: {nodeSelector: "${'('.repeat(100_000)}"}`,
    ],
    ['a line of typographic quotes', 'kind: “IPPool”\napiVersion: [“'],
    ['nothing', ''],
  ])('%s', async (what, text) => {
    const outcome = await calicoPlan('check', file(`${what.replaceAll(' ', '-')}.yaml`, text))
    expect(outcome.status).toBe(2)
    expect(outcome.out).toMatch(/error [A-Z0-9_]+/)
    expect(outcome.error).not.toContain('internal error')
  })

  test('a name cannot write control characters to the terminal', async () => {
    const path = file('name.yaml', 'apiVersion: v1\nkind: Node\nmetadata: {name: "a\\u001b[31mred"}\n')
    const outcome = await calicoPlan('check', path)
    expect(outcome.out + outcome.error).not.toContain('\u001b')
  })
})

describe('options', () => {
  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect((await calicoPlan('--version')).out).toBe(`${version}\n`)
  })

  test('one that may be repeated takes one word each time, so that a path may follow it', async () => {
    const before = await calicoPlan('routes', '--node', 'rke-node1', 'scenarios/cross-subnet')
    const behind = await calicoPlan('routes', 'scenarios/cross-subnet', '--node', 'rke-node1')
    expect(before.status).toBe(0)
    expect(before.out).toBe(behind.out)
  })
})

describe('output', () => {
  test('errors stand before warnings, and notes last', async () => {
    const { out } = await calicoPlan('check', 'scenarios/node-as-number')
    const severities = out.split('\n').flatMap((line) => / ?(error|warning|info) [A-Z_]+/.exec(line)?.[1] ?? [])
    expect(new Set(severities).size).toBeGreaterThan(1)
    expect(severities).toEqual([...severities].sort((a, b) => 'ewi'.indexOf(a.charAt(0)) - 'ewi'.indexOf(b.charAt(0))))
  })

  test('the same input gives the same bytes', async () => {
    const first = await calicoPlan('sessions', 'scenarios/kinds-of-reflector', '-o', 'json')
    const second = await calicoPlan('sessions', 'scenarios/kinds-of-reflector', '-o', 'json')
    expect(first.out).toBe(second.out)
  })

  test('JSON carries the envelope of the contract', async () => {
    const { out } = await calicoPlan('routes', 'scenarios/cross-subnet', '-o', 'json', '--calico', 'v3.32')
    const document = JSON.parse(out)
    expect(document).toMatchObject({
      apiVersion: 'calico-plan/v1',
      kind: 'RouteReport',
      calico: 'v3.32',
      input: { nodes: 4, pools: 1, skipped: 0 },
    })
    expect(document.nodes.map(({ node }: { node: string }) => node)).toEqual([
      'rke-node1',
      'rke-node2',
      'rke-node3',
      'rke-node4',
    ])
    expect(document.nodes[0].tables.main[1]).toEqual({
      dst: '10.42.57.192/26',
      gateway: '172.16.2.14',
      dev: 'tunl0',
      protocol: 'bird',
      metric: 1024,
      flags: ['onlink'],
    })
  })

  test('YAML says the same as JSON', async () => {
    const { parse } = await import('yaml')
    const json = await calicoPlan('capacity', 'scenarios/several-fixed-pod-ips', '-o', 'json')
    const yaml = await calicoPlan('capacity', 'scenarios/several-fixed-pod-ips', '-o', 'yaml')
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out))
  })

  test('Markdown escapes what a name could do to a page', async () => {
    const path = file('evil.yaml', 'apiVersion: v1\nkind: Node\nmetadata:\n  name: "<img src=x>"\n')
    const { out } = await calicoPlan('check', path, '-o', 'markdown')
    expect(out).not.toContain('<img')
  })

  test('--help of every command shows an example', async () => {
    for (const command of ['plan', 'check', 'sessions', 'routes', 'rib', 'trace', 'capacity', 'generate']) {
      const { status, out } = await calicoPlan(command, '--help')
      expect(status).toBe(0)
      expect(out).toContain(`calico-plan ${command} `)
      expect(out).toContain('Examples:')
    }
  })
})

describe('generate', () => {
  test.each(['mesh', 'reflectors', 'rack-reflectors', 'tor'])(
    'a %s cluster is accepted and all its sessions come up',
    async (topology) => {
      const { out } = await calicoPlan(
        'generate',
        '--nodes',
        '12',
        '--racks',
        '3',
        '--topology',
        topology,
        '--reflectors',
        '2',
      )
      const path = file(`${topology}.yaml`, out)
      const report = JSON.parse((await calicoPlan('sessions', path, '-o', 'json')).out)
      expect(report.summary.nodes).toBe(12)
      expect(report.summary.sessions.established).toBe(report.summary.sessions.total)
      expect(report.summary.sessions.total).toBeGreaterThan(11)
    },
  )

  test('explicit nodes and NodeSets describe the same cluster', async () => {
    const sizes = ['--nodes', '10', '--racks', '2', '--topology', 'reflectors', '--pods-per-node', '3']
    const compact = file('compact.yaml', (await calicoPlan('generate', ...sizes)).out)
    const explicit = file('explicit.yaml', (await calicoPlan('generate', ...sizes, '--explicit')).out)
    const summary = async (path: string) => JSON.parse((await calicoPlan('sessions', path, '-o', 'json')).out).summary
    expect(await summary(compact)).toEqual(await summary(explicit))
  })

  test('a shape that cannot be had is refused with the number to change', async () => {
    const outcome = await calicoPlan('generate', '--nodes', '0')
    expect(outcome).toMatchObject({ status: 2 })
    expect(outcome.error).toContain('nodes must be a whole number')
  })
})
