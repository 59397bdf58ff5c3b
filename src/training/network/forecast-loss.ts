/** What training makes small of forecasts and of the phase: −ln of Gaussian likelihoods, less ½ ln 2π each. */
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { LARGEST_LOG_VARIANCE, LEAST_VARIANCE } from '../../model/forecast/decoder-scale.ts'
import { PEAK_VALUES, PHASE_VALUES } from '../../model/shape.ts'
import { tf } from '../../model/tf.ts'
import type { Batch } from '../data/batch.ts'
import type { ForecastTargets } from '../data/forecast-targets.ts'
import type { TrainableForecast } from './trainable-decoder.ts'

/** The variance that the network says: see logVariance in decoder-scale.ts. */
const varianceOf = (said: Tensor): Tensor => tf.add(LEAST_VARIANCE, tf.exp(tf.minimum(said, LARGEST_LOG_VARIANCE)))

/** Σ weight · ½(ln σ² + (mean − target)²/σ²) */
const likelihoodLoss = (mean: Tensor, variance: Tensor, target: Tensor, weight: Tensor): Scalar =>
  tf.mul(0.5, tf.sum(tf.mul(weight, tf.add(tf.log(variance), tf.div(tf.square(tf.sub(mean, target)), variance)))))

/** Between the days before and after each target as a forecast is read: mean and ln σ² linear in time. */
function fluxLoss ({ days }: TrainableForecast, targets: ForecastTargets, bands: number): Scalar {
  const [count, rows] = [days.shape[0] - 1, targets.rows]
  const cells = (values: Float32Array): Tensor3D => tf.tensor3d(values, [count, rows, bands])
  const part = (day: number, column: number): Tensor3D => tf.slice3d(days, [day, 0, column], [count, rows, bands])
  const fraction = cells(targets.fraction)
  const between = (before: Tensor, after: Tensor): Tensor => tf.add(before, tf.mul(fraction, tf.sub(after, before)))
  const logVariance = between(tf.log(varianceOf(part(0, bands))), tf.log(varianceOf(part(1, bands))))
  return likelihoodLoss(between(part(0, 0), part(1, 0)), tf.add(tf.exp(logVariance), cells(targets.variance)), cells(targets.flux), cells(targets.weight))
}

function peakLoss ({ peaks }: TrainableForecast, targets: ForecastTargets, bands: number): Scalar {
  const ofBands = tf.reshape(peaks, [targets.rows, bands, PEAK_VALUES])
  const [time, flux, timeVariance, fluxVariance] = tf.unstack(ofBands, 2) as [Tensor, Tensor, Tensor, Tensor]
  const cells = (values: Float32Array): Tensor2D => tf.tensor2d(values, [targets.rows, bands])
  const weight = cells(targets.peakWeight)
  return tf.add(
    likelihoodLoss(time, varianceOf(timeVariance), cells(targets.peakTime), weight),
    likelihoodLoss(flux, varianceOf(fluxVariance), cells(targets.peakFlux), weight)
  )
}

/** Mean over the forecast steps, each the mean of what came after it in all bands: of the fluxes, and of the peaks. */
export const forecastLoss = (forecast: TrainableForecast, targets: ForecastTargets, bands: number): Scalar =>
  tf.add(fluxLoss(forecast, targets, bands), peakLoss(forecast, targets, bands))

/** Mean over the light curves, by step weights. @param phase [steps·rows, PHASE_VALUES] */
export function phaseLoss (phase: Tensor2D, { steps, rows, stepWeights, daysFromPeak }: Batch): Scalar {
  const count = steps * rows
  const known = Float32Array.from({ length: count }, (_, k) => Number.isNaN(daysFromPeak[k]!) ? 0 : stepWeights[k]! / rows)
  const target = daysFromPeak.map(value => Number.isNaN(value) ? 0 : value)
  const [mean, said] = tf.split(phase, PHASE_VALUES, 1) as [Tensor2D, Tensor2D]
  return likelihoodLoss(mean, varianceOf(said), tf.tensor2d(target, [count, 1]), tf.tensor2d(known, [count, 1]))
}
