/** What an Underlay router tells a neighbour: the sources that its `advertise` lists, nothing else decides. */

import { formatAddress } from '../../address/address.js'
import type { RouteSource } from '../../cluster/underlay.js'
import type { PathSource } from '../path.js'
import type { SessionOptions } from '../session.js'
import type { SpeakerConfig } from '../speaker-config.js'
import type { ExportVerdict } from './export-policy.js'
import type { FilterRoute } from './route.js'

const SOURCE_NAMES: { readonly [S in PathSource]: RouteSource } = {
  bgp: 'bgp',
  static: 'static',
  direct: 'connected',
  kernel: 'kernel',
}

export function routerExportRoute(config: SpeakerConfig, session: SessionOptions, route: FilterRoute): ExportVerdict {
  const advertised = config.advertise?.get(formatAddress(session.peerAddress)) ?? []
  const accepted = advertised.includes(SOURCE_NAMES[route.source])
  return { accepted, rule: 'routerAdvertises', by: SOURCE_NAMES[route.source], attributes: route.attributes }
}
