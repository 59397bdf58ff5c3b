/** The wasm backend of tfjs: everywhere Node runs, with nothing to install. */
import { createRequire } from 'node:module'
import type * as wasm from '@tensorflow/tfjs-backend-wasm'
import { CandelaError, firstLine } from '../errors.ts'
import { PLAIN_CELLS } from './cells/cells.ts'
import type { Engine } from './engine.ts'
import { TensorNetwork } from './tensor-network.ts'
import { tf } from './tf.ts'

// As tf.ts loads TensorFlow.js.
const { setThreadsCount, version_wasm: version } = createRequire(import.meta.url)('@tensorflow/tfjs-backend-wasm') as typeof wasm

let ready: Promise<void> | undefined

async function start (): Promise<void> {
  try {
    setThreadsCount(1)
    if (!await tf.setBackend('wasm')) throw new Error('its backend does not start')
    await tf.ready()
  } catch (cause) {
    throw new CandelaError('wasm-broken', `@tensorflow/tfjs-backend-wasm does not load: ${firstLine(cause)}`, {
      cause, action: 'Install Candela anew with `npm ci`.'
    })
  }
}

/** @throws CandelaError `wasm-broken` */
export async function loadWasmEngine (): Promise<Engine> {
  ready ??= start()
  await ready
  return { name: 'wasm', version, load: (shape, weights, positive) => new TensorNetwork('wasm', PLAIN_CELLS[shape.cell], shape, weights, positive) }
}
