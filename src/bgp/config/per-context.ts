/** Answers that are worked out once for a context and kept as long as it lives. */

import type { BgpContext } from './context.js'

/** Wraps a pure function of a context so that it runs once for each context. */
export function perContext<T>(make: (context: BgpContext) => T): (context: BgpContext) => T {
  const held = new WeakMap<BgpContext, { readonly value: T }>()
  return (context) => {
    const known = held.get(context)
    if (known !== undefined) return known.value
    const value = make(context)
    held.set(context, { value })
    return value
  }
}
