/** Whether Go's regexp package would compile an expression: RE2 syntax, which is not JavaScript's. */

const MAX_LENGTH = 10_000

/**
 * True when Go would compile it, as far as JavaScript's own compiler can tell after the differences are taken out.
 * RE2 has no look-around and no back-references, and allows at most 1000 repetitions.
 */
export function compilesAsGoRegexp(text: string): boolean {
  if (text.length > MAX_LENGTH) return false
  if (/\(\?(?:=|!|<=|<!)/.test(text)) return false
  const repetitions = text.matchAll(/\{(\d+)(?:,(\d*))?\}/g)
  for (const [, least, most] of repetitions) {
    if (Number(least) > 1000 || (most !== undefined && Number(most) > 1000)) return false
  }
  const translated = translate(text)
  if (translated === undefined) return false
  try {
    new RegExp(translated)
    return true
  } catch {
    return false
  }
}

/** The same expression in JavaScript's syntax; undefined when it holds an escape that Go does not know. */
function translate(text: string): string | undefined {
  let escapesKnown = true
  const body = text
    .replace(/\\([\s\S]?)/g, (whole, letter: string) => {
      if (
        letter === '' ||
        /[1-9]/.test(letter) ||
        (/[A-Za-z]/.test(letter) && !/[aAbBCdDEfnpPQrsStvwWxz]/.test(letter))
      ) {
        escapesKnown = false
      }
      return /[AzCQE]/.test(letter) ? '' : whole
    })
    .replace(/\(\?P?<([A-Za-z_]\w*)>/g, '(?<$1>')
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:')
    .replace(/\[:\^?[a-z]+:\]/g, 'a')
  return escapesKnown ? body : undefined
}
