/** Commits alerts to the data folder that the first argument names, one commit after the other, until it is told to end. */
import { loadEngine } from '../../../src/model/load-engine.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import { createProcessor } from '../../../src/state/processor/processor.ts'
import { alertFor, point, untrainedModel } from '../../pipeline.ts'
import { IDS } from '../checked-folder.ts'

const model = untrainedModel()
const network = (await loadEngine('wasm')).load(model.shape, model.weights, [])
const store = openLmdbStore(process.argv[2]!)
const processor = createProcessor({ store, network, model })
const told = { end: false }
process.once('message', () => { told.end = true })
let commits = 0
while (!told.end) {
  const ids = [IDS[commits % IDS.length]!, IDS[(commits + 5) % IDS.length]!, `${commits}`]
  await processor.process(ids.map((id, k) => ({ alert: alertFor(id, [point({ midpointMjdTai: 60300 + commits / 10 - (k === 1 ? 8 : 0), visit: 10_000 + 3 * commits + k })]), origin: 'test' })))
  if (commits++ === 0) process.send!('committed')
  // Lets the message in.
  await new Promise(resolve => setImmediate(resolve))
}
await store.close()
process.send!(commits)
process.disconnect()
