/** What kernel tables are made of: the Cluster, its addresses, and BGP tables that are worked out when asked for. */

import type { BgpContext } from '../bgp/config/context.js'
import type { BgpTables } from '../bgp/tables.js'

export interface DataplaneInput {
  readonly context: BgpContext
  /** Called when the first table is wanted, never before. */
  readonly bgp: () => BgpTables
}
