import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Alert } from '../../src/alert/alert.ts'
import { packPointBlock } from '../../src/state/packed-record.ts'
import type { Processor } from '../../src/state/processor.ts'
import type { StateStore } from '../../src/state/store.ts'
import { alertFor, generator, openPipeline, point } from '../pipeline.ts'
import { surveyedObject, type Survey } from './surveyed-object.ts'

const anySurvey: fc.Arbitrary<Survey> = fc.record({
  visits: fc.integer({ min: 3, max: 120 }),
  visitsANight: fc.integer({ min: 1, max: 12 }),
  faint: fc.integer({ min: 0, max: 60 }),
  history: fc.constantFrom(0, 5, 40, 200),
  withoutVisits: fc.boolean(),
  hosts: fc.boolean(),
  seed: fc.integer({ min: 1, max: 2 ** 30 })
})

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
    points: Buffer.from(packPointBlock(points)).toString('hex'),
    tip: tip && [tip.steps, tip.midpointMjdTai, tip.logit, Buffer.from(tip.network.buffer).toString('hex'), Buffer.from(tip.accumulator.buffer).toString('hex')],
    facts: [record.host, record.factsMjdTai, record.ra, record.dec],
    probabilityIa: store.reader.object(diaObjectId)?.classification?.probabilityIa ?? null
  }
}

const ids = ['313000000000000001', '313000000000000002']

/** Alerts in another order, some of them twice. */
function reordered (alerts: readonly Alert[], how: string, seed: number): Alert[] {
  const random = generator(seed)
  const repeated = [...alerts, ...alerts.filter(() => random() < 0.2)]
  const keyed = (key: (alert: Alert) => number): Alert[] =>
    repeated.map(alert => ({ alert, at: key(alert) })).sort((a, b) => a.at - b.at).map(({ alert }) => alert)
  if (how === 'random') return keyed(() => random())
  if (how === 'reverse') return keyed(({ midpointMjdTai }) => -midpointMjdTai)
  return keyed(({ midpointMjdTai }) => midpointMjdTai + 3 * random())
}

test('property: any order, batching and repeats of the alerts end in the same records, bit for bit, as played once in order', async t => {
  let closed = 0
  await fc.assert(fc.asyncProperty(
    anySurvey, fc.constantFrom('random', 'reverse', 'nearly in order'), fc.integer({ min: 1, max: 2 ** 30 }), fc.constantFrom(1, 2, 7, 64, 1000),
    async (survey, how, seed, batch) => {
      const alerts = ids.flatMap((id, k) => surveyedObject(id, { ...survey, seed: survey.seed + k }))
      const played = reordered(alerts, how, seed)
      const sorted = await openPipeline(t)
      const other = await openPipeline(t)
      try {
        await play(sorted.processor, [...alerts].sort((a, b) => a.midpointMjdTai - b.midpointMjdTai), 1)
        await play(other.processor, played, batch)
        for (const id of ids) assert.deepEqual(standing(other.store, id), standing(sorted.store, id))
        closed += other.store.get(ids[0]!)!.closedPointBlocks
        const { accounting } = other.store.reader.statistics()
        assert.equal(accounting.received, played.length)
        assert.equal(accounting.received, accounting.classified + accounting.declined + accounting.duplicate + accounting.deadLettered)
        assert.equal(ids.reduce((sum, id) => sum + other.store.reader.classifications(id)!.length, 0), accounting.classified)
        const again = await other.processor.process(alerts.map(alert => ({ alert, origin: 'again' })))
        assert.deepEqual([...new Set(again.map(({ outcome, reason }) => reason ?? outcome))].sort().filter(what => !['duplicate', 'no-usable-point'].includes(what)), [])
      } finally {
        await sorted.close()
        await other.close()
      }
    }), { numRuns: 40 })
  assert.ok(closed > 0, 'some light curves are long enough to close blocks')
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
