/** Refuses what later rooms could not walk through: too many values, nested without end, or grown by YAML aliases. */

/** About the number of values in a text: every one but the first stands behind a bracket, a comma or a line break. */
export function roughValueCount(text: string): number {
  let count = 1
  // Texts are long, and most characters are above the comma: one comparison settles them.
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > COMMA) {
      if ((code | CASE) === BRACE) count++
    } else if (code === COMMA) count++
    else if (code === LINE_BREAK) {
      const before = text.charCodeAt(at - 1)
      if (before !== COMMA && (before | CASE) !== BRACE && before !== LINE_BREAK) count++
    }
  }
  return count
}

const COMMA = 0x2c
const LINE_BREAK = 0x0a
/** An opening brace, and with this bit an opening bracket. */
const BRACE = 0x7b
const CASE = 0x20

/** True when objects and lists are nested deeper than `levels`. For values that share nothing. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isDeeper(item, levels - 1)) return true
    return false
  }
  for (const key in value) if (isDeeper((value as Readonly<Record<string, unknown>>)[key], levels - 1)) return true
  return false
}

/** The least number of values that a document may have in all, however few it has without aliases. */
const FREE_VALUES = 100_000

/**
 * True when the aliases of a document make it deeper than `levels`, or `growth` times as large as it is without them.
 * Walks each shared value once, so a bomb costs no more than its text.
 */
export function isGrown(value: unknown, levels: number, growth: number): boolean {
  const known = new Map<object, Extent>()
  const { size, depth } = extentOf(value, levels, known)
  let distinct = 0
  for (const object of known.keys()) distinct += 1 + Object.keys(object).length
  return depth > levels || size > Math.max(FREE_VALUES, growth * distinct)
}

interface Extent {
  readonly size: number
  readonly depth: number
}

const ENDLESS: Extent = { size: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY }

function extentOf(value: unknown, levels: number, known: Map<object, Extent>): Extent {
  if (typeof value !== 'object' || value === null) return { size: 1, depth: 0 }
  if (levels < 0) return ENDLESS
  const held = known.get(value)
  if (held !== undefined) return held
  // An object that holds itself meets this entry.
  known.set(value, ENDLESS)
  let size = 1
  let depth = 0
  for (const child of Object.values(value)) {
    const below = extentOf(child, levels - 1, known)
    size += below.size
    depth = Math.max(depth, below.depth + 1)
  }
  const extent = { size, depth }
  known.set(value, extent)
  return extent
}
