/** The words after a command's name taken apart as Go's pflag and docopt do, which kubectl and calicoctl use. */

export interface CommandLine {
  readonly positionals: readonly string[]
  /** Values by flag, without dashes, short ones under their long names; a flag without a value has `true`. */
  readonly flags: ReadonlyMap<string, readonly string[]>
  /** Everything after `--`. */
  readonly after: readonly string[]
  /** A flag that takes a value stands at the end without one. */
  readonly unfinished?: string
}

export interface FlagNames {
  /** Flags that take a value, by their long names. */
  readonly valued: ReadonlySet<string>
  /** Long names of the one-letter flags. */
  readonly short: Readonly<Record<string, string>>
}

export function parseCommandLine(words: readonly string[], names: FlagNames): CommandLine {
  const positionals: string[] = []
  const flags = new Map<string, string[]>()
  const add = (name: string, value: string): void => {
    const held = flags.get(name)
    if (held === undefined) flags.set(name, [value])
    else held.push(value)
  }
  const short = new Map(Object.entries(names.short))
  let unfinished: string | undefined
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') return { positionals, flags, after: words.slice(at + 1) }
    const valueFor = (name: string, given: string | undefined): void => {
      if (given !== undefined) add(name, given)
      else if (!names.valued.has(name)) add(name, 'true')
      else if (at + 1 < words.length) add(name, words[++at] ?? '')
      else unfinished = word
    }
    const long = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word)
    if (long !== null) valueFor(long[1] ?? '', long[2])
    else if (/^-[A-Za-z]/.test(word)) {
      const name = short.get(word[1] ?? '') ?? word[1] ?? ''
      const rest = word.slice(2)
      if (rest === '') valueFor(name, undefined)
      else if (names.valued.has(name)) valueFor(name, rest.replace(/^=/, ''))
      else for (const letter of word.slice(1)) add(short.get(letter) ?? letter, 'true')
    } else positionals.push(word)
  }
  return { positionals, flags, after: [], ...(unfinished === undefined ? {} : { unfinished }) }
}

/** The last value of a flag, which is the one that counts. */
export function flagValue({ flags }: CommandLine, name: string): string | undefined {
  return flags.get(name)?.at(-1)
}

/** True for `--flag` and `--flag=true`. */
export function flagSet(line: CommandLine, name: string): boolean {
  const value = flagValue(line, name)
  return value !== undefined && value !== 'false'
}
