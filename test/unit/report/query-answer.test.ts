import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

interface Step {
  readonly answer?: readonly string[]
  readonly status: string
}

async function rehearsed(...commands: readonly string[]): Promise<readonly Step[]> {
  const folder = mkdtempSync(join(tmpdir(), 'calico-plan-'))
  try {
    const runbook = join(folder, 'change.md')
    writeFileSync(runbook, `\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n`)
    const { out } = await calicoPlan('rehearse', 'docs/example', '--runbook', runbook, '-o', 'json')
    return (JSON.parse(out) as { readonly steps: readonly Step[] }).steps
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function answers(...commands: readonly string[]): Promise<readonly (readonly string[])[]> {
  return (await rehearsed(...commands)).map(({ answer = [] }) => answer)
}

const MESH_OFF = `calicoctl patch bgpconfiguration default -p '{"spec":{"nodeToNodeMeshEnabled":false}}'`

describe('a read-only command of a runbook shows what it would print at its point', () => {
  test('ip route: the table before the change, and after it', async () => {
    const [before = [], , after = []] = await answers('ip route', MESH_OFF, 'ip route')
    expect(before).toContain('10.244.189.64/26 via 192.168.10.12 dev eth0 proto bird')
    expect(after).not.toContain('10.244.189.64/26 via 192.168.10.12 dev eth0 proto bird')
    expect(after).toContain('blackhole 10.244.235.128/26 proto bird')
  })

  test('calicoctl node status: the peers that are up', async () => {
    const [before = [], , after = []] = await answers('calicoctl node status', MESH_OFF, 'calicoctl node status')
    expect(before.filter((line) => line.includes('Established'))).toHaveLength(2)
    expect(after.join()).toContain('No IPv4 peers found.')
  })

  test('ping from a pod: an answer, and none when the routes are gone', async () => {
    const ping = 'kubectl exec -n shop web-6d4b75cb6d-2xkzq -- ping -c1 10.244.182.2'
    const [before, , after] = await answers(ping, MESH_OFF, ping)
    expect(before).toEqual(['10.244.182.2 answers'])
    expect(after?.[0]).toMatch(/^10\.244\.182\.2 does not answer: /)
  })

  test('kubectl get pods: of the default namespace, of one, of all, by label', async () => {
    const shown = await answers(
      'kubectl get pods',
      'kubectl get pods -n shop -l app=cart',
      'kubectl get pods -A -o name',
      'kubectl get pods -n shop cart-0 -o wide',
    )
    expect(shown).toEqual([
      ['No resources found'],
      [
        'NAME    STATUS   IP              NODE',
        'cart-0  Running  10.244.235.130  worker-1',
        'cart-1  Running  10.244.182.2    worker-3',
      ],
      expect.objectContaining({ length: 5 }),
      ['NAME    STATUS   IP              NODE', 'cart-0  Running  10.244.235.130  worker-1'],
    ])
  })

  test('kubectl get pods: also those that a workload has just made, with and without an address', async () => {
    const deployment = (name: string, annotations: string): string =>
      `cat <<'EOF' | kubectl apply -f -
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: new}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}, annotations: {${annotations}}}, spec: {containers: []}}
EOF`
    const shown = await answers(
      deployment('one', ''),
      deployment('two', `cni.projectcalico.org/ipAddrs: '["192.0.2.1"]'`),
      'kubectl get pods -n new',
    )
    const rows = (shown[2] ?? []).map((line) => line.split(/ {2,}/).slice(0, 3))
    expect(rows).toEqual([
      ['NAME', 'STATUS', 'IP'],
      ['one-0', 'Running', expect.stringMatching(/^10\.244\./)],
      ['two-0', 'ContainerCreating', '<none>'],
    ])
  })

  test('calicoctl get nodes has the columns of calicoctl, kubectl get nodes those of kubectl', async () => {
    const [calicoctl, kubectl] = await answers('calicoctl get nodes -o wide', 'kubectl get nodes')
    expect(calicoctl?.[0]).toBe('NAME      ASN      IPV4           IPV6')
    expect(kubectl?.slice(0, 2)).toEqual(['NAME      STATUS  INTERNAL-IP', 'worker-1  Ready   192.168.10.11'])
  })

  test('birdcl show route: the paths, the best with a star', async () => {
    const [lines = []] = await answers('birdcl show route')
    expect(lines).toContain('10.244.189.64/26   via 192.168.10.12 on eth0 [Mesh_192_168_10_12] * (100) local_pref 100')
  })

  test('a long answer is cut, and says how much is left', async () => {
    const [lines = []] = await answers('kubectl get pods -A -o yaml')
    expect(lines).toHaveLength(24)
    expect(lines.at(-1)).toMatch(/^\.\.\. [0-9]+ more lines$/)
  })
})

test('looking on does not add to the cost of a change', async () => {
  const cost = async (...commands: readonly string[]): Promise<unknown> => {
    const folder = mkdtempSync(join(tmpdir(), 'calico-plan-'))
    try {
      writeFileSync(join(folder, 'c.sh'), `${commands.join('\n')}\n`)
      const { out } = await calicoPlan('rehearse', 'docs/example', '--runbook', join(folder, 'c.sh'), '-o', 'json')
      return (JSON.parse(out) as { readonly cost: unknown }).cost
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  expect(await cost('ip route', MESH_OFF, 'ip route')).toEqual(await cost(MESH_OFF))
})
