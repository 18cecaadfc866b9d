/** Durations as Go's time package reads and writes them: calicoctl parses a duration and stores Go's own text of it. */

const UNIT_NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}
const MAX_LENGTH = 200
const LIMIT = 1n << 63n

/** Nanoseconds of `1h15m30.918s`; undefined when Go's time.ParseDuration would refuse the text. */
export function parseGoDuration(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const signed = /^([+-]?)(.*)$/s.exec(text)
  const body = signed?.[2] ?? ''
  if (body === '0') return 0n
  if (!/^(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined
  let total = 0n
  for (const [, whole = '', fraction = '', unit = ''] of body.matchAll(/([0-9]*)(?:\.([0-9]*))?([a-zµμ]+)/g)) {
    const scale = UNIT_NANOSECONDS[unit] ?? 0n
    total += BigInt(whole === '' ? 0 : whole) * scale
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length)
  }
  const negative = signed?.[1] === '-'
  if (total > LIMIT || (total === LIMIT && !negative)) return undefined
  return negative ? -total : total
}

/** The text that Go writes for a duration: 90 s is `1m30s`, 1500 ms is `1.5s` (time.Duration.String). */
export function formatGoDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatGoDuration(-nanoseconds)}`
  if (nanoseconds === 0n) return '0s'
  for (const [unit, scale, above] of SMALL_UNITS) {
    if (nanoseconds < above) return `${decimal(nanoseconds, scale)}${unit}`
  }
  const second = 1_000_000_000n
  const hours = nanoseconds / (3600n * second)
  const minutes = (nanoseconds / (60n * second)) % 60n
  const seconds = `${decimal(nanoseconds % (60n * second), second)}s`
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`
  return minutes > 0n ? `${minutes}m${seconds}` : seconds
}

const SMALL_UNITS: readonly (readonly [unit: string, scale: bigint, above: bigint])[] = [
  ['ns', 1n, 1_000n],
  ['µs', 1_000n, 1_000_000n],
  ['ms', 1_000_000n, 1_000_000_000n],
]

function decimal(value: bigint, scale: bigint): string {
  const whole = value / scale
  const rest = value % scale
  if (rest === 0n) return whole.toString()
  const digits = rest.toString().padStart(scale.toString().length - 1, '0')
  return `${whole}.${digits.replace(/0+$/, '')}`
}
