/** TensorFlow's C library, with its fused LSTM op, through @tensorflow/tfjs-node. */
import { BlockLstmNetwork } from './block-lstm-network.ts'
import { PLAIN_CELLS } from './cells/cells.ts'
import type { Engine } from './engine.ts'
import { TensorNetwork } from './tensor-network.ts'
import { loadTensorflow } from './tensorflow-backend.ts'

/** @throws CandelaError `tensorflow-missing` or `tensorflow-broken` */
export async function loadTensorflowEngine (): Promise<Engine> {
  const tensorflow = await loadTensorflow()
  return {
    name: 'tensorflow',
    version: tensorflow.version,
    load: (shape, weights, positive) => shape.cell === 'lstm'
      ? new BlockLstmNetwork(tensorflow.backend.binding, shape, weights, positive)
      : new TensorNetwork('tensorflow', PLAIN_CELLS[shape.cell], shape, weights, positive)
  }
}
