/** Light curves of different length as one padded batch, with the targets of every step. */
import { featureSet, type FeaturePoint, type FixedFacts } from '../../light-curve/features/features.ts'
import { PHASE_SCALE } from '../../model/forecast/phase.ts'
import { inputLength, type NetworkShape } from '../../model/shape.ts'
import type { Variant } from './augmentation.ts'
import { isTypeIa, type LabelledObject } from './labelled-object.ts'

/** All arrays are row-major, padded with zeros at the end of the time axis. */
export interface Batch {
  steps: number
  rows: number
  /** [steps, rows, inputLength] */
  features: Float32Array
  /** [steps, rows]: what a step counts in the loss. */
  stepWeights: Float32Array
  /** [rows]: 1 for Ia. */
  isIa: Uint8Array
  /** [rows]: place of the true type, or class, in their list. */
  type: Int32Array
  /** [rows]: true redshift, NaN where not known. */
  redshift: Float32Array
  /** [steps, rows]: (time − time of peak)/20 d, clamped to ±4; NaN where not known. */
  phase: Float32Array
  /** [steps, rows]: asinh((time − time of peak)/10 d), NaN where not known: what a network with a decoder says. */
  daysFromPeak: Float32Array
}

export interface BatchItem {
  object: LabelledObject
  variant: Variant
}

/**
 * Writes the features of a light curve into the column `row` of a [steps, rows, inputLength] array.
 * @param facts what the network is told of the object beside its fluxes
 * @param onStep told of the running values after each step
 */
export function writeFeatures (
  points: readonly FeaturePoint[], facts: FixedFacts, shape: Pick<NetworkShape, 'features' | 'bands'>, features: Float32Array, row: number, rows: number,
  onStep: (step: number, accumulator: Float64Array) => void = () => {}
): void {
  const { bands } = shape
  const set = featureSet(shape.features)
  const length = inputLength(shape)
  const accumulator = set.newAccumulator(bands)
  const fixed = set.fixed(facts)
  points.forEach((point, step) => {
    set.step(bands, accumulator, point, fixed, features, (step * rows + row) * length)
    onStep(step, accumulator)
  })
}

/** About the mean number of steps of a light curve. */
const TYPICAL_STEPS = 60

/**
 * Every step of every light curve counts the same, so that the network learns P(Ia) among all objects that reach an
 * epoch, however many more will follow; the last step counts for more.
 * @param types the list of all types
 * @param lastStepShare weight of the last step; the others of a typical light curve have the rest together
 * @param onStep told of the running values of each light curve after each step
 */
export function makeBatch (
  items: readonly BatchItem[], shape: Pick<NetworkShape, 'features' | 'bands'>, types: readonly string[], lastStepShare: number,
  onStep: (row: number, step: number, accumulator: Float64Array) => void = () => {}
): Batch {
  const rows = items.length
  const steps = Math.max(1, ...items.map(({ variant }) => variant.points.length))
  const batch: Batch = {
    steps,
    rows,
    features: new Float32Array(steps * rows * inputLength(shape)),
    stepWeights: new Float32Array(steps * rows),
    isIa: new Uint8Array(rows),
    type: new Int32Array(rows),
    redshift: new Float32Array(rows),
    phase: new Float32Array(steps * rows).fill(Number.NaN),
    daysFromPeak: new Float32Array(steps * rows).fill(Number.NaN)
  }
  items.forEach(({ object, variant: { points, host, context, redshift } }, row) => {
    writeFeatures(points, { host, context }, shape, batch.features, row, rows, (step, accumulator) => onStep(row, step, accumulator))
    batch.isIa[row] = isTypeIa(object) ? 1 : 0
    batch.type[row] = types.indexOf(object.type)
    batch.redshift[row] = redshift ?? Number.NaN
    points.forEach((point, step) => {
      batch.stepWeights[step * rows + row] = (1 - lastStepShare) / TYPICAL_STEPS + (step === points.length - 1 ? lastStepShare : 0)
      if (object.peakMjd !== null) {
        const days = point.midpointMjdTai - object.peakMjd
        batch.phase[step * rows + row] = Math.max(-4, Math.min(4, days / 20))
        batch.daysFromPeak[step * rows + row] = Math.asinh(days / PHASE_SCALE)
      }
    })
  })
  return batch
}
