/** What a report is made of, without a network: objects whose logits are given. */
import type { Band } from '../../../src/alert/alert.ts'
import { NJY_PER_FLUXCAL, UNKNOWN_HOST } from '../../../src/alert/alert.ts'
import { evaluate } from '../../../src/training/evaluation/evaluate.ts'
import { judge } from '../../../src/training/evaluation/judged.ts'
import type { PlayedObject } from '../../../src/training/evaluation/playback.ts'
import { evaluateSky } from '../../../src/training/evaluation/sky-evaluation.ts'
import type { ReportFacts } from '../../../src/training/report/facts.ts'

const BANDS: readonly Band[] = ['g', 'r', 'i', 'z']

export interface SketchedObject {
  snid: string
  type: string
  redshift?: number
  peakMjd?: number
  /** Time of each step [d, MJD], one a night by default. */
  times?: number[]
  /** P(Ia) after each step with photo-z known; the logit is halved where it is unknown. */
  probabilities: number[]
  firstDetection?: number
  early?: number
}

const logit = (probability: number): number => Math.log(probability / (1 - probability))

/** The facts of a report on such objects; every point is a detection, and the calibration leaves P(Ia) as given. */
export function reportFacts (sketches: readonly SketchedObject[], given: Partial<ReportFacts> = {}): ReportFacts {
  const timesOf = ({ times, probabilities }: SketchedObject): number[] => times ?? probabilities.map((_, night) => 56_000 + night)
  const played = (sketch: SketchedObject, factor: number): PlayedObject => ({
    snid: sketch.snid,
    isIa: sketch.type === 'Ia',
    type: sketch.type,
    times: timesOf(sketch),
    detections: Uint16Array.from(sketch.probabilities, (_, step) => step + 1),
    outputs: Float32Array.from(sketch.probabilities, probability => factor * logit(probability)),
    firstDetection: sketch.firstDetection ?? timesOf(sketch)[0] ?? null,
    early: sketch.early ?? sketch.probabilities.length - 1
  })
  const calibrated = { classes: null, calibration: { temperature: 1 } }
  const both = { known: sketches.map(sketch => played(sketch, 1)), unknown: sketches.map(sketch => played(sketch, 0.5)) }
  const objects = sketches.map(sketch => ({
    snid: sketch.snid,
    type: sketch.type,
    isIa: sketch.type === 'Ia',
    redshift: sketch.redshift ?? null,
    peakMjd: sketch.peakMjd ?? null,
    host: UNKNOWN_HOST,
    points: timesOf(sketch).map((midpointMjdTai, k) => ({ midpointMjdTai, band: BANDS[k % 4]!, psfFlux: (60 + k) * NJY_PER_FLUXCAL, psfFluxErr: 10 * NJY_PER_FLUXCAL }))
  }))
  const asked = { calibrated, shares: null }
  return {
    model: 'sketch/1.0',
    bands: BANDS,
    ...asked,
    trainingObjects: null,
    objects,
    played: both,
    evaluation: { known: evaluate(both.known, calibrated), unknown: evaluate(both.unknown, calibrated) },
    sky: { photoZ: 'known', evaluation: evaluateSky(judge(both.known, objects, asked), asked) },
    origin: [['model', 'sketch/1.0']],
    ...given
  }
}
