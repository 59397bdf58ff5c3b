/** Vector scaling with one slope (Guo et al. 2017, arXiv:1706.04599, sec. 4.2): a factor of all logits and an offset of each class. */

/** Logits of known class, with weights. */
export interface ClassSamples {
  /** Number of classes. */
  classes: number
  /** [samples, classes], row-major */
  logits: Float64Array
  /** [samples]: place of the true class. */
  truth: Int32Array
  /** [samples] */
  weights: Float64Array
}

export interface Scaling {
  slope: number
  offsets: number[]
}

const NEWTON_STEPS = 25
const MOST_HALVINGS = 40
/** A step that gains less than this part of the likelihood ends the search. */
const LEAST_GAIN = 1e-9
const LEAST_SLOPE = 0.05

/** softmax(slope·z + offset) of one sample into `out`; returns −ln of the true class's. */
function soften ({ classes, logits, truth }: ClassSamples, sample: number, { slope, offsets }: Scaling, out: Float64Array): number {
  let largest = -Infinity
  for (let k = 0; k < classes; k++) {
    out[k] = slope * logits[sample * classes + k]! + offsets[k]!
    if (out[k]! > largest) largest = out[k]!
  }
  const ofTruth = out[truth[sample]!]! - largest
  let sum = 0
  for (let k = 0; k < classes; k++) sum += out[k] = Math.exp(out[k]! - largest)
  for (let k = 0; k < classes; k++) out[k]! /= sum
  return Math.log(sum) - ofTruth
}

/** −ln of the weighted likelihood and of the prior. */
function lossOf (samples: ClassSamples, prior: number, scaling: Scaling): number {
  const probabilities = new Float64Array(samples.classes)
  let loss = prior * ((scaling.slope - 1) ** 2 + scaling.offsets.reduce((sum, offset) => sum + offset * offset, 0)) / 2
  for (let n = 0; n < samples.truth.length; n++) loss += samples.weights[n]! * soften(samples, n, scaling, probabilities)
  return loss
}

/** Gradient [1 + classes] and Hessian [1 + classes, 1 + classes] of the loss in the slope, then the offsets. */
function derivatives (samples: ClassSamples, prior: number, scaling: Scaling): { gradient: number[], hessian: number[][] } {
  const { classes, logits, truth, weights } = samples
  const size = classes + 1
  const gradient = [prior * (scaling.slope - 1), ...scaling.offsets.map(offset => prior * offset)]
  const hessian = Array.from({ length: size }, (_, a) => Array.from({ length: size }, (_, b) => a === b ? prior : 0))
  const p = new Float64Array(classes)
  for (let n = 0; n < truth.length; n++) {
    soften(samples, n, scaling, p)
    const [weight, at] = [weights[n]!, n * classes]
    let [mean, square] = [0, 0]
    for (let k = 0; k < classes; k++) {
      mean += p[k]! * logits[at + k]!
      square += p[k]! * logits[at + k]! ** 2
    }
    gradient[0]! += weight * (mean - logits[at + truth[n]!]!)
    hessian[0]![0]! += weight * (square - mean * mean)
    for (let k = 0; k < classes; k++) {
      const share = weight * p[k]!
      gradient[k + 1]! += share - (k === truth[n] ? weight : 0)
      hessian[k + 1]![0]! += share * (logits[at + k]! - mean)
      const row = hessian[k + 1]!
      row[k + 1]! += share
      for (let l = 0; l <= k; l++) row[l + 1]! -= share * p[l]!
    }
  }
  return { gradient, hessian }
}

/** Solves A·x = b by Cholesky's method. @param a symmetric and positive definite; its lower triangle is read and overwritten */
function solve (a: number[][], b: readonly number[]): number[] {
  const x = [...b]
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!
      for (let k = 0; k < j; k++) sum -= a[i]![k]! * a[j]![k]!
      a[i]![j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / a[j]![j]!
    }
    for (let k = 0; k < i; k++) x[i]! -= a[i]![k]! * x[k]!
    x[i]! /= a[i]![i]!
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= a[k]![i]! * x[k]!
    x[i]! /= a[i]![i]!
  }
  return x
}

/**
 * Slope and offsets with the largest weighted likelihood, by Newton's method: the loss is convex. A step that would not lessen it is
 * halved until it does.
 * @param prior weight, in samples, of slope 1 and of each offset 0, both with a standard deviation of 1
 */
export function vectorScaling (samples: ClassSamples, prior: number): Scaling {
  let scaling: Scaling = { slope: 1, offsets: new Array<number>(samples.classes).fill(0) }
  let reached = lossOf(samples, prior, scaling)
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const { gradient, hessian } = derivatives(samples, prior, scaling)
    const direction = solve(hessian, gradient)
    const moved = (part: number): Scaling => ({ slope: scaling.slope - part * direction[0]!, offsets: scaling.offsets.map((offset, k) => offset - part * direction[k + 1]!) })
    let part = 1
    let next = lossOf(samples, prior, moved(part))
    for (let halving = 0; !(next <= reached) && halving < MOST_HALVINGS; halving++) next = lossOf(samples, prior, moved(part /= 2))
    if (!(next < reached)) break
    scaling = moved(part)
    const gain = reached - next
    reached = next
    if (gain < LEAST_GAIN * reached) break
  }
  return { slope: Math.max(LEAST_SLOPE, scaling.slope), offsets: scaling.offsets }
}
