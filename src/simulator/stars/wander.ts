/** A smooth random function of time, known at any time without what came before it. */
import { normal, randomFrom } from '../random.ts'

/**
 * Standard normal at each time of a grid, and in between a mean of both neighbours whose variance stays 1.
 * @param seed names the function
 * @param step of the grid, after which it has forgotten itself [d]
 * @returns the value at a time [d]
 */
export function wander (seed: number, step: number): (time: number) => number {
  let [at, before, after] = [NaN, 0, 0]
  return time => {
    const node = Math.floor(time / step)
    if (node !== at) {
      at = node
      before = normal(randomFrom(seed, node))
      after = normal(randomFrom(seed, node + 1))
    }
    const angle = Math.PI / 2 * (time / step - node)
    return before * Math.cos(angle) + after * Math.sin(angle)
  }
}
