/**
 * Reality, on this machine: real BIRD processes and real kernels in network namespaces, set up from the same resources
 * that the prediction is made from, and both compared: sessions with state and last error, every route of every BIRD
 * table, and the kernel tables. Needs Linux, root, ip(8) and BIRD 1.6.
 *
 * `--timed`: events on clusters over time, with probes between pods, against `rehearse`'s ranges of time.
 * `--seed N`, `--count N`, `--family 6`, `--changes N` (most changes to each cluster), `--cases FOLDER` (begin with
 * recorded cases), `--recover` (BIRD with -R as calico-node starts it), `--record FOLDER` (write cases for the conformance suite, compare nothing), `--pings` (pods probe each other; no encapsulation), `--only I`, `--print` (the resources) and `--hold SECONDS` (to look around before it is torn down).
 */

import { parseArgs } from 'node:util'
import type { Family } from '../../src/address/address.js'
import { labClusters } from './clusters.js'
import { type Binaries, findBirds } from './daemons.js'
import { judge, type Verdict } from './judge.js'
import { runPod } from './pod-agent.js'
import { judgeTimed } from './timed.js'
import { timedScenario } from './timed-scenarios.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    family: { type: 'string', default: '4' },
    count: { type: 'string', default: '5' },
    changes: { type: 'string', default: '0' },
    cases: { type: 'string' },
    only: { type: 'string' },
    print: { type: 'boolean' },
    hold: { type: 'string', default: '0' },
    recover: { type: 'boolean', default: false },
    pings: { type: 'boolean', default: false },
    record: { type: 'string' },
    timed: { type: 'boolean', default: false },
    keep: { type: 'string' },
    pod: { type: 'string' },
    own: { type: 'string', default: '' },
    others: { type: 'string', default: '' },
  },
})

const family: Family = values.family === '6' ? 6 : 4

async function main(): Promise<number> {
  const binaries = findBirds(family)
  if (binaries === undefined) {
    say('lab: skipped: no BIRD 1.6 on this machine (Debian: apt-get install bird; or set BIRD)')
    return 0
  }
  if (process.getuid?.() !== 0) {
    say('lab: skipped: network namespaces need root')
    return 0
  }
  if (values.timed) return timed(binaries)
  const clusters = labClusters({
    seed: Number(values.seed),
    count: Number(values.count),
    family,
    changes: Number(values.changes),
    plainOnly: values.pings,
    ...(values.cases === undefined ? {} : { cases: values.cases }),
  })
  let [equal, other, skipped, routes, sessions, open, otherwise] = [0, 0, 0, 0, 0, 0, 0]
  const options = {
    hold: Number(values.hold),
    recovering: values.recover,
    ...(values.pings ? { program: process.argv[1] ?? '' } : {}),
  }
  for (const [i, cluster] of clusters.entries()) {
    if (values.only !== undefined && Number(values.only) !== i) continue
    const name = `seed ${values.seed} cluster ${i} (${cluster.calico}, ${cluster.name})`
    if (cluster.ipip && !binaries.tunnels) {
      skipped++
      say(`${name}: skipped: Debian's BIRD writes no IPIP route`)
      continue
    }
    if (values.print === true) {
      say(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: cluster.resources }, null, 1))
    }
    const verdict = await judge(binaries, cluster, family, options).catch(impossible)
    if (verdict.kind === 'skipped') {
      skipped++
      say(`${name}: skipped: ${verdict.why}`)
      continue
    }
    routes += verdict.routes
    sessions += verdict.sessions
    open += verdict.open
    otherwise += verdict.otherwise
    const found = verdict.differences
    if (found.length === 0) equal++
    else other++
    say(`${name}: ${found.length === 0 ? 'equal' : `${found.length} differences`}`)
    for (const text of found) say(`  ${text}`)
  }
  say(`lab: ${equal} equal, ${other} different, ${skipped} skipped; ${sessions} session ends, ${routes} routes`)
  if (open > 0) say(`${open} entries have several states; ${otherwise} were found in another one than the one shown`)
  return other === 0 ? 0 : 1
}

/** `--keep FOLDER` leaves the records there, in the form of the recorded cases. */
async function timed(binaries: Binaries): Promise<number> {
  let [equal, other] = [0, 0]
  for (let i = 0; i < Number(values.count); i++) {
    const scenario = timedScenario(Number(values.seed) + i)
    const found = await judgeTimed(binaries, scenario, process.argv[1] ?? '', values.keep)
    if (found.length === 0) equal++
    else other++
    say(`${scenario.name}: ${found.length === 0 ? 'as predicted' : 'otherwise'}`)
    for (const text of found) say(`  ${text}`)
  }
  say(`lab: ${equal} as predicted, ${other} otherwise`)
  return other === 0 ? 0 : 1
}

/** ip(8) refuses what the kernel refuses, a gateway on no connected network for example. */
function impossible(error: unknown): Verdict {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return { kind: 'skipped', why: first }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

if (values.pod === undefined) process.exitCode = await main()
else runPod(values.pod, values.own, values.others.split(','))
