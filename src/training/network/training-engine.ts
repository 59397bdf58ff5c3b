/** TensorFlow as training needs it: no other engine has gradients for the cells. */
import { CandelaError } from '../../errors.ts'
import { inputLength, type NetworkShape } from '../../model/shape.ts'
import { loadTensorflow, tensorflowBroken, type Tensorflow } from '../../model/tensorflow-backend.ts'
import { seededRandom } from '../data/random.ts'
import { initialWeights, TrainableNetwork } from './trainable-network.ts'
import { tf } from '../../model/tf.ts'

/** One by the fused op, one by those of tfjs: what every training is made of. */
const TRIALS: readonly NetworkShape[] = (['lstm', 'rnn'] as const).map(cell => ({
  cell, bands: ['r'], features: 2, layers: 1, width: 2, consensus: 'both', heads: 2, headWidth: 2, decoder: null, classes: 3
}))
const [STEPS, ROWS, TYPES, DROPOUT] = [2, 2, 2, 0.5]

/** The gradient of one small step of learning. */
function learnOnce (tensorflow: Tensorflow, shape: NetworkShape): void {
  const network = new TrainableNetwork(tensorflow, shape, TYPES)
  try {
    network.assign(initialWeights(network.specs, seededRandom(1)))
    const { loss } = network.gradients(() => {
      const { logits, auxiliary } = network.forward(tf.ones([STEPS, ROWS, inputLength(shape)]), DROPOUT, 0)
      return tf.add(tf.mean(tf.square(logits)), tf.mean(tf.square(auxiliary)))
    })
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`)
  } finally {
    network.dispose()
  }
}

async function load (): Promise<Tensorflow> {
  try {
    const tensorflow = await loadTensorflow()
    try {
      for (const shape of TRIALS) learnOnce(tensorflow, shape)
    } catch (cause) {
      throw tensorflowBroken('loads, and cannot compute a step of learning', cause)
    }
    return tensorflow
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    throw new CandelaError(error.code, error.message, { cause: error, action: `${error.action ?? ''} Training needs it: the wasm engine classifies, and cannot learn.` })
  }
}

let loaded: Promise<Tensorflow> | undefined

/**
 * TensorFlow as the backend in use, after it has learned once; loaded once a process. Before any data are read.
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`, with advice for training
 */
export async function loadTrainingTensorflow (): Promise<Tensorflow> {
  loaded ??= load()
  await loaded
  return await loadTensorflow()
}
