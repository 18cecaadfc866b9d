/** Several nodes in a few words. */

const MOST_NAMED = 3

/** `node a`, or `nodes a, b, c and 17 others`. */
export function nodeNames(names: readonly string[]): string {
  if (names.length === 1) return `node ${names[0]}`
  const shown = names.slice(0, MOST_NAMED).join(', ')
  const rest = names.length - MOST_NAMED
  if (rest > 0) return `nodes ${shown} and ${rest} ${rest === 1 ? 'other' : 'others'}`
  return `nodes ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** `1 byte` or `20 bytes`. */
export function bytes(count: number): string {
  return `${count} ${count === 1 ? 'byte' : 'bytes'}`
}
