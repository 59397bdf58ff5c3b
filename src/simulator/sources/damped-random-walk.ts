/** Damped random walks (Ornstein & Uhlenbeck 1930), as nuclei vary: Kelly et al. 2009 (ApJ 698, 895), MacLeod et al. 2010 (ApJ 721, 1014). */
import { normal, randomFrom, type Random } from '../random.ts'

/** One side of the origin, day after day. */
interface Side {
  random: Random
  /** Days that are drawn. */
  days: number
  /** [day × walks + walk] */
  values: Float64Array
  /** How far the walks stray from their mean within each day, in standard deviations. */
  strays: Float64Array
}

/** Days that a side has room for at first; the room doubles. */
const ROOM = 512

function widened (values: Float64Array, length: number): Float64Array {
  const wider = new Float64Array(length)
  wider.set(values)
  return wider
}

/**
 * Several walks of mean 0 and variance 1 that the same noise drives, each with its own damping time. Their values at
 * whole days from the origin are drawn one after another, as far as a caller asks, so any time can be asked for in any
 * order. In between, a value has the mean and the variance that the days beside it leave it; within one day the stray is
 * shared. Correlations over a day and more are thereby exact.
 */
export class DampedRandomWalks {
  readonly #origin: number
  readonly #times: readonly number[]
  readonly #memories: number[]
  readonly #kicks: number[]
  readonly #sides: readonly [Side, Side]

  /**
   * @param key an integer below 2^53 that names the noise
   * @param origin [d], any
   * @param times damping time of each walk [d]
   */
  constructor (key: number, origin: number, times: readonly number[]) {
    this.#origin = origin
    this.#times = times
    this.#memories = times.map(time => Math.exp(-1 / time))
    this.#kicks = this.#memories.map(memory => Math.sqrt(1 - memory ** 2))
    const first = normal(randomFrom(key, 0))
    const side = (number: number): Side => ({ random: randomFrom(key, number), days: 0, values: new Float64Array((ROOM + 1) * times.length).fill(first, 0, times.length), strays: new Float64Array(ROOM) })
    this.#sides = [side(1), side(2)]
  }

  /** The value of a walk at a time [d]. */
  at (walk: number, time: number): number {
    const since = time - this.#origin
    const side = this.#sides[since < 0 ? 1 : 0]
    const day = Math.floor(Math.abs(since))
    this.#drawUntil(side, day + 1)
    const part = Math.abs(since) - day
    const count = this.#times.length
    const [before, after] = [side.values[day * count + walk]!, side.values[(day + 1) * count + walk]!]
    // of an Ornstein–Uhlenbeck bridge: what both ends say, and the variance that they leave
    const damping = 1 / this.#times[walk]!
    const whole = -Math.expm1(-2 * damping)
    const [left, right] = [-Math.expm1(-2 * damping * part), -Math.expm1(-2 * damping * (1 - part))]
    const mean = (before * Math.exp(-damping * part) * right + after * Math.exp(-damping * (1 - part)) * left) / whole
    return mean + Math.sqrt(left * right / whole) * side.strays[day]!
  }

  #drawUntil (side: Side, days: number): void {
    const [memories, kicks, count] = [this.#memories, this.#kicks, this.#times.length]
    if (days > side.strays.length) {
      const room = Math.max(days, 2 * side.strays.length)
      side.values = widened(side.values, (room + 1) * count)
      side.strays = widened(side.strays, room)
    }
    const { values, strays, random } = side
    for (; side.days < days; side.days++) {
      // a pair of normal numbers (Box & Muller 1958): a decade has thousands of days
      const [size, angle] = [Math.sqrt(-2 * Math.log(random())), 2 * Math.PI * random()]
      const kick = size * Math.cos(angle)
      for (let walk = 0; walk < count; walk++) {
        values[(side.days + 1) * count + walk] = values[side.days * count + walk]! * memories[walk]! + kicks[walk]! * kick
      }
      strays[side.days] = size * Math.sin(angle)
    }
  }
}
