/** The decoder of model/forecast/decoder.ts with gradients, from some steps of a batch. */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { trainableBlockLstm } from '../../model/cells/block-lstm.ts'
import type { DecoderShape } from '../../model/shape.ts'
import type { Tensorflow } from '../../model/tensorflow-backend.ts'
import { tf } from '../../model/tf.ts'

/** As decoder.ts has them before it adds references and a least variance. */
export interface TrainableForecast {
  /** [days + 1, rows, dayLength] */
  days: Tensor3D
  /** [rows, bands·PEAK_VALUES] */
  peaks: Tensor2D
}

/** The kernel and the bias of a day with what it said of the day before in them, after a first input that is always 0: see decoder.ts. */
function composed (weight: <T extends Tensor>(name: string) => T, width: number): { kernel: Tensor2D, bias: Tensor1D } {
  const given = weight<Tensor2D>('decoder/lstm/kernel')
  const day = given.shape[0] - width
  const ofInput = tf.slice2d(given, [0, 0], [day, 4 * width])
  const ofHidden = tf.add(tf.matMul(weight<Tensor2D>('decoder/day/kernel'), ofInput), tf.slice2d(given, [day, 0], [width, 4 * width]))
  const shift = tf.matMul(tf.reshape(weight('decoder/day/bias'), [1, day]) as Tensor2D, ofInput)
  return { kernel: tf.concat2d([tf.zeros([1, 4 * width]), ofHidden as Tensor2D], 0), bias: tf.add(weight('decoder/lstm/bias'), tf.reshape(shift, [4 * width])) }
}

/**
 * Call it inside gradients().
 * @param weight by name
 * @param inputs [rows, decoderInputLength]
 */
export function trainableForecast (
  tensorflow: Tensorflow, weight: <T extends Tensor>(name: string) => T, { width, days }: DecoderShape, inputs: Tensor2D
): TrainableForecast {
  const rows = inputs.shape[0]
  const affine = (x: Tensor2D, name: string): Tensor2D => tf.add(tf.matMul(x, weight<Tensor2D>(`decoder/${name}/kernel`)), weight(`decoder/${name}/bias`))
  const [c, before] = tf.split(affine(inputs, 'start'), 2, 1) as [Tensor2D, Tensor2D]
  const h = tf.tanh(before)
  const { kernel, bias } = composed(weight, width)
  const walked = trainableBlockLstm(tensorflow, tf.zeros([days, rows, 1]), c, h, kernel, bias)
  const all = tf.reshape(tf.concat3d([tf.expandDims(h, 0) as Tensor3D, walked], 0), [(days + 1) * rows, width]) as Tensor2D
  const said = affine(all, 'day')
  return { days: tf.reshape(said, [days + 1, rows, said.shape[1]]), peaks: affine(h, 'peaks') }
}
