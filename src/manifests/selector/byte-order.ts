/**
 * Order of two strings by their UTF-8 bytes, in which Go sorts. That is the order of code points; UTF-16 units differ
 * from it where a surrogate (part of a code point above U+FFFF) meets a unit from U+E000 on.
 */
export function compareBytes(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Lifts surrogates above all other units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
