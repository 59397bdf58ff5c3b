import { CandelaError } from '../errors.ts'
import type { Engine, EngineName } from './engine.ts'
import { loadTensorflowEngine } from './tensorflow-engine.ts'
import { loadWasmEngine } from './wasm-engine.ts'

export const ENGINE_CHOICES = ['auto', 'tensorflow', 'wasm'] as const satisfies ReadonlyArray<EngineName | 'auto'>
export type EngineChoice = typeof ENGINE_CHOICES[number]

/**
 * @param choice `auto`: TensorFlow where @tensorflow/tfjs-node is installed and loads, else wasm
 * @param warn told why TensorFlow is passed over though it is installed
 */
export async function loadEngine (choice: EngineChoice, warn: (message: string) => void = () => {}): Promise<Engine> {
  if (choice === 'wasm') return await loadWasmEngine()
  try {
    return await loadTensorflowEngine()
  } catch (error) {
    if (choice === 'tensorflow' || !(error instanceof CandelaError)) throw error
    if (error.code !== 'tensorflow-missing') warn(`${error.message}; going on with wasm`)
    return await loadWasmEngine()
  }
}
