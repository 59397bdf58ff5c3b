/** Weights as variables of TensorFlow, with the gradients of a loss. */
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
import type { Weights, WeightSpec } from '../../model/shape.ts'
import { tf } from '../../model/tf.ts'

export class TrainableWeights {
  readonly specs: readonly WeightSpec[]
  readonly #variables = new Map<string, Variable>()

  /** All zeros until they are assigned. */
  constructor (specs: readonly WeightSpec[]) {
    this.specs = specs
    for (const { name, shape } of specs) this.#variables.set(name, tf.variable(tf.zeros([...shape])))
  }

  assign (weights: Weights): void {
    for (const { name, shape } of this.specs) {
      const value = tf.tensor(weights[name]!.slice(), [...shape])
      this.#variables.get(name)!.assign(value)
      value.dispose()
    }
  }

  get<T extends Tensor> (name: string): T {
    return this.#variables.get(name) as unknown as T
  }

  /** The loss and its gradients by name of the weight. */
  gradients (loss: () => Scalar): { loss: number, gradients: Weights } {
    const result = tf.tidy(() => tf.variableGrads(loss, [...this.#variables.values()]))
    const gradients: Weights = {}
    for (const [name, variable] of this.#variables) gradients[name] = result.grads[variable.name]!.dataSync() as Float32Array
    const value = result.value.dataSync()[0]!
    tf.dispose(result as unknown as NamedTensorMap)
    return { loss: value, gradients }
  }

  dispose (): void {
    for (const variable of this.#variables.values()) variable.dispose()
  }
}
