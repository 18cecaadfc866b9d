import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

function expecting(spec: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'calico-plan-')), 'expectation.yaml')
  writeFileSync(path, `apiVersion: calico-plan/v1\nkind: Expectation\nmetadata: {name: racks}\nspec: ${spec}\n`)
  return path
}

const run = (spec: string, ...flags: string[]) => calicoPlan('test', 'scenarios/snat-off', expecting(spec), ...flags)

describe('test', () => {
  test.each([
    ['{sessions: {total: 7}}', '6 sessions, 7 wanted'],
    ['{sessions: {perNodeAtMost: 2}}', '3 sessions on the busiest node, at most 2 wanted'],
    ['{sessions: {allEstablished: false}}', '6 of 6 sessions established'],
    ['{routes: [{node: rke-node1, contains: "10.99.0.0/16"}]}', 'rke-node1 has no route with "10.99.0.0/16"'],
    ['{routes: [{node: rke-node1, atMost: 2}]}', 'at most 2 are wanted'],
    ['{routes: [{node: rke-node1, atLeast: 99}]}', 'at least 99 are wanted'],
    ['{routes: [{node: rke-node1, lacks: "default via"}]}', 'rke-node1 has a route with "default via"'],
    ['{capacity: {pool: default-ipv4-ippool, freeAddressesAtLeast: 65536}}', 'free addresses, at least 65536 wanted'],
    ['{routes: [{node: nobody, atMost: 2}]}', 'the input has no node nobody'],
    ['{capacity: {pool: default-ipv4-ippool, freeBlocksAtLeast: 1021}}', 'has 1020 free blocks, at least 1021 wanted'],
    ['{reachable: [{from: {pod: default/web-0}, to: {host: nfs}}]}', 'router core has no route to'],
    ['{unreachable: [{from: {node: rke-node1}, to: {node: rke-node2}}]}', '1 of 1 pairs are not unreachable'],
    ['{reachable: [{from: {pool: none}, to: {host: nfs}}]}', 'the input has no pool none'],
  ])('%s does not hold: %s', async (spec, message) => {
    const { status, out } = await run(spec)
    expect(out).toContain('FAIL')
    expect(out).toContain(message)
    expect(status).toBe(1)
  })

  test('what holds gives 0', async () => {
    const { status, out } = await run(
      '{sessions: {total: 6, perNodeAtMost: 3, allEstablished: true}, capacity: {pool: default-ipv4-ippool, freeBlocksAtLeast: 1020}}',
    )
    expect(out).not.toContain('FAIL')
    expect(status).toBe(0)
  })

  test('what a full pool costs can be bounded', async () => {
    const pool = 'default-ipv4-ippool'
    const spec = (without: number, borrowed: number) =>
      expecting(`{capacity: {pool: ${pool}, nodesWithoutBlockAtMost: ${without}, borrowedAtMost: ${borrowed}}}`)
    const verdict = async (without: number, borrowed: number) =>
      (await calicoPlan('test', 'scenarios/node-address-range', spec(without, borrowed))).out
        .split('\n')
        .flatMap((line) => /^(ok|FAIL) +racks /.exec(line)?.[1] ?? [])
    expect(await verdict(76, 2356)).toEqual(['ok', 'ok'])
    expect(await verdict(75, 2355)).toEqual(['FAIL', 'FAIL'])
  })

  test('JUnit carries each failure', async () => {
    const { out } = await run('{sessions: {total: 7}}', '-o', 'junit')
    expect(out).toContain('<testsuite name="racks" tests="1" failures="1">')
    expect(out).toContain('<failure message="6 sessions, 7 wanted"/>')
  })
})
