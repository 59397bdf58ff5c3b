/**
 * Trains the network of Charnock & Moss 2017 (arXiv:1606.07442, sec. 3) by Adam on the cross-entropy, without weight
 * decay. Theirs sees five fillings of each object, made once, 200 times, in batches of 10 at a rate of 0.001; here
 * each pass fills the gaps anew, and batches hold light curves of similar length.
 */
import type { Weights } from '../../model/shape.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import { crossEntropy, measure, type Metrics } from '../evaluation/metrics.ts'
import type { PassReport, TrainOptions } from '../train.ts'
import { checkBands, checkClasses } from '../training-check.ts'
import { loadTrainingTensorflow } from '../network/training-engine.ts'
import { referenceOutcomes } from './evaluate.ts'
import { referenceObject, type ReferenceObject } from './input.ts'
import { ReferenceLearner } from './learner.ts'
import { ReferenceNetwork, type ReferenceShape } from './network.ts'
import type { ReferenceSettings } from './settings.ts'

export interface TrainedReference {
  shape: ReferenceShape
  weights: Weights
  /** The pass the weights are from, and the passes done (fewer than asked for where the signal ended them). */
  bestPass: number
  passesDone: number
  /** Null where there is no validation part. */
  validationLoss: number | null
  engine: { name: 'tensorflow', version: string }
}

/** @throws CandelaError `no-common-band`, `one-class` */
function usable (objects: readonly LabelledObject[], settings: ReferenceSettings): ReferenceObject[] {
  checkBands(objects, settings.bands)
  checkClasses(objects, 'training part', false)
  return objects.map(object => referenceObject(object, settings)).filter(({ curve }) => curve.times.length > 0)
}

/**
 * The same objects, settings and TensorFlow version give the same weights.
 * @param validation chooses the pass; where it is empty the last pass stands, as in theirs
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`; `no-common-band`, `one-class` where there is nothing to
 *   learn; `training-diverged` where the loss is not finite
 */
export async function trainReference (
  training: readonly LabelledObject[], validation: readonly LabelledObject[], settings: ReferenceSettings, options: TrainOptions = {}
): Promise<TrainedReference> {
  const tensorflow = await loadTrainingTensorflow()
  const { onPass = () => {}, signal } = options
  const { seed, passes, validateEvery } = settings
  const learner = new ReferenceLearner(tensorflow, usable(training, settings), settings)
  const { shape } = learner.network()
  const checked = validation.map(object => referenceObject(object, settings))
  let best = { pass: 0, loss: Infinity, weights: learner.weights() }
  let pass = 0
  const started = performance.now()
  while (pass < passes && !signal?.aborted) {
    const passStarted = performance.now()
    const { loss, seen, learningRate } = await learner.pass(signal)
    pass++
    const now = performance.now()
    const report: PassReport = { pass, passes, loss, learningRate, rate: 1000 * seen / (now - passStarted), secondsLeft: (now - started) / 1000 / pass * (passes - pass) }
    if (checked.length === 0) {
      best = { pass, loss: Infinity, weights: learner.weights() }
    } else if (pass % validateEvery === 0 || pass === passes || signal?.aborted) {
      const outcomes = referenceOutcomes(learner.network(), checked, settings, seed)
      const loss = crossEntropy(outcomes)
      report.validation = { loss, accuracy: measure(outcomes).accuracy }
      if (loss < best.loss) best = { pass, loss, weights: learner.weights() }
    }
    onPass(report)
  }
  learner.dispose()
  return {
    shape,
    weights: best.weights,
    bestPass: best.pass,
    passesDone: pass,
    validationLoss: checked.length === 0 ? null : best.loss,
    engine: { name: 'tensorflow', version: tensorflow.version }
  }
}

/** The table of a trained network on a part that it has not seen, one filling of each object by the seed. */
export async function measureReference (trained: TrainedReference, objects: readonly LabelledObject[], settings: ReferenceSettings): Promise<Metrics> {
  const network = new ReferenceNetwork(await loadTrainingTensorflow(), trained.shape)
  network.assign(trained.weights)
  try {
    return measure(referenceOutcomes(network, objects.map(object => referenceObject(object, settings)), settings, settings.seed))
  } finally {
    network.dispose()
  }
}
