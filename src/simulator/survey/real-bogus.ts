/**
 * Real–bogus scores of detections: the logistic function of a normal variate, so that real sources are high, artefacts
 * low, and the two overlap. Faint detections are harder. LSST's is `reliability`, of which Rubin's packets say 37 % below
 * 0.5 and 14 % below 0.3; ZTF's is `drb` (Duev et al. 2019, MNRAS 489, 3582).
 */
import { gaussian } from '../distributions.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { Random } from '../random.ts'

interface Score {
  /** At |S/N| of 5, in logits, and what ln(S/N / 5) adds. */
  real: number
  slope: number
  artefact: number
  sigma: number
}

const SCORES: Readonly<Record<SkyName, Score>> = {
  lsst: { real: 0, slope: 1, artefact: -1.6, sigma: 1.2 },
  ztf: { real: 1.8, slope: 1.3, artefact: -1.8, sigma: 1.5 },
  des: { real: 1, slope: 1.1, artefact: -1.5, sigma: 1.1 },
  generic: { real: 1, slope: 1.2, artefact: -1.5, sigma: 1.4 }
}
/** A hole in the template is rarer among the examples that such classifiers learn from. */
const NEGATIVE = -0.8

/**
 * @param signal flux over error, of either sign
 * @param isReal of a source of the sky, and not of noise or of a defect of the image
 * @returns 0 to 1
 */
export function realBogusScore (random: Random, sky: SkyName, signal: number, isReal: boolean): number {
  const { real, slope, artefact, sigma } = SCORES[sky]
  const logit = isReal
    ? real + slope * Math.log(Math.abs(signal) / 5) + (signal < 0 ? NEGATIVE : 0)
    : artefact + 0.15 * Math.log(Math.abs(signal) / 5)
  return 1 / (1 + Math.exp(-gaussian(random, logit, sigma)))
}
