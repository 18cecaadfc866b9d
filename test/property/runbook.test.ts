import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/manifests/resource.js'
import { applyChange } from '../../src/planning/change/apply-change.js'
import type { Change } from '../../src/planning/change/change.js'
import { manifestsInForce, type World, worldOf } from '../../src/planning/change/world.js'
import { readRunbook } from '../../src/planning/runbook/read-runbook.js'
import { runStep } from '../../src/planning/runbook/run-step.js'

/** Random texts; more of them are tried with CALICO_PLAN_RUNS=2000. */
const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 200)
const SEED = Number(process.env['CALICO_PLAN_SEED'] ?? 20_261_123)
const OPTIONS = { numRuns: RUNS, seed: SEED }

const PIECES = [
  'kubectl',
  'calicoctl',
  'apply',
  'patch',
  'delete',
  'label',
  'node',
  'ippool',
  'n1',
  'a=b',
  '-f',
  '-',
  '-p',
  '-l',
  '--all',
  '\'{"spec": {}}\'',
  '{"spec":',
  '<<EOF',
  'EOF',
  '<<-',
  '<',
  '>',
  '>>',
  '|',
  '||',
  '&&',
  ';',
  '&',
  '\n',
  '\n',
  '\\\n',
  '\r\n',
  "'",
  '"',
  '`',
  '$(',
  ')',
  '(',
  '$A',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of a shell text
  '${A}',
  '${',
  '}',
  '{',
  '{1..3}',
  '{a,b}',
  'A=1',
  'A=$A$A',
  'for',
  'in',
  'do',
  'done',
  'while',
  'if',
  'fi',
  'case',
  'esac',
  'sudo',
  'ssh n1',
  'bash -c',
  'xargs',
  'kubectl exec p --',
  'sleep 3',
  'cat',
  'tee x.yaml',
  '#',
  '```',
  '```sh\n',
  '```yaml x.yaml\n',
  '- ',
  '> ',
  '# T\n',
  'apiVersion: projectcalico.org/v3\n',
  'kind: Runbook\n',
  'spec:\n  steps:\n  - {wait: 3}\n',
  '\u201c',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
]

const texts = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(' ')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
)
const names = fc.constantFrom('run.md', 'run.sh', 'run.yaml', 'run', 'constructor')

describe('the reader of runbooks', () => {
  test('never throws, and gives every step a name, a command and a number', () => {
    void fc.assert(
      fc.property(texts, names, (text, name) => {
        const { steps } = readRunbook(text, name, (path) => (path.length > 3 ? text : undefined))
        for (const [number, step] of steps.entries()) {
          expect(step.index).toBe(number)
          expect(step.command).not.toBe('')
        }
      }),
      OPTIONS,
    )
  })

  test('gives each step a line on which its command begins', () => {
    void fc.assert(
      fc.property(
        fc.array(fc.constantFrom('sleep 1', '', '# x', 'kubectl get nodes', 'A=1'), { maxLength: 20 }),
        (lines) => {
          const { steps } = readRunbook(lines.join('\n'), 'run.sh')
          const wanted = lines.flatMap((line, at) => (/^(?:sleep|kubectl)/.test(line) ? [at + 1] : []))
          expect(steps.map(({ line }) => line)).toEqual(wanted)
        },
      ),
      OPTIONS,
    )
  })

  test('takes no more time for a text that is twice as long than in proportion', () => {
    const worst = [
      '(',
      '$(',
      '`a',
      "'",
      '"',
      '<<E\n',
      'A=$A$A\n',
      '{a,b}',
      'a |\n',
      '# ',
      '- ',
      '> ',
      '```\n',
      '$A',
      '\\\n',
      'x ',
    ]
    for (const piece of worst) {
      const started = performance.now()
      readRunbook(piece.repeat(40_000), 'run.sh')
      readRunbook(piece.repeat(8_000), 'run.md')
      expect(`${piece}: ${performance.now() - started < 6_000}`).toBe(`${piece}: true`)
    }
  })
})

const POOL = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name: 'p' },
  spec: { cidr: '10.0.0.0/16' },
}
const START: readonly Manifest[] = [
  { resource: POOL },
  ...['n1', 'n2'].map((name) => ({
    resource: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, annotations: { 'projectcalico.org/IPv4Address': '172.16.0.1/24' } },
    },
  })),
]

const COMMANDS = [
  'kubectl label node n1 a=b',
  'kubectl label node n1 a-',
  'kubectl label node --all c=d --overwrite',
  'kubectl cordon n2',
  'kubectl uncordon n2',
  'kubectl delete node n2',
  'calicoctl patch ippool p -p \'{"spec": {"disabled": true}}\'',
  'calicoctl patch ippool p -p \'{"spec": {"disabled": "true"}}\'',
  'calicoctl patch ippool p -p \'{"spec": {"cidr": "10.1.0.0/16"}}\'',
  'calicoctl patch node n1 -p \'{"spec": {"bgp": {"asNumber": 64513}}}\'',
  'calicoctl delete ippool p',
  'kubectl scale deployment web --replicas=2',
  'kubectl create deployment web --image=x --replicas=4',
  'kubectl -n kube-system set env ds/calico-node A=B',
  'kubectl -n kube-system rollout restart ds/calico-node',
  'sleep 2',
  'kubectl get nodes',
  'helm upgrade x',
]

describe('a runbook carried out', () => {
  const carried = (world: World, text: string): World =>
    readRunbook(text, 'run.sh').steps.reduce((current, step) => runStep(current, step).world, world)

  test('ends where all of its changes together end', () => {
    void fc.assert(
      fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 12 }), (commands) => {
        const { steps } = readRunbook(commands.join('\n'), 'run.sh')
        const changes = steps.flatMap(({ action }): Change[] => (action.type === 'change' ? [action.change] : []))
        const together = applyChange(worldOf(START), { do: 'together', changes }).world
        expect(carried(worldOf(START), commands.join('\n'))).toEqual(together)
      }),
      OPTIONS,
    )
  })

  test('gives back the very same world for a step that is refused, only looks, or changes nothing', () => {
    void fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...COMMANDS), { maxLength: 8 }),
        fc.constantFrom(...COMMANDS),
        (before, last) => {
          const world = carried(worldOf(START), before.join('\n'))
          const [step] = readRunbook(last, 'run.sh').steps
          if (step === undefined) return
          const { world: after, status } = runStep(world, step)
          if (status !== 'simulated') expect(after).toBe(world)
          const again = runStep(after, step)
          if (step.action.type === 'change' && step.action.change.do === 'label') expect(again.world).toBe(after)
        },
      ),
      OPTIONS,
    )
  })

  test('leaves the manifests that it began with as they were', () => {
    const before = JSON.stringify(START)
    const world = carried(worldOf(START), COMMANDS.join('\n'))
    manifestsInForce(world)
    expect(JSON.stringify(START)).toBe(before)
  })
})
