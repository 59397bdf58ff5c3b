/** Objects whose probabilities are given: what a network with classes would have said. */
import type { ModelClass } from '../../../src/model/classes.ts'
import type { Calibrated } from '../../../src/model/probabilities.ts'
import { judge, type Asked, type JudgedObject } from '../../../src/training/evaluation/judged.ts'
import type { PlayedObject } from '../../../src/training/evaluation/playback.ts'

export const CLASSES: readonly ModelClass[] = [{ name: 'Ia', id: 1, positive: true }, { name: 'II', id: 2, positive: false }, { name: 'AGN', id: 3, positive: false }]

/** A calibration that leaves the probabilities as given; classes are as many as one another. */
export const EVENLY: Asked = {
  calibrated: {
    classes: CLASSES,
    calibration: { byEpochs: [{ epochs: 1, slope: 1, offsets: [0, 0, 0] }], spread: 1 },
    trainingShares: { name: 'training', detections: [1], shares: [[1 / 3, 1 / 3, 1 / 3]] }
  } satisfies Calibrated,
  shares: null
}

export interface Sketch {
  set?: string
  label?: string
  type: string
  /** P(Ia) after each step, one a day; the rest is shared 3 : 1 by II and AGN. */
  probabilities: readonly number[]
  /** After each step; as many as there are steps by default. */
  detections?: readonly number[]
  /** Standard deviation of the logit over the heads. */
  spread?: number
  times?: readonly number[]
}

export function sketched (sketches: readonly Sketch[], asked: Asked = EVENLY): JudgedObject[] {
  const played = sketches.map(({ type, probabilities, detections, spread = 0, times }, k): PlayedObject => ({
    snid: String(k),
    isIa: type === 'Ia',
    type,
    times: times ? [...times] : probabilities.map((_, step) => 100 + step),
    outputs: Float32Array.from(probabilities.flatMap(p => [Math.log(p), Math.log(0.75 * (1 - p)), Math.log(0.25 * (1 - p)), spread])),
    detections: Uint16Array.from(detections ?? probabilities.map((_, step) => step + 1)),
    firstDetection: probabilities.length === 0 ? null : 100,
    early: probabilities.length - 1
  }))
  return judge(played, sketches.map(({ set = 'a', label, type }) => ({ source: set, type, ...label === undefined ? {} : { label } })), asked)
}
