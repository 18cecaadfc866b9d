import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import type { Change } from '../../../src/planning/change/change.js'
import type { Rehearsal } from '../../../src/planning/rehearsal/rehearsal.js'
import { rehearse } from '../../../src/planning/rehearsal/rehearse.js'
import type { Runbook } from '../../../src/planning/runbook/runbook.js'
import { calico, REFLECTOR_PEERS, type SmallCluster, smallCluster } from './small-cluster.js'

const MESH_OFF: Change = {
  do: 'apply',
  client: 'calicoctl',
  resources: [calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: false, asNumber: 64512 })],
}
const PROMOTE: Change = {
  do: 'patch',
  client: 'calicoctl',
  target: { kind: 'calico/Node', pick: { by: 'name', names: ['n4'] } },
  patch: { type: 'strategic', body: { spec: { bgp: { routeReflectorClusterID: '244.0.0.1' } } } },
}
const LABEL: Change = {
  do: 'label',
  client: 'kubectl',
  target: { kind: 'core/Node', pick: { by: 'name', names: ['n4'] } },
  set: [['route-reflector', 'true']],
  remove: [],
  overwrite: false,
}
const PEER: Change = { do: 'apply', client: 'calicoctl', resources: [REFLECTOR_PEERS] }

function runbookOf(...changes: readonly Change[]): Runbook {
  return {
    name: 'runbook',
    findings: [],
    steps: changes.map((change, index) => ({
      index,
      name: change.do,
      command: change.do,
      file: 'runbook.md',
      action: { type: 'change', change },
    })),
  }
}

function rehearsed(changes: readonly Change[], shape: SmallCluster = {}): Rehearsal {
  return rehearse(buildCluster(smallCluster(shape)), runbookOf(...changes))
}

describe('a rehearsal', () => {
  test('of the mesh turned off first is broken from that step until the BGPPeer exists', () => {
    const { steps, verdict } = rehearsed([MESH_OFF, PROMOTE, LABEL, PEER])
    expect(verdict).toBe('broken')
    expect(steps.map(({ missing }) => missing)).toEqual([12, 12, 12, 0])
    expect(steps[0]?.lostAfter.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(12)
  })

  test('finds the order in which only the pods of the new reflector are cut, and for how long', () => {
    const { saferOrder } = rehearsed([MESH_OFF, PROMOTE, LABEL, PEER])
    expect(saferOrder?.verdict).toBe('disruptive')
    expect(saferOrder?.steps.at(-1)?.step.index).toBe(0)
    const cut = saferOrder?.steps.find(({ step }) => step.index === 1)?.transition
    expect(cut?.lostDuring.every(({ from, to }) => from.join() === 'n4' || to.join() === 'n4')).toBe(true)
    expect(cut?.outage?.mostly).toEqual({ min: 4, max: 30 })
    expect(cut?.outage?.cause).toMatchObject({ code: 'sessionsReplaced', collision: true })
  })

  test('finds that nobody is cut when that node is drained meanwhile', () => {
    const { drainedOrder } = rehearsed([MESH_OFF, PROMOTE, LABEL, PEER])
    expect(drainedOrder?.verdict).toBe('safe')
    expect(drainedOrder?.added.map(({ command }) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'kubectl drain n4',
      'kubectl uncordon n4',
    ])
  })

  test('offers no order that leaves down what the runbook brings back, and none for waiting', () => {
    const element = { what: 'node', name: 'n4' } as const
    const down: Change = { do: 'fail', element, manner: 'killed' }
    const back: Change = { do: 'recover', element }
    const found = rehearsed([LABEL, PEER, PROMOTE, MESH_OFF, down, { do: 'wait', seconds: 600 }, back])
    const [lost, waited] = found.steps.slice(4)
    expect([lost?.missing, waited?.missing]).toEqual([12, 12])
    expect(found.cost.missing).toBe(12)
    expect(lost?.transition?.lossBegins).toEqual({ min: 0, max: 242 })
    for (const order of [found.saferOrder, found.drainedOrder]) {
      const indexes = (order?.steps ?? []).map(({ step }) => step.index)
      expect(indexes.indexOf(4)).toBeLessThanOrEqual(indexes.indexOf(6))
    }
  })

  test('of the drained order itself is safe and asks for no other order', () => {
    const target = { kind: 'core/Node', pick: { by: 'name', names: ['n4'] } } as const
    const drain: Change = { do: 'drain', target, ignoreDaemonSets: true, force: false, deleteEmptyDirData: true }
    const { verdict, saferOrder, drainedOrder } = rehearsed([drain, LABEL, PEER, PROMOTE, MESH_OFF])
    expect(verdict).toBe('safe')
    expect([saferOrder, drainedOrder]).toEqual([undefined, undefined])
  })

  test('keeps the addresses of pods that a step leaves alone', () => {
    const disable: Change = {
      do: 'patch',
      client: 'calicoctl',
      target: { kind: 'calico/IPPool', pick: { by: 'name', names: ['pool'] } },
      patch: { type: 'strategic', body: { spec: { disabled: true } } },
    }
    const create: Change = {
      do: 'apply',
      client: 'calicoctl',
      resources: [calico('IPPool', 'next', { cidr: '10.66.0.0/16', ipipMode: 'CrossSubnet' })],
    }
    const { whole } = rehearsed([create, disable])
    expect(whole.capacity.pods).toEqual({ added: 0, removed: 0, readdressed: 0 })
  })

  test('gives pods addresses of the new pool when they are started anew', () => {
    const create: Change = {
      do: 'apply',
      client: 'calicoctl',
      resources: [calico('IPPool', 'next', { cidr: '10.66.0.0/16', ipipMode: 'CrossSubnet' })],
    }
    const disable: Change = {
      do: 'patch',
      client: 'calicoctl',
      target: { kind: 'calico/IPPool', pick: { by: 'name', names: ['pool'] } },
      patch: { type: 'strategic', body: { spec: { disabled: true } } },
    }
    const restart: Change = {
      do: 'rolloutRestart',
      target: { kind: 'apps/Deployment', pick: { by: 'name', names: ['web'] } },
    }
    const { last, steps } = rehearsed([create, disable, restart])
    expect(steps[2]?.diff?.capacity.pods).toEqual({ added: 0, removed: 0, readdressed: 8 })
    const pools = last.capacity().books.pools.map(({ pool, addresses }) => [pool.name, addresses.pods])
    expect(pools).toEqual([
      ['next', 8],
      ['pool', 0],
    ])
  })

  test('of a step that changes nothing reports nothing', () => {
    const again: Change = { do: 'apply', client: 'calicoctl', resources: [] }
    const same: Change = {
      do: 'apply',
      client: 'calicoctl',
      resources: [calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: true, asNumber: 64512 })],
    }
    const { steps, verdict } = rehearsed([again, same])
    expect(verdict).toBe('safe')
    for (const step of steps) {
      expect(step.after).toBe(step.before)
      expect(step).toMatchObject({ verdict: 'safe', lostAfter: [], missing: 0 })
      expect(step.diff).toBeUndefined()
    }
  })

  test('goes on after a step that is refused', () => {
    const wrong: Change = { ...PROMOTE, target: { kind: 'calico/Node', pick: { by: 'name', names: ['n9'] } } }
    const { steps } = rehearsed([wrong, MESH_OFF])
    expect(steps.map(({ status }) => status)).toEqual(['rejected', 'simulated'])
    expect(steps[0]?.remarks.map(({ code }) => code)).toEqual(['CHANGE_NOT_FOUND'])
    expect(steps[1]?.missing).toBe(12)
  })
})
