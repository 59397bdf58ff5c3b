import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open } from 'lmdb'
import { pack } from 'msgpackr'
import { migrateFolder } from '../../../src/state/migration/migrate.ts'
import { alertFor, openPipeline, point, temporaryFolder } from '../../pipeline.ts'
import { writeFormat1 } from './format-1-folder.ts'
import { surveyedObject } from '../surveyed-object.ts'

const ids = ['313000000000000001', '313000000000000002', '7']
const alerts = [
  ...ids.slice(0, 2).flatMap((id, k) => surveyedObject(id, { visits: 80, visitsANight: 3, faint: 5, history: 5, withoutVisits: true, hosts: true, seed: 5 + k })),
  alertFor('7', [point({ psfFlux: 10 })])
  // Format 1 has no context.
].map(({ context: _, ...alert }) => ({ alert, origin: 'test' }))

test('a folder of format 1 is refused with the command that helps, and has everything after it', async t => {
  const today = await openPipeline(t)
  await today.processor.process(alerts, { file: { offset: 7 } })
  assert.ok(today.store.objects.get(ids[0]!)!.closedPublicationBlocks > 1)
  const folder = temporaryFolder(t)
  await writeFormat1(today.store, folder)
  await assert.rejects(openPipeline(t, { folder }), { code: 'data-folder-version', action: `Make a copy of the folder, then run: candela migrate --data-dir ${folder}` })
  assert.deepEqual(await migrateFolder(folder), { from: 1, to: 2, objects: 3 })
  assert.deepEqual(await migrateFolder(folder), { from: 2, to: 2, objects: 0 }, 'again is no harm')

  const { store, processor } = await openPipeline(t, { folder })
  const standing = (of: typeof store) => ids.map(id => {
    const record = of.objects.get(id)!
    return [of.reader.object(id), of.reader.classifications(id), of.objects.closedPoints(id, record.closedPointBlocks), record.openPoints, record.revision]
  })
  assert.deepEqual(standing(store), standing(today.store))
  assert.deepEqual(store.reader.candidates({ limit: 10 }), today.store.reader.candidates({ limit: 10 }))
  assert.deepEqual(store.reader.statistics(), today.store.reader.statistics())
  assert.deepEqual(store.position('file'), { offset: 7 })

  const late = { alert: alertFor(ids[0]!, [point({ midpointMjdTai: 60200, band: 'i' })]), origin: 'test' }
  for (const pipeline of [today, { processor }]) await pipeline.processor.process([late])
  assert.deepEqual(store.objects.get(ids[0]!)!.tip, today.store.objects.get(ids[0]!)!.tip, 'the hidden state is rebuilt when the object is touched')
})

test('a migration that cannot read a record leaves the folder as it was, and says which', async t => {
  const today = await openPipeline(t)
  await today.processor.process(alerts)
  const folder = temporaryFolder(t)
  await writeFormat1(today.store, folder)
  const root = open({ path: folder, maxDbs: 8, encoding: 'binary' })
  await root.openDB({ name: 'blocks', encoding: 'binary' }).remove([ids[1]!, 'points', 1])
  await root.close()
  await assert.rejects(migrateFolder(folder), { code: 'record-damaged', value: ids[1] })
  await assert.rejects(openPipeline(t, { folder }), { code: 'data-folder-version' })
})

test('folders that are none, in use or of a later format are refused', async t => {
  await assert.rejects(migrateFolder(temporaryFolder(t)), { code: 'data-folder-missing' })
  const { folder, processor, close } = await openPipeline(t)
  await processor.process(alerts.slice(0, 1))
  await assert.rejects(migrateFolder(folder), { code: 'data-folder-in-use' })
  await close()
  const root = open({ path: folder, maxDbs: 8, encoding: 'binary' })
  await root.openDB({ name: 'meta', encoding: 'binary' }).put('format', pack(99))
  await root.close()
  await assert.rejects(migrateFolder(folder), { code: 'data-folder-version' })
})
