/** Chooses the engine, and finds out by a step of the model itself whether it runs. */
import { CandelaError, firstLine, withCode } from '../errors.ts'
import { positivePlaces, type ModelClass } from './classes.ts'
import type { Engine, EngineName, Network, SequenceResult } from './engine.ts'
import { hiddenStateLength, inputLength, outputLength, type NetworkShape, type Weights } from './shape.ts'
import { tensorflowBroken } from './tensorflow-backend.ts'
import { loadTensorflowEngine } from './tensorflow-engine.ts'

export const ENGINE_CHOICES = ['auto', 'tensorflow', 'wasm'] as const satisfies ReadonlyArray<EngineName | 'auto'>
export type EngineChoice = typeof ENGINE_CHOICES[number]

export interface RunningNetwork {
  engine: Engine
  network: Network
}

/** What a network is loaded from. */
interface NetworkParts {
  shape: NetworkShape
  weights: Weights
  classes: readonly ModelClass[] | null
}

const LOAD: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  tensorflow: loadTensorflowEngine,
  // Most starts need no second engine.
  wasm: async () => await (await import('./wasm-engine.ts')).loadWasmEngine()
}

/** Steps of the trial: the second goes on from the first. */
const TRIAL_STEPS = 2

/**
 * The network, after it has stepped a point that nothing is known of.
 * @throws CandelaError `tensorflow-broken`, `wasm-broken` where the engine cannot compute a step, `model-broken` where its
 *   numbers are not finite
 */
function tried (engine: Engine, { shape, weights, classes }: NetworkParts): Network {
  let result: SequenceResult
  let network: Network
  try {
    network = engine.load(shape, weights, positivePlaces(classes))
    result = network.sequence(new Float32Array(TRIAL_STEPS * inputLength(shape)), TRIAL_STEPS, 1)
    const { hidden, outputs } = result
    if (outputs.length !== TRIAL_STEPS * outputLength(shape) || hidden.length !== TRIAL_STEPS * hiddenStateLength(shape)) {
      throw new Error(`${outputs.length} and ${hidden.length} values of ${TRIAL_STEPS} steps`)
    }
  } catch (cause) {
    if (engine.name === 'tensorflow') throw tensorflowBroken('loads, and cannot compute a step of the model', cause)
    throw new CandelaError('wasm-broken', `the wasm engine ${engine.version} cannot compute a step of the model: ${firstLine(cause)}`, {
      cause, action: 'Install Candela anew with `npm ci`, or use the tensorflow engine where it is installed (CANDELA_ENGINE=tensorflow).'
    })
  }
  const wrong = [...result.outputs, ...result.hidden].find(value => !Number.isFinite(value))
  if (wrong === undefined) return network
  network.dispose()
  throw new CandelaError('model-broken', `the model gives ${wrong} in its first step on the ${engine.name} engine`, {
    value: wrong, action: 'Its weights are out of all bounds: use another model (--model, CANDELA_MODEL), or train it anew.'
  })
}

/**
 * @param start of an engine by its name
 * @param warn told in one line why TensorFlow is passed over though it is installed
 */
async function firstThatStarts<Started> (choice: EngineChoice, start: (name: EngineName) => Promise<Started>, warn: (message: string) => void): Promise<Started> {
  if (choice === 'wasm') return await start('wasm')
  try {
    return await start('tensorflow')
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    if (choice === 'tensorflow') throw error.code === 'model-broken' ? error : withWasmAdvice(error)
    if (error.code !== 'tensorflow-missing') warn(`${withCode(error)}; going on with the wasm engine`)
    return await start('wasm')
  }
}

const withWasmAdvice = ({ code, message, action = '', cause }: CandelaError): CandelaError =>
  new CandelaError(code, message, { cause, action: `${action} Or use the wasm engine (CANDELA_ENGINE=wasm).` })

/**
 * An engine that loads; whether it can step, only `loadNetwork` knows.
 * @param choice `auto`: TensorFlow where @tensorflow/tfjs-node is installed and loads, else wasm
 * @param warn told in one line why TensorFlow is passed over though it is installed
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`, `wasm-broken`
 */
export const loadEngine = (choice: EngineChoice, warn: (message: string) => void = () => {}): Promise<Engine> =>
  firstThatStarts(choice, name => LOAD[name](), warn)

/**
 * A model on an engine that computes its steps.
 * @param choice `auto`: TensorFlow where @tensorflow/tfjs-node is installed and computes a step of the model, else wasm
 * @param warn told in one line why TensorFlow is passed over though it is installed
 * @throws CandelaError `tensorflow-missing`, `tensorflow-broken`, `wasm-broken`, `model-broken`
 */
export const loadNetwork = (model: NetworkParts, choice: EngineChoice, warn: (message: string) => void = () => {}): Promise<RunningNetwork> =>
  firstThatStarts(choice, async name => {
    const engine = await LOAD[name]()
    return { engine, network: tried(engine, model) }
  }, warn)
