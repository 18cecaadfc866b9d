/** What the lab works on. */

import type { Resource } from '../../src/manifests/resource.js'

export interface LabCluster {
  /** What it is, for the report. */
  readonly name: string
  /** Release to predict and to configure BIRD for. */
  readonly calico: string
  /** Some IPPool is IPIP, for which Debian's BIRD writes no route. */
  readonly ipip: boolean
  readonly resources: readonly Resource[]
}
