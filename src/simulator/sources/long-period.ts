/** Long-period variables: red giants that pulsate, as Mira does, or less regularly (SR). */
import { chance, integer, logUniform, uniform } from '../distributions.ts'
import { epochNear, periodicSource } from '../phased/periodic-star.ts'
import { starMagnitude } from '../stars/brightness.ts'
import { Y_PER_Z } from '../stars/stellar-colours.ts'
import { wander } from '../stars/wander.ts'
import type { SourceModelMaker } from './source.ts'

const MIRA_SHARE = 0.4
/** Amplitude in the bands of `BANDS`, r = 1: molecules that come and go with the temperature make blue bands swing more. */
const AMPLITUDES = [1.4, 1.3, 1, 0.65, 0.5, 0.4]

/** From −0.5, the brightest, to 0.5; phase 0 is the brightest moment, and the rise takes a part of the period. */
const pulse = (phase: number, rise: number): number =>
  -0.5 * Math.cos(Math.PI * (phase < 1 - rise ? phase / (1 - rise) : (phase - 1) / rise))

export const longPeriodModel: SourceModelMaker = async () => ({
  draw (random, circumstances) {
    const isMira = chance(random, MIRA_SHARE)
    // more than 2.5 mag in V makes a Mira (GCVS); in r that is less, and the redder they are, the longer is the period
    const period = isMira ? logUniform(random, 120, 600) : logUniform(random, 40, 400)
    const amplitude = isMira ? logUniform(random, 1.6, 5) : logUniform(random, 0.2, 1.6)
    const rise = isMira ? uniform(random, 0.33, 0.5) : uniform(random, 0.42, 0.58)
    const cycleToCycle = wander(integer(random, 0, 2 ** 31), 1.3 * period)
    const irregularity = isMira ? uniform(random, 0.03, 0.12) : uniform(random, 0.1, 0.35)
    // half of them drift, by dust that forms and goes or by what has no period
    const drift = chance(random, 0.5) ? uniform(random, 0.05, isMira ? 0.5 : 0.3) : 0
    const drifting = wander(integer(random, 0, 2 ** 31), logUniform(random, 100, 1000))
    const second = isMira ? 0 : uniform(random, 0, 0.5)
    const secondPeriod = period * uniform(random, 0.45, 1.9)
    const secondPhase = random()
    const ri = uniform(random, 0.6, 2) + (isMira ? 0.5 : 0)
    const gr = uniform(random, 1.3, 1.8) + (isMira ? 0.3 : 0)
    const iz = ri * uniform(random, 0.45, 0.6)
    const colours = Float64Array.of(gr + uniform(random, 1.5, 2.8), gr, 0, -ri, -ri - iz, -ri - iz * (1 + Y_PER_Z))
    return periodicSource({
      subtype: isMira ? 'Mira' : 'SR',
      period,
      epoch: epochNear(random, circumstances, period),
      magnitude: starMagnitude(random, circumstances),
      colours,
      departure (letter, phase, mjd) {
        const swing = amplitude * (1 + irregularity * Math.max(-2.5, Math.min(2.5, cycleToCycle(mjd))))
        const beat = second * amplitude / 2 * Math.sin(2 * Math.PI * (mjd / secondPeriod + secondPhase))
        return AMPLITUDES[letter]! * (swing * pulse(phase, rise) + beat + drift * drifting(mjd))
      },
      parameters: { amplitude, rise_part: rise, drift }
    }, circumstances)
  }
})
