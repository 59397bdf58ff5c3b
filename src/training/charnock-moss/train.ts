/**
 * Trains the network of Charnock & Moss 2017 (arXiv:1606.07442, sec. 3) by Adam on the cross-entropy, without weight
 * decay. Theirs sees five fillings of each object, made once, 200 times, in batches of 10 at a rate of 0.001; here
 * each pass fills the gaps anew, and batches hold light curves of similar length.
 */
import { setImmediate } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import type { Weights } from '../../model/shape.ts'
import { loadTensorflow } from '../../model/tensorflow-backend.ts'
import type { LabelledObject } from '../labelled-object.ts'
import { measure, type Metrics } from '../metrics.ts'
import { AdamW, oneCycleRate } from '../optimizer.ts'
import { seededRandom, shuffled, type Random } from '../random.ts'
import type { PassReport, TrainOptions } from '../train.ts'
import { initialWeights } from '../trainable-network.ts'
import { crossEntropy, referenceOutcomes } from './evaluate.ts'
import { inputLength, makeReferenceBatch, referenceObject, type ReferenceObject } from './input.ts'
import { ReferenceNetwork, type ReferenceShape } from './network.ts'
import type { ReferenceSettings } from './settings.ts'

export interface TrainedReference {
  shape: ReferenceShape
  weights: Weights
  /** The pass the weights are from, and the passes done. */
  bestPass: number
  passesDone: number
  /** Null where there is no validation part. */
  validationLoss: number | null
  engine: { name: 'tensorflow', version: string }
}

/** Batches that are sorted by length together. */
const SORTED_BATCHES = 8
const WARM_UP = 0.1

/** @throws CandelaError `training-failed` */
function usable (objects: readonly LabelledObject[], settings: ReferenceSettings): ReferenceObject[] {
  const prepared = objects.map(object => referenceObject(object, settings)).filter(({ curve }) => curve.times.length > 0)
  const typeIa = prepared.filter(({ isIa }) => isIa).length
  if (typeIa === 0 || typeIa === prepared.length) {
    throw new CandelaError('training-failed', `nothing to tell apart: ${typeIa} of ${prepared.length} light curves with points in ${settings.bands.join(', ')} are of type Ia`, {
      action: 'Give light curves of type Ia and of other types, in the bands of the settings.'
    })
  }
  return prepared
}

/** Batches of similar length, in random order. */
function * batches (objects: readonly ReferenceObject[], size: number, random: Random): Generator<ReferenceObject[]> {
  const order = shuffled(objects, random)
  for (let at = 0; at < order.length; at += size * SORTED_BATCHES) {
    const pool = order.slice(at, at + size * SORTED_BATCHES).sort((a, b) => a.curve.times.length - b.curve.times.length)
    yield * shuffled(Array.from({ length: Math.ceil(pool.length / size) }, (_, k) => pool.slice(k * size, (k + 1) * size)), random)
  }
}

/**
 * The same objects, settings and TensorFlow version give the same weights.
 * @param validation chooses the pass; where it is empty the last pass stands, as in theirs
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`, or `training-failed` where there is nothing to train
 *   on or the loss is not finite
 */
export async function trainReference (
  training: readonly LabelledObject[], validation: readonly LabelledObject[], settings: ReferenceSettings, options: TrainOptions = {}
): Promise<TrainedReference> {
  const tensorflow = await loadTensorflow()
  const { onPass = () => {}, signal } = options
  const { seed, widths, bidirectional, batch: size, passes, rate: highest, schedule, dropout, validateEvery } = settings
  const objects = usable(training, settings)
  const checked = validation.map(object => referenceObject(object, settings))
  const shape: ReferenceShape = { inputs: inputLength(settings), widths, bidirectional }
  const network = new ReferenceNetwork(tensorflow, shape)
  const random = seededRandom(seed)
  const weights = initialWeights(network.specs, random)
  const optimizer = new AdamW(weights, 0, Infinity)
  const updates = Math.ceil(objects.length / size) * passes
  const copy = (): Weights => Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()]))
  let best: { pass: number, loss: number, weights: Weights } = { pass: 0, loss: Infinity, weights: copy() }
  let pass = 0
  let update = 0
  const started = performance.now()
  while (pass < passes && !signal?.aborted) {
    let [lossSum, seen] = [0, 0]
    const passStarted = performance.now()
    for (const items of batches(objects, size, random)) {
      if (signal?.aborted) break
      network.assign(weights)
      const { loss, gradients } = network.gradients(makeReferenceBatch(items, settings, random), { rate: dropout, seed: update })
      if (!Number.isFinite(loss)) {
        throw new CandelaError('training-failed', `the loss is ${loss} at update ${update}`, { action: 'Lower the learning rate (rate).' })
      }
      optimizer.update(gradients, schedule === 'constant' ? highest : oneCycleRate(update, updates, highest, WARM_UP))
      update++
      lossSum += loss * items.length
      seen += items.length
      await setImmediate()
    }
    pass++
    const now = performance.now()
    const report: PassReport = {
      pass, passes, loss: lossSum / Math.max(1, seen), rate: 1000 * seen / (now - passStarted), secondsLeft: (now - started) / 1000 / pass * (passes - pass)
    }
    const last = pass === passes || signal?.aborted === true
    if (checked.length === 0) {
      if (last) best = { pass, loss: Infinity, weights: copy() }
    } else if (pass % validateEvery === 0 || last) {
      network.assign(weights)
      const outcomes = referenceOutcomes(network, checked, settings, seed)
      report.validation = { loss: crossEntropy(outcomes), accuracy: measure(outcomes).accuracy }
      if (report.validation.loss < best.loss) best = { pass, loss: report.validation.loss, weights: copy() }
    }
    onPass(report)
  }
  network.dispose()
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
  const network = new ReferenceNetwork(await loadTensorflow(), trained.shape)
  network.assign(trained.weights)
  try {
    return measure(referenceOutcomes(network, objects.map(object => referenceObject(object, settings)), settings, settings.seed))
  } finally {
    network.dispose()
  }
}
