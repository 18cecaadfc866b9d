/** Lines and columns of offsets in a text. */

export interface LineAndColumn {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units as editors count. */
  readonly column: number
}

/** A line ends at `\n`, `\r\n` or a lone `\r`. The text is searched once; each question then is a binary search. */
export function createLineIndex(text: string): (offset: number) => LineAndColumn {
  const starts = lineStarts(text)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    return starts
  }
  const lineBreak = /\r\n?|\n/g
  while (lineBreak.test(text)) starts.push(lineBreak.lastIndex)
  return starts
}
