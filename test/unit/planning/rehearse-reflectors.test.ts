import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import type { Change } from '../../../src/planning/change/change.js'
import type { Rehearsal, RehearsedStep } from '../../../src/planning/rehearsal/rehearsal.js'
import { rehearse } from '../../../src/planning/rehearsal/rehearse.js'
import { readRunbook } from '../../../src/planning/runbook/read-runbook.js'
import { calico, type SmallCluster, smallCluster } from './small-cluster.js'

/** The procedure of the guide, in its order. */
const GUIDE = `
\`\`\`sh
cat <<EOF | calicoctl apply -f -
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  logSeverityScreen: Info
  nodeToNodeMeshEnabled: false
  asNumber: 63400
EOF
calicoctl patch node n4 -p '{"spec": {"bgp": {"routeReflectorClusterID": "244.0.0.1"}}}'
kubectl label node n4 route-reflector=true
cat <<EOF | calicoctl apply -f -
kind: BGPPeer
apiVersion: projectcalico.org/v3
metadata:
  name: peer-with-route-reflectors
spec:
  nodeSelector: all()
  peerSelector: route-reflector == 'true'
EOF
\`\`\`
`

/** Without the search for a better order unless it is asked for. */
function rehearsed(markdown: string, shape: SmallCluster = {}, searchLimit = 0): Rehearsal {
  const runbook = readRunbook(markdown, 'runbook.md')
  expect(runbook.findings).toEqual([])
  return rehearse(buildCluster(smallCluster(shape)), runbook, { searchLimit })
}

function shell(...lines: readonly string[]): string {
  return ['```sh', ...lines, '```', ''].join('\n')
}

const PEERS = `cat <<EOF | calicoctl apply -f -
kind: BGPPeer
apiVersion: projectcalico.org/v3
metadata: {name: peer-with-route-reflectors}
spec: {nodeSelector: all(), peerSelector: route-reflector == 'true'}
EOF`
const MESH_OFF = `calicoctl patch bgpconfiguration default -p '{"spec": {"nodeToNodeMeshEnabled": false}}'`
const promote = (node: string, id = '244.0.0.1'): string =>
  `calicoctl patch node ${node} -p '{"spec": {"bgp": {"routeReflectorClusterID": "${id}"}}}'`
const label = (node: string): string => `kubectl label node ${node} route-reflector=true`

/** `from>to` of every pair that a step cuts for a while. */
function cutBy(step: RehearsedStep | undefined): ReadonlySet<string> {
  return new Set(
    (step?.transition?.lostDuring ?? []).flatMap(({ from, to }) =>
      from.flatMap((a) => to.flatMap((b) => (a === b ? [] : `${a}>${b}`))),
    ),
  )
}

const ALL = 12
const WITH_N4 = new Set(['n1', 'n2', 'n3'].flatMap((name) => [`${name}>n4`, `n4>${name}`]))

describe("the guide's own reflector procedure", () => {
  const guide = rehearsed(GUIDE, {}, 120)

  test('cuts every pod from every other node from the step that turns the mesh off until the BGPPeer exists', () => {
    expect(guide.verdict).toBe('broken')
    expect(guide.steps.map(({ missing }) => missing)).toEqual([ALL, ALL, ALL, 0])
    const [first] = guide.steps
    expect(first?.lostAfter.map(({ from, to, pairs }) => [from, to, pairs])).toEqual([
      [['n1', 'n2', 'n3', 'n4'], ['n1', 'n2', 'n3', 'n4'], ALL],
    ])
  })

  test('has a safer order that turns the mesh off last, and names what it still costs', () => {
    const { saferOrder } = guide
    expect(saferOrder?.steps.map(({ step }) => step.index + 1)).toEqual([3, 4, 2, 1])
    expect(saferOrder?.verdict).toBe('disruptive')
    expect(saferOrder?.cost.missing).toBe(0)
    const promotion = saferOrder?.steps[2]
    expect(cutBy(promotion)).toEqual(WITH_N4)
    expect(promotion?.transition?.outage).toMatchObject({
      mostly: { min: 4, max: 30 },
      cause: { code: 'sessionsReplaced', collision: true },
    })
  })

  test('has a safest order in which the AS number changes while one side of each session dials, and n4 is drained', () => {
    const best = guide.drainedOrder
    const bad = best?.steps.filter(({ verdict }) => verdict !== 'safe') ?? []
    expect(bad.map(({ step }) => step.command)).toEqual([
      `calicoctl patch bgpconfiguration default -p '{"spec":{"logSeverityScreen":"Info","asNumber":63400}}'`,
    ])
    expect(bad[0]?.transition?.outage?.seconds.max).toBeLessThan(10)
    expect(bad[0]?.transition?.outage?.cause).toMatchObject({ code: 'sessionsReplaced', collision: false })
    expect(best?.added.filter(({ action }) => doOf(action) === 'drain')).toHaveLength(1)
  })

  test('ends in the same cluster in every order', () => {
    for (const order of [guide.saferOrder, guide.drainedOrder]) {
      const last = order?.steps.at(-1)?.after
      expect(last?.cluster.bgp.nodeToNodeMeshEnabled).toBe(false)
      expect(last?.cluster.bgp.asNumber).toBe(63400)
      expect(last?.reach().pairs).toEqual(guide.last.reach().pairs)
    }
  })

  test('cuts nobody from v3.33 on where the pool is tunnelled, because Felix writes the routes', () => {
    const others = [calico('ClusterInformation', 'default', { calicoVersion: 'v3.33.0' })]
    const { verdict, steps } = rehearsed(GUIDE, { ipipMode: 'Always', others })
    expect(verdict).toBe('safe')
    expect(steps[0]?.diff?.sessions.removed).toBeGreaterThan(0)
  })
})

function doOf(action: { readonly type: string; readonly change?: Change }): string | undefined {
  return action.change?.do
}

describe('reflectors without an outage', () => {
  test('a drained node is promoted, and the mesh goes last: nobody is cut', () => {
    const { verdict, steps, saferOrder, drainedOrder } = rehearsed(
      shell('kubectl drain n4 --ignore-daemonsets', promote('n4'), label('n4'), PEERS, MESH_OFF, 'kubectl uncordon n4'),
      {},
      120,
    )
    expect(steps.map((step) => step.status)).toEqual(steps.map(() => 'simulated'))
    expect(verdict).toBe('safe')
    expect([saferOrder, drainedOrder]).toEqual([undefined, undefined])
  })

  test('a dedicated node, which has no pods, is promoted without a drain', () => {
    const dedicated = smallCluster({ replicas: 9 }).map(({ resource }) => {
      if (resource.kind !== 'Node' || resource.metadata.name !== 'n4') return { resource }
      return { resource: { ...resource, spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } } }
    })
    const runbook = readRunbook(shell(label('n4'), PEERS, promote('n4'), MESH_OFF), 'runbook.md')
    const { verdict, last } = rehearse(buildCluster(dedicated), runbook)
    expect(verdict).toBe('safe')
    expect(last.sessionSurvey().summary.sessions.established).toBe(3)
  })

  test('a node with pods is promoted: its pods alone are cut, whichever comes first of label, peers and cluster ID', () => {
    for (const order of [
      [label('n4'), PEERS, promote('n4'), MESH_OFF],
      [PEERS, promote('n4'), label('n4'), MESH_OFF],
    ]) {
      const { steps, verdict } = rehearsed(shell(...order))
      expect(verdict).not.toBe('safe')
      for (const step of steps) for (const pair of cutBy(step)) expect(WITH_N4).toContain(pair)
    }
  })

  test('the step that turns the mesh off is without a loss once the reflector has its sessions', () => {
    const { steps } = rehearsed(shell(label('n4'), PEERS, promote('n4'), MESH_OFF))
    expect(steps.map(({ verdict }) => verdict)).toEqual(['safe', 'safe', 'disruptive', 'safe'])
  })
})

describe('a second reflector with the same cluster ID', () => {
  const split = [
    promote('n2'),
    promote('n4'),
    'kubectl label node n1 n2 zone=a',
    'kubectl label node n3 n4 zone=b',
    ...['a', 'b'].map(
      (zone) => `cat <<EOF | calicoctl apply -f -
kind: BGPPeer
apiVersion: projectcalico.org/v3
metadata: {name: zone-${zone}}
spec: {nodeSelector: zone == '${zone}', peerSelector: zone == '${zone}' && reflects == 'yes'}
EOF`,
    ),
    `cat <<EOF | calicoctl apply -f -
kind: BGPPeer
apiVersion: projectcalico.org/v3
metadata: {name: reflectors}
spec: {nodeSelector: reflects == 'yes', peerSelector: reflects == 'yes'}
EOF`,
    'kubectl label node n2 n4 reflects=yes',
    MESH_OFF,
  ]

  test('is right where every client peers with both: all reach all', () => {
    const { last, whole } = rehearsed(shell(label('n2'), label('n4'), PEERS, promote('n2'), promote('n4'), MESH_OFF))
    expect(last.reach().pairs).toMatchObject({ total: ALL, delivered: ALL })
    expect(whole.findings.added.map(({ code }) => code)).not.toContain('BGP_REFLECTORS_SPLIT_CLUSTER')
  })

  test('is wrong where each has clients of its own: these lose each other for good, and it is said why', () => {
    const { last, steps, verdict, whole } = rehearsed(shell(...split))
    expect(verdict).toBe('broken')
    expect(steps.at(-1)?.missing).toBeGreaterThan(0)
    expect(last.reach().pairs.delivered).toBeLessThan(ALL)
    expect(whole.findings.added.map(({ code }) => code)).toContain('BGP_REFLECTORS_SPLIT_CLUSTER')
  })

  test('is mended by another cluster ID', () => {
    const other = split.map((line) => (line === promote('n4') ? promote('n4', '244.0.0.2') : line))
    const { last } = rehearsed(shell(...other))
    expect(last.reach().pairs.delivered).toBe(ALL)
  })
})
