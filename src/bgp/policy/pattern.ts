/** BIRD's shell-like pattern matching of names (lib/patmatch.c): `*`, `?` and backslash. */

/**
 * True when the whole name matches. As in BIRD a star is followed by the next character taken literally, so `*?`
 * needs a question mark in the name.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const failed = new Set<number>()
  const from = (p: number, s: number): boolean => {
    const key = p * (name.length + 1) + s
    if (failed.has(key)) return false
    if (run(p, s)) return true
    failed.add(key)
    return false
  }
  const run = (start: number, at: number): boolean => {
    let [p, s] = [start, at]
    while (p < pattern.length) {
      if (pattern[p] === '?' && s < name.length) {
        p++
        s++
      } else if (pattern[p] === '*') {
        if (p + 1 === pattern.length) return true
        const escaped = pattern[p + 1] === '\\' && p + 2 < pattern.length
        const wanted = pattern[escaped ? p + 2 : p + 1]
        for (; s < name.length; s++) if (name[s] === wanted && from(p + 1, s)) return true
        return false
      } else {
        if (pattern[p] === '\\' && p + 1 < pattern.length) p++
        if (pattern[p] !== name[s]) return false
        p++
        s++
      }
    }
    return s === name.length
  }
  return from(0, 0)
}
