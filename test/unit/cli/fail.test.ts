import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

interface Entry {
  readonly element: string
  readonly lost: { readonly pairs: number; readonly ofOthers: number; readonly nodes: number; readonly pods: number }
  readonly outage: { readonly seconds: { readonly min: number; readonly max: number } } | null
  readonly permanent: { readonly ofOthers: number; readonly begins?: { readonly min: number; readonly max: number } }
  readonly partition: boolean
}

const NODES = ['n1', 'n2', 'n3', 'n4']

/** Four nodes behind reflectors, without a mesh. */
function cluster(reflectors: readonly string[]): string {
  const nodes = NODES.map(
    (name, i) => `---
apiVersion: v1
kind: Node
metadata:
  name: ${name}
  labels: {${reflectors.includes(name) ? 'rr: "yes"' : ''}}
  annotations:
    projectcalico.org/IPv4Address: 172.16.1.${11 + i}/24
${reflectors.includes(name) ? '    projectcalico.org/RouteReflectorClusterID: 244.0.0.1\n' : ''}---
apiVersion: v1
kind: Pod
metadata: {name: pod-${name}, namespace: default}
spec: {nodeName: ${name}}
status: {podIP: 10.65.${i}.10, phase: Running}
---
apiVersion: crd.projectcalico.org/v1
kind: BlockAffinity
metadata: {name: ${name}-block}
spec: {node: ${name}, cidr: 10.65.${i}.0/26, state: confirmed}
`,
  ).join('')
  const path = join(mkdtempSync(join(tmpdir(), 'calico-plan-')), 'cluster.yaml')
  writeFileSync(
    path,
    `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: false, asNumber: 64512}
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: pool}
spec: {cidr: 10.65.0.0/16, blockSize: 26, ipipMode: Never, vxlanMode: Never}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: peer}
spec: {nodeSelector: all(), peerSelector: has(rr)}
${nodes}`,
  )
  return path
}

async function failures(path: string, ...flags: string[]): Promise<Entry[]> {
  const { out } = await calicoPlan('fail', path, '-o', 'json', ...flags)
  return (JSON.parse(out) as { readonly failures: Entry[] }).failures
}

describe('fail', () => {
  test('the only reflector takes everybody along, when the hold timer ends', async () => {
    const [worst] = await failures(cluster(['n1']))
    expect(worst).toMatchObject({
      element: 'reflector/n1',
      lost: { pairs: 12, ofOthers: 6, nodes: 4, pods: 4 },
      permanent: { ofOthers: 6, begins: { min: 155, max: 242 } },
      partition: true,
    })
  })

  test('one of two reflectors takes only its own pods along', async () => {
    const found = await failures(cluster(['n1', 'n2']), '--kind', 'reflector')
    expect(found).toHaveLength(2)
    for (const { lost, partition } of found) {
      expect(lost).toEqual({ pairs: 6, ofOthers: 0, nodes: 1, pods: 1 })
      expect(partition).toBe(false)
    }
  })

  test('both reflectors together take everybody along', async () => {
    const [worst] = await failures(cluster(['n1', 'n2']), '--kind', 'reflector', '-k', '2')
    expect(worst).toMatchObject({ element: 'reflector/n1+reflector/n2', permanent: { ofOthers: 2 } })
  })

  test('the dead BIRD of the only reflector is forgiven for the graceful-restart time', async () => {
    const [worst] = await failures(cluster(['n1']), '--kind', 'bird')
    expect(worst).toMatchObject({ element: 'bird/n1', permanent: { ofOthers: 12 - 6, begins: { min: 119, max: 122 } } })
  })

  test('nothing fails with -k 0', async () => {
    expect(await failures(cluster(['n1']), '-k', '0')).toEqual([])
  })

  test('tells with its exit status whether others are cut off', async () => {
    expect((await calicoPlan('fail', cluster(['n1']))).status).toBe(1)
    expect((await calicoPlan('fail', cluster(['n1', 'n2']), '--kind', 'reflector')).status).toBe(0)
  })

  test('shards put together are the whole', async () => {
    const path = cluster(['n1'])
    const parts = await Promise.all(
      ['1/2', '2/2'].map(async (shard) => {
        const { out } = await calicoPlan('fail', path, '-o', 'json', '--shard', shard)
        const file = join(mkdtempSync(join(tmpdir(), 'calico-plan-')), 'part.json')
        writeFileSync(file, out)
        return file
      }),
    )
    const merged = JSON.parse((await calicoPlan('merge', ...parts, '-o', 'json')).out) as { failures: Entry[] }
    const byName = (list: readonly Entry[]) => [...list].sort((a, b) => (a.element < b.element ? -1 : 1))
    expect(byName(merged.failures)).toEqual(byName(await failures(path)))
    expect((await calicoPlan('merge', parts[0] ?? '', parts[0] ?? '')).status).toBe(2)
  })

  test.each([
    ['--kind', 'disk'],
    ['-k', '-1'],
    ['--shard', '9/8'],
  ])('refuses %s %s', async (flag, value) => {
    expect((await calicoPlan('fail', cluster([]), flag, value)).status).toBe(2)
  })
})
