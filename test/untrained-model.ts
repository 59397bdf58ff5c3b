import type { Model } from '../src/model/model-file.ts'
import type { Calibrated } from '../src/model/probabilities.ts'
import { weightSpecs, type NetworkShape } from '../src/model/shape.ts'
import { generator } from './generator.ts'

/** What a model is without being trained for it: the same calibration and shares whatever the number of epochs. */
function uncalibrated (classes: number | null): Calibrated {
  if (classes === null) return { classes: null, calibration: { temperature: 1.5 } }
  return {
    classes: Array.from({ length: classes }, (_, k) => ({ name: k === 0 ? 'Ia' : `class-${k}`, id: 2222 + k, positive: k === 0 })),
    calibration: { byEpochs: [{ epochs: 1, slope: 1 / 1.5, offsets: Array.from({ length: classes }, () => 0) }], spread: 1 },
    trainingShares: { name: 'training', detections: [1], shares: [Array.from({ length: classes }, () => 1 / classes)] }
  }
}

/** A network that was never trained: every weight from a fixed seed. The first of its classes, if it has any, is Ia. */
export function untrainedModel (given: Partial<NetworkShape> = {}, seed = 11): Model {
  const shape: NetworkShape = {
    cell: 'lstm', bands: ['g', 'r', 'i', 'z'], features: 1, layers: 2, width: 16, consensus: 'mean', heads: 1, headWidth: 8, classes: null, decoder: null, ...given
  }
  const random = generator(seed)
  const weights = Object.fromEntries(weightSpecs(shape).map(({ name, shape }) =>
    [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (random() - 0.5) * 0.6)]))
  return { name: 'untrained', version: '1.0', shape, weights, card: {}, ...uncalibrated(shape.classes) }
}
