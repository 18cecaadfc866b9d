import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openInput, type Rehearsal, readRunbook, rehearse } from '../../../src/index.js'

const DIRECTORIES = readdirSync('scenarios').filter((name) => existsSync(`scenarios/${name}/cluster.yaml`))

function rehearsed(name: string, file: string): Rehearsal {
  const path = `scenarios/${name}/${file}`
  const { valid, cluster } = openInput([`scenarios/${name}`])
  expect(valid).toBe(true)
  const runbook = readRunbook(readFileSync(path, 'utf8'), file)
  expect(runbook.findings).toEqual([])
  return rehearse(cluster, runbook, { searchLimit: 0 })
}

/** Steps from 1 that are not safe: pairs that stay cut, or seconds and cause. */
function told({ steps }: Rehearsal): readonly string[] {
  return steps.flatMap(({ step, status, remarks, lostAfter, transition }) => {
    const n = step.index + 1
    const lost = lostAfter.reduce((sum, { pairs }) => sum + pairs, 0)
    const refused = remarks.find(({ severity }) => severity === 'error')?.code
    const outage = transition?.outage
    return [
      ...(status === 'rejected' ? [`${n} rejected ${refused}`] : []),
      ...(lost > 0 ? [`${n} cuts ${lost}`] : []),
      ...(outage ? [`${n} ${outage.cause.code} ${outage.seconds.min} to ${outage.seconds.max} s`] : []),
    ]
  })
}

const finding = ({ steps }: Rehearsal, code: string): boolean =>
  steps.some(({ diff }) => diff?.findings.added.some((added) => added.code === code))

describe('a change of the guide', () => {
  test('row 2: the variables of calico-node change no route', () => {
    const found = rehearsed('change-to-no-encapsulation', 'runbook.md')
    expect(told(found)).toEqual([])
    expect(found.whole.routes.changed + found.whole.routes.added + found.whole.routes.removed).toBe(0)
    expect(finding(found, 'ENCAPSULATION_OFF')).toBe(true)
  })

  test('row 2: with a router that learns the pod routes first, nobody is cut off and every route is another', () => {
    const found = rehearsed('change-to-no-encapsulation', 'runbook-safe.md')
    expect(found.verdict).toBe('safe')
    expect(found.whole.routes.changed).toBe(12)
    expect(found.whole.reach.after.delivered).toBe(12)
  })

  test('row 3: CrossSubnet moves the routes within the rack', () => {
    for (const file of ['runbook.md', 'runbook-safe.md']) {
      const found = rehearsed('change-to-cross-subnet', file)
      expect([found.verdict, found.whole.routes.changed]).toEqual(['safe', 6])
    }
  })

  test('row 6: the mesh turned off first cuts every pair until the BGPPeer is there', () => {
    const found = rehearsed('change-to-reflectors', 'runbook.md')
    expect(told(found)).toEqual(['1 cuts 12'])
    expect(found.steps.map(({ missing }) => missing)).toEqual([12, 12, 12, 0, 0])
  })

  test('row 6: with a drained reflector and the mesh last nobody is cut off', () => {
    expect(rehearsed('change-to-reflectors', 'runbook-safe.md').verdict).toBe('safe')
  })

  test('row 8: one cluster ID for reflectors with clients of their own parts the clients', () => {
    const found = rehearsed('change-to-redundant-reflectors', 'runbook.md')
    expect(told(found)).toEqual(['4 cuts 6'])
    expect(finding(found, 'BGP_REFLECTORS_SPLIT_CLUSTER')).toBe(true)
  })

  test('row 8: one cluster ID is right where every client peers with both', () => {
    const found = rehearsed('change-to-redundant-reflectors', 'runbook-safe.md')
    expect(found.verdict).toBe('safe')
    expect(finding(found, 'BGP_REFLECTORS_SPLIT_CLUSTER')).toBe(false)
  })

  test('row 10: a new AS number for all costs the connect delay, whatever the order', () => {
    for (const file of ['runbook.md', 'runbook-safe.md']) {
      const found = rehearsed('change-global-as', file)
      expect(told(found)).toEqual(['1 sessionsReplaced 0 to 8 s'])
    }
  })

  test('row 11: the typographic quotes are refused, and a drained node changes its AS number without a cut', () => {
    expect(told(rehearsed('change-node-as', 'runbook.md'))).toEqual(['1 rejected RUNBOOK_QUOTES'])
    const found = rehearsed('change-node-as', 'runbook-safe.md')
    expect(found.verdict).toBe('safe')
    expect(found.last.cluster.nodeByName.get('rke-node1')?.asNumber).toBe(64514)
  })

  test('row 13: the old pool is deleted while its pods are still there', () => {
    const found = rehearsed('change-pool', 'runbook.md')
    expect(told(found)).toEqual(['2 rejected RUNBOOK_QUOTES', '5 cuts 12'])
    expect(finding(found, 'KUBE_PROXY_CIDR_MISMATCH')).toBe(true)
  })

  test('row 13: with the boolean the pods move, and an empty pool is deleted', () => {
    const found = rehearsed('change-pool', 'runbook-safe.md')
    expect(told(found)).toEqual([])
    expect(finding(found, 'KUBE_PROXY_CIDR_MISMATCH')).toBe(false)
    expect(found.last.cluster.pools.map(({ name }) => name)).toEqual(['my-ippool'])
  })

  test('all rows in one runbook: three commands are refused, and what cuts is told', () => {
    const found = rehearsed('change-whole-guide', 'runbook.md')
    expect(told(found)).toEqual([
      '9 rejected INPUT_LOST_INDENTATION',
      '10 cuts 30',
      '15 sessionsReplaced 0 to 60 s',
      '19 sessionsReplaced 0 to 60 s',
      '20 rejected RUNBOOK_QUOTES',
      '21 sessionsReplaced 0 to 60 s',
      '24 rejected RUNBOOK_QUOTES',
      '35 cuts 12',
    ])
    expect(found.steps.filter(({ status }) => status === 'notSimulated')).toEqual([])
  })
})

describe('a change of an operator', () => {
  test('the block size of a pool cannot be changed, a second pool takes over', () => {
    expect(told(rehearsed('change-block-size', 'runbook.md'))).toEqual(['1 rejected IPPOOL_BLOCK_SIZE_CHANGED'])
    const found = rehearsed('change-block-size', 'runbook-safe.md')
    expect(found.verdict).toBe('safe')
    expect(found.last.ipam.blocks.map(({ prefix }) => prefix.length)).toEqual([24, 24, 24, 24])
  })

  test('the last tunnel goes only when the router knows the pod routes', () => {
    expect(told(rehearsed('change-encapsulation-in-steps', 'runbook.md'))).toEqual(['2 cuts 6'])
    expect(rehearsed('change-encapsulation-in-steps', 'runbook-safe.md').verdict).toBe('safe')
  })

  test('the upgrade that moves the routes from BIRD to Felix cuts nobody off', () => {
    const found = rehearsed('change-route-owner', 'runbook.md')
    expect(told(found)).toEqual([])
    expect([found.first.cluster.release.name, found.last.cluster.release.name]).toEqual(['v3.32.0', 'v3.33.0'])
    expect(found.whole.routes.changed).toBeGreaterThan(0)
  })

  test('the only reflector is missed when the timers that keep its routes end', () => {
    const found = rehearsed('change-reflector-loss', 'runbook.yaml')
    expect(told(found)).toEqual(['1 cuts 6'])
    expect(found.steps[0]?.transition?.lossBegins).toEqual({ min: 155, max: 242 })
    expect(rehearsed('change-reflector-loss', 'runbook-safe.yaml').verdict).toBe('safe')
  })

  test('a ToR is missed at once, unless its rack is empty', () => {
    const found = rehearsed('change-tor-loss', 'runbook.yaml')
    expect(told(found)).toEqual(['1 cuts 10'])
    expect(found.steps[0]?.transition?.lossBegins?.min).toBe(0)
    expect(rehearsed('change-tor-loss', 'runbook-safe.yaml').verdict).toBe('safe')
  })

  test.each(DIRECTORIES)('%s has a runbook, and its README says how to rehearse it', (name) => {
    const files = readdirSync(`scenarios/${name}`).filter((file) => file.startsWith('runbook'))
    expect(files.length).toBeGreaterThan(0)
    expect(existsSync(`scenarios/${name}/README.md`)).toBe(true)
    const readme = readFileSync(`scenarios/${name}/README.md`, 'utf8')
    for (const file of files) expect(readme).toContain(`scenarios/${name}/${file}`)
  })
})
