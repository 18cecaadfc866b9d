/** ClusterInformation, which Calico keeps itself (api/pkg/apis/projectcalico/v3/clusterinfo.go). */

import { boolean, object, text } from '../schema.js'
import { whole } from './metadata.js'

/** A whole ClusterInformation. */
export const CLUSTER_INFORMATION = whole(
  object({
    clusterGUID: text(),
    clusterType: text(),
    calicoVersion: text(),
    datastoreReady: boolean(),
    variant: text(),
  }),
)
