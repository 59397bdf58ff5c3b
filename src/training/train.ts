/** The training loop. */
import { CandelaError } from '../errors.ts'
import { steppedPoints } from '../light-curve/window.ts'
import type { Calibration } from '../model/calibration.ts'
import type { Engine } from '../model/engine.ts'
import type { NetworkShape, Weights } from '../model/shape.ts'
import { loadTensorflow } from '../model/tensorflow-backend.ts'
import { loadTensorflowEngine } from '../model/tensorflow-engine.ts'
import { fitTemperature, validationLoss } from './evaluate.ts'
import type { LabelledObject } from './labelled-object.ts'
import { Learner } from './learner.ts'
import { playObjects, type PlayedObject } from './playback.ts'
import type { TrainingSettings } from './settings.ts'

/** One pass over the training objects. */
export interface PassReport {
  pass: number
  passes: number
  /** Mean training loss of the pass. */
  loss: number
  /** Of the validation part, where the pass looked at it; photo-z known and unknown. */
  validation?: {
    /** With the temperature that makes it least: how sure the network is of itself does not choose the pass. */
    loss: number
    /** Share of objects whose type is right at the end [%]. */
    accuracy: number
  }
  /** Training objects a second. */
  rate: number
  secondsLeft: number
}

export interface TrainedNetwork {
  shape: NetworkShape
  /** Those with the least validation loss after calibration. */
  weights: Weights
  calibration: Calibration
  /** The pass the weights are from, and the passes done (fewer than asked for where the signal ended them). */
  bestPass: number
  passesDone: number
  validationLoss: number
  engine: { name: 'tensorflow', version: string }
}

export interface TrainOptions {
  onPass?: (report: PassReport) => void
  /** Ends training with the best weights so far. */
  signal?: AbortSignal
}

/** The validation part played with and without photo-z. */
function playValidation (engine: Engine, shape: NetworkShape, weights: Weights, validation: readonly LabelledObject[]): PlayedObject[] {
  const network = engine.load(shape, weights)
  try {
    return (['known', 'unknown'] as const).flatMap(photoZ => playObjects(network, validation, photoZ))
  } finally {
    network.dispose()
  }
}

const accuracyAtEnd = (played: readonly PlayedObject[]): number =>
  100 * played.filter(({ logits, isIa }) => ((logits.at(-1) ?? 0) > 0) === isIa).length / played.length

/**
 * Trains a network on one core; the same objects, settings and TensorFlow version give the same weights.
 * @param training objects to learn from
 * @param validation objects that choose the best pass and the temperature
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`, or `training-failed` where there is nothing to train
 *   on or the loss is not finite
 */
export async function trainNetwork (
  training: readonly LabelledObject[], validation: readonly LabelledObject[], settings: TrainingSettings, options: TrainOptions = {}
): Promise<TrainedNetwork> {
  const tensorflow = await loadTensorflow()
  const engine = await loadTensorflowEngine()
  const { cell, bands, layers, width, headWidth, passes, validateEvery } = settings
  const { onPass = () => {}, signal } = options
  const shape: NetworkShape = { cell, bands, layers, width, headWidth }
  const usable = training.filter(object => steppedPoints(object.points, bands).length > 0)
  if (usable.length < 2 || validation.length === 0) {
    throw new CandelaError('training-failed', `nothing to train on: ${usable.length} detected objects, ${validation.length} for validation`, {
      action: 'Give more light curves, or check that their bands are those of the settings.'
    })
  }
  const learner = new Learner(tensorflow, shape, usable, settings)
  let best = { pass: 0, loss: Infinity, weights: learner.weights() }
  let pass = 0
  const started = performance.now()
  while (pass < passes && !signal?.aborted) {
    const passStarted = performance.now()
    const { loss, seen } = await learner.pass(signal)
    pass++
    const now = performance.now()
    const report: PassReport = { pass, passes, loss, rate: 1000 * seen / (now - passStarted), secondsLeft: (now - started) / 1000 / pass * (passes - pass) }
    if (pass % validateEvery === 0 || pass === passes || signal?.aborted) {
      const weights = learner.weights()
      const played = playValidation(engine, shape, weights, validation)
      report.validation = { loss: validationLoss(played, fitTemperature(played)), accuracy: accuracyAtEnd(played) }
      if (report.validation.loss < best.loss) best = { pass, loss: report.validation.loss, weights }
    }
    onPass(report)
  }
  learner.dispose()
  return {
    shape,
    weights: best.weights,
    calibration: fitTemperature(playValidation(engine, shape, best.weights, validation)),
    bestPass: best.pass,
    passesDone: pass,
    validationLoss: best.loss,
    engine: { name: 'tensorflow', version: tensorflow.version }
  }
}
