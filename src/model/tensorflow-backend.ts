/** TensorFlow's C library through @tensorflow/tfjs-node, an optional dependency. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { createRequire } from 'node:module'
import { CandelaError, firstLine } from '../errors.ts'
import { provideWhatTfjsNodeNeeds } from './tfjs-node-needs.ts'
import { tf } from './tf.ts'

/** What is used of tfjs-node's backend; its own types are there only where it is installed. */
export interface TensorflowBackend {
  executeMultipleOutputs (op: string, attributes: OpAttribute[], inputs: Tensor[], outputs: number): Tensor[]
  binding: TensorflowBinding
}

export interface OpAttribute { name: string, type: number, value: unknown }

export interface TensorflowBinding {
  TF_FLOAT: number
  TF_INT32: number
  TF_INT64: number
  TF_BOOL: number
  TF_ATTR_TYPE: number
  TF_ATTR_INT: number
  TF_ATTR_FLOAT: number
  TF_ATTR_BOOL: number
  TF_Version: string
  createTensor (shape: number[], type: number, values: ArrayBufferView): number
  tensorDataSync (id: number): Float32Array
  deleteTensor (id: number): void
  executeOp (op: string, attributes: OpAttribute[], inputs: number[], outputs: number): Array<{ id: number, shape: number[], dtype: number }>
}

export interface Tensorflow {
  backend: TensorflowBackend
  /** Version of libtensorflow. */
  version: string
}

/**
 * Read by libtensorflow when it is loaded. oneDNN's matrix products borrow the stack pointer, so that a signal that is
 * handled meanwhile corrupts the heap (Ctrl-C, --cpu-prof); Eigen's do not and are as fast at these sizes. One thread,
 * so that sums are added up in one order whatever the number of cores.
 */
const ENVIRONMENT = {
  TF_CPP_MIN_LOG_LEVEL: '2',
  TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL: 'false',
  TF_ENABLE_ONEDNN_OPTS: '0',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1'
}

let loaded: Promise<Tensorflow> | undefined

async function load (): Promise<Tensorflow> {
  const require = createRequire(import.meta.url)
  try {
    require.resolve('@tensorflow/tfjs-node')
  } catch (cause) {
    throw new CandelaError('tensorflow-missing', '@tensorflow/tfjs-node is not installed here', {
      cause, action: 'Install it with `npm install` where libtensorflow can be downloaded.'
    })
  }
  try {
    for (const [variable, value] of Object.entries(ENVIRONMENT)) process.env[variable] ??= value
    provideWhatTfjsNodeNeeds()
    require('@tensorflow/tfjs-node')
    if (!await tf.setBackend('tensorflow')) throw new Error('it brings no backend')
    await tf.ready()
    const backend = tf.backend() as unknown as TensorflowBackend
    return { backend, version: backend.binding.TF_Version }
  } catch (cause) {
    throw tensorflowBroken('is installed but does not load', cause)
  }
}

/** @param what of tfjs-node, such as 'does not load' */
export const tensorflowBroken = (what: string, cause: unknown): CandelaError =>
  new CandelaError('tensorflow-broken', `@tensorflow/tfjs-node ${what}: ${firstLine(cause)}`, {
    cause, action: 'Run `npm rebuild @tensorflow/tfjs-node` with the Node that runs Candela, where libtensorflow can be downloaded.'
  })

/**
 * Loads tfjs-node once a process and makes it tfjs's backend, also where the wasm engine was used in between.
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`
 */
export async function loadTensorflow (): Promise<Tensorflow> {
  loaded ??= load()
  const tensorflow = await loaded
  if (tf.getBackend() !== 'tensorflow') await tf.setBackend('tensorflow')
  return tensorflow
}
