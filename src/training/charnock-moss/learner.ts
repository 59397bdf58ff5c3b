/** Weights of the reference network that learn: one pass over the training objects after another. */
import { setImmediate } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import type { Weights } from '../../model/shape.ts'
import type { Tensorflow } from '../../model/tensorflow-backend.ts'
import { AdamW, oneCycleRate } from '../network/optimizer.ts'
import { dropoutSeed } from '../network/dropout.ts'
import { seededRandom, shuffled, type Random } from '../data/random.ts'
import { initialWeights } from '../network/trainable-network.ts'
import { inputLength, makeReferenceBatch, type ReferenceObject } from './input.ts'
import { ReferenceNetwork } from './network.ts'
import type { ReferenceSettings } from './settings.ts'

/** Batches that are sorted by length together, so that they hold little padding. */
const SORTED_BATCHES = 8
/** Share of all updates over which the one-cycle rate rises. */
const WARM_UP = 0.1

export class ReferenceLearner {
  readonly #objects: readonly ReferenceObject[]
  readonly #settings: ReferenceSettings
  readonly #random: Random
  readonly #network: ReferenceNetwork
  readonly #weights: Weights
  readonly #optimizer: AdamW
  #update = 0
  #learningRate = 0

  constructor (tensorflow: Tensorflow, objects: readonly ReferenceObject[], settings: ReferenceSettings) {
    this.#objects = objects
    this.#settings = settings
    this.#random = seededRandom(settings.seed)
    this.#network = new ReferenceNetwork(tensorflow, { inputs: inputLength(settings), widths: settings.widths, bidirectional: settings.bidirectional })
    this.#weights = initialWeights(this.#network.specs, this.#random)
    this.#optimizer = new AdamW(this.#weights, 0, Infinity)
  }

  /** A copy of the weights as they are now. */
  weights (): Weights {
    return Object.fromEntries(Object.entries(this.#weights).map(([name, values]) => [name, values.slice()]))
  }

  /** The network with the weights as they are now, until the next pass. */
  network (): ReferenceNetwork {
    this.#network.assign(this.#weights)
    return this.#network
  }

  /**
   * One pass over all objects in random order, each with its gaps filled anew.
   * @param signal ends it after the batch at hand
   * @returns mean loss, the number of objects seen, and the learning rate of the last update
   * @throws CandelaError `training-diverged` where the loss is not finite
   */
  async pass (signal?: AbortSignal): Promise<{ loss: number, seen: number, learningRate: number }> {
    let [lossSum, seen] = [0, 0]
    for (const items of this.#batches()) {
      if (signal?.aborted) break
      lossSum += this.#learn(items) * items.length
      seen += items.length
      await setImmediate()
    }
    return { loss: lossSum / Math.max(1, seen), seen, learningRate: this.#learningRate }
  }

  /** Batches of similar length, in random order. */
  * #batches (): Generator<ReferenceObject[]> {
    const size = this.#settings.batch
    const order = shuffled(this.#objects, this.#random)
    for (let at = 0; at < order.length; at += size * SORTED_BATCHES) {
      const pool = order.slice(at, at + size * SORTED_BATCHES).sort((a, b) => a.curve.times.length - b.curve.times.length)
      yield * shuffled(Array.from({ length: Math.ceil(pool.length / size) }, (_, k) => pool.slice(k * size, (k + 1) * size)), this.#random)
    }
  }

  /** One update of the weights; returns the loss before it. */
  #learn (items: readonly ReferenceObject[]): number {
    const { dropout, schedule, rate, passes, batch } = this.#settings
    const { loss, gradients } = this.network().gradients(makeReferenceBatch(items, this.#settings, this.#random), { rate: dropout, seed: dropoutSeed(this.#settings.seed, this.#update) })
    this.#checkFinite('loss', loss)
    const updates = Math.ceil(this.#objects.length / batch) * passes
    this.#learningRate = schedule === 'constant' ? rate : oneCycleRate(this.#update, updates, rate, WARM_UP)
    this.#checkFinite('norm of the gradient', this.#optimizer.update(gradients, this.#learningRate))
    this.#update++
    return loss
  }

  #checkFinite (quantity: string, value: number): void {
    if (Number.isFinite(value)) return
    throw new CandelaError('training-diverged', `the ${quantity} is ${value} at update ${this.#update}`, { value, action: 'Lower the learning rate (rate).' })
  }

  dispose (): void {
    this.#network.dispose()
  }
}
