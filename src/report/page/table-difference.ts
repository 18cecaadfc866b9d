/**
 * A list of numbers as the difference to another one. Nodes of one rack have nearly the same routes, so a table is said
 * as a few splices of its neighbour's.
 */

/** Where in the base (after the splices before it), how many numbers go, and those that come. */
export type Splice = readonly number[]

/**
 * Splices that turn `base` into `list`, left to right; positions count in the list as it is after the splices before.
 * Numbers must not repeat in `base`. Linear in both lengths.
 */
export function spliceDifference(base: readonly number[], list: readonly number[]): readonly Splice[] {
  const placeInBase = new Map(base.map((value, i) => [value, i]))
  const splices: Splice[] = []
  let inBase = 0
  let come: number[] = []
  const close = (upTo: number, at: number): void => {
    const goes = upTo - inBase
    if (goes > 0 || come.length > 0) splices.push([at - come.length, goes, ...come])
    come = []
  }
  for (const [at, value] of list.entries()) {
    const place = placeInBase.get(value)
    if (place === undefined || place < inBase) {
      come.push(value)
      continue
    }
    close(place, at)
    inBase = place + 1
  }
  close(base.length, list.length)
  return splices
}

/** The list that `spliceDifference` was made for. */
export function applySplices(base: readonly number[], splices: readonly Splice[]): number[] {
  const list: number[] = []
  let inBase = 0
  for (const [at = 0, goes = 0, ...come] of splices) {
    while (list.length < at) list.push(base[inBase++] ?? -1)
    inBase += goes
    for (const value of come) list.push(value)
  }
  for (; inBase < base.length; inBase++) list.push(base[inBase] ?? -1)
  return list
}
