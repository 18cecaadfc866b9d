import { describe, expect, test } from 'vitest'
import { readRunbook } from '../../../src/planning/runbook/read-runbook.js'
import type { Action, RunbookStep } from '../../../src/planning/runbook/runbook.js'

const steps = (text: string, files: Readonly<Record<string, string>> = {}): readonly RunbookStep[] =>
  readRunbook(text, 'run.sh', (path) => files[path]).steps

function only(text: string, files: Readonly<Record<string, string>> = {}): Action {
  const found = steps(text, files)
  expect(found).toHaveLength(1)
  return found[0]?.action ?? { type: 'refused', findings: [] }
}

const codes = (action: Action): readonly string[] =>
  'findings' in action ? action.findings.map(({ code }) => code) : []

const PEER = `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rr
spec:
  nodeSelector: all()
  peerSelector: route-reflector == 'true'
`

describe('a here-document', () => {
  test('piped into apply is what is applied', () => {
    expect(only(`cat <<EOF | calicoctl apply -f -\n${PEER}EOF\n`)).toMatchObject({
      type: 'change',
      change: { do: 'apply', client: 'calicoctl', resources: [{ kind: 'BGPPeer', metadata: { name: 'rr' } }] },
    })
  })

  test('given to apply itself', () => {
    expect(only(`kubectl apply -f - <<'EOF'\n${PEER}EOF\n`)).toMatchObject({
      change: { do: 'apply', client: 'kubectl' },
    })
  })

  test('fills variables in unless its delimiter is quoted', () => {
    const body = (quote: string) =>
      only(
        `NAME=peer-1\ncat <<${quote}EOF${quote} | calicoctl apply -f -\n${PEER.replace('name: rr', 'name: $NAME')}EOF\n`,
      )
    expect(body('')).toMatchObject({ change: { resources: [{ metadata: { name: 'peer-1' } }] } })
    expect(JSON.stringify(body("'"))).toContain('$NAME')
  })

  test('written into a file is there for later commands', () => {
    const text = `cat > peer.yaml <<EOF\n${PEER}EOF\ncalicoctl create -f peer.yaml\n`
    expect(steps(text).map(({ action }) => action)).toMatchObject([
      { type: 'query' },
      { change: { do: 'create', resources: [{ metadata: { name: 'rr' } }] } },
    ])
  })

  test('that is not closed is refused', () => {
    expect(codes(only(`calicoctl apply -f - <<EOF\n${PEER}`))).toEqual(['RUNBOOK_SYNTAX'])
  })
})

describe('files', () => {
  test('are read beside the runbook', () => {
    expect(only('kubectl apply -f peer.yaml', { 'peer.yaml': PEER })).toMatchObject({ change: { do: 'apply' } })
  })

  test.each([
    ['kubectl apply -f lost.yaml', 'RUNBOOK_FILE_MISSING'],
    ['kubectl apply -f https://example.org/a.yaml', 'RUNBOOK_NOT_SIMULATED'],
    ['kubectl apply -k overlays/prod', 'RUNBOOK_NOT_SIMULATED'],
    ['calicoctl get ippool x -o yaml | sed s/a/b/ | calicoctl apply -f -', 'RUNBOOK_NOT_SIMULATED'],
    ['kubectl apply', 'RUNBOOK_COMMAND_INVALID'],
    ['calicoctl apply -f -', 'RUNBOOK_COMMAND_INVALID'],
  ])('%s: %s', (text, code) => {
    expect(codes(only(text))).toEqual([code])
  })
})

describe('patches', () => {
  test('calicoctl patch takes a merge of JSON', () => {
    const text = `calicoctl patch node rke-node4 -p '{"spec": {"bgp": {"routeReflectorClusterID": "244.0.0.1"}}}'`
    expect(only(text)).toMatchObject({
      change: {
        do: 'patch',
        client: 'calicoctl',
        target: { kind: 'calico/Node', pick: { by: 'name', names: ['rke-node4'] } },
        patch: { body: { spec: { bgp: { routeReflectorClusterID: '244.0.0.1' } } } },
      },
    })
  })

  test('typographic quotes are told as such', () => {
    const text = `calicoctl patch node node-1 -p '{"spec": {"bgp": {\u201casNumber\u201d: \u201c64514\u201d}}}'`
    expect(codes(only(text))).toEqual(['RUNBOOK_QUOTES'])
  })

  test('a patch that is no JSON is refused by calicoctl, and YAML taken by kubectl', () => {
    expect(codes(only(`calicoctl patch ippool p -p 'spec: {disabled: true}'`))).toEqual(['CHANGE_PATCH_INVALID'])
    expect(only(`kubectl patch ippool p --type merge -p 'spec: {disabled: true}'`)).toMatchObject({
      change: { patch: { type: 'merge', body: { spec: { disabled: true } } } },
    })
  })

  test('operations with --type json', () => {
    const text = `kubectl patch ippool p --type=json -p='[{"op": "replace", "path": "/spec/disabled", "value": true}]'`
    expect(only(text)).toMatchObject({ change: { patch: { type: 'json', operations: [{ op: 'replace' }] } } })
  })
})

describe('verbs', () => {
  test.each([
    ['kubectl label node n1 rack=0 --overwrite', { do: 'label', set: [['rack', '0']], overwrite: true }],
    ['kubectl label nodes n1 n2 rack-', { do: 'label', remove: ['rack'], target: { pick: { names: ['n1', 'n2'] } } }],
    ['calicoctl label nodes n1 rr=yes', { do: 'label', client: 'calicoctl', target: { kind: 'calico/Node' } }],
    ['kubectl annotate node n1 a.b/c=d', { do: 'annotate', set: [['a.b/c', 'd']] }],
    ['kubectl -n web scale deployment/web --replicas=3', { do: 'scale', replicas: 3, target: { namespace: 'web' } }],
    ['kubectl cordon n1', { do: 'cordon', target: { kind: 'core/Node' } }],
    [
      'kubectl drain n1 --ignore-daemonsets --delete-emptydir-data',
      { do: 'drain', ignoreDaemonSets: true, force: false },
    ],
    [
      'kubectl -n kube-system set env daemonset/calico-node CALICO_IPV4POOL_IPIP=off FELIX_IPINIPENABLED=false X-',
      {
        do: 'setEnv',
        set: [
          ['CALICO_IPV4POOL_IPIP', 'off'],
          ['FELIX_IPINIPENABLED', 'false'],
        ],
        remove: ['X'],
      },
    ],
    [
      'kubectl rollout restart ds/calico-node -n kube-system',
      { do: 'rolloutRestart', target: { kind: 'apps/DaemonSet' } },
    ],
    [
      'kubectl delete pod -l app=web --all-namespaces',
      { do: 'delete', target: { namespace: '*', pick: { by: 'label' } } },
    ],
    ['kubectl delete pods --all -n web', { do: 'delete', target: { pick: { by: 'all' } } }],
    ['calicoctl delete ippool old', { do: 'delete', client: 'calicoctl', target: { kind: 'calico/IPPool' } }],
    ['kubectl set image ds/calico-node calico-node=calico/node:v3.33.0', { do: 'patch', patch: { type: 'strategic' } }],
    [
      'kubectl create deployment web --image=nginx --replicas=2',
      { do: 'create', resources: [{ spec: { replicas: 2 } }] },
    ],
    ['calicoctl ipam configure --strictaffinity=true', { do: 'configureIpam', strictAffinity: true }],
    ['sudo DATASTORE_TYPE=kubernetes calicoctl delete ippool old', { do: 'delete' }],
    ['kubectl calico delete ippool old', { do: 'delete', client: 'calicoctl' }],
    ['sleep 2m', { do: 'wait', seconds: 120 }],
  ])('%s', (text, change) => {
    expect(only(text)).toMatchObject({ type: 'change', change })
  })

  test('objects in a file that delete names', () => {
    expect(only('calicoctl delete -f peer.yaml', { 'peer.yaml': PEER })).toMatchObject({
      change: { do: 'delete', target: { kind: 'calico/BGPPeer', pick: { names: ['rr'] } } },
    })
  })

  test.each([
    ['kubectl delete frobnicator x', 'CHANGE_KIND_UNKNOWN'],
    ['kubectl delete networkpolicy x', 'RUNBOOK_NOT_SIMULATED'],
    ['kubectl edit ippool x', 'RUNBOOK_NOT_SIMULATED'],
    ['helm upgrade calico', 'RUNBOOK_NOT_SIMULATED'],
    ['kubectl label node n1', 'RUNBOOK_COMMAND_INVALID'],
    ['kubectl label node <node> rack=0', 'RUNBOOK_PLACEHOLDER'],
    ['kubectl label node $NODE rack=0', 'RUNBOOK_PLACEHOLDER'],
    ['kubectl delete pod $(kubectl get pod -o name)', 'RUNBOOK_PLACEHOLDER'],
    ['while true; do kubectl delete pod x; done', 'RUNBOOK_NOT_SIMULATED'],
    ["kubectl label node n1 'rack=0", 'RUNBOOK_SYNTAX'],
    ['ip route add 10.0.0.0/8 via 10.1.1.1', 'RUNBOOK_NOT_SIMULATED'],
    ['kubectl delete pod x || kubectl delete pod y', undefined],
  ])('%s: %s', (text, code) => {
    expect(steps(text).flatMap(({ action }) => codes(action))).toEqual([code ?? 'RUNBOOK_NOT_SIMULATED'])
  })
})

describe('questions', () => {
  test.each([
    ['calicoctl node status', { ask: 'nodeStatus' }],
    ['ssh admin@n1 sudo calicoctl node status', { ask: 'nodeStatus', node: 'n1' }],
    ['ip route', { ask: 'routes', family: 4 }],
    ['ip -6 route show', { ask: 'routes', family: 6 }],
    ['ssh n2 "ip route | grep tunl0"', { ask: 'routes', node: 'n2' }],
    ['kubectl get nodes -o wide | grep Ready', { ask: 'resources', kind: 'core/Node', output: 'wide' }],
    ['calicoctl get ippool -o yaml', { ask: 'resources', kind: 'calico/IPPool' }],
    ['calicoctl ipam show --show-blocks', { ask: 'ipam', blocks: true }],
    [
      'kubectl exec web-0 -- ping -c 3 10.42.1.5',
      { ask: 'reach', from: { namespace: 'default', pod: 'web-0' }, to: '10.42.1.5' },
    ],
    ['curl http://10.0.0.1:8080/x', { ask: 'reach', to: '10.0.0.1' }],
    ['birdcl show route 10.42.0.0/26 all', { ask: 'rib', prefix: '10.42.0.0/26' }],
    ['kubectl apply --dry-run=server -f x.yaml', { ask: 'other' }],
    ['kubectl rollout status ds/calico-node', { ask: 'other' }],
  ])('%s', (text, query) => {
    expect(only(text)).toMatchObject({ type: 'query', query })
  })
})

describe('a script', () => {
  test('is one step for each command, named after the comment above it', () => {
    const text =
      '#!/bin/bash\nset -e\nexport KUBECONFIG=~/.kube/config\n\n# Mark the reflector\nkubectl label node n1 rr=yes && sleep 5\n'
    expect(steps(text).map(({ name, line }) => [name, line])).toEqual([
      ['Mark the reflector', 6],
      ['sleep 5', 6],
    ])
  })

  test('repeats what stands in a loop over words', () => {
    const found = steps('for n in n1 n2; do\n  kubectl label node $n rr=yes\ndone\n')
    expect(found.map(({ action }) => action)).toMatchObject([
      { change: { target: { pick: { names: ['n1'] } } } },
      { change: { target: { pick: { names: ['n2'] } } } },
    ])
  })

  test('joins lines that end in a backslash', () => {
    expect(only('kubectl label node n1 \\\n  rr=yes')).toMatchObject({ change: { do: 'label' } })
  })
})
