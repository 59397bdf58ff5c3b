/** One supernova, as Rubin sends it and as brokers pass it on, has one P(Ia). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMessage } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { loadModel } from '../../../src/model/model-file.ts'
import { brokerRecord, type Form } from '../../../src/simulator/broker-forms/forms.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { openPipeline } from '../../pipeline.ts'

/** Forms that bring the whole light curve of Rubin's own. Of AMPEL's one point per exposure the forced one is kept. */
const FORMS: readonly Form[] = ['rubin', 'fink', 'lasair', 'lasair-lite', 'babamul', 'pittgoogle', 'pittgoogle-json', 'pittgoogle-lite']
const NIGHTS = 40

/** Publications of one millisecond would be one. */
function clock (): () => number {
  let now = Date.UTC(2026, 2, 6)
  return () => {
    now += 1000
    return now
  }
}

test('a supernova that comes by any broker has the P(Ia) that Rubin\'s own alerts give', async t => {
  const schemas = schemaFolders(SHIPPED_SCHEMAS)
  const sky = createSky({ seed: 7, activeObjects: 40 })
  const nights = Array.from({ length: NIGHTS }, (_, night) => sky.night(night)).flat()
  const counts = new Map<string, number>()
  for (const { diaObjectId } of nights) counts.set(diaObjectId, (counts.get(diaObjectId) ?? 0) + 1)
  const [[busiest]] = [...counts].sort((a, b) => b[1] - a[1]) as [[string, number]]
  const alerts = nights.filter(({ diaObjectId }) => diaObjectId === busiest)
  assert.ok(alerts.length > 5)
  const histories = new Map<Form, number[]>()
  for (const form of FORMS) {
    const { processor, store, close } = await openPipeline(t, { model: loadModel('spcc'), now: clock() })
    for (const alert of alerts) {
      const { key, headers, value } = brokerRecord(alert, form)
      const carrier = { topic: form, key, headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])) }
      for (const one of await decodeMessage(value, { schemas, given: { carrier, minReliability: 0 } })) await processor.process([{ alert: one, origin: form }])
    }
    histories.set(form, store.reader.classifications(busiest)!.map(({ probabilityIa }) => probabilityIa))
    await close()
  }
  const own = histories.get('rubin')!
  for (const [form, history] of histories) {
    assert.equal(history.length, own.length, form)
    history.forEach((probability, epoch) => assert.ok(Math.abs(probability - own[epoch]!) <= 1e-6, `${form}, epoch ${epoch}: ${probability} for ${own[epoch]}`))
  }
})
