import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { needs } from '../../parts.ts'
import { alertFor, openPipeline, point, temporaryFolder } from '../../pipeline.ts'
import type { EngineName } from '../../../src/model/engine.ts'
import { anyCase, checkCase, type Stores } from '../../order/any-order.ts'

const ID = '313000000000000001'

const stores = async (t: TestContext, engine: EngineName): Promise<Stores> => ({ other: await openPipeline(t, { engine }), sorted: await openPipeline(t, { engine }), once: await openPipeline(t, { engine }) })

async function checkCases (t: TestContext, engine: EngineName, numRuns: number): Promise<void> {
  const played = await stores(t, engine)
  let cases = 0
  let closed = 0
  await fc.assert(fc.asyncProperty(anyCase, async given => {
    const ids = [`a${cases}`, `b${cases++}`] as const
    await checkCase(given, ids, played)
    closed += played.other.store.objects.get(ids[0])!.closedPointBlocks
  }), { numRuns })
  if (numRuns >= MANY) assert.ok(closed > 0, 'some light curves are long enough to close blocks')
}

/** So many that every kind of order, size of batch and length comes several times in each run. */
const MANY = 60

test('property: any order, batching and repeats of the alerts end in the same records, byte for byte, as in order and as all points at once', async t => {
  // What decides on the order is the same for every engine; the engines' own part is the batch, see test/model/engines.
  if (needs(t, 'tensorflow')) await checkCases(t, 'tensorflow', MANY)
})

test('property: so they do on the wasm engine', t => checkCases(t, 'wasm', 8))

test('a long light curve keeps to the same record when its points come one by one, backwards, or all at once', async t => {
  const points = Array.from({ length: 150 }, (_, k) => point({
    midpointMjdTai: 60000 + Math.floor(k / 4) + 0.01 * (k % 4), band: (['g', 'r', 'i', 'z'] as const)[k % 4]!, psfFlux: 600 + 10 * k, visit: 1000 + k
  }))
  const oneByOne = points.map(one => alertFor(ID, [one]))
  const results = []
  for (const alerts of [oneByOne, [...oneByOne].reverse(), [alertFor(ID, points)]]) {
    const { store, processor } = await openPipeline(t, { folder: temporaryFolder(t) })
    for (let k = 0; k < alerts.length; k += 32) await processor.process(alerts.slice(k, k + 32).map(alert => ({ alert, origin: 'test' })))
    const { openPoints, closedPointBlocks, tip } = store.objects.get(ID)!
    assert.equal(tip!.steps, 150)
    results.push({ tip, points: [...store.objects.closedPoints(ID, closedPointBlocks), ...openPoints] })
  }
  assert.deepEqual(results[1], results[0])
  assert.deepEqual(results[2], results[0])
})
