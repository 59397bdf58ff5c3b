/**
 * The gated recurrent unit of Cho et al. 2014 (arXiv:1406.1078, eqs. 5 to 8), with biases, in plain ops:
 * z, r = σ([x, h]·W + b), ĥ = tanh([x, r·h]·W + b), h' = z·h + (1 − z)·ĥ. The reset gate acts on h before the
 * product, as in the paper. Columns of the kernel and the bias in the order z, r, ĥ.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { CellLayer, TrainableCellLayer } from './cell.ts'
import { flat, inputProducts, layerGradients, previous } from './recurrence.ts'

interface Steps {
  /** z and r beside each other, each step [B,2H]. */
  gates: tf.Tensor2D[]
  /** ĥ, each step [B,H]. */
  candidate: tf.Tensor2D[]
  /** h', each step [B,H]. */
  h: tf.Tensor2D[]
}

/** The kernel's rows for h: for both gates [H,2H], for the candidate [H,H]. */
function hiddenKernels (kernel: tf.Tensor2D, inputs: number): [ofGates: tf.Tensor2D, ofCandidate: tf.Tensor2D] {
  const width = kernel.shape[1] / 3
  return [tf.slice2d(kernel, [inputs, 0], [width, 2 * width]), tf.slice2d(kernel, [inputs, 2 * width], [width, width])]
}

function forward (x: tf.Tensor3D, h0: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): Steps {
  const width = h0.shape[1]
  const [ofGates, ofCandidate] = hiddenKernels(kernel, x.shape[2])
  const steps: Steps = { gates: [], candidate: [], h: [] }
  let h = h0
  for (const products of inputProducts(x, kernel, bias)) {
    const [forGates, forCandidate] = tf.split(products, [2 * width, width], 1) as [tf.Tensor2D, tf.Tensor2D]
    const gates = tf.sigmoid(tf.add(forGates, tf.matMul(h, ofGates))) as tf.Tensor2D
    const [update, reset] = tf.split(gates, 2, 1) as [tf.Tensor2D, tf.Tensor2D]
    const candidate = tf.tanh(tf.add(forCandidate, tf.matMul(tf.mul(reset, h) as tf.Tensor2D, ofCandidate))) as tf.Tensor2D
    h = tf.add(candidate, tf.mul(update, tf.sub(h, candidate)))
    steps.gates.push(gates)
    steps.candidate.push(candidate)
    steps.h.push(h)
  }
  return steps
}

export const gru: CellLayer = (x, [h0], kernel, bias) => [tf.stack(forward(x, h0!, kernel, bias).h) as tf.Tensor3D]

/** From the last step back; with a = the argument of σ or tanh: ∂h'/∂a_ĥ = (1 − z)(1 − ĥ²), ∂h'/∂a_z = (h − ĥ)·z(1 − z), a_r by way of r·h. */
function backward (hGradient: tf.Tensor3D, saved: readonly tf.Tensor[], truncate: number | null): tf.Tensor[] {
  const [x, kernel, gates, candidate, h] = saved as [tf.Tensor3D, tf.Tensor2D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]
  const [steps, rows, width] = h.shape
  const [ofGates, ofCandidate] = hiddenKernels(kernel, x.shape[2])
  const [update, reset] = tf.split(gates, 2, 2) as [tf.Tensor3D, tf.Tensor3D]
  const before = previous(tf.zeros([rows, width]), h)
  const byStep = [
    hGradient, update, reset,
    tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate))),
    tf.mul(tf.sub(before, candidate), tf.mul(update, tf.sub(1, update))),
    tf.mul(before, tf.mul(reset, tf.sub(1, reset)))
  ].map(tensor => tf.unstack(tensor) as tf.Tensor2D[]) as [tf.Tensor2D[], tf.Tensor2D[], tf.Tensor2D[], tf.Tensor2D[], tf.Tensor2D[], tf.Tensor2D[]]
  const ofGateSums: tf.Tensor2D[] = []
  const ofCandidateSums: tf.Tensor2D[] = []
  let ofH = byStep[0].at(-1)!
  for (let step = steps - 1; step >= 0; step--) {
    const [, z, r, candidateSlope, updateSlope, resetSlope] = byStep.map(values => values[step]!) as [
      tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
    const ofCandidateSum = tf.mul(ofH, candidateSlope) as tf.Tensor2D
    const ofResetH = tf.matMul(ofCandidateSum, ofCandidate, false, true) as tf.Tensor2D
    const ofGateSum = tf.concat2d([tf.mul(ofH, updateSlope), tf.mul(ofResetH, resetSlope)], 1)
    ofGateSums.push(ofGateSum)
    ofCandidateSums.push(ofCandidateSum)
    if (step === 0) break
    const given = byStep[0][step - 1]!
    ofH = step % (truncate ?? steps) === 0
      ? given
      : tf.addN([given, tf.mul(ofH, z), tf.mul(ofResetH, r), tf.matMul(ofGateSum, ofGates, false, true)])
  }
  const stacked = (values: tf.Tensor2D[]): tf.Tensor2D => flat(tf.stack(values.reverse()) as tf.Tensor3D)
  const [allGateSums, allCandidateSums] = [stacked(ofGateSums), stacked(ofCandidateSums)]
  const ofHidden = tf.concat2d([
    tf.matMul(flat(before), allGateSums, true, false),
    tf.matMul(flat(tf.mul(reset, before) as tf.Tensor3D), allCandidateSums, true, false)
  ], 1)
  return layerGradients(x, kernel, tf.concat2d([allGateSums, allCandidateSums], 1), ofHidden)
}

export const trainableGru: TrainableCellLayer = (x, kernel, bias, truncate) => {
  const layer = tf.customGrad((...inputs: Array<tf.Tensor | tf.GradSaveFunc>) => {
    const [x, kernel, bias, save] = inputs as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc]
    const { gates, candidate, h } = forward(x, tf.zeros([x.shape[1], bias.shape[0] / 3]), kernel, bias)
    const value = tf.stack(h)
    save([x, kernel, tf.stack(gates), tf.stack(candidate), value])
    return { value, gradFunc: (hGradient: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => backward(hGradient as tf.Tensor3D, saved, truncate)) }
  })
  return layer(x, kernel, bias) as tf.Tensor3D
}
