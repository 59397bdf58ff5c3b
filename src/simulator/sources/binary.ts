/** Close binaries: eclipses (EB), stars that the companion's tide stretches (ELL), and one side heated by the companion (REFL). */
import { chance, gaussian, logUniform, oneOf, uniform, weightedOneOf } from '../distributions.ts'
import { GEOMETRY, readPhasedCurves } from '../phased/phased-curve.ts'
import { amplitudeInR, epochNear, periodicSource, starLike } from '../phased/periodic-star.ts'
import type { Random } from '../random.ts'
import { R, starMagnitude } from '../stars/brightness.ts'
import { coloursFromGr } from '../stars/stellar-colours.ts'
import type { Circumstances, SimulatedSource, SourceModelMaker } from './source.ts'

const KINDS = [{ subtype: 'EB', share: 0.62 }, { subtype: 'ELL', share: 0.19 }, { subtype: 'REFL', share: 0.19 }]
/** How much deeper than in r the hotter star's eclipse is, by the bands of `BANDS`, times what the temperatures differ by. */
const COLOUR_TILT = [0.35, 0.2, 0, -0.1, -0.16, -0.2]

/** Both stars' eclipses are dips of Gauss's shape in flux; in between the stars' shapes show (cos of twice the phase). */
function eclipsing (random: Random, circumstances: Circumstances): SimulatedSource {
  const period = logUniform(random, 0.22, 12)
  // stars that nearly touch are eclipsed for a third of the period, and their shapes are far from round
  const closeness = Math.min(1, Math.max(0, 1 - Math.log(period / 0.25) / Math.log(12 / 0.25) + gaussian(random, 0, 0.15)))
  const width = logUniform(random, 0.012, 0.03) * (1 + 2 * closeness)
  const primary = uniform(random, 0.06, 0.6)
  const secondary = primary * uniform(random, 0.08, 1)
  const ellipsoidal = uniform(random, 0, 0.14) * closeness
  const middle = 0.5 + (period > 3 && chance(random, 0.4) ? uniform(random, -0.12, 0.12) : 0)
  const tilt = (1 - secondary / primary) * uniform(random, 0.3, 1)
  const dip = (phase: number): number => {
    const from = phase - Math.round(phase)
    return Math.exp(-0.5 * (from / width) ** 2)
  }
  const departure = (letter: number, phase: number): number => {
    const hotter = 1 + tilt * COLOUR_TILT[letter]!
    const flux = 1 - primary * hotter * dip(phase) - secondary / hotter * dip(phase - middle) - ellipsoidal * Math.cos(4 * Math.PI * phase)
    return -2.5 * Math.log10(flux)
  }
  return periodicSource({
    subtype: 'EB',
    period,
    epoch: epochNear(random, circumstances, period),
    magnitude: starMagnitude(random, circumstances),
    colours: coloursFromGr(Math.min(1.4, Math.max(-0.2, gaussian(random, 0.6, 0.3)))),
    departure,
    parameters: { amplitude: amplitudeInR(phase => departure(R, phase), 400), primary, secondary, width }
  }, circumstances)
}

export const binaryModel: SourceModelMaker = async folder => {
  const ellipsoidal = await readPhasedCurves(folder, 'periodic/Ellipsoidal.lclib.xz', GEOMETRY)
  const reflection = await readPhasedCurves(folder, 'periodic/R.lclib.xz', GEOMETRY)
  return {
    draw (random, circumstances) {
      const { subtype } = weightedOneOf(random, KINDS, ({ share }) => share)
      return subtype === 'EB'
        ? eclipsing(random, circumstances)
        : starLike(random, circumstances, subtype, oneOf(random, subtype === 'ELL' ? ellipsoidal : reflection))
    }
  }
}
