/**
 * The gated recurrent unit of Cho et al. 2014 (arXiv:1406.1078, eqs. 5 to 8), with biases, in plain ops:
 * z, r = σ([x, h]·W + b), ĥ = tanh([x, r·h]·W + b), h' = z·h + (1 − z)·ĥ. The reset gate acts on h before the
 * product, as in the paper. Columns of the kernel and the bias in the order z, r, ĥ.
 */
import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { CellLayer, TrainableCellLayer } from './cell.ts'
import { flat, inputProducts, layerGradients, previous } from './recurrence.ts'
import { tf } from '../tf.ts'

interface Steps {
  /** z and r beside each other, each step [B,2H]. */
  gates: Tensor2D[]
  /** ĥ, each step [B,H]. */
  candidate: Tensor2D[]
  /** h', each step [B,H]. */
  h: Tensor2D[]
}

/** The kernel's rows for h: for both gates [H,2H], for the candidate [H,H]. */
function hiddenKernels (kernel: Tensor2D, inputs: number): [ofGates: Tensor2D, ofCandidate: Tensor2D] {
  const width = kernel.shape[1] / 3
  return [tf.slice2d(kernel, [inputs, 0], [width, 2 * width]), tf.slice2d(kernel, [inputs, 2 * width], [width, width])]
}

function forward (x: Tensor3D, h0: Tensor2D, kernel: Tensor2D, bias: Tensor1D): Steps {
  const width = h0.shape[1]
  const [ofGates, ofCandidate] = hiddenKernels(kernel, x.shape[2])
  const steps: Steps = { gates: [], candidate: [], h: [] }
  let h = h0
  for (const products of inputProducts(x, kernel, bias)) {
    const [forGates, forCandidate] = tf.split(products, [2 * width, width], 1) as [Tensor2D, Tensor2D]
    const gates = tf.sigmoid(tf.add(forGates, tf.matMul(h, ofGates))) as Tensor2D
    const [update, reset] = tf.split(gates, 2, 1) as [Tensor2D, Tensor2D]
    const candidate = tf.tanh(tf.add(forCandidate, tf.matMul(tf.mul(reset, h) as Tensor2D, ofCandidate))) as Tensor2D
    h = tf.add(candidate, tf.mul(update, tf.sub(h, candidate)))
    steps.gates.push(gates)
    steps.candidate.push(candidate)
    steps.h.push(h)
  }
  return steps
}

export const gru: CellLayer = (x, [h0], kernel, bias) => [tf.stack(forward(x, h0!, kernel, bias).h) as Tensor3D]

/** From the last step back; with a = the argument of σ or tanh: ∂h'/∂a_ĥ = (1 − z)(1 − ĥ²), ∂h'/∂a_z = (h − ĥ)·z(1 − z), a_r by way of r·h. */
function backward (hGradient: Tensor3D, saved: readonly Tensor[], truncate: number | null): Tensor[] {
  const [x, kernel, gates, candidate, h] = saved as [Tensor3D, Tensor2D, Tensor3D, Tensor3D, Tensor3D]
  const [steps, rows, width] = h.shape
  const [ofGates, ofCandidate] = hiddenKernels(kernel, x.shape[2])
  const [update, reset] = tf.split(gates, 2, 2) as [Tensor3D, Tensor3D]
  const before = previous(tf.zeros([rows, width]), h)
  const byStep = [
    hGradient, update, reset,
    tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate))),
    tf.mul(tf.sub(before, candidate), tf.mul(update, tf.sub(1, update))),
    tf.mul(before, tf.mul(reset, tf.sub(1, reset)))
  ].map(tensor => tf.unstack(tensor) as Tensor2D[]) as [Tensor2D[], Tensor2D[], Tensor2D[], Tensor2D[], Tensor2D[], Tensor2D[]]
  const ofGateSums: Tensor2D[] = []
  const ofCandidateSums: Tensor2D[] = []
  let ofH = byStep[0].at(-1)!
  for (let step = steps - 1; step >= 0; step--) {
    const [, z, r, candidateSlope, updateSlope, resetSlope] = byStep.map(values => values[step]!) as [
      Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D]
    const ofCandidateSum = tf.mul(ofH, candidateSlope) as Tensor2D
    const ofResetH = tf.matMul(ofCandidateSum, ofCandidate, false, true) as Tensor2D
    const ofGateSum = tf.concat2d([tf.mul(ofH, updateSlope), tf.mul(ofResetH, resetSlope)], 1)
    ofGateSums.push(ofGateSum)
    ofCandidateSums.push(ofCandidateSum)
    if (step === 0) break
    const given = byStep[0][step - 1]!
    ofH = step % (truncate ?? steps) === 0
      ? given
      : tf.addN([given, tf.mul(ofH, z), tf.mul(ofResetH, r), tf.matMul(ofGateSum, ofGates, false, true)])
  }
  const stacked = (values: Tensor2D[]): Tensor2D => flat(tf.stack(values.reverse()) as Tensor3D)
  const [allGateSums, allCandidateSums] = [stacked(ofGateSums), stacked(ofCandidateSums)]
  const ofHidden = tf.concat2d([
    tf.matMul(flat(before), allGateSums, true, false),
    tf.matMul(flat(tf.mul(reset, before) as Tensor3D), allCandidateSums, true, false)
  ], 1)
  return layerGradients(x, kernel, tf.concat2d([allGateSums, allCandidateSums], 1), ofHidden)
}

export const trainableGru: TrainableCellLayer = (x, kernel, bias, truncate) => {
  const layer = tf.customGrad((...inputs: Array<Tensor | GradSaveFunc>) => {
    const [x, kernel, bias, save] = inputs as [Tensor3D, Tensor2D, Tensor1D, GradSaveFunc]
    const { gates, candidate, h } = forward(x, tf.zeros([x.shape[1], bias.shape[0] / 3]), kernel, bias)
    const value = tf.stack(h)
    save([x, kernel, tf.stack(gates), tf.stack(candidate), value])
    return { value, gradFunc: (hGradient: Tensor, saved: Tensor[]) => tf.tidy(() => backward(hGradient as Tensor3D, saved, truncate)) }
  })
  return layer(x, kernel, bias) as Tensor3D
}
