import assert from 'node:assert/strict'
import test from 'node:test'
import { openPipeline } from '../pipeline.ts'
import { runCampaign } from './campaign.ts'
import { GOOD } from './packets.ts'

test('2,000 damaged alerts and hostile ones: each has its outcome, and the good ones in between are classified as if alone', async t => {
  const alone = await openPipeline(t)
  const { good: expected } = await runCampaign({ processor: alone.processor, reader: alone.store.reader, alerts: 60, seed: 99 })
  const { processor, store } = await openPipeline(t)
  const { outcomes, deliveries, accounting, good, goodAlerts, reasons, slowest } = await runCampaign({ processor, reader: store.reader, alerts: 2000, seed: 1 })
  assert.ok(deliveries > 2200 && outcomes > 2000, `${deliveries} deliveries, ${outcomes} outcomes`)
  assert.equal(accounting.received, outcomes)
  assert.equal(accounting.received, accounting.classified + accounting.declined + accounting.duplicate + accounting.deadLettered)
  assert.equal(goodAlerts, 200)
  good.forEach((probabilities, dialect) => assert.deepEqual(probabilities, expected[dialect], `good alerts of dialect ${dialect}`))
  assert.ok(good.every(probabilities => probabilities.size === 1 && !probabilities.has(null)) && good.length === GOOD.length)
  for (const reason of ['classified', 'duplicate', 'alert-truncated', 'avro-invalid', 'schema-unknown', 'alert-not-framed', 'container-damaged', 'container-truncated',
    'container-invalid', 'schema-invalid', 'dialect-unknown', 'alert-invalid', 'solar-system-object', 'no-usable-point']) assert.ok(reasons.has(reason), reason)
  assert.ok(!reasons.has('internal-error'), 'an error that is not a known one')
  assert.ok(slowest.ms < 2000, `${slowest.delivery} took ${slowest.ms.toFixed(0)} ms`)
})
