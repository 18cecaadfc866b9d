import { describe, expect, test } from 'vitest'
import { parseSelector, SelectorError, selectorUID } from '../../../src/manifests/selector/selector.js'

/** The offset at which a text is refused; undefined when it parses. */
function refusedAt(text: string): number | undefined {
  try {
    parseSelector(text)
    return undefined
  } catch (error) {
    if (error instanceof SelectorError) return error.offset
    throw error
  }
}

describe('canonical text', () => {
  test.each([
    ['', 'all()'],
    [' \t', 'all()'],
    ['all( )', 'all()'],
    ['global()', 'global()'],
    ['has( a )', 'has(a)'],
    ["a=='b'", 'a == "b"'],
    ["a!='b'", 'a != "b"'],
    ["a contains 'b'", 'a contains "b"'],
    ["a starts \t with 'b'", 'a starts with "b"'],
    ["a startswith'b'", 'a starts with "b"'],
    ["a endswith 'b'", 'a ends with "b"'],
    ["a notin{'b'}", 'a not in {"b"}'],
    ["a in {'c', 'a', 'b', 'a',}", 'a in {"a", "b", "c"}'],
    ['a in {}', 'a in {}'],
    ["a == 'b' && c == 'd'", '(a == "b" && c == "d")'],
    ['((has(a)))', 'has(a)'],
    ['!has(a)', '!has(a)'],
    ['! ! has(a)', 'has(a)'],
    ['!!!has(a)', '!has(a)'],
    ['!(!has(a))', '!!has(a)'],
  ])('%j is written %j', (text, canonical) => {
    expect(parseSelector(text).canonical).toBe(canonical)
  })

  test('a value with a double quote is put in single ones', () => {
    expect(parseSelector(`a == 'say "b"'`).canonical).toBe(`a == 'say "b"'`)
    expect(parseSelector(`a in {"it's", 'say "b"'}`).canonical).toBe(`a in {"it's", 'say "b"'}`)
  })

  test('a set is sorted by the bytes of UTF-8, not by UTF-16 units', () => {
    expect(parseSelector("a in {'\u{1F600}', '\uFFFD', 'z'}").canonical).toBe('a in {"z", "\uFFFD", "\u{1F600}"}')
  })

  test('the text is kept as written', () => {
    expect(parseSelector("a=='b'").text).toBe("a=='b'")
  })
})

describe('what binds tighter', () => {
  test('&& before ||, on either side', () => {
    expect(parseSelector('has(a) || has(b) && has(c)').canonical).toBe('(has(a) || (has(b) && has(c)))')
    expect(parseSelector('has(a) && has(b) || has(c)').canonical).toBe('((has(a) && has(b)) || has(c))')
  })

  test('! takes the one operation behind it', () => {
    expect(parseSelector("!a == 'x' && has(b)").canonical).toBe('(!a == "x" && has(b))')
  })

  test('a chain of one operator is one group', () => {
    expect(parseSelector('has(a) && has(b) && has(c)').canonical).toBe('(has(a) && has(b) && has(c))')
  })
})

describe('labels', () => {
  test.each(['a.b/c-d_e', '-a', '/a', '1', 'has', 'in', 'not', 'contains', 'all', 'global', 'startswith'])(
    '%s is one',
    (label) => expect(parseSelector(`${label} == 'x'`).canonical).toBe(`${label} == "x"`),
  )

  test('have 512 bytes at most', () => {
    expect(refusedAt(`has(${'a'.repeat(512)})`)).toBeUndefined()
    expect(refusedAt(`has(${'a'.repeat(513)})`)).toBe(4)
    expect(refusedAt(`${'a'.repeat(513)} == 'x'`)).toBe(0)
  })
})

describe('refused, and where', () => {
  test.each([
    ['a', 1],
    ['a b', 2],
    ["a = 'x'", 2],
    ["a === 'x'", 4],
    ['a == x', 5],
    ["a == 'x", 5],
    ['a == \'x"', 5],
    ["a == 'x' & has(b)", 9],
    ["a == 'x' | has(b)", 9],
    ["a == 'x' && ", 12],
    ["a == 'x' has(b)", 9],
    ["a\n== 'x'", 1],
    ['é == "x"', 0],
    ["'a' == 'x'", 0],
    ['has()', 4],
    ['has(a', 5],
    ['has (a)', 4],
    ['all ()', 4],
    ['all(a)', 4],
    ['global(', 7],
    ['()', 1],
    ['(has(a)', 7],
    ['has(a))', 6],
    ['HAS(a)', 3],
    ['!', 1],
    ["a in 'x'", 5],
    ['a in {,}', 6],
    ["a in {'x',,}", 10],
    ["a in {'x' 'y'}", 10],
    ["a in {'x'", 9],
    ["a inf {'x'}", 2],
    ["a containsx 'y'", 2],
    ["a not inx {'y'}", 2],
    ['a starts with b', 2],
    ['a not in b', 2],
    ['a contains b', 11],
  ])('%j at %i', (text, offset) => {
    expect(refusedAt(text)).toBe(offset)
  })
})

describe('hostile text', () => {
  test('600 levels of parentheses are read, one more is refused where it opens', () => {
    expect(refusedAt(`${'('.repeat(600)}has(a)${')'.repeat(600)}`)).toBeUndefined()
    expect(refusedAt(`${'('.repeat(601)}has(a)${')'.repeat(601)}`)).toBe(600)
  })

  test('600 levels of groups are read back from canonical text, more are refused', () => {
    const nested = (levels: number): string => `${'has(a)||has(b)&&('.repeat(levels)}has(c)${')'.repeat(levels)}`
    const { canonical } = parseSelector(nested(300))
    expect(parseSelector(canonical).canonical).toBe(canonical)
    expect(refusedAt(nested(301))).toBe(0)
    expect(refusedAt(nested(600))).toBe(0)
  })

  test.each(['(', '!', '!(', '{', "'", 'has(', 'a in {', 'all()&&(', "a=='b'||(", "a in {'x',"])(
    'a megabyte of %j is refused, quickly',
    (piece) => {
      const started = performance.now()
      expect(refusedAt(piece.repeat(1_000_000 / piece.length))).toBeTypeOf('number')
      expect(performance.now() - started).toBeLessThan(10_000)
    },
  )

  test.each([
    ["a=='b'", '||'],
    ['has(a)', '&&'],
    ['all()', `${' '.repeat(1000)}&&`],
  ])('a megabyte of %j joined by %j is read', (piece, joint) => {
    const selector = parseSelector(
      Array.from({ length: 1_000_000 / (piece.length + joint.length) }, () => piece).join(joint),
    )
    expect(selector.matches({ a: 'b' })).toBe(true)
  })

  test('a megabyte of negations is one or none', () => {
    expect(parseSelector(`${'!'.repeat(1_000_001)}has(a)`).canonical).toBe('!has(a)')
  })
})

describe('id', () => {
  test('is s: and the SHA-224 of the canonical text in base64url', () => {
    // Recorded from Calico's own parser.
    expect(selectorUID(parseSelector('a contains "a"'))).toBe('s:t2_4E00u3knUL0E3LxE1AMmlVQkoE80n0AknDw')
  })

  test('is the same for texts that mean the same', () => {
    expect(selectorUID(parseSelector("a in {'y','x'}"))).toBe(selectorUID(parseSelector('( a in {"x", "y", "x",} )')))
  })
})
