import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { readAlertFiles } from '../../src/alert/input/alert-files.ts'
import type { ReceivedAlert } from '../../src/alert/alert.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../src/alert/schemas/source.ts'
import { needs, sharedData } from '../parts.ts'
import { openPipeline } from '../pipeline.ts'

test('every alert file of the data folder goes through without a dead letter, with the schemas that come along', async t => {
  if (!needs(t, 'shared-data')) return
  const { processor, store } = await openPipeline(t)
  const received: ReceivedAlert[] = []
  for await (const alert of readAlertFiles([join(sharedData, 'alerts')], { schemas: schemaFolders(SHIPPED_SCHEMAS) })) received.push(alert)
  const outcomes = await processor.process(received)
  assert.deepEqual(outcomes.filter(({ outcome }) => outcome === 'dead-lettered'), [])
  const { accounting } = store.reader.statistics()
  assert.equal(accounting.received, 297)
  assert.equal(accounting.classified + accounting.declined + accounting.duplicate, 297)
  assert.ok(accounting.classified >= 190, `${accounting.classified} were classified`)
  assert.deepEqual(Object.keys(accounting.declinedByReason).sort(), ['band-not-used', 'low-reliability', 'no-detection', 'no-usable-point', 'quality-flags', 'solar-system-object'])
})
