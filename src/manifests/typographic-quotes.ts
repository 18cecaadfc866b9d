/** Quotes as word processors and web pages write them; no parser takes them for quotes. */

const QUOTE = /[\u2018-\u201f\u00ab\u00bb\u2039\u203a\u2032\u2033\uff02\uff07]/

export interface TypographicQuote {
  readonly character: string
  readonly offset: number
}

/** The first one between two offsets. */
export function typographicQuoteIn(text: string, from: number, to: number): TypographicQuote | undefined {
  const match = QUOTE.exec(text.slice(from, to))
  return match === null ? undefined : { character: match[0], offset: from + match.index }
}
