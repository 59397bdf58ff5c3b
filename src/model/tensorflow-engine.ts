/** TensorFlow's C library, with its fused LSTM op, through @tensorflow/tfjs-node. */
import { tensorflowCells } from './cells/cells.ts'
import type { Engine } from './engine.ts'
import { TensorNetwork } from './tensor-network.ts'
import { loadTensorflow } from './tensorflow-backend.ts'

/** @throws CandelaError `tensorflow-missing` or `tensorflow-broken` */
export async function loadTensorflowEngine (): Promise<Engine> {
  const tensorflow = await loadTensorflow()
  const cells = tensorflowCells(tensorflow)
  return {
    name: 'tensorflow',
    version: tensorflow.version,
    load: (shape, weights) => new TensorNetwork('tensorflow', cells[shape.cell], shape, weights)
  }
}
