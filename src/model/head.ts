/**
 * From the dense layers of the heads to what a network says, for every engine: bias and ReLU, the logits of each head, their
 * mean, and how far the heads differ. Plain JavaScript, in float64, rounded to float32 once.
 */
import { panels } from './panels.ts'
import { logVariance } from './forecast/decoder-scale.ts'
import { logitsLength, outputLength, PHASE_VALUES, type NetworkShape, type Weights } from './shape.ts'

export class Head {
  readonly #shape: NetworkShape
  /** Of each unit of each head. */
  readonly #bias: Float32Array
  /** [heads·headWidth, values]: the logits of a network with classes; without, what a unit adds to logit(Ia) − logit(not Ia). */
  readonly #kernel: Float32Array
  /** [heads, values] */
  readonly #start: Float64Array
  /** Values of a head: its logits, or their difference. */
  readonly #values: number
  /** Of each class, whether it counts as Ia. */
  readonly #positive: readonly boolean[]
  /** [heads·headWidth, PHASE_VALUES], and where it starts; null without a decoder. */
  readonly #phase: { kernel: Float32Array, start: Float32Array } | null
  /** Of each head; written anew for every row. */
  readonly #odds: Float64Array

  /** @param positive places of the classes that count as Ia; not used without classes */
  constructor (shape: NetworkShape, weights: Weights, positive: readonly number[]) {
    const { classes, heads, headWidth } = shape
    const [kernel, bias] = [weights['logits/kernel']!, weights['logits/bias']!]
    this.#shape = shape
    this.#bias = weights['head/bias']!
    this.#values = classes === null ? 1 : logitsLength(shape)
    this.#kernel = classes === null
      ? Float32Array.from({ length: heads * headWidth }, (_, unit) => kernel[2 * unit + 1]! - kernel[2 * unit]!)
      : kernel
    this.#start = classes === null ? Float64Array.from({ length: heads }, (_, head) => bias[2 * head + 1]! - bias[2 * head]!) : Float64Array.from(bias)
    this.#phase = shape.decoder === null ? null : { kernel: weights['phase/kernel']!, start: weights['phase/bias']! }
    this.#odds = new Float64Array(heads)
    this.#positive = Array.from({ length: classes ?? 0 }, (_, place) => positive.includes(place))
  }

  /**
   * @param dense consensus·head/kernel, [steps, panels(rows), heads·headWidth]
   * @returns [steps, rows, outputLength]
   */
  outputs (dense: Float32Array, steps: number, rows: number): Float32Array {
    const { heads, headWidth, classes } = this.#shape
    const length = outputLength(this.#shape)
    const outputs = new Float32Array(steps * rows * length)
    const logits = new Float64Array(this.#start.length)
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < rows; row++) {
        this.#logits(dense, (step * panels(rows) + row) * heads * headWidth, logits)
        const to = (step * rows + row) * length
        for (let value = 0; value < this.#values; value++) {
          let sum = 0
          for (let head = 0; head < heads; head++) sum += logits[head * this.#values + value]!
          outputs[to + value] = sum / heads
        }
        if (classes !== null) outputs[to + classes] = this.#spread(logits)
        if (this.#phase !== null) this.#writePhase(dense, (step * panels(rows) + row) * heads * headWidth, outputs, to + length - PHASE_VALUES)
      }
    }
    return outputs
  }

  /** Writes the logits of each head of one row. @param at where the row begins in `dense` */
  #logits (dense: Float32Array, at: number, logits: Float64Array): void {
    const { heads, headWidth } = this.#shape
    const values = this.#values
    const kernel = this.#kernel
    const bias = this.#bias
    logits.set(this.#start)
    for (let head = 0; head < heads; head++) {
      for (let unit = head * headWidth; unit < (head + 1) * headWidth; unit++) {
        const activation = dense[at + unit]! + bias[unit]!
        if (activation <= 0) continue
        const [to, from] = [head * values, unit * values]
        for (let value = 0; value < values; value++) logits[to + value]! += activation * kernel[from + value]!
      }
    }
  }

  /** Writes asinh(days from the peak/10) and ln of its variance. */
  #writePhase (dense: Float32Array, at: number, outputs: Float32Array, to: number): void {
    const { kernel, start } = this.#phase!
    let [value, said] = [start[0]!, start[1]!]
    for (let unit = 0; unit < this.#bias.length; unit++) {
      const activation = dense[at + unit]! + this.#bias[unit]!
      if (activation <= 0) continue
      value += activation * kernel[PHASE_VALUES * unit]!
      said += activation * kernel[PHASE_VALUES * unit + 1]!
    }
    outputs[to] = value
    outputs[to + 1] = logVariance(said)
  }

  /** Population standard deviation over the heads of ln(P(positive)/(1 − P(positive))). */
  #spread (logits: Float64Array): number {
    const { heads } = this.#shape
    if (heads === 1) return 0
    const odds = this.#odds
    let mean = 0
    for (let head = 0; head < heads; head++) {
      odds[head] = logOdds(logits, head * this.#values, this.#positive)
      mean += odds[head]! / heads
    }
    let variance = 0
    for (let head = 0; head < heads; head++) variance += (odds[head]! - mean) ** 2 / heads
    return Math.sqrt(variance)
  }
}

/** ln(P/(1 − P)) is the difference of two log-sum-exps, which neither overflows nor rounds 1 − P away. */
const logOdds = (logits: Float64Array, at: number, positive: readonly boolean[]): number =>
  logSumExp(logits, at, positive, true) - logSumExp(logits, at, positive, false)

/** ln Σ exp(logit) over the classes that count as Ia, or over the others. */
function logSumExp (logits: Float64Array, at: number, positive: readonly boolean[], which: boolean): number {
  let largest = -Infinity
  for (let k = 0; k < positive.length; k++) if (positive[k] === which && !(logits[at + k]! <= largest)) largest = logits[at + k]!
  let sum = 0
  for (let k = 0; k < positive.length; k++) if (positive[k] === which) sum += Math.exp(logits[at + k]! - largest)
  return largest + Math.log(sum)
}
