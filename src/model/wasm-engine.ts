/** The wasm backend of tfjs: everywhere Node runs, with nothing to install. */
import * as tf from '@tensorflow/tfjs-core'
import { setThreadsCount, version_wasm as version } from '@tensorflow/tfjs-backend-wasm'
import { PLAIN_CELLS } from './cells/cells.ts'
import type { Engine } from './engine.ts'
import { TensorNetwork } from './tensor-network.ts'

let ready: Promise<void> | undefined

async function start (): Promise<void> {
  setThreadsCount(1)
  await tf.setBackend('wasm')
  await tf.ready()
}

export async function loadWasmEngine (): Promise<Engine> {
  ready ??= start()
  await ready
  return { name: 'wasm', version, load: (shape, weights) => new TensorNetwork('wasm', PLAIN_CELLS[shape.cell], shape, weights) }
}
