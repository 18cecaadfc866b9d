/** Tokens of the selector language (libcalico-go/lib/selector/tokenizer/tokenizer.go). */

/** Kinds of token, named as in Calico's tokenizer. */
export type TokenKind =
  | 'Label'
  | 'StringLiteral'
  | 'LBrace'
  | 'RBrace'
  | 'Comma'
  | 'Eq'
  | 'Ne'
  | 'In'
  | 'Not'
  | 'NotIn'
  | 'Contains'
  | 'StartsWith'
  | 'EndsWith'
  | 'All'
  | 'Has'
  | 'LParen'
  | 'RParen'
  | 'And'
  | 'Or'
  | 'Global'
  | 'EOF'

/** One word of a selector. */
export interface Token {
  readonly kind: TokenKind
  /** Of a Label, a StringLiteral and a Has (the label it asks for). */
  readonly value?: string
  /** Zero-based place of its first character. */
  readonly offset: number
}

/** A selector that Calico would refuse. */
export class SelectorError extends Error {
  /** Zero-based place in the selector's text where it goes wrong, in UTF-16 units. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'SelectorError'
    this.offset = offset
  }
}

/** Bytes of a label name; the characters allowed in one are all ASCII. */
export const MAX_LABEL_LENGTH = 512

const BLANKS = /[ \t]*/y
const IDENTIFIER = /[A-Za-z0-9_./-]+/y
/**
 * Operators that are words. Joined or apart, and what follows must be no identifier character: for `starts with` and
 * its like that holds after the blanks behind the last word too, for `contains` and `in` directly behind the word.
 */
const WORD_OPERATORS: readonly (readonly [pattern: RegExp, kind: TokenKind])[] = [
  [/contains(?![A-Za-z0-9_./-])/y, 'Contains'],
  [/starts[ \t]*with[ \t]*(?![ \tA-Za-z0-9_./-])/y, 'StartsWith'],
  [/ends[ \t]*with[ \t]*(?![ \tA-Za-z0-9_./-])/y, 'EndsWith'],
  [/not[ \t]*in[ \t]*(?![ \tA-Za-z0-9_./-])/y, 'NotIn'],
  [/in(?![A-Za-z0-9_./-])/y, 'In'],
]

const PUNCTUATION: readonly (readonly [text: string, kind: TokenKind])[] = [
  ['(', 'LParen'],
  [')', 'RParen'],
  ['{', 'LBrace'],
  ['}', 'RBrace'],
  [',', 'Comma'],
  ['==', 'Eq'],
  ['!=', 'Ne'],
  ['!', 'Not'],
  ['&&', 'And'],
  ['||', 'Or'],
]

/** Splits a whole selector into tokens, an EOF at the end. Throws SelectorError. */
export function tokenize(text: string): readonly Token[] {
  const next = tokenReader(text)
  const tokens = [next()]
  while (tokens.at(-1)?.kind !== 'EOF') tokens.push(next())
  return tokens
}

/**
 * Reads a selector token by token, so that a parser may refuse a long text at its beginning. After the last token each
 * call gives EOF. Only blanks and tabs are white space. Calls throw SelectorError.
 */
export function tokenReader(text: string): () => Token {
  let at = 0
  let afterLabel = false
  return () => {
    at = skip(BLANKS, text, at)
    if (at >= text.length) return { kind: 'EOF', offset: text.length }
    const [token, end] = tokenAt(text, at, afterLabel)
    at = end
    afterLabel = token.kind === 'Label'
    return token
  }
}

function tokenAt(text: string, offset: number, afterLabel: boolean): readonly [Token, number] {
  const first = text.charAt(offset)
  if (first === '"' || first === "'") {
    const end = text.indexOf(first, offset + 1)
    if (end < 0) throw new SelectorError('the string is not closed', offset)
    return [{ kind: 'StringLiteral', value: text.slice(offset + 1, end), offset }, end + 1]
  }
  for (const [mark, kind] of PUNCTUATION) {
    if (text.startsWith(mark, offset)) return [{ kind, offset }, offset + mark.length]
  }
  if (first === '=' || first === '&' || first === '|') throw new SelectorError(`expected ${first}${first}`, offset)
  if (afterLabel) {
    for (const [pattern, kind] of WORD_OPERATORS) {
      const end = skip(pattern, text, offset, -1)
      if (end >= 0) return [{ kind, offset }, end]
    }
    throw new SelectorError('expected an operator after the label', offset)
  }
  return functionAt(text, offset) ?? labelAt(text, offset, 'Label')
}

/** `has(LABEL)`, `all()`, `global()`: no blank before the parenthesis, any number inside. */
function functionAt(text: string, offset: number): readonly [Token, number] | undefined {
  if (text.startsWith('has(', offset)) {
    const [token, end] = labelAt(text, skip(BLANKS, text, offset + 4), 'Has')
    return [{ ...token, offset }, closing(text, end)]
  }
  if (text.startsWith('all(', offset)) return [{ kind: 'All', offset }, closing(text, offset + 4)]
  if (text.startsWith('global(', offset)) return [{ kind: 'Global', offset }, closing(text, offset + 7)]
  return undefined
}

function closing(text: string, from: number): number {
  const at = skip(BLANKS, text, from)
  if (text.charAt(at) !== ')') throw new SelectorError('expected )', at)
  return at + 1
}

function labelAt(text: string, offset: number, kind: 'Label' | 'Has'): readonly [Token, number] {
  const end = skip(IDENTIFIER, text, offset)
  if (end === offset) throw new SelectorError('expected a label', offset)
  if (end - offset > MAX_LABEL_LENGTH)
    throw new SelectorError(`the label is longer than ${MAX_LABEL_LENGTH} bytes`, offset)
  return [{ kind, value: text.slice(offset, end), offset }, end]
}

/** The end of the match at `offset`; `missing` when there is none. */
function skip(pattern: RegExp, text: string, offset: number, missing = offset): number {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex : missing
}
