/** `capacity --like-calicoctl`: one of the answers of `calicoctl ipam show`. */

import type { Address } from '../address/address.js'
import type { Cluster } from '../cluster/cluster.js'
import type { IpamView } from '../ipam/view.js'
import { type Answer, envelope } from './answer.js'
import { literal } from './blocks.js'
import { configurationLines, poolUsageLines } from './ipam-show.js'
import { addressLines, borrowedLines } from './ipam-show-owners.js'
import { printable } from './text.js'

export interface IpamShow {
  readonly ip: Address | undefined
  readonly showBlocks: boolean
  readonly showBorrowed: boolean
  readonly showConfiguration: boolean
}

/** Of several flags the first of `ip`, `showBlocks`, `showBorrowed` and `showConfiguration` counts, as in calicoctl. */
export function ipamShowAnswer(cluster: Cluster, view: IpamView, show: IpamShow): Answer {
  const lines = linesOf(cluster, view, show).map(printable)
  return {
    document: { ...envelope('CalicoctlIpamShow', cluster), simulated: view.simulated, lines },
    blocks: [literal(lines)],
    found: false,
  }
}

function linesOf(
  cluster: Cluster,
  view: IpamView,
  { ip, showBlocks, showBorrowed, showConfiguration }: IpamShow,
): readonly string[] {
  if (ip !== undefined) return addressLines(cluster, view, ip)
  if (showBlocks) return poolUsageLines(cluster, view, true)
  if (showBorrowed) return borrowedLines(cluster, view)
  return showConfiguration ? configurationLines(cluster) : poolUsageLines(cluster, view, false)
}
