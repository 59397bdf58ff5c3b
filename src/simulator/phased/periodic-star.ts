/** A star that varies by phase, as the simulated sky has it. */
import { nJyOfMagnitude } from '../../alert/alert.ts'
import { uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { Circumstances, SimulatedSource } from '../sources/source.ts'
import { lettersOf, R, starMagnitude } from '../stars/brightness.ts'
import { shapeAt, type PhasedCurve } from './phased-curve.ts'

export interface PeriodicStar {
  subtype: string
  /** [d] */
  period: number
  /** A time of phase 0 [d, MJD]. */
  epoch: number
  /** Magnitude in r that `departure` is from, the mean or that outside eclipses, and the others less it in the order of `BANDS` [mag]. */
  magnitude: number
  colours: Float64Array
  /** Added to the magnitude, by the band's index among `BANDS`, at a phase from 0 to 1 and a time [mag]. */
  departure: (letter: number, phase: number, mjd: number) => number
  parameters?: Readonly<Record<string, number>>
}

/** A source of the simulated sky that shines as a periodic star. */
export function periodicSource ({ subtype, period, epoch, magnitude, colours, departure, parameters }: PeriodicStar, { passbands }: Circumstances): SimulatedSource {
  const letters = lettersOf(passbands)
  return {
    subtype,
    persistent: true,
    peakMjd: null,
    from: -Infinity,
    until: Infinity,
    fluxes ({ mjd, band }) {
      return Float64Array.from(mjd, (time, k) => {
        const letter = letters[band[k]!]!
        const cycles = (time - epoch) / period
        return nJyOfMagnitude(magnitude + colours[letter]! + departure(letter, cycles - Math.floor(cycles), time))
      })
    },
    hostEbv: 0,
    parameters: { period, r_mag: magnitude, ...parameters }
  }
}

/** Difference of the faintest and the brightest phase in r [mag]. */
export function amplitudeInR (departure: (phase: number) => number, steps = 200): number {
  let [low, high] = [Infinity, -Infinity]
  for (let k = 0; k < steps; k++) {
    const value = departure(k / steps)
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high - low
}

/** Any moment of the period, near which the star is looked at. */
export const epochNear = (random: Random, circumstances: Circumstances, period: number): number => circumstances.peakMjd - period * random()

/** What the amplitude is multiplied by at a time [d, MJD], and what that was drawn as. */
export interface Modulation { of: (mjd: number) => number, parameters: Readonly<Record<string, number>> }

/**
 * A star that varies as one of the curves does, but for its brightness, phase, amplitude (×0.8 to 1.25) and period
 * (±5 %), so that no simulated star repeats a real one.
 */
export function starLike (random: Random, circumstances: Circumstances, subtype: string, curve: PhasedCurve, modulation?: Modulation): SimulatedSource {
  const period = curve.period * uniform(random, 0.95, 1.05)
  const scale = uniform(random, 0.8, 1.25)
  return periodicSource({
    subtype,
    period,
    epoch: epochNear(random, circumstances, period),
    magnitude: starMagnitude(random, circumstances),
    colours: curve.colours,
    departure: (letter, phase, mjd) => scale * (modulation?.of(mjd) ?? 1) * shapeAt(curve.shapes[letter]!, phase),
    parameters: { amplitude: scale * amplitudeInR(phase => shapeAt(curve.shapes[R]!, phase)), ...modulation?.parameters }
  }, circumstances)
}
