/** How far away the objects of a class are drawn, and how many there are. */
import { distanceModulus, LARGEST_REDSHIFT, volumeElement } from './cosmology/cosmology.ts'
import { logUniform } from './distributions.ts'
import type { Random } from './random.ts'
import type { ClassSettings } from './settings.ts'
import type { SkyName } from './passbands/surveys.ts'

/** A training set: half by volume, so that numbers are as seen; the rest nearer, so that bright ones are not rare. */
const BY_VOLUME = 0.5
const LINEAR = 0.35
const LEAST_LOGARITHMIC = 0.008
/** Nuclei that ZTF's magnitudes reach. */
const MOST_BY_SKY: Readonly<Partial<Record<SkyName, number>>> = { ztf: 1.2 }
const STEPS = 600

/** Redshifts of a class as a survey can see it. */
export class Redshifts {
  readonly #least: number
  readonly #most: number
  readonly #brightMagnitude: number | null
  /** Events a year on the whole sky, in the observer's time, out to each of `STEPS` redshifts; relative where there is no rate. */
  readonly #cumulative: Float64Array

  /** @param settings with a redshift range */
  constructor (settings: ClassSettings, sky: SkyName) {
    const { redshift, brightMagnitude, evolution, volumetricRate } = settings
    this.#least = redshift!.least
    this.#most = brightMagnitude === null ? Math.min(redshift!.most, MOST_BY_SKY[sky] ?? LARGEST_REDSHIFT) : redshift!.most
    this.#brightMagnitude = brightMagnitude
    this.#cumulative = new Float64Array(STEPS + 1)
    const step = (this.#most - this.#least) / STEPS
    for (let k = 1; k <= STEPS; k++) {
      const z = this.#least + (k - 0.5) * step
      // time runs slower by 1 + z
      this.#cumulative[k] = this.#cumulative[k - 1]! + (volumetricRate ?? 1) * volumeElement(z) * (1 + z) ** (evolution - 1) * step
    }
  }

  /**
   * The redshift at which the brightest of the class fade to a depth.
   * @param depth [mag]
   */
  limit (depth: number): number {
    if (this.#brightMagnitude === null) return this.#most
    const modulus = depth - this.#brightMagnitude
    let [low, high] = [1e-4, LARGEST_REDSHIFT]
    if (distanceModulus(high) <= modulus) return this.#most
    for (let k = 0; k < 40; k++) {
      const middle = (low + high) / 2
      if (distanceModulus(middle) < modulus) low = middle
      else high = middle
    }
    return Math.min(this.#most, Math.max(low, 1.1 * this.#least))
  }

  /** Events (as `volumetricRate` is given) or parts, from `least` to a redshift. */
  within (limit: number): number {
    const at = Math.min(STEPS, (limit - this.#least) / (this.#most - this.#least) * STEPS)
    const k = Math.min(STEPS - 1, Math.floor(at))
    return this.#cumulative[k]! + (at - k) * (this.#cumulative[k + 1]! - this.#cumulative[k]!)
  }

  /** By volume and rate. */
  byVolume (random: Random, limit: number): number {
    const wanted = random() * this.within(limit)
    let [low, high] = [0, STEPS]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#cumulative[middle]! <= wanted) low = middle
      else high = middle
    }
    const part = (wanted - this.#cumulative[low]!) / (this.#cumulative[high]! - this.#cumulative[low]!)
    return Math.min(limit, this.#least + (low + part) / STEPS * (this.#most - this.#least))
  }

  /** For a training set. */
  forTraining (random: Random, limit: number): number {
    const way = random()
    const least = this.#least
    if (this.#brightMagnitude === null) return least + (limit - least) * random()
    if (way < BY_VOLUME) return this.byVolume(random, limit)
    if (way < BY_VOLUME + LINEAR) return Math.sqrt(least ** 2 + random() * (limit ** 2 - least ** 2))
    return logUniform(random, Math.min(limit, Math.max(least, LEAST_LOGARITHMIC)), limit)
  }
}
