/** The wasm backend of tfjs: everywhere Node runs, with nothing to install. */
import * as tf from '@tensorflow/tfjs-core'
import { setThreadsCount, version_wasm as version } from '@tensorflow/tfjs-backend-wasm'
import type { Engine } from './engine.ts'
import { TensorNetwork, type LstmLayer } from './tensor-network.ts'

/** The LSTM layer in plain ops: input products of all steps at once, then the recurrence step by step. */
const plainLstm: LstmLayer = (x, c0, h0, kernel, bias) => {
  const [steps, rows, inputs] = x.shape
  const width = h0.shape[1]
  const fromInput = tf.slice2d(kernel, [0, 0], [inputs, 4 * width])
  const fromHidden = tf.slice2d(kernel, [inputs, 0], [width, 4 * width])
  const products = tf.add(tf.matMul(tf.reshape(x, [steps * rows, inputs]) as tf.Tensor2D, fromInput), bias)
  const cs: tf.Tensor2D[] = []
  const hs: tf.Tensor2D[] = []
  let c = c0
  let h = h0
  for (let step = 0; step < steps; step++) {
    const gates = tf.add(tf.slice(products, [step * rows, 0], [rows, 4 * width]), tf.matMul(h, fromHidden))
    const [input, forget, cell, output] = tf.split(gates, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
    c = tf.add(tf.mul(tf.sigmoid(forget), c), tf.mul(tf.sigmoid(input), tf.tanh(cell)))
    h = tf.mul(tf.sigmoid(output), tf.tanh(c))
    cs.push(c)
    hs.push(h)
  }
  return { c: tf.stack(cs) as tf.Tensor3D, h: tf.stack(hs) as tf.Tensor3D }
}

let ready: Promise<void> | undefined

async function start (): Promise<void> {
  setThreadsCount(1)
  await tf.setBackend('wasm')
  await tf.ready()
}

export async function loadWasmEngine (): Promise<Engine> {
  ready ??= start()
  await ready
  return { name: 'wasm', version, load: (shape, weights) => new TensorNetwork('wasm', plainLstm, shape, weights) }
}
