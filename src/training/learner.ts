/** Weights that learn: one pass over the training objects after another. */
import * as tf from '@tensorflow/tfjs-core'
import { setImmediate } from 'node:timers/promises'
import { CandelaError } from '../errors.ts'
import { featureLength } from '../light-curve/features.ts'
import { weightSpecs, type NetworkShape, type Weights } from '../model/shape.ts'
import type { Tensorflow } from '../model/tensorflow-backend.ts'
import { randomVariant } from './augmentation.ts'
import { makeBatch, type BatchItem } from './batch.ts'
import type { LabelledObject } from './labelled-object.ts'
import { batchLoss } from './loss.ts'
import { AdamW, oneCycleRate } from './optimizer.ts'
import { seededRandom, shuffled, type Random } from './random.ts'
import type { TrainingSettings } from './settings.ts'
import { initialWeights, TrainableNetwork } from './trainable-network.ts'

export class Learner {
  readonly #shape: NetworkShape
  readonly #settings: TrainingSettings
  readonly #objects: readonly LabelledObject[]
  readonly #types: readonly string[]
  readonly #random: Random
  readonly #network: TrainableNetwork
  readonly #weights: Weights
  readonly #optimizer: AdamW
  #update = 0

  constructor (tensorflow: Tensorflow, shape: NetworkShape, objects: readonly LabelledObject[], settings: TrainingSettings) {
    this.#shape = shape
    this.#settings = settings
    this.#objects = objects
    this.#types = [...new Set(objects.map(({ type }) => type))].sort()
    this.#random = seededRandom(settings.seed)
    this.#network = new TrainableNetwork(tensorflow, shape, this.#types.length)
    this.#weights = initialWeights(this.#network.specs, this.#random)
    this.#optimizer = new AdamW(this.#weights, settings.weightDecay, settings.gradientNorm)
  }

  /** A copy of the weights as they are now, without those of the auxiliary heads. */
  weights (): Weights {
    return Object.fromEntries(weightSpecs(this.#shape).map(({ name }) => [name, this.#weights[name]!.slice()]))
  }

  /**
   * One pass over all objects, in random order.
   * @param signal ends it after the batch at hand
   * @returns mean loss, and the number of objects seen
   * @throws CandelaError `training-failed` where the loss is not finite
   */
  async pass (signal?: AbortSignal): Promise<{ loss: number, seen: number }> {
    const { batch, sortedBatches } = this.#settings
    const order = shuffled(this.#objects, this.#random)
    let lossSum = 0
    let seen = 0
    for (let at = 0; at < order.length; at += batch * sortedBatches) {
      for (const items of this.#batches(order.slice(at, at + batch * sortedBatches))) {
        if (signal?.aborted) return { loss: lossSum / Math.max(1, seen), seen }
        lossSum += this.#learn(items) * items.length
        seen += items.length
        await setImmediate()
      }
    }
    return { loss: lossSum / seen, seen }
  }

  /** Random variants of the objects, in batches of similar length, in random order. */
  #batches (objects: readonly LabelledObject[]): BatchItem[][] {
    const { batch, bands, augmentation } = this.#settings
    const items = objects.map(object => ({ object, variant: randomVariant(object, bands, augmentation, this.#random) }))
    items.sort((a, b) => a.variant.points.length - b.variant.points.length)
    const batches = Array.from({ length: Math.ceil(items.length / batch) }, (_, k) => items.slice(k * batch, (k + 1) * batch))
    return shuffled(batches, this.#random)
  }

  /** One update of the weights; returns the loss before it. */
  #learn (items: readonly BatchItem[]): number {
    const { bands, lastStepShare, dropout, auxiliaryWeight, peakRate, warmUp, passes, truncate, batch: batchSize } = this.#settings
    const batch = makeBatch(items, bands, this.#types, lastStepShare)
    this.#network.assign(this.#weights)
    const { loss, gradients } = this.#network.gradients(() => {
      const features = tf.tensor3d(batch.features, [batch.steps, batch.rows, featureLength(bands)])
      return batchLoss(this.#network.forward(features, dropout, this.#update, truncate), batch, this.#types.length, auxiliaryWeight)
    })
    if (!Number.isFinite(loss)) {
      throw new CandelaError('training-failed', `the loss is ${loss} at update ${this.#update}`, { action: 'Lower the learning rate (peakRate).' })
    }
    const updates = Math.ceil(this.#objects.length / batchSize) * passes
    this.#optimizer.update(gradients, oneCycleRate(this.#update, updates, peakRate, warmUp))
    this.#update++
    return loss
  }

  dispose (): void {
    this.#network.dispose()
  }
}
