/** Compares what was predicted with what was recorded, and says where they first differ. */

/** Canonical text of a value: object keys sorted, undefined left out. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return part.toString()
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    const entries = Object.entries(part).filter(([, held]) => held !== undefined)
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** Differences by field of two records; empty when they are equal in every field of `expected`. */
export function differences(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  path = '',
): string[] {
  const found: string[] = []
  for (const [key, wanted] of Object.entries(expected)) {
    const [want, have] = [canonical(wanted), canonical(actual[key])]
    if (want !== have) found.push(`${path}${key}: recorded ${shortly(want)}, predicted ${shortly(have)}`)
  }
  return found
}

function shortly(text: string | undefined): string {
  if (text === undefined) return 'nothing'
  return text.length > 300 ? `${text.slice(0, 300)}...` : text
}
