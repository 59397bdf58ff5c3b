/** TensorFlow's fused LSTM op through @tensorflow/tfjs-node. */
import { blockLstm } from './block-lstm.ts'
import type { Engine } from './engine.ts'
import { TensorNetwork } from './tensor-network.ts'
import { loadTensorflow } from './tensorflow-backend.ts'

/** @throws CandelaError `tensorflow-missing` or `tensorflow-broken` */
export async function loadTensorflowEngine (): Promise<Engine> {
  const tensorflow = await loadTensorflow()
  return {
    name: 'tensorflow',
    version: tensorflow.version,
    load: (shape, weights) => new TensorNetwork('tensorflow', (...inputs) => blockLstm(tensorflow, ...inputs), shape, weights)
  }
}
