/** Names in a sentence or a cell: some written out, the rest counted. */

import { number } from './sessions.js'

const MOST_NAMES = 3

export function nameList(names: readonly string[], most: number = MOST_NAMES): string {
  if (names.length <= most + 1) return names.join(', ')
  return `${names.slice(0, most).join(', ')} and ${number(names.length - most)} others`
}

/** `1 route`, `2 routes`; in English the plural of everything counted here ends in s. */
export function counted(count: number, word: string): string {
  return `${number(count)} ${word}${count === 1 ? '' : 's'}`
}
