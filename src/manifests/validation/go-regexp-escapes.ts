/** Escapes of Go's regular expressions (Go's regexp/syntax, parse.go parseEscape and parseUnicodeClass). */

const MAX_RUNE = 0x10ffff

/** Where the escape that begins at the offset ends; undefined when Go knows no such escape. */
export function escapeEnd(text: string, at: number): number | undefined {
  const letter = text[at + 1]
  if (letter === undefined) return undefined
  if (/[0-7]/.test(letter)) {
    // A single digit but 0 would be a reference back to a group.
    const octal = /\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/y
    octal.lastIndex = at
    return octal.test(text) ? octal.lastIndex : undefined
  }
  if (letter === 'x') {
    const hex = /\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/y
    hex.lastIndex = at
    const found = hex.exec(text)
    if (found === null || Number.parseInt(found[2] ?? '0', 16) > MAX_RUNE) return undefined
    return at + found[0].length
  }
  if (/[afnrtv]/.test(letter)) return at + 2
  return letter.charCodeAt(0) < 128 && !/[A-Za-z0-9]/.test(letter) ? at + 2 : undefined
}

/** Where `\pL`, `\p{Lu}` or `\P{^Greek}` ends; undefined when there is no such class. */
export function unicodeClassEnd(text: string, at: number): number | undefined {
  const named = text[at + 2] === '{'
  const close = named ? text.indexOf('}', at) : at + 2
  if (close < 0 || close >= text.length) return undefined
  const name = named ? text.slice(at + 3, close) : (text[at + 2] ?? '')
  return isUnicodeClass(name.replace(/^\^/, '')) ? close + 1 : undefined
}

const SPECIAL = new Set(['any', 'assigned', 'ascii'])

/** General categories by short or long name, and scripts of one word; case and separators do not matter. */
function isUnicodeClass(name: string): boolean {
  if (name.length > 64) return false
  const plain = name.toLowerCase().replace(/[-_ ]/g, '')
  if (SPECIAL.has(plain)) return true
  if (!/^[a-z]+(?:[-_ ]+[a-z]+)*$/i.test(name)) return false
  const words = name.split(/[-_ ]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
  const spellings = [words.join('_'), name, words.join('').toLowerCase(), name.toUpperCase()]
  if (spellings.some((spelling) => isProperty(`gc=${spelling}`))) return true
  // Go drops the separators before it looks a script up, so scripts of two words are never found.
  return words.length === 1 && isProperty(`sc=${words.join('')}`)
}

function isProperty(property: string): boolean {
  try {
    new RegExp(`\\p{${property}}`, 'u')
    return true
  } catch {
    return false
  }
}
