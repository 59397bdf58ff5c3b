/** Steps a network without pause until as many signals have been handled as the first argument says. */
import { loadTensorflowEngine } from '../../../src/model/tensorflow-engine.ts'
import { hiddenStateLength, inputLength } from '../../../src/model/shape.ts'
import { untrainedModel } from '../../pipeline.ts'

const wanted = Number(process.argv[2])
const { shape, weights } = untrainedModel({ bands: ['g', 'r', 'i', 'z'], layers: 2, width: 64, headWidth: 64 })
const network = (await loadTensorflowEngine()).load(shape, weights, [])
const rows = 512
const features = new Float32Array(rows * inputLength(shape)).fill(0.1)
const from = { hidden: new Float32Array(rows * hiddenStateLength(shape)), steps: new Float32Array(rows) }
const handled = { count: 0 }
process.on('SIGHUP', () => handled.count++)
process.send!('ready')
while (handled.count < wanted) {
  for (let k = 0; k < 5; k++) network.sequence(features, 1, rows, from)
  await new Promise(resolve => setImmediate(resolve))
}
process.once('message', () => process.disconnect())
process.send!('done')
