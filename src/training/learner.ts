/** Weights that learn: one pass over the training objects after another. */
import type { Scalar } from '@tensorflow/tfjs-core'
import { setImmediate } from 'node:timers/promises'
import { CandelaError } from '../errors.ts'
import { inputLength, logitsLength, weightSpecs, type NetworkShape, type Weights } from '../model/shape.ts'
import type { Tensorflow } from '../model/tensorflow-backend.ts'
import { randomVariant } from './data/augmentation.ts'
import { makeBatch, type Batch, type BatchItem } from './data/batch.ts'
import { ForecastTargets } from './data/forecast-targets.ts'
import { headChoices } from './data/head-choices.ts'
import { repeated, repeatsOf } from './data/repeat.ts'
import type { Divergence } from './ending.ts'
import { dropoutSeed } from './network/dropout.ts'
import type { LabelledObject } from './data/labelled-object.ts'
import { forecastLoss, phaseLoss } from './network/forecast-loss.ts'
import { batchLoss, type LossShape } from './network/loss.ts'
import { AdamW, oneCycleRate, type OptimizerState } from './network/optimizer.ts'
import { resumedRandom, seededRandom, shuffled, type RandomState, type SeededRandom } from './data/random.ts'
import type { TrainingSettings } from './settings.ts'
import { initialWeights, TrainableNetwork, type TrainableOutputs } from './network/trainable-network.ts'
import { tf } from '../model/tf.ts'

/** All that the passes to come depend on, beside objects and settings. */
export interface LearnerState {
  /** Those of the auxiliary heads among them. */
  weights: Weights
  optimizer: OptimizerState
  random: RandomState
  /** Updates done. */
  update: number
}

export interface PassResult {
  /** Mean loss. */
  loss: number
  /** Objects seen. */
  seen: number
  /** Whether the signal ended it. */
  interrupted: boolean
  /** Of the last update. */
  learningRate: number
  divergence?: Divergence
}

export class Learner {
  readonly #shape: NetworkShape
  readonly #settings: TrainingSettings
  readonly #objects: readonly LabelledObject[]
  readonly #repeats: ReadonlyMap<LabelledObject, number>
  /** How often an object is seen in a pass, summed. */
  readonly #seenInPass: number
  /** The classes that the network tells apart, or else the types of its auxiliary head. */
  readonly #types: readonly string[]
  readonly #headsOf: ReadonlyMap<LabelledObject, Float32Array>
  #random: SeededRandom
  readonly #network: TrainableNetwork
  readonly #weights: Weights
  readonly #optimizer: AdamW
  #update = 0
  #learningRate = 0

  /** @param start weights of a trained network of the same shape to begin with, or of the same but for the decoder; those that are not there are random */
  constructor (tensorflow: Tensorflow, shape: NetworkShape, objects: readonly LabelledObject[], settings: TrainingSettings, start: Weights = {}) {
    this.#shape = shape
    this.#settings = settings
    this.#objects = objects
    this.#repeats = repeatsOf(objects, settings.repeat)
    this.#seenInPass = Math.floor([...this.#repeats.values()].reduce((sum, times) => sum + times, 0))
    this.#types = shape.classes === null ? [...new Set(objects.map(({ type }) => type))].sort() : Object.keys(settings.classes!.classes)
    this.#random = seededRandom(settings.seed)
    this.#headsOf = headChoices(objects, shape.heads, settings.seed)
    this.#network = new TrainableNetwork(tensorflow, shape, this.#auxiliaryTypes)
    this.#weights = initialWeights(this.#network.specs, this.#random)
    for (const { name } of weightSpecs(shape)) if (start[name]) this.#weights[name]!.set(start[name])
    this.#optimizer = new AdamW(this.#weights, settings.weightDecay, settings.gradientNorm)
  }

  get #auxiliaryTypes (): number {
    return this.#shape.classes === null ? this.#types.length : 0
  }

  /** A copy of the weights as they are now, without those of the auxiliary heads. */
  weights (): Weights {
    return Object.fromEntries(weightSpecs(this.#shape).map(({ name }) => [name, this.#weights[name]!.slice()]))
  }

  /** A copy, taken between two passes. */
  state (): LearnerState {
    const weights = Object.fromEntries(Object.entries(this.#weights).map(([name, values]) => [name, values.slice()]))
    return { weights, optimizer: this.#optimizer.state(), random: this.#random.state(), update: this.#update }
  }

  /**
   * Goes on from the state of a learner of the same objects and settings, as that one would have.
   * @throws CandelaError `checkpoint-of-other-training` where it is of another network
   */
  restore ({ weights, optimizer, random, update }: LearnerState): void {
    const sizes = (of: Weights): string => JSON.stringify(Object.entries(of).map(([name, { length }]) => [name, length]))
    if (sizes(weights) !== sizes(this.#weights)) {
      throw new CandelaError('checkpoint-of-other-training', `the checkpoint has the weights ${sizes(weights)}, the network ${sizes(this.#weights)}`, {
        action: 'Go on with the version of Candela that wrote it, or start anew with --force.'
      })
    }
    for (const [name, values] of Object.entries(this.#weights)) values.set(weights[name]!)
    this.#optimizer.restore(optimizer)
    this.#random = resumedRandom(random)
    this.#update = update
  }

  /**
   * One pass over all objects, in random order.
   * @param signal ends it after the batch at hand
   */
  async pass (signal?: AbortSignal): Promise<PassResult> {
    const { batch, sortedBatches } = this.#settings
    const order = shuffled(repeated(shuffled(this.#objects, this.#random), this.#repeats), this.#random)
    let lossSum = 0
    let seen = 0
    const result = (interrupted = false): PassResult => ({ loss: lossSum / Math.max(1, seen), seen, interrupted, learningRate: this.#learningRate })
    for (let at = 0; at < order.length; at += batch * sortedBatches) {
      for (const items of this.#batches(order.slice(at, at + batch * sortedBatches))) {
        if (signal?.aborted) return result(true)
        const learned = this.#learn(items)
        if (typeof learned !== 'number') return { ...result(), divergence: learned }
        lossSum += learned * items.length
        seen += items.length
        await setImmediate()
      }
    }
    return result()
  }

  /** Random variants of the objects, in batches of similar length, in random order. */
  #batches (objects: readonly LabelledObject[]): BatchItem[][] {
    const { batch } = this.#settings
    const items = objects.map(object => ({ object, variant: randomVariant(object, this.#objects, this.#settings, this.#random) }))
    items.sort((a, b) => a.variant.points.length - b.variant.points.length)
    const batches = Array.from({ length: Math.ceil(items.length / batch) }, (_, k) => items.slice(k * batch, (k + 1) * batch))
    return shuffled(batches, this.#random)
  }

  /** One update of the weights; returns the loss before it, or what was not finite. */
  #learn (items: readonly BatchItem[]): number | Divergence {
    const { lastStepShare, dropout, auxiliaryWeight, peakRate, warmUp, passes, truncate, batch: batchSize } = this.#settings
    const targets = this.#shape.decoder === null ? null : new ForecastTargets(items, this.#shape, this.#settings.forecastEpochs, this.#random)
    const batch = makeBatch(items, this.#shape, this.#types, lastStepShare, targets?.onStep)
    this.#network.assign(this.#weights)
    const { loss, gradients } = this.#network.gradients(() => {
      const features = tf.tensor3d(batch.features, [batch.steps, batch.rows, inputLength(this.#shape)])
      const outputs = this.#network.forward(features, dropout, dropoutSeed(this.#settings.seed, this.#update), truncate)
      const ofClasses = batchLoss(outputs, batch, this.#lossShape(items), auxiliaryWeight)
      return targets === null ? ofClasses : tf.add(ofClasses, this.#forecastLoss(outputs, batch, targets))
    })
    if (!Number.isFinite(loss)) return { quantity: 'loss', value: loss, update: this.#update }
    const updates = Math.ceil(this.#seenInPass / batchSize) * passes
    this.#learningRate = oneCycleRate(this.#update, updates, peakRate, warmUp)
    const norm = this.#optimizer.update(gradients, this.#learningRate)
    if (!Number.isFinite(norm)) return { quantity: 'norm of the gradient', value: norm, update: this.#update }
    this.#update++
    return loss
  }

  #forecastLoss ({ carried, phase }: TrainableOutputs, batch: Batch, targets: ForecastTargets): Scalar {
    const forecast = this.#network.forecast(carried, targets.places, targets.outlook)
    return tf.mul(this.#settings.forecastWeight, tf.add(forecastLoss(forecast, targets, this.#shape.bands.length), phaseLoss(phase!, batch)))
  }

  #lossShape (items: readonly BatchItem[]): LossShape {
    const { heads } = this.#shape
    const headWeights = new Float32Array(items.length * heads)
    items.forEach(({ object }, row) => headWeights.set(this.#headsOf.get(object)!, row * heads))
    return { heads, logits: logitsLength(this.#shape), types: this.#auxiliaryTypes, headWeights }
  }

  dispose (): void {
    this.#network.dispose()
  }
}
