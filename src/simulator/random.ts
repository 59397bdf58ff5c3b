/**
 * Repeatable random numbers with random access: a stream is named by integers (seed, object, visit …), so any
 * part of the simulated sky can be drawn without drawing what came before it.
 */

/** Uniform in the open interval (0, 1), 53 bits. */
export type Random = () => number

/** One round and the finalizer of MurmurHash3, 32 bits (Appleby, public domain). */
function mix (hash: number, key: number): number {
  let k = Math.imul(key, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const h = hash ^ k
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

function finish (hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * A stream named by its keys.
 * @param keys integers below 2^53 in size; the same keys give the same stream
 */
export function randomFrom (...keys: number[]): Random {
  let low = 0x9747b28c
  let high = 0x2545f491
  for (const key of keys) {
    const upper = Math.floor(key / 2 ** 32)
    low = mix(mix(low, key | 0), upper)
    high = mix(mix(high, upper), key | 0)
  }
  let counter = 0
  const first = finish(low)
  const second = finish(high ^ first)
  // a counter through the finalizer, as splitmix does it (Steele et al. 2014), on two 32-bit lanes
  return () => {
    counter = (counter + 0x9e3779b9) | 0
    const a = finish(first ^ finish(counter ^ second)) >>> 5
    const b = finish(second ^ finish(counter + first)) >>> 6
    return (a * 2 ** 26 + b + 0.5) / 2 ** 53
  }
}

/** Standard normal (Box & Muller 1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())

/** A Poisson number: Knuth's product of uniforms, in slices that keep exp(−mean) representable. */
export function poisson (random: Random, mean: number): number {
  let count = 0
  for (let left = mean; left > 0; left -= 100) {
    const limit = Math.exp(-Math.min(left, 100))
    for (let product = random(); product > limit; product *= random()) count++
  }
  return count
}
