/** Numbers and counts in words, as the rest of the product writes them. */

/** 12345 as 12,345. */
export function number(value: number): string {
  return value.toLocaleString('en-US')
}

export function some(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %'
  const share = (part / whole) * 100
  if (part > 0 && share < 1) return '< 1 %'
  return `${part < whole && share > 99 ? 99 : Math.round(share)} %`
}

/** `a, b, c and 12 more`. */
export function listed(names: readonly string[], most = 6): string {
  if (names.length <= most) return names.join(', ')
  return `${names.slice(0, most).join(', ')} and ${number(names.length - most)} more`
}
