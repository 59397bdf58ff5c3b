import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open } from 'lmdb'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

const ID = '313853499462582277'
const at = (midpointMjdTai: number, band: 'g' | 'r' = 'r') => ({ alert: alertFor(ID, [point({ midpointMjdTai, band, psfFlux: 1000 + midpointMjdTai % 100 })]), origin: 'test' })

test('checkpoints are those at ends of nights; the older one lies behind two nights or more', async t => {
  const { store, processor } = await openPipeline(t)
  const checkpointsAfter = async (...nights: number[]): Promise<number[]> => {
    for (const night of nights) await processor.process([at(60000 + night), at(60000.1 + night, 'g')])
    return store.objects.checkpoints(ID).map(({ midpointMjdTai }) => midpointMjdTai)
  }
  assert.deepEqual(await checkpointsAfter(0), [])
  assert.deepEqual(await checkpointsAfter(1), [60000.1])
  assert.deepEqual(await checkpointsAfter(2), [60000.1], 'the end of night 1 is only a day further on')
  assert.deepEqual(await checkpointsAfter(3), [60002.1, 60000.1])
  assert.deepEqual(await checkpointsAfter(6), [60002.1, 60000.1])
  assert.deepEqual(await checkpointsAfter(9), [60006.1, 60002.1])
})

test('a late point keeps the checkpoints before it, and those after it are made anew on the way', async t => {
  const { store, processor } = await openPipeline(t)
  for (const night of [0, 3, 6, 9, 12]) await processor.process([at(60000 + night)])
  assert.deepEqual(store.objects.checkpoints(ID).map(({ midpointMjdTai }) => midpointMjdTai), [60009, 60006])
  await processor.process([at(60007.5, 'g')])
  assert.deepEqual(store.objects.checkpoints(ID).map(({ midpointMjdTai }) => midpointMjdTai), [60009, 60007.5])
  await processor.process([at(60001)])
  assert.deepEqual(store.objects.checkpoints(ID).map(({ midpointMjdTai }) => midpointMjdTai), [60009, 60007.5], 'played from the beginning')
  const played = await openPipeline(t)
  for (const time of [60000, 60001, 60003, 60006]) await played.processor.process([at(time)])
  await played.processor.process([at(60007.5, 'g'), at(60009)])
  assert.deepEqual(store.objects.checkpoints(ID)[0], played.store.objects.get(ID)!.tip)
})

test('damaged checkpoints lose no alert: the light curve gives them anew', async t => {
  const first = await openPipeline(t)
  for (const night of [0, 3, 6, 9]) await first.processor.process([at(60000 + night)])
  await first.close()
  const root = open({ path: first.folder, maxDbs: 8, encoding: 'binary' })
  const blocks = root.openDB<Uint8Array, string>({ name: 'blocks', encoding: 'binary' })
  const bytes = Buffer.from(blocks.get(`${ID}/s`)!)
  bytes[100]! ^= 1
  await blocks.put(`${ID}/s`, bytes)
  await root.close()

  const { store, processor } = await openPipeline(t, { folder: first.folder })
  assert.throws(() => store.objects.checkpoints(ID), { code: 'record-damaged' })
  const outcomes = await processor.process([at(60012), at(60007, 'g')])
  assert.deepEqual(outcomes.map(({ outcome, epochs }) => [outcome, epochs]), [['classified', 5], ['classified', 6]])
  const sound = await openPipeline(t)
  await sound.processor.process([60000, 60003, 60006].map(time => at(time)))
  await sound.processor.process([at(60007, 'g'), at(60009), at(60012)])
  assert.deepEqual(store.objects.get(ID)!.tip, sound.store.objects.get(ID)!.tip)
  assert.equal(store.objects.checkpoints(ID).length, 2)
})
