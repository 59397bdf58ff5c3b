import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Alert, PhotometricPoint } from '../../src/alert/alert.ts'
import { packPoints } from '../../src/light-curve/stored-point.ts'
import type { Processor } from '../../src/state/processor.ts'
import type { StateStore } from '../../src/state/store.ts'
import { alertFor, openPipeline, point } from '../pipeline.ts'

const anyPoint: fc.Arbitrary<PhotometricPoint> = fc.record({
  midpointMjdTai: fc.integer({ min: 0, max: 240 }).map(k => 60000 + k / 4),
  band: fc.constantFrom('u', 'g', 'r', 'i', 'z'),
  psfFlux: fc.integer({ min: -500, max: 5000 }),
  psfFluxErr: fc.integer({ min: 20, max: 300 }),
  kind: fc.constantFrom('detection', 'forced'),
  visit: fc.option(fc.integer({ min: 1, max: 40 })),
  timeProcessedMjdTai: fc.option(fc.integer({ min: 60000, max: 60003 })),
  withdrawn: fc.integer({ min: 0, max: 9 }).map(k => k === 0)
})

/** Visits name one exposure: points of one visit and band get one time, as a survey gives them. */
const ofOneExposure = (points: PhotometricPoint[]): PhotometricPoint[] =>
  points.map(one => one.visit === null ? one : { ...one, midpointMjdTai: 60000 + one.visit * 1.37 })

const host = fc.record({ redshift: fc.option(fc.constantFrom(0.2, 0.5)), redshiftErr: fc.constant(0.03), mwebv: fc.option(fc.constant(0.02)) })

const anyAlert: fc.Arbitrary<Alert> = fc.record({
  points: fc.array(anyPoint, { minLength: 1, maxLength: 4 }).map(ofOneExposure),
  diaObjectId: fc.constantFrom('313000000000000001', '313000000000000002', '313000000000000003'),
  host
}).map(({ points, diaObjectId, host }) => alertFor(diaObjectId, points, { host }))

async function play (processor: Processor, alerts: readonly Alert[], batch: number): Promise<void> {
  for (let k = 0; k < alerts.length; k += batch) {
    await processor.process(alerts.slice(k, k + batch).map(alert => ({ alert, origin: 'test' })))
  }
}

/** What must not depend on the order: light curve, hidden state, newest probability, host facts. */
function standing (store: StateStore, diaObjectId: string): unknown {
  const record = store.get(diaObjectId)
  if (!record) return null
  const points = [...store.closedPoints(diaObjectId, record.closedPointBlocks), ...record.openPoints]
  const { tip } = record
  return {
    points: Buffer.from(packPoints(points)).toString('hex'),
    tip: tip && [tip.steps, tip.midpointMjdTai, tip.logit, Buffer.from(tip.network.buffer).toString('hex'), Buffer.from(tip.accumulator.buffer).toString('hex')],
    host: record.host,
    position: [record.ra, record.dec],
    probabilityIa: store.reader.object(diaObjectId)?.classification?.probabilityIa ?? null
  }
}

const ids = ['313000000000000001', '313000000000000002', '313000000000000003']

test('property: any order, batching and repeats of the alerts end in the same records, bit for bit', async t => {
  await fc.assert(fc.asyncProperty(
    fc.array(anyAlert, { minLength: 1, maxLength: 14 }), fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 9 }),
    async (alerts, random, batch) => {
      const key = new Map(alerts.map(alert => [alert, random.next().value as number]))
      const shuffled = [...alerts, ...alerts.slice(0, 3)].sort((a, b) => key.get(a)! - key.get(b)!)
      const sorted = await openPipeline(t)
      const other = await openPipeline(t)
      try {
        await play(sorted.processor, [...alerts].sort((a, b) => a.midpointMjdTai - b.midpointMjdTai), 1000)
        await play(other.processor, shuffled, batch)
        for (const id of ids) assert.deepEqual(standing(other.store, id), standing(sorted.store, id))
      } finally {
        await sorted.close()
        await other.close()
      }
    }), { numRuns: 120 })
})

test('a long light curve keeps to the same record when its points come one by one, backwards, or all at once', async t => {
  const points = Array.from({ length: 150 }, (_, k) => point({
    midpointMjdTai: 60000 + Math.floor(k / 4) + 0.01 * (k % 4), band: (['g', 'r', 'i', 'z'] as const)[k % 4]!, psfFlux: 600 + 10 * k, visit: 1000 + k
  }))
  const oneByOne = points.map(one => alertFor(ids[0]!, [one]))
  const results = []
  for (const alerts of [oneByOne, [...oneByOne].reverse(), [alertFor(ids[0]!, points)]]) {
    const pipeline = await openPipeline(t)
    await play(pipeline.processor, alerts, 32)
    results.push(standing(pipeline.store, ids[0]!))
    assert.equal(pipeline.store.get(ids[0]!)!.tip!.steps, 150)
  }
  assert.deepEqual(results[1], results[0])
  assert.deepEqual(results[2], results[0])
})
