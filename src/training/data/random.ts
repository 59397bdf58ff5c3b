/** A seeded source of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform (): number
  /** Standard normal. */
  normal (): number
  /** Uniform integer in [0, below). */
  integer (below: number): number
}

/** The four words of the generator. */
export type RandomState = readonly [number, number, number, number]

/** Random numbers that can go on from where they stopped. */
export interface SeededRandom extends Random {
  state (): RandomState
}

/** sfc32 by C. Doty-Humphrey (PractRand 0.95), seeded as there: 12 rounds are thrown away. */
export function seededRandom (seed: number): SeededRandom {
  const random = resumedRandom([0, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1])
  for (let round = 0; round < 12; round++) random.uniform()
  return random
}

/** Gives the numbers that come after those which led to `state`. */
export function resumedRandom (state: RandomState): SeededRandom {
  let [a, b, c, counter] = state
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  const uniform = (): number => next() / 2 ** 32
  return {
    uniform,
    // Box & Muller 1958; 1 − u is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: below => Math.floor(uniform() * below),
    state: () => [a, b, c, counter]
  }
}

/** Fisher & Yates's shuffle of a copy. */
export function shuffled<T> (items: readonly T[], random: Random): T[] {
  const out = [...items]
  for (let k = out.length - 1; k > 0; k--) {
    const other = random.integer(k + 1)
    const kept = out[k]!
    out[k] = out[other]!
    out[other] = kept
  }
  return out
}
