import { describe, expect, test } from 'vitest'
import { readRunbook } from '../../../src/planning/runbook/read-runbook.js'

describe('a Markdown runbook', () => {
  const page = `# Reflectors

Some words, and \`kubectl delete node n9\` in them.

## Label the node

\`\`\`sh
kubectl label node n1 rr=yes
\`\`\`

\`\`\`yaml
not: a step
\`\`\`

## Peer

1. Write \`peer.yaml\`:

   \`\`\`yaml
   apiVersion: projectcalico.org/v3
   kind: BGPPeer
   metadata: {name: rr}
   spec: {nodeSelector: all(), peerSelector: has(rr)}
   \`\`\`

2. Apply it:

   \`\`\`console
   $ calicoctl apply -f peer.yaml
   Successfully applied 1 resource(s)
   $ calicoctl node status
   \`\`\`
`

  test('has the commands of its shell blocks as steps, named after the heading', () => {
    const { steps, findings } = readRunbook(page, 'run.md')
    expect(findings).toEqual([])
    expect(steps.map(({ name, command, line }) => [name, command, line])).toEqual([
      ['Label the node', 'kubectl label node n1 rr=yes', 8],
      ['Peer', 'calicoctl apply -f peer.yaml', 29],
      ['Peer', 'calicoctl node status', 31],
    ])
  })

  test('gives a file that it shows to the commands that name it', () => {
    const [, apply] = readRunbook(page, 'run.md').steps
    expect(apply?.action).toMatchObject({ change: { do: 'apply', resources: [{ kind: 'BGPPeer' }] } })
  })
})

describe('a Runbook document', () => {
  const document = `apiVersion: calico-plan/v1
kind: Runbook
metadata: {name: change}
spec:
  steps:
  - {name: Disable, patch: {kind: IPPool, name: old, patch: {spec: {disabled: true}}}}
  - {name: Label, run: kubectl label node n1 rr=yes}
  - {apply: {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: rr}, spec: {nodeSelector: all()}}}
  - {delete: {kind: IPPool, name: old}}
  - {fail: {node: n1}}
  - {fail: {bird: n2, manner: orderly}}
  - {recover: {node: n1}}
  - {wait: 30}
  - {name: Still there, expect: {sessions: {allEstablished: true}}}
  - {jump: high}
`

  test('has each of its steps', () => {
    const { steps } = readRunbook(document, 'run.yaml')
    expect(steps.map(({ action }) => action)).toMatchObject([
      { change: { do: 'patch', client: 'calicoctl', patch: { type: 'merge' } } },
      { change: { do: 'label' } },
      { change: { do: 'apply', client: 'calicoctl' } },
      { change: { do: 'delete', target: { kind: 'calico/IPPool' } } },
      { change: { do: 'fail', element: { what: 'node', name: 'n1' }, manner: 'killed' } },
      { change: { do: 'fail', element: { what: 'bird' }, manner: 'orderly' } },
      { change: { do: 'recover' } },
      { change: { do: 'wait', seconds: 30 } },
      { type: 'expect' },
      { type: 'refused' },
    ])
    expect(steps[0]?.name).toBe('Disable')
  })
})

describe('bounds', () => {
  test('a text without a step says so', () => {
    expect(readRunbook('# Nothing\n', 'run.md').findings.map(({ code }) => code)).toEqual(['RUNBOOK_EMPTY'])
  })

  test('a text that is too large is not read', () => {
    const { steps, findings } = readRunbook('x'.repeat(4_000_001), 'run.sh')
    expect([steps.length, findings.map(({ code }) => code)]).toEqual([0, ['RUNBOOK_TOO_LARGE']])
  })

  test('no more steps than the limit', () => {
    const { steps, findings } = readRunbook('sleep 1\n'.repeat(2_001), 'run.sh')
    expect([steps.length, findings.map(({ code }) => code)]).toEqual([2000, ['RUNBOOK_TOO_LARGE']])
  })
})
