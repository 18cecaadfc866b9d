/** A prefix of a plain engine's table as a `BgpEntry`: its parts are worked out when they are read. */

import type { Prefix } from '../../address/prefix.js'
import type { BgpEntry } from '../tables.js'
import type { PlainSpeaker } from './input.js'
import { kernelExport } from './kernel-export.js'
import { pathsOf } from './paths.js'
import { netText, type RestingState } from './resting-states.js'
import type { Net } from './state.js'

/** `states`: every resting state of a prefix that has several. */
export function plainEntry(
  speaker: PlainSpeaker,
  index: number,
  prefix: Prefix,
  net: Net,
  states?: () => readonly RestingState[],
): BgpEntry {
  const paths = once(() => pathsOf(speaker, prefix, net))
  const kernel = once(() => kernelExport(speaker, prefix, net))
  const entry = {
    prefix,
    get paths() {
      return paths()
    },
    get kernel() {
      return kernel()
    },
  }
  if (states === undefined) return entry
  const alternatives = once(() => otherEntries(speaker, index, prefix, net, states()))
  return {
    prefix,
    dependsOnArrival: true,
    get paths() {
      return paths()
    },
    get kernel() {
      return kernel()
    },
    get alternatives() {
      return alternatives()
    },
  }
}

/** The states of this one speaker, each once, without the one that is shown. */
function otherEntries(
  speaker: PlainSpeaker,
  index: number,
  prefix: Prefix,
  shown: Net,
  states: readonly RestingState[],
): readonly BgpEntry[] {
  const seen = new Set([netText(shown)])
  return states.flatMap((state) => {
    const net = state[index] ?? { routes: [], best: undefined, runs: 0 }
    const text = netText(net)
    if (seen.has(text)) return []
    seen.add(text)
    return plainEntry(speaker, index, prefix, net)
  })
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
