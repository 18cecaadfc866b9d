/** Every view, in the order of the navigation: what the report was asked for first. */

import type { View } from './view.js'
import { addresses } from './views/addresses.js'
import { difference } from './views/difference.js'
import { failures } from './views/failures.js'
import { findings } from './views/findings.js'
import { nodes } from './views/nodes.js'
import { reach } from './views/reach.js'
import { rehearsal } from './views/rehearsal.js'
import { routes } from './views/routes.js'
import { sessions } from './views/sessions.js'
import { summary } from './views/summary.js'
import { topology } from './views/topology.js'

export const VIEWS: readonly View[] = [
  summary,
  rehearsal,
  difference,
  failures,
  topology,
  sessions,
  routes,
  reach,
  addresses,
  nodes,
  findings,
]
