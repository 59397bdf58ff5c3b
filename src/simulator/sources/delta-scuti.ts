/** δ Scuti stars: most with the shapes of high amplitude that ZTF has seen, others with few modes of low amplitude at once. */
import { chance, integer, logUniform, oneOf, uniform } from '../distributions.ts'
import { PULSATION, readPhasedCurves } from '../phased/phased-curve.ts'
import { amplitudeInR, epochNear, periodicSource, starLike } from '../phased/periodic-star.ts'
import type { Random } from '../random.ts'
import { starMagnitude } from '../stars/brightness.ts'
import { coloursFromGr } from '../stars/stellar-colours.ts'
import type { Circumstances, SimulatedSource, SourceModelMaker } from './source.ts'

const MULTIMODE_SHARE = 0.35
/** Amplitude in the bands of `BANDS`, r = 1: the ratios of RR Lyrae, which have the same colours. */
const AMPLITUDES = [1.31, 1.39, 1, PULSATION.i, PULSATION.i * PULSATION.z, PULSATION.i * PULSATION.z * PULSATION.y]

/** Sines that beat: the first overtone has 0.77 of the fundamental's period (Petersen & Christensen-Dalsgaard 1996, A&A 312, 463), the others are anywhere near. */
function multimode (random: Random, circumstances: Circumstances): SimulatedSource {
  const period = logUniform(random, 0.03, 0.25)
  const amplitude = logUniform(random, 0.02, 0.2)
  const modes = Array.from({ length: integer(random, 1, 4) }, (_, k) => ({
    frequency: k === 0 ? 0 : 1 / period * (k === 1 ? 1 / uniform(random, 0.755, 0.785) : uniform(random, 0.7, 1.7)),
    size: amplitude / 2 * (k === 0 ? 1 : uniform(random, 0.2, 0.8)),
    phase: random()
  }))
  const sum = (phase: number, mjd: number): number => modes.reduce((total, { size, frequency, phase: begin }, k) =>
    total + size * Math.sin(2 * Math.PI * ((k === 0 ? phase : mjd * frequency) + begin)), 0)
  return periodicSource({
    subtype: 'DSCT',
    period,
    epoch: epochNear(random, circumstances, period),
    magnitude: starMagnitude(random, circumstances),
    colours: coloursFromGr(uniform(random, -0.1, 0.25)),
    departure: (letter, phase, mjd) => AMPLITUDES[letter]! * sum(phase, mjd),
    parameters: { amplitude: amplitudeInR(phase => modes[0]!.size * Math.sin(2 * Math.PI * phase)), modes: modes.length }
  }, circumstances)
}

export const deltaScutiModel: SourceModelMaker = async folder => {
  const curves = await readPhasedCurves(folder, 'periodic/δ Sct.lclib.xz', PULSATION)
  return {
    draw: (random, circumstances) => chance(random, MULTIMODE_SHARE)
      ? multimode(random, circumstances)
      : starLike(random, circumstances, 'DSCT', oneOf(random, curves))
  }
}
