/** The training loop. */
import type { Engine } from '../model/engine.ts'
import { positivePlaces, type ModelClass } from '../model/classes.ts'
import type { Calibrated } from '../model/probabilities.ts'
import type { NetworkShape, Weights } from '../model/shape.ts'
import { loadTensorflowEngine } from '../model/tensorflow-engine.ts'
import type { TrainingProgress } from './checkpoint.ts'
import { endingError, type Ending } from './ending.ts'
import { finalOutcomes, fitTemperature, uncalibrated, validationLoss } from './evaluation/evaluate.ts'
import { fitCalibration, fitClassCalibration } from './evaluation/fit-calibration.ts'
import { fitIntervals, withIntervals } from './evaluation/forecast/fit-intervals.ts'
import { trainingShares } from './evaluation/training-shares.ts'
import { isTypeIa, type LabelledObject } from './data/labelled-object.ts'
import { Learner } from './learner.ts'
import { baselineOf, measure, type Baseline } from './evaluation/metrics.ts'
import { playObjects, type PlayedObject } from './evaluation/playback.ts'
import type { TrainingSettings } from './settings.ts'
import { checkTrainingData } from './training-check.ts'
import { loadTrainingTensorflow } from './network/training-engine.ts'

/** How the validation part is classified, with photo-z known and unknown. */
export interface ValidationReport {
  /**
   * Without classes, with the temperature that makes it least, so that how sure the network is of itself does not choose the
   * pass; with classes as it is.
   */
  loss: number
  /** Share of objects whose type is right at the end [%]. */
  accuracy: number | null
}

/** One pass over the training objects. */
export interface PassReport {
  pass: number
  passes: number
  /** Mean training loss of the pass. */
  loss: number
  /** Where the pass looked at the validation part. */
  validation?: ValidationReport
  /** Of the last update. */
  learningRate: number
  /** Training objects a second. */
  rate: number
  secondsLeft: number
}

export interface TrainedNetwork {
  shape: NetworkShape
  /** Those with the least validation loss after calibration. */
  weights: Weights
  /** Its classes, where it has any, and how its outputs become probabilities. */
  calibrated: Calibrated
  /** The pass the weights are from, and the passes done: fewer than asked for where they ended early. */
  bestPass: number
  passesDone: number
  ending: Ending
  validationLoss: number
  /** Of the validation part at the end, photo-z known and unknown, beside what calling every object the same would be right about. */
  validation: { accuracy: number | null, baseline: Baseline | null }
  engine: { name: 'tensorflow', version: string }
}

export interface TrainOptions {
  onPass?: (report: PassReport) => void
  /** Weights of a trained network of the same shape to begin with; its decoder may be missing. */
  start?: Weights
  /** Ends training with the best weights so far. */
  signal?: AbortSignal
  /** Goes on from here; with the same objects, settings and TensorFlow, as if there had been no interruption. */
  from?: TrainingProgress
  /** Called after every `checkpointEvery` passes, and where the signal ends training with the end of the last whole pass. */
  onCheckpoint?: (progress: TrainingProgress) => Promise<void>
}

/** The validation part played with and without photo-z; the context as in training, of half of the objects. */
function playValidation (engine: Engine, shape: NetworkShape, weights: Weights, validation: readonly LabelledObject[], positive: readonly number[]): PlayedObject[] {
  const network = engine.load(shape, weights, positive)
  try {
    return (['known', 'unknown'] as const).flatMap((photoZ, part) => [
      ...playObjects(network, validation.filter((_, k) => k % 2 === part), { photoZ, context: 'known' }),
      ...playObjects(network, validation.filter((_, k) => k % 2 !== part), { photoZ, context: 'unknown' })
    ])
  } finally {
    network.dispose()
  }
}

/** The classes of a network that ends in classes; null of one that says whether an object is a Ia. */
export const classesOf = ({ outcome, classes }: Pick<TrainingSettings, 'outcome' | 'classes'>): ModelClass[] | null =>
  outcome === 'ia' || classes === null
    ? null
    : Object.keys(classes.classes).map(name => ({ name, id: classes.ids?.[name] ?? 0, positive: classes.positive.includes(name) }))

/** The network that the settings ask for. */
export function shapeOf (settings: TrainingSettings): NetworkShape {
  const { cell, bands, features, layers, width, consensus, heads, headWidth, decoder } = settings
  return { cell, bands, features, layers, width, consensus, heads, headWidth, classes: classesOf(settings)?.length ?? null, decoder }
}

/** How the outputs of a network become probabilities, fitted on the validation part. */
const calibratedOn = (played: readonly PlayedObject[], classes: readonly ModelClass[] | null, shareOfIa: number): Calibrated => classes === null
  ? { classes, calibration: fitCalibration(played, shareOfIa) }
  : { classes, calibration: fitClassCalibration(played, classes), trainingShares: trainingShares(played, classes) }

/** The intervals of a decoder's forecasts, fitted on the validation part. */
function withFittedIntervals (engine: Engine, shape: NetworkShape, weights: Weights, validation: readonly LabelledObject[], classes: readonly ModelClass[]): Weights {
  const network = engine.load(shape, weights, positivePlaces(classes))
  try {
    return withIntervals(shape, weights, fitIntervals(network, validation, classes))
  } finally {
    network.dispose()
  }
}

function validationReport (played: readonly PlayedObject[], classes: readonly ModelClass[] | null): ValidationReport {
  const calibrated: Calibrated = classes === null ? { classes, calibration: fitTemperature(played) } : uncalibrated(classes)
  return { loss: validationLoss(played, calibrated), accuracy: measure(finalOutcomes(played, calibrated)).accuracy }
}

/**
 * Trains a network on one core; the same objects, settings and TensorFlow version give the same weights.
 * @param training objects to learn from
 * @param validation objects that choose the best pass and fit the calibration
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`; `no-common-band`, `too-few-objects`, `one-class` where
 *   there is nothing to learn; `training-diverged`, `training-interrupted` where it ended before there were weights to keep
 */
export async function trainNetwork (
  training: readonly LabelledObject[], validation: readonly LabelledObject[], settings: TrainingSettings, options: TrainOptions = {}
): Promise<TrainedNetwork> {
  const { passes, validateEvery, patience, checkpointEvery } = settings
  const { onPass = () => {}, onCheckpoint = async () => {}, signal, start, from } = options
  const usable = checkTrainingData(training, validation, settings)
  const tensorflow = await loadTrainingTensorflow()
  const engine = await loadTensorflowEngine()
  const classes = classesOf(settings)
  const positive = positivePlaces(classes)
  const shape = shapeOf(settings)
  const learner = new Learner(tensorflow, shape, usable, settings, start)
  if (from) learner.restore(from.learner)
  let pass = from?.pass ?? 0
  let best = from?.best ?? { pass: 0, loss: Infinity, weights: learner.weights() }
  let ending: Ending = { reason: 'passes' }
  const progress = (): TrainingProgress => ({ pass, learner: learner.state(), best })
  let lastWhole = progress()
  const isLookedAt = (): boolean => pass % validateEvery === 0 || pass === passes
  const isOutOfPatience = (): boolean => patience !== null && isLookedAt() && pass - best.pass >= patience
  const [started, firstPass] = [performance.now(), pass]
  while (pass < passes) {
    if (isOutOfPatience()) {
      ending = { reason: 'patience' }
      break
    }
    const passStarted = performance.now()
    const { loss, seen, interrupted, learningRate, divergence } = await learner.pass(signal)
    if (divergence) {
      ending = { reason: 'diverged', pass: pass + 1, divergence }
      break
    }
    if (interrupted) {
      ending = { reason: 'interrupted' }
      await onCheckpoint(lastWhole)
      break
    }
    pass++
    const now = performance.now()
    const secondsLeft = (now - started) / 1000 / (pass - firstPass) * (passes - pass)
    const report: PassReport = { pass, passes, loss, learningRate, rate: 1000 * seen / (now - passStarted), secondsLeft }
    if (isLookedAt()) {
      const weights = learner.weights()
      report.validation = validationReport(playValidation(engine, shape, weights, validation, positive), classes)
      const { loss } = report.validation
      if (!Number.isFinite(loss)) {
        ending = { reason: 'diverged', pass, divergence: { quantity: 'validation loss', value: loss, update: learner.state().update } }
        break
      }
      if (loss < best.loss) best = { pass, loss, weights }
    }
    lastWhole = progress()
    if (checkpointEvery === null ? isLookedAt() : pass % checkpointEvery === 0) await onCheckpoint(lastWhole)
    onPass(report)
  }
  learner.dispose()
  const failure = endingError(ending, pass, settings, null)
  if (best.pass === 0 && failure) throw failure
  const played = playValidation(engine, shape, best.weights, validation, positive)
  const weights = classes === null || shape.decoder === null ? best.weights : withFittedIntervals(engine, shape, best.weights, validation, classes)
  const calibrated = calibratedOn(played, classes, usable.filter(isTypeIa).length / usable.length)
  return {
    shape,
    weights,
    calibrated,
    bestPass: best.pass,
    passesDone: pass,
    ending,
    validationLoss: best.loss,
    validation: {
      accuracy: measure(finalOutcomes(played, calibrated)).accuracy,
      baseline: baselineOf(validation.length, validation.filter(isTypeIa).length)
    },
    engine: { name: 'tensorflow', version: tensorflow.version }
  }
}
