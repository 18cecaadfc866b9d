import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collect } from '../../../src/cli/snapshot/collect.js'
import type { Answered } from '../../../src/cli/snapshot/kubectl.js'
import { type Fields, WANTED, type Wanted } from '../../../src/cli/snapshot/wanted.js'
import { calicoPlan } from '../../cli.js'

function wanted(name: string): Wanted {
  const found = WANTED.find((row) => row.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

async function collected(name: string, answers: Readonly<Record<string, Answered>>) {
  const items: Fields[] = []
  const asked: string[] = []
  const result = await collect(
    wanted(name),
    async (path) => {
      asked.push(path)
      return answers[path] ?? { ok: false, why: 'absent', message: `NotFound: ${path}` }
    },
    async (page) => void items.push(...page),
  )
  return { result, items, asked }
}

const page = (items: readonly object[], next?: string): Answered => ({
  ok: true,
  text: JSON.stringify({ kind: 'List', metadata: next === undefined ? {} : { continue: next }, items }),
})

describe('reading a kind', () => {
  test('a list is read page by page to its end', async () => {
    const { items, asked } = await collected('namespaces', {
      '/api/v1/namespaces?limit=500': page([{ metadata: { name: 'a' } }], 'x=/1'),
      '/api/v1/namespaces?limit=500&continue=x%3D%2F1': page([{ metadata: { name: 'b' } }]),
    })
    expect(items.map(({ kind, metadata }) => [kind, metadata])).toEqual([
      ['Namespace', { name: 'a' }],
      ['Namespace', { name: 'b' }],
    ])
    expect(asked).toHaveLength(2)
  })

  test('only the fields that the planner uses are kept', async () => {
    const { items } = await collected('pods', {
      '/api/v1/pods?limit=500': page([
        {
          metadata: {
            name: 'p',
            namespace: 'd',
            annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'secret' },
          },
          spec: { nodeName: 'n1', containers: [{ env: [{ name: 'PASSWORD', value: 'secret' }] }] },
          status: { podIP: '10.0.0.1', conditions: [] },
        },
      ]),
    })
    expect(items).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', namespace: 'd' },
        spec: { nodeName: 'n1' },
        status: { podIP: '10.0.0.1' },
      },
    ])
  })

  test('where Calico serves its own group instead of CRDs, that is read', async () => {
    const { items } = await collected('ippools', {
      '/apis/projectcalico.org/v3/ippools?limit=500': page([
        { metadata: { name: 'p' }, spec: { cidr: '10.0.0.0/16' } },
      ]),
    })
    expect(items[0]?.['apiVersion']).toBe('projectcalico.org/v3')
  })

  test('a kind that may not be read is told apart from one that is not there', async () => {
    const forbidden: Answered = { ok: false, why: 'forbidden', message: 'Forbidden' }
    expect((await collected('services', { '/api/v1/services?limit=500': forbidden })).result.problem?.why).toBe(
      'forbidden',
    )
    expect((await collected('services', {})).result.problem?.why).toBe('absent')
  })

  test('an answer that is no list is not taken for an empty one', async () => {
    const { result } = await collected('services', { '/api/v1/services?limit=500': { ok: true, text: '<html>' } })
    expect(result.problem?.why).toBe('failed')
  })

  test('no Secret is ever asked for', () => {
    expect(WANTED.flatMap(({ paths }) => paths).filter((path) => /secret/i.test(path))).toEqual([])
  })
})

describe('the snapshot command', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'snapshot-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  /** A kubectl that serves two nodes and a pool. */
  function fakeKubectl(): string {
    const path = join(directory, 'kubectl')
    const nodes = ['n1', 'n2'].map((name, i) => ({
      metadata: { name, annotations: { 'projectcalico.org/IPv4Address': `172.16.1.1${i}/24` } },
    }))
    const pool = { metadata: { name: 'default' }, spec: { cidr: '10.42.0.0/16', ipipMode: 'Always' } }
    const script = `#!/bin/sh
case "$3" in
'/api/v1/nodes?limit=500') echo '${JSON.stringify({ items: nodes })}' ;;
'/apis/crd.projectcalico.org/v1/ippools?limit=500') echo '${JSON.stringify({ items: [pool] })}' ;;
*) echo 'Error from server (NotFound): the server could not find the requested resource' >&2; exit 1 ;;
esac
`
    writeFileSync(path, script, { mode: 0o755 })
    return path
  }

  test('what it writes is an input that plans', async () => {
    const out = join(directory, 'cluster')
    const written = await calicoPlan('snapshot', '-o', out, '--kubectl', fakeKubectl())
    expect(written.status).toBe(0)
    expect(readdirSync(out)).toEqual(['ippools.json', 'nodes.json'])
    const sessions = await calicoPlan('sessions', out, '-o', 'json')
    expect(JSON.parse(sessions.out).summary.sessions.total).toBe(1)
  })

  test('a directory with something in it is refused', async () => {
    mkdirSync(join(directory, 'old'))
    writeFileSync(join(directory, 'old', 'nodes.json'), '{}')
    const { status, error } = await calicoPlan('snapshot', '-o', join(directory, 'old'), '--kubectl', fakeKubectl())
    expect([status, error]).toEqual([2, expect.stringContaining('OUTPUT_NOT_WRITABLE')])
    expect(readFileSync(join(directory, 'old', 'nodes.json'), 'utf8')).toBe('{}')
  })

  test('a kubectl that is not there is said so', async () => {
    const { status, error } = await calicoPlan(
      'snapshot',
      '-o',
      join(directory, 'new'),
      '--kubectl',
      join(directory, 'none'),
    )
    expect([status, error]).toEqual([2, expect.stringContaining('SNAPSHOT_FAILED')])
  })
})
