/** Repeatable randomness: a linear congruential generator with the few questions that the lab asks of it. */

export interface Dice {
  /** 0 up to, and without, `sides`. */
  roll(sides: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
  /** Undefined of an empty list. */
  oneOf<T>(list: readonly T[]): T | undefined
  some<T>(list: readonly T[], probability: number): readonly T[]
}

export function diceOf(seed: number): Dice {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) / 2 ** 24
  }
  const roll = (sides: number): number => Math.floor(next() * sides)
  return {
    roll,
    chance: (probability) => next() < probability,
    pick: (list) => list[roll(list.length)] ?? list[0],
    oneOf: (list) => list[roll(list.length)],
    some: (list, probability) => list.filter(() => next() < probability),
  }
}
