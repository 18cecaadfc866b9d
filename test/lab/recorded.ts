/** What one node shows, in the form of the recorded cases. */

import { join } from 'node:path'
import type { RecordedNode, RecordedPath } from '../conformance/lab.js'
import { ask } from './control.js'
import { kernelRoutes } from './daemons.js'
import { type BirdRoute, parseRoutes, parseSessions } from './rib.js'

/** `running` false: its BIRD is dead or does not answer. */
export async function recordedNode(directory: string, name: string, running: boolean): Promise<RecordedNode> {
  const kernel = kernelRoutes(name, 4).map(recordedRoute)
  if (!running) return { running, kernelProtocol: null, kernel, sessions: [], rib: [] }
  const socket = join(directory, `${name}.ctl`)
  const protocols = await ask(socket, 'show protocols')
  const writer = protocols.find((line) => /^kernel1\s/.test(line))
  const routes = parseRoutes(await ask(socket, 'show route all'))
  return {
    running,
    kernelProtocol: writer?.trim().split(/\s+/)[3] ?? null,
    kernel,
    sessions: [...parseSessions(protocols)].map(([birdName, session]) => ({ birdName, ...session })),
    rib: routes.filter(({ attributes }) => attributes.has('BGP.origin')).map(recordedPath),
  }
}

function recordedRoute({ flags, dev, ...rest }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept = (Array.isArray(flags) ? flags : []).filter((flag) => flag === 'onlink')
  const shown = String(dev).startsWith('cali') ? 'cali*' : dev
  return { ...rest, ...(dev === undefined ? {} : { dev: shown }), ...(kept.length > 0 ? { flags: kept } : {}) }
}

function recordedPath(route: BirdRoute): RecordedPath {
  const { prefix, protocol, best, preference, igpMetric, dest, gateway, dev, attributes } = route
  const text = (name: string): string | undefined => attributes.get(`BGP.${name}`)
  const words = (name: string): readonly string[] => (text(name) ?? '').split(' ').filter((word) => word !== '')
  const optional = {
    gateway,
    dev,
    originatorID: text('originator_id'),
    clusterList: text('cluster_list') === undefined ? undefined : words('cluster_list'),
  }
  return {
    prefix,
    birdName: protocol,
    from: null,
    best,
    preference,
    // As recorded: a number where it is one, null where BIRD prints none.
    igpMetric: (igpMetric === undefined ? null : /^\d+$/.test(igpMetric) ? Number(igpMetric) : igpMetric) as number,
    dest,
    origin: text('origin'),
    asPath: words('as_path').map(Number),
    nextHop: text('next_hop'),
    localPref: Number(text('local_pref')),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}
