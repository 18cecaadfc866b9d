/** The commands of the operations guide as somebody would paste them, row by row. */

import { describe, expect, test } from 'vitest'
import { readRunbook } from '../../../src/planning/runbook/read-runbook.js'
import type { Action } from '../../../src/planning/runbook/runbook.js'

const actions = (text: string, files: Readonly<Record<string, string>> = {}): readonly Action[] =>
  readRunbook(text, 'guide.sh', (path) => files[path]).steps.map(({ action }) => action)

const kinds = (text: string) =>
  actions(text).map((action) =>
    action.type === 'change' ? action.change.do : action.type === 'query' ? action.query.ask : action.type,
  )

const codes = (text: string) =>
  actions(text).flatMap((action) => ('findings' in action ? action.findings.map(({ code }) => code) : []))

const apply = (body: string): string => `cat <<EOF | calicoctl apply -f -\n${body}\nEOF\n`

const MESH_OFF = (name: string) => `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
${name}
spec:
 logSeverityScreen: Info
 nodeToNodeMeshEnabled: false
 asNumber: 63400`

describe('row 1 and 5: looking at what is there', () => {
  test('is read-only', () => {
    expect(kinds('kubectl get nodes -o wide\nip route | grep tunl0\ncalicoctl get ippool -o wide\n')).toEqual([
      'resources',
      'routes',
      'resources',
    ])
  })
})

describe('row 2: environment of calico-node', () => {
  test('set, then restarted', () => {
    const text = `kubectl set env daemonset/calico-node -n kube-system CALICO_IPV4POOL_IPIP=off FELIX_IPINIPENABLED=false
kubectl rollout restart daemonset/calico-node -n kube-system
kubectl rollout status daemonset/calico-node -n kube-system
route -n`
    expect(kinds(text)).toEqual(['setEnv', 'rolloutRestart', 'other', 'routes'])
  })

  test('edited by hand is not simulated', () => {
    expect(codes('kubectl edit ds calico-node -n kube-system')).toEqual(['RUNBOOK_NOT_SIMULATED'])
  })
})

describe('row 3: CrossSubnet', () => {
  test('an editor is not simulated; the patch that it stands for is', () => {
    expect(codes('kubectl edit ipPool/default-ipv4-ippool')).toEqual(['RUNBOOK_NOT_SIMULATED'])
    const text = `calicoctl patch ippool default-ipv4-ippool -p '{"spec": {"ipipMode": "CrossSubnet"}}'
kubectl delete pod -n kube-system -l k8s-app=calico-node
kubectl exec web-0 -- ping -c 3 10.42.1.9`
    expect(kinds(text)).toEqual(['patch', 'delete', 'reach'])
  })
})

describe('row 4: calicoctl', () => {
  test('its variables are passed over, its status is a question', () => {
    const text = `export CALICO_DATASTORE_TYPE=kubernetes
export CALICO_KUBECONFIG=~/.kube/config
calicoctl node status
DATASTORE_TYPE=kubernetes KUBECONFIG=~/.kube/config sudo -E calicoctl node status`
    expect(kinds(text)).toEqual(['nodeStatus', 'nodeStatus'])
  })

  test('downloading it changes nothing', () => {
    const text = `curl -O -L https://example.org/calicoctl
chmod +x calicoctl && sudo mv calicoctl /usr/local/bin/`
    expect(kinds(text)).toEqual(['other', 'other', 'other'])
  })
})

describe('row 6: reflectors', () => {
  test('as pasted, with the lost indentation, the mesh stays on', () => {
    expect(kinds(apply(MESH_OFF('name: default')))).toEqual(['refused'])
  })

  test('as meant', () => {
    const text = `${apply(MESH_OFF('  name: default'))}calicoctl patch node rke-node4 -p '{"spec": {"bgp": {"routeReflectorClusterID": "244.0.0.1"}}}'
kubectl label node rke-node4 route-reflector=true
${apply(`kind: BGPPeer
apiVersion: projectcalico.org/v3
metadata:
 name: peer-with-route-reflectors
spec:
 nodeSelector: all()
 peerSelector: route-reflector == 'true'`)}calicoctl node status`
    expect(actions(text)).toMatchObject([
      { change: { do: 'apply', resources: [{ spec: { nodeToNodeMeshEnabled: false, asNumber: 63400 } }] } },
      { change: { do: 'patch', patch: { body: { spec: { bgp: { routeReflectorClusterID: '244.0.0.1' } } } } } },
      { change: { do: 'label', set: [['route-reflector', 'true']] } },
      {
        change: { do: 'apply', resources: [{ kind: 'BGPPeer', spec: { peerSelector: "route-reflector == 'true'" } }] },
      },
      { query: { ask: 'nodeStatus' } },
    ])
  })
})

describe('rows 7 and 8: more reflectors with one cluster ID', () => {
  test('in a loop', () => {
    const text = `for node in rke-node3 rke-node4; do
  calicoctl patch node $node -p '{"spec": {"bgp": {"routeReflectorClusterID": "244.0.0.1"}}}'
  kubectl label node \${node} route-reflector=true
done`
    expect(actions(text)).toMatchObject([
      { change: { do: 'patch', target: { pick: { names: ['rke-node3'] } } } },
      { change: { do: 'label', target: { pick: { names: ['rke-node3'] } } } },
      { change: { do: 'patch', target: { pick: { names: ['rke-node4'] } } } },
      { change: { do: 'label', target: { pick: { names: ['rke-node4'] } } } },
    ])
  })
})

describe('row 9: MTU', () => {
  test('patched into calico-config', () => {
    const text = `kubectl patch configmap/calico-config -n kube-system --type merge -p '{"data":{"veth_mtu": "9001"}}'
kubectl rollout restart daemonset calico-node -n kube-system`
    expect(kinds(text)).toEqual(['patch', 'rolloutRestart'])
  })
})

describe('rows 10 and 11: AS numbers', () => {
  test('of all, and of one node with the quotes of a web page', () => {
    expect(kinds(apply(MESH_OFF('  name: default').replace('63400', '64513')))).toEqual(['apply'])
    const pasted = 'calicoctl patch node node-1 -p \'{"spec": {"bgp": {“asNumber”: “64514”}}}\''
    expect(codes(pasted)).toEqual(['RUNBOOK_QUOTES'])
    expect(kinds(pasted.replaceAll(/[“”]/g, '"'))).toEqual(['patch'])
  })

  test('typographic quotes around the whole patch, too', () => {
    expect(codes('calicoctl patch node node-1 -p ‘{"spec": {}}’')).toEqual(['RUNBOOK_QUOTES'])
  })
})

describe('rows 12 and 13: pools', () => {
  const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: my-ippool
spec:
  blockSize: 24
  cidr: 192.0.0.0/16
  ipipMode: Always
  natOutgoing: true`

  test('a file that a command writes is there for the next one', () => {
    const text = `cat > pool.yaml <<EOF
${POOL}
EOF
calicoctl apply -f pool.yaml
calicoctl patch ippool default-ipv4-ippool -p '{"spec": {"disabled": true}}'
kubectl delete pod --all -n default
calicoctl get workloadendpoints
calicoctl delete ippool default-ipv4-ippool`
    expect(kinds(text)).toEqual(['other', 'apply', 'patch', 'delete', 'other', 'delete'])
  })

  test('a string for a boolean is a patch; calicoctl refuses it when it is applied', () => {
    const text = `calicoctl patch ippool default-ipv4-ippool -p '{"spec": {"disabled": “true”}}'`
    expect(codes(text)).toEqual(['RUNBOOK_QUOTES'])
    expect(kinds(text.replaceAll(/[“”]/g, '"'))).toEqual(['patch'])
  })
})

describe('row 14: pools by topology', () => {
  test('nodes labelled, pools made', () => {
    const pool = (rack: number) => `calicoctl create -f - <<EOF
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-${rack}-ippool
spec:
  cidr: 192.168.${rack}.0/24
  ipipMode: Always
  natOutgoing: true
  nodeSelector: rack == "${rack}"
EOF
`
    const text = `kubectl label nodes kube-node-0 rack=0\nkubectl label nodes kube-node-1 rack=1\n${pool(0)}${pool(1)}`
    expect(actions(text)).toMatchObject([
      { change: { do: 'label', target: { kind: 'core/Node' } } },
      { change: { do: 'label', set: [['rack', '1']] } },
      { change: { do: 'create', resources: [{ spec: { nodeSelector: 'rack == "0"' } }] } },
      { change: { do: 'create', resources: [{ spec: { nodeSelector: 'rack == "1"' } }] } },
    ])
  })
})

describe('rows 15 to 17: SNAT and fixed addresses', () => {
  test('are patches and Deployments', () => {
    const deployment = (annotation: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx-test
spec:
  replicas: 1
  selector: {matchLabels: {app: nginx-test}}
  template:
    metadata:
      labels: {app: nginx-test}
      annotations:
        ${annotation}
    spec:
      containers: [{name: nginx, image: nginx}]
`
    const files = {
      'nginx.yaml': deployment(String.raw`"cni.projectcalico.org/ipAddrs": "[\"10.42.210.135\"]"`),
      'nginx-pool.yaml': deployment(String.raw`"cni.projectcalico.org/ipv4pools": "[\"pool-1\"]"`),
    }
    const text = `kubectl patch ippool default-ipv4-ippool --type=merge -p '{"spec":{"natOutgoing":false}}'
kubectl apply -f nginx.yaml
kubectl apply -f ./nginx-pool.yaml
kubectl scale deployment nginx-test --replicas=3`
    expect(actions(text, files)).toMatchObject([
      { change: { do: 'patch' } },
      { change: { do: 'apply', resources: [{ kind: 'Deployment' }] } },
      { change: { do: 'apply', resources: [{ kind: 'Deployment' }] } },
      { change: { do: 'scale', replicas: 3 } },
    ])
  })
})
