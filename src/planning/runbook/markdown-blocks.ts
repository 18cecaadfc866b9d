/** The fenced blocks of a Markdown page with the headings that they stand under, by marked's lexer. */

import { Lexer, type Token, type Tokens } from 'marked'

export interface FencedBlock {
  /** In small letters; empty when the fence says none. */
  readonly language: string
  /** The rest of the fence's first line. */
  readonly info: string
  readonly text: string
  /** Line of the fence, from 1. */
  readonly line: number
  readonly heading?: string
  /** The text right before the block. */
  readonly before: string
}

/** Undefined when the page cannot be taken apart, such as one whose lists are nested thousands deep. */
export function fencedBlocks(page: string): readonly FencedBlock[] | undefined {
  const source = page.replaceAll(/\r\n?/g, '\n')
  const tokens = blockTokens(source)
  return tokens && blocksOf(tokens, source)
}

/** Blocks alone: what stands inside a line is not looked at. */
function blockTokens(source: string): readonly Token[] | undefined {
  try {
    return new Lexer().blockTokens(source, [])
  } catch {
    return undefined
  }
}

function blocksOf(tokens: readonly Token[], source: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = []
  let [heading, before, offset, line]: [string | undefined, string, number, number] = [undefined, '', 0, 1]
  for (const token of inOrder(tokens)) {
    // Tokens come in the order of the text, those of lists and quotes without their indentation.
    const first = token.raw.trimStart().split('\n', 1)[0] ?? ''
    const place = first === '' ? -1 : source.slice(offset, offset + FARTHEST).indexOf(first)
    if (place > 0) {
      line += linesIn(source, offset, offset + place)
      offset += place
    }
    if (token.type === 'heading') heading = plainText((token as Tokens.Heading).text)
    if (isFenced(token)) {
      const [language = '', ...info] = (token.lang ?? '').trim().split(/[\s{,]+/)
      blocks.push({
        language: language.toLowerCase(),
        info: info.join(' '),
        text: token.text,
        line,
        before,
        ...(heading === undefined ? {} : { heading }),
      })
      offset = Math.min(source.length, offset + first.length)
    }
    if (token.type !== 'space') before = token.raw
  }
  return blocks
}

/** A token begins where the one before it ends, but for blanks and marks. */
const FARTHEST = 20_000

function linesIn(source: string, from: number, to: number): number {
  let lines = 0
  for (let at = source.indexOf('\n', from); at >= 0 && at < to; at = source.indexOf('\n', at + 1)) lines++
  return lines
}

/** Indented code is prose as far as a runbook goes. */
function isFenced(token: Token): token is Tokens.Code {
  return token.type === 'code' && (token as Tokens.Code).codeBlockStyle !== 'indented'
}

function plainText(heading: string): string {
  return heading.replaceAll(/[`*_]{1,3}/g, '').trim()
}

/** Blocks inside lists and quotes, too. */
function* inOrder(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    if (token.type === 'list') for (const item of (token as Tokens.List).items) yield* inOrder(item.tokens)
    else if (token.type === 'blockquote') yield* inOrder((token as Tokens.Blockquote).tokens)
    else yield token
  }
}
