/** A route of the record and one of the prediction made comparable. */

import type { ExplainedRoute } from '../../src/dataplane/kernel-route.js'
import { canonical } from './compare.js'

/** Felix did not run in the lab; of its routes only the pods' were there. */
export function isInLab({ route, why }: ExplainedRoute): boolean {
  return route.protocol === 'bird' || why.owner !== 'felix' || why.rule === 'localPod'
}

/** Names of pod interfaces depend on the pod and are recorded as `cali*`. */
export function keyOfRoute({ route }: ExplainedRoute): string {
  const { flags, dev, ...rest } = route
  const shown = dev?.startsWith('cali') === true ? 'cali*' : dev
  return canonical({ ...rest, ...(shown === undefined ? {} : { dev: shown }), ...(flags.length > 0 ? { flags } : {}) })
}

export function keyOfRecord(route: Readonly<Record<string, unknown>>): string {
  return canonical({
    ...route,
    ...(Array.isArray(route.flags) && route.flags.length === 0 ? { flags: undefined } : {}),
  })
}
