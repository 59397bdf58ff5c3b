/** Light curves of different length as one padded batch, with the targets of every step. */
import type { Band, HostFacts } from '../../alert/alert.ts'
import { featureLength, hostFeatures, newAccumulator, stepFeatures, type FeaturePoint } from '../../light-curve/features.ts'
import type { Variant } from './augmentation.ts'
import { isTypeIa, type LabelledObject } from './labelled-object.ts'

/** All arrays are row-major, padded with zeros at the end of the time axis. */
export interface Batch {
  steps: number
  rows: number
  /** [steps, rows, featureLength] */
  features: Float32Array
  /** [steps, rows]: what a step counts in the loss. */
  stepWeights: Float32Array
  /** [rows]: 1 for Ia. */
  isIa: Uint8Array
  /** [rows]: place of the true type in the list of types. */
  type: Int32Array
  /** [rows]: true redshift, NaN where not known. */
  redshift: Float32Array
  /** [steps, rows]: (time − time of peak)/20 d, clamped to ±4; NaN where not known. */
  phase: Float32Array
}

export interface BatchItem {
  object: LabelledObject
  variant: Variant
}

/**
 * Writes the features of a light curve into the column `row` of a [steps, rows, featureLength] array.
 */
export function writeFeatures (
  points: readonly FeaturePoint[], host: HostFacts, bands: readonly Band[], features: Float32Array, row: number, rows: number
): void {
  const length = featureLength(bands)
  const accumulator = newAccumulator(bands)
  const fixed = hostFeatures(host)
  points.forEach((point, step) => stepFeatures(bands, accumulator, point, fixed, features, (step * rows + row) * length))
}

/** About the mean number of steps of a light curve. */
const TYPICAL_STEPS = 60

/**
 * Every step of every light curve counts the same, so that the network learns P(Ia) among all objects that reach an
 * epoch, however many more will follow; the last step counts for more.
 * @param types the list of all types
 * @param lastStepShare weight of the last step; the others of a typical light curve have the rest together
 */
export function makeBatch (items: readonly BatchItem[], bands: readonly Band[], types: readonly string[], lastStepShare: number): Batch {
  const rows = items.length
  const steps = Math.max(1, ...items.map(({ variant }) => variant.points.length))
  const batch: Batch = {
    steps,
    rows,
    features: new Float32Array(steps * rows * featureLength(bands)),
    stepWeights: new Float32Array(steps * rows),
    isIa: new Uint8Array(rows),
    type: new Int32Array(rows),
    redshift: new Float32Array(rows),
    phase: new Float32Array(steps * rows).fill(Number.NaN)
  }
  items.forEach(({ object, variant: { points, host, redshift } }, row) => {
    writeFeatures(points, host, bands, batch.features, row, rows)
    batch.isIa[row] = isTypeIa(object) ? 1 : 0
    batch.type[row] = types.indexOf(object.type)
    batch.redshift[row] = redshift ?? Number.NaN
    points.forEach((point, step) => {
      batch.stepWeights[step * rows + row] = (1 - lastStepShare) / TYPICAL_STEPS + (step === points.length - 1 ? lastStepShare : 0)
      if (object.peakMjd !== null) {
        batch.phase[step * rows + row] = Math.max(-4, Math.min(4, (point.midpointMjdTai - object.peakMjd) / 20))
      }
    })
  })
  return batch
}
