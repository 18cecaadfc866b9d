/** Long columns of words and numbers in few bytes: each entry says how it differs from the one before. */

/** Stands for a length of zero; lengths count up from it, in printable characters only. */
const ZERO = 48
const MOST_SHARED = 60

/**
 * Each word as one character for how many characters it shares with the one before, and the rest of it. Words of the
 * same kind that are sorted or counted up become a few characters each.
 */
export function packWords(words: readonly string[]): readonly string[] {
  let before = ''
  return words.map((word) => {
    let shared = 0
    const most = Math.min(MOST_SHARED, before.length, word.length)
    while (shared < most && before.charCodeAt(shared) === word.charCodeAt(shared)) shared++
    // A pair of surrogates is not torn apart: half of one is no text.
    if (shared > 0 && isHighSurrogate(word.charCodeAt(shared - 1))) shared--
    before = word
    return `${String.fromCharCode(ZERO + shared)}${word.slice(shared)}`
  })
}

export function unpackWords(packed: readonly string[]): readonly string[] {
  let before = ''
  return packed.map((entry) => {
    before = before.slice(0, entry.charCodeAt(0) - ZERO) + entry.slice(1)
    return before
  })
}

/** Each number as the difference to the one before it; the first one to zero. */
export function packNumbers(numbers: readonly number[]): readonly number[] {
  return numbers.map((value, i) => value - (numbers[i - 1] ?? 0))
}

export function unpackNumbers(packed: readonly number[]): readonly number[] {
  let sum = 0
  return packed.map((step) => {
    sum += step
    return sum
  })
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
