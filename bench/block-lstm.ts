/**
 * How near is a batch to what it cannot do without, one call of TensorFlow's BlockLSTMV2? The step of the whole network, and
 * all of process() (merge, features, step, commit), for a batch of 100 alerts of known objects against that call alone; and the
 * batch against its rows one by one.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, FORWARD_OUTPUTS, forwardAttributes } from '../src/model/cells/block-lstm-op.ts'
import { positivePlaces } from '../src/model/classes.ts'
import { loadModel } from '../src/model/model-file.ts'
import { panels } from '../src/model/panels.ts'
import { hiddenStateLength, inputLength } from '../src/model/shape.ts'
import { loadTensorflow } from '../src/model/tensorflow-backend.ts'
import { loadTensorflowEngine } from '../src/model/tensorflow-engine.ts'
import { randomFrom } from '../src/simulator/random.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor } from '../src/state/processor/processor.ts'
import { BRIEF, compare, inAlternation, type Measured } from './comparison.ts'
import { alertAt } from './peers/epochs.ts'

const ALERTS = 100
const EPOCHS_BEFORE = 30
const ROUNDS = BRIEF ? 40 : 200
/** Of what is over in less than the clock tells well. */
const CALLS = 20

const model = loadModel(process.env['CANDELA_MODEL'] ?? 'spcc')
const { shape, weights } = model
const inputs = inputLength(shape)
const { backend: { binding } } = await loadTensorflow().catch((error: Error) => {
  console.log(`not measured: ${error.message}`)
  process.exit()
})
const network = (await loadTensorflowEngine()).load(shape, weights, positivePlaces(model.classes))

const random = randomFrom(7, 1)
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1)
const features = noise(ALERTS * inputs)
const from = { hidden: noise(ALERTS * hiddenStateLength(shape)), steps: new Float32Array(ALERTS).fill(EPOCHS_BEFORE) }

/** The bottom layer's call on native tensors that are there already; what comes of it stays where it is. */
function blockLstm (): () => void {
  const [rows, width] = [panels(ALERTS), shape.width]
  const native = (dimensions: number[], values = noise(dimensions.reduce((product, size) => product * size))): number => binding.createTensor(dimensions, binding.TF_FLOAT, values)
  const { seqLenMax, peephole } = constants(binding, 1, width)
  const tensors = [
    seqLenMax, native([1, rows, inputs]), native([rows, width]), native([rows, width]),
    native([inputs + width, 4 * width], weights['lstm0/kernel']), peephole, peephole, peephole, native([4 * width], weights['lstm0/bias'])
  ]
  const attributes = forwardAttributes(binding)
  return () => { for (const { id } of binding.executeOp('BlockLSTMV2', attributes, tensors, FORWARD_OUTPUTS)) binding.deleteTensor(id) }
}

const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const store = openLmdbStore(folder)
const processor = createProcessor({ store, network, model })
let epoch = 0
const give = async (): Promise<void> => {
  await processor.process(Array.from({ length: ALERTS }, (_, object) => ({ alert: alertAt(`o${object}`, epoch), origin: 'bench' })))
  epoch++
}
const repeated = (run: () => void) => async (): Promise<void> => { for (let k = 0; k < CALLS; k++) run() }
const each = ({ name, times }: Measured): Measured => ({ name, times: times.map(time => time / CALLS) })

try {
  for (let k = 0; k < EPOCHS_BEFORE; k++) await give()
  const together = (): void => { network.sequence(features, 1, ALERTS, from) }
  const length = hiddenStateLength(shape)
  const alone = (): void => {
    for (let row = 0; row < ALERTS; row++) {
      network.sequence(features.subarray(row * inputs, (row + 1) * inputs), 1, 1, { hidden: from.hidden.subarray(row * length, (row + 1) * length), steps: from.steps.subarray(row, row + 1) })
    }
  }
  const [step, call, processed, rows] = await inAlternation([
    { name: `the network's step, ${shape.layers} layers and the head`, run: repeated(together) },
    { name: `one call of BlockLSTMV2, ${panels(ALERTS)} × ${inputs} to ${shape.width}`, run: repeated(blockLstm()) },
    { name: 'process(), to the commit', run: give },
    { name: 'row by row', run: async () => alone() }
  ], ROUNDS) as [Measured, Measured, Measured, Measured]
  compare(`${ALERTS} objects a step further`, [each(step), each(call)], {})
  compare(`${ALERTS} alerts through process()`, [processed, each(call)], {})
  compare(`${ALERTS} objects a step further, together and alone`, [each(step), rows], { guard: { atMost: 0.2 } })
} finally {
  await store.close()
  network.dispose()
  rmSync(folder, { recursive: true, force: true })
}
