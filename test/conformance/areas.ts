/** The areas of the public contract, in its order; those without an implementation yet are printed as such. */

import type { Area } from './area.js'
import { bgpArea } from './areas/bgp.js'
import { blockOrder } from './areas/blockorder.js'
import { dataplaneArea } from './areas/dataplane.js'
import { incidentsArea } from './areas/incidents.js'
import { ipam } from './areas/ipam.js'
import { labEventsArea } from './areas/lab-events.js'
import { labKernelArea } from './areas/lab-kernel.js'
import { labReachArea } from './areas/lab-reach.js'
import { labRibArea } from './areas/lab-rib.js'
import { labSessionsArea } from './areas/lab-sessions.js'
import { selectorArea } from './areas/selector.js'
import { validationArea } from './areas/validation.js'

export const AREA_NAMES = [
  'selector',
  'validation',
  'ipam',
  'blockorder',
  'bgp',
  'dataplane',
  'lab-sessions',
  'lab-rib',
  'lab-kernel',
  'lab-reach',
  'lab-events',
  'incidents',
] as const

export const AREAS: readonly Area[] = [
  selectorArea,
  validationArea,
  ipam,
  blockOrder,
  bgpArea,
  dataplaneArea,
  labSessionsArea,
  labRibArea,
  labKernelArea,
  labReachArea,
  labEventsArea,
  incidentsArea,
]
