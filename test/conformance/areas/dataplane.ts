/** Felix's own tests: what routes, encapsulation, MTUs and NAT follow from resources. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Area, AreaResult } from '../area.js'
import { judgeKernelFilter, judgeWireguardFilter } from './dataplane/bird.js'
import type { DataplaneCase, Verdict } from './dataplane/case.js'
import { judgeL3Routes } from './dataplane/l3-routes.js'
import { judgeRouteManager } from './dataplane/route-managers.js'
import { judgeRouteText } from './dataplane/route-text.js'
import { judgeEncapsulation, judgeMasqueradeSets, judgeMtu, judgeNatChain } from './dataplane/settings.js'

const JUDGES: ReadonlyMap<string, (item: DataplaneCase) => Verdict> = new Map<string, (item: DataplaneCase) => Verdict>(
  [
    ['l3routes', judgeL3Routes],
    ['routemgr', judgeRouteManager],
    ['encapsulation', judgeEncapsulation],
    ['mtu', judgeMtu],
    ['masqSets', judgeMasqueradeSets],
    ['natOutgoingChain', judgeNatChain],
    ['birdKernelFilter', judgeKernelFilter],
    ['birdWireguardPeerFilter', judgeWireguardFilter],
    ['ipRouteText', judgeRouteText],
  ],
)

export const dataplaneArea: Area = {
  name: 'dataplane',
  run(folder): AreaResult {
    const failed: { case: string; why: string }[] = []
    const skipped: { case: string; reason: string }[] = []
    const cases = casesOf(join(folder, 'dataplane'))
    for (const [file, item] of cases) {
      const name = `${file}/${item.name}`
      const verdict = judge(item)
      if ('skipped' in verdict) skipped.push({ case: name, reason: verdict.skipped })
      else if (verdict.length > 0) failed.push({ case: name, why: verdict.join('; ') })
    }
    return { cases: cases.length, passed: cases.length - failed.length - skipped.length, failed, skipped }
  },
}

function casesOf(folder: string): readonly (readonly [file: string, item: DataplaneCase])[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => {
      const items = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly DataplaneCase[]
      return items.map((item) => [file.replace(/\.json$/, ''), item] as const)
    })
}

function judge(item: DataplaneCase): Verdict {
  const judged = JUDGES.get(item.kind)
  if (judged === undefined) return { skipped: `cases of kind ${item.kind} are about internals of Felix` }
  try {
    return judged(item)
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`]
  }
}
