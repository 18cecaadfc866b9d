/** Addresses and router ids that must be unique. */

import type { Finding } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import { routerIDOfSpeaker } from '../config/speaker-config.js'
import { counted, listed } from './listed.js'

export function addressFindings(context: BgpContext): readonly Finding[] {
  return [...sharedAddresses(context), ...sharedRouterIDs(context), ...missingRouterIDs(context)]
}

function sharedAddresses(context: BgpContext): readonly Finding[] {
  return [...context.endpoints.byText]
    .filter(([, nodes]) => nodes.length > 1)
    .map(([text, nodes]): Finding => {
      const names = namesOf(context, nodes)
      return {
        severity: 'error',
        code: 'BGP_ADDRESS_SHARED',
        message: `The nodes ${listed(names)} all have the BGP address ${text}.`,
        hint: 'Give each node its own address, or correct the IP autodetection of calico-node.',
        resource: { kind: 'Node', name: names[0] ?? '' },
      }
    })
}

function sharedRouterIDs(context: BgpContext): readonly Finding[] {
  const speakers = context.speakers.filter((speaker) => {
    if (speaker.kind === 'router') return context.cluster.underlay.routers.some((r) => r.name === speaker.name && r.bgp)
    return context.endpoints[4][speaker.index] !== undefined || context.endpoints[6][speaker.index] !== undefined
  })
  const byID = new Map<string, { readonly name: string; readonly node: boolean }[]>()
  for (const speaker of speakers) {
    const id = routerIDOfSpeaker(context, speaker)
    if (id === undefined) continue
    const entry = { name: speaker.name, node: speaker.kind === 'node' }
    const list = byID.get(id)
    if (list === undefined) byID.set(id, [entry])
    else list.push(entry)
  }
  return [...byID]
    .filter(([id, list]) => list.length > 1 && (context.endpoints.byText.get(id)?.length ?? 0) < 2)
    .map(([id, list]): Finding => {
      const first = list.find((entry) => entry.node)
      return {
        severity: 'error',
        code: 'BGP_DUPLICATE_ROUTER_ID',
        message: `${listed(list.map((entry) => entry.name))} all have the router ID ${id}.`,
        hint: 'Let CALICO_ROUTER_ID be unset or `hash`, or give each speaker a router ID of its own.',
        ...(first === undefined ? {} : { resource: { kind: 'Node', name: first.name } }),
      }
    })
}

/** The IPv6 daemon takes the IPv4 address for its router id; without either BIRD cannot parse its configuration. */
function missingRouterIDs(context: BgpContext): readonly Finding[] {
  const without = context.speakers.filter(
    (speaker) =>
      speaker.kind === 'node' &&
      context.endpoints[6][speaker.index] !== undefined &&
      routerIDOfSpeaker(context, speaker) === undefined,
  )
  if (without.length === 0) return []
  return [
    {
      severity: 'error',
      code: 'BGP_CONFIGURATION_REFUSED',
      message: `${counted(without.length, 'node')} with an IPv6 but no IPv4 address and no router ID: ${listed(without.map((speaker) => speaker.name))}.`,
      hint: 'Set CALICO_ROUTER_ID=hash on calico-node.',
      resource: { kind: 'Node', name: without[0]?.name ?? '' },
    },
  ]
}

function namesOf(context: BgpContext, nodes: readonly number[]): readonly string[] {
  return nodes.flatMap((node) => context.cluster.nodes[node]?.name ?? [])
}
