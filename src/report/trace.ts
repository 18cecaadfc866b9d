/** `trace`: hop by hop, there and back. */

import { formatAddress } from '../address/address.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Encapsulation, Hop, TracedPath } from '../dataplane/trace/packet.js'
import { endText, type Trace } from '../dataplane/trace/trace.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { ipRouteText } from './ip-route-text.js'
import { wordCaveat, wordLossReason } from './wording/loss-reason.js'
import { wordLossRemedy } from './wording/loss-remedy.js'

export function traceAnswer(cluster: Cluster, trace: Trace): Answer {
  const { flow } = trace
  const ends = [endName(flow.from, trace.source), endName(flow.to, trace.destination)]
  return {
    document: {
      ...envelope('TraceReport', cluster),
      from: endText(flow.from),
      to: endText(flow.to),
      forward: pathDocument(trace.forward),
      return: pathDocument(trace.return),
      verdict: trace.verdict,
    },
    blocks: [
      text([`${ends.join(' to ')}, ${flow.protocol}, ${flow.size} bytes: ${VERDICTS[trace.verdict]}`]),
      ...pathBlocks(trace.forward, 'There'),
      ...(trace.forward.delivered && trace.return.hops.length > 0 ? pathBlocks(trace.return, 'Back') : []),
    ],
    found: trace.verdict !== 'delivered',
  }
}

const VERDICTS: Readonly<Record<Trace['verdict'], string>> = {
  delivered: 'delivered, and so is the answer',
  lost: 'lost on the way there',
  'one-way': 'delivered, but the answer is lost',
}

function endName(end: Trace['flow']['from'], address: Trace['source']): string {
  const name = endText(end)
  const shown = address === undefined ? '' : formatAddress(address)
  return shown === '' || shown === name ? name : `${name} (${shown})`
}

function pathDocument(path: TracedPath): Readonly<Record<string, unknown>> {
  return {
    delivered: path.delivered,
    ...(path.reason ? { reason: wordLossReason(path.reason) } : {}),
    ...(path.snat ? { snat: { from: formatAddress(path.snat.from), to: formatAddress(path.snat.to) } } : {}),
    ...(path.dnat ? { dnat: dnatDocument(path.dnat) } : {}),
    pathMtu: path.pathMtu,
    ...(path.caveats ? { caveats: path.caveats.map(wordCaveat) } : {}),
    hops: path.hops.map(hopDocument),
  }
}

function dnatDocument({ from, to, at, service }: NonNullable<TracedPath['dnat']>): Readonly<Record<string, unknown>> {
  return { from: formatAddress(from), to: formatAddress(to), at, service }
}

function hopDocument(hop: Hop): Readonly<Record<string, unknown>> {
  return {
    at: hop.at,
    kind: hop.kind,
    ...(hop.route ? { route: hop.route } : {}),
    ...(hop.encapsulation ? { encap: encapsulationDocument(hop.encapsulation) } : {}),
    dev: hop.dev ?? null,
    note: NOTES[hop.note],
  }
}

function encapsulationDocument(encap: Encapsulation): Readonly<Record<string, unknown>> {
  return {
    type: encap.type,
    outerSource: formatAddress(encap.outerSource),
    outerDestination: formatAddress(encap.outerDestination),
    overhead: encap.overhead,
  }
}

const NOTES: Readonly<Record<Hop['note'], string>> = {
  leavesPod: 'leaves the pod',
  arrivesAtPod: 'arrives at the pod',
  arrivesAtNode: 'arrives at the node',
  arrivesAtHost: 'arrives',
  forwards: 'forwards',
  encapsulates: 'wraps',
  decapsulates: 'unwraps',
  masquerades: 'SNAT',
  translates: 'DNAT to an endpoint',
  translatesBack: 'DNAT undone',
  redirected: 'redirected',
}

/** Where, what happens there, in which tunnel, by which route. */
export function hopRow(hop: Hop): readonly [at: string, what: string, tunnel: string, route: string] {
  const { encapsulation: encap } = hop
  return [
    hop.at,
    NOTES[hop.note],
    encap ? `${encap.type} ${formatAddress(encap.outerSource)} > ${formatAddress(encap.outerDestination)}` : '',
    hop.route ? ipRouteText(hop.route) : (hop.dev ?? ''),
  ]
}

function pathBlocks(path: TracedPath, title: string): readonly Block[] {
  const rows = path.hops.map(hopRow)
  const notes: string[] = []
  if (path.dnat) {
    const { from, to, at, service } = path.dnat
    notes.push(`destination changed from ${formatAddress(from)} to ${formatAddress(to)} at ${at}: service ${service}`)
  }
  if (path.snat) notes.push(`source changed from ${formatAddress(path.snat.from)} to ${formatAddress(path.snat.to)}`)
  for (const caveat of path.caveats ?? []) notes.push(`depends: ${wordCaveat(caveat)}`)
  if (path.reason) notes.push(`LOST: ${wordLossReason(path.reason)}`, `remedy: ${wordLossRemedy(path.reason)}`)
  else notes.push(`path MTU ${path.pathMtu === 0 ? 'not limited' : path.pathMtu}`)
  return [table(['AT', 'WHAT', 'TUNNEL', 'ROUTE'], rows, title), text(notes)]
}
