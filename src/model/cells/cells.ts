/** Every cell, as tfjs computes it and as training does; for an LSTM TensorFlow has BlockLstmLayer. */
import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { Tensorflow } from '../tensorflow-backend.ts'
import { trainableBlockLstm } from './block-lstm.ts'
import type { CellLayer, TrainableCellLayer } from './cell.ts'
import { gru, trainableGru } from './gru.ts'
import type { CellName } from './layout.ts'
import { plainLstm } from './plain-lstm.ts'
import { rnn, trainableRnn } from './rnn.ts'
import { tf } from '../tf.ts'

/** In ops that every backend of tfjs has. */
export const PLAIN_CELLS: Readonly<Record<CellName, CellLayer>> = { lstm: plainLstm, gru, rnn }

export function trainableCells (tensorflow: Tensorflow): Readonly<Record<CellName, TrainableCellLayer>> {
  const lstm: TrainableCellLayer = (x, kernel, bias, truncate) => {
    const zeros = tf.zeros([x.shape[1], bias.shape[0] / 4]) as Tensor2D
    return trainableBlockLstm(tensorflow, x, zeros, zeros, kernel, bias, truncate)
  }
  return { lstm, gru: trainableGru, rnn: trainableRnn }
}
