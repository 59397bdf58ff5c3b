import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { open } from 'lmdb'
import type { Alert } from '../../../src/alert/alert.ts'
import type { Model } from '../../../src/model/model-file.ts'
import { modelKey } from '../../../src/model/model-key.ts'
import { packPointBlock, packCheckpoints } from '../../../src/state/record/packed-record.ts'
import { createRebuild, type Rebuild, type RebuildPage, type RebuildQuery } from '../../../src/state/processor/rebuild.ts'
import { serialized } from '../../../src/state/processor/serialized.ts'
import type { StateStore } from '../../../src/state/store.ts'
import { alertFor, openPipeline, point, temporaryFolder, untrainedModel, type Pipeline } from '../../pipeline.ts'
import { surveyedObject } from '../surveyed-object.ts'

const NEWER: Model = { ...untrainedModel({ bands: ['g', 'r', 'i'], width: 8 }, 5), version: '2.0' }
const IDS = Array.from({ length: 12 }, (_, k) => `31385349946258${2270 + k}`)

/**
 * Alerts of twelve objects with versions, withdrawals and late photometry; one was never detected, one was only in a
 * band that the newer model does not use.
 */
const surveyed = (): Alert[] => IDS.flatMap((id, k) => {
  if (k === 3) return [alertFor(id, [point({ psfFlux: 100 })])]
  if (k === 4) return [alertFor(id, [point({ band: 'z' }), point({ band: 'z', midpointMjdTai: 60001 })])]
  return surveyedObject(id, { visits: 4 + 5 * k, visitsANight: 1 + k % 4, faint: k, history: k % 2 ? 5 : 0, withoutVisits: k % 3 === 0, hosts: k % 2 === 0, seed: 7 + k })
})

const received = (alerts: readonly Alert[]) => alerts.map(alert => ({ alert, origin: 'test' }))
const rebuildOf = ({ store, processor, model }: Pick<Pipeline, 'store' | 'processor' | 'model'>): Rebuild => createRebuild({ store, processor, key: modelKey(model) })

/** A store that a model has filled and left. */
async function filled (t: TestContext, alerts: readonly Alert[], model = untrainedModel()): Promise<string> {
  const folder = temporaryFolder(t)
  const { processor, close } = await openPipeline(t, { folder, model })
  await processor.process(received(alerts))
  await close()
  return folder
}

async function walk (rebuild: Rebuild, query: Partial<RebuildQuery> = {}): Promise<RebuildPage[]> {
  const pages = []
  for (let after: string | undefined; ;) {
    const page = await rebuild.rebuild({ limit: 5, ...query, after })
    pages.push(page)
    if (page.next === null) return pages
    after = page.next
  }
}
const sum = (pages: readonly RebuildPage[]): [lookedAt: number, revised: number, unchanged: number, declined: number, failed: number] => {
  const total = (name: 'lookedAt' | 'revised' | 'unchanged' | 'declined'): number => pages.reduce((all, page) => all + page[name], 0)
  return [total('lookedAt'), total('revised'), total('unchanged'), total('declined'), pages.flatMap(({ failed }) => failed).length]
}

/** All of an object that its alerts and its model decide. */
function standing (store: StateStore, diaObjectId: string): unknown {
  const { tip, openPoints, closedPointBlocks, model, firstDetectionMjdTai, host, declined } = store.objects.get(diaObjectId)!
  return {
    points: Buffer.from(packPointBlock([...store.objects.closedPoints(diaObjectId, closedPointBlocks), ...openPoints])).toString('hex'),
    tip: tip && Buffer.from(packCheckpoints([tip])).toString('hex'),
    checkpoints: Buffer.from(packCheckpoints(store.objects.checkpoints(diaObjectId))).toString('hex'),
    facts: [model, firstDetectionMjdTai, host, declined],
    probabilityIa: store.reader.object(diaObjectId)!.classification?.probabilityIa ?? null
  }
}

test('rebuilt records are bit for bit those that the new model makes of the same alerts; the history says which model spoke', async t => {
  const alerts = surveyed()
  const folder = await filled(t, alerts)
  const renewed = await openPipeline(t, { folder, model: NEWER })
  const before = new Map(IDS.map(id => [id, renewed.store.reader.classifications(id)!]))
  const pages = await walk(rebuildOf(renewed))
  assert.deepEqual([...sum(pages), pages.length], [12, 10, 0, 2, 0, 3])

  const fresh = await openPipeline(t, { model: NEWER })
  await fresh.processor.process(received(alerts))
  for (const id of IDS) {
    assert.deepEqual(standing(renewed.store, id), standing(fresh.store, id), id)
    const history = renewed.store.reader.classifications(id)!
    const earlier = before.get(id)!
    assert.deepEqual(history.slice(0, earlier.length), earlier, 'what was published stays')
    const classified = renewed.store.objects.get(id)!.tip !== null
    assert.deepEqual(history.slice(earlier.length).map(({ classifierName, classifierVersion, revision }) => [classifierName, classifierVersion, revision]),
      classified ? [['untrained', '2.0', (earlier.at(-1)?.revision ?? -1) + 1]] : [])
  }
  assert.equal(renewed.store.reader.statistics().republished, 10)
})

test('a walk through a finished store replays nothing; one that was cut off goes on; the way back is another walk', async t => {
  const alerts = surveyed()
  const folder = await filled(t, alerts)
  const renewed = await openPipeline(t, { folder, model: NEWER })
  const cut = await rebuildOf(renewed).rebuild({ limit: 5 })
  assert.equal(cut.lookedAt, 5)
  const again = sum(await walk(rebuildOf(renewed)))
  assert.deepEqual([again[0], again[2]], [12, 5], 'begun anew, it passes over what was done')
  const sequence = renewed.store.reader.sequence()
  assert.deepEqual(sum(await walk(rebuildOf(renewed))), [12, 0, 12, 0, 0])
  assert.equal(renewed.store.reader.sequence(), sequence)
  await renewed.close()

  const back = await openPipeline(t, { folder })
  await back.processor.process(received([alertFor(IDS[0]!, [point({ midpointMjdTai: 60900 })])]))
  const [, , unchanged] = sum(await walk(rebuildOf(back)))
  assert.equal(unchanged, 1, 'all but the one that an alert has touched')
  await back.close()
  const forth = await openPipeline(t, { folder, model: NEWER })
  assert.equal(sum(await walk(rebuildOf(forth)))[2], 0, 'that the new model has been through before does not count')
})

test('named objects alone are rebuilt; one that is not known is a failure that says what to do', async t => {
  const renewed = await openPipeline(t, { folder: await filled(t, surveyed()), model: NEWER })
  const ids = [IDS[7]!, '999', IDS[5]!, IDS[7]!]
  const page = await rebuildOf(renewed).rebuild({ diaObjectIds: ids, limit: 1 })
  assert.deepEqual([...sum([page]), page.next], [3, 2, 0, 0, 1, null])
  assert.deepEqual(page.failed.map(({ diaObjectId, code }) => [diaObjectId, code]), [['999', 'object-not-found']])
  assert.ok(page.failed[0]!.action)
  assert.deepEqual(IDS.filter(id => renewed.store.objects.get(id)!.model === modelKey(NEWER)), [IDS[5], IDS[7]])
})

test('with force hidden states are replaced though the model is the same, and nothing is published', async t => {
  const folder = await filled(t, surveyed())
  const before = await openPipeline(t, { folder })
  const expected = IDS.map(id => standing(before.store, id))
  await before.close()
  const root = open({ path: folder, encoding: 'binary', maxDbs: 8 })
  await root.openDB({ name: 'blocks', encoding: 'binary' }).put(`${IDS[9]!}/s`, Buffer.from('damaged'))
  await root.close()
  const pipeline = await openPipeline(t, { folder })
  assert.throws(() => pipeline.store.objects.checkpoints(IDS[9]!), { code: 'record-damaged' })
  const sequence = pipeline.store.reader.sequence()
  const [lookedAt, revised, , , failed] = sum(await walk(rebuildOf(pipeline), { force: true }))
  assert.deepEqual([lookedAt, revised, failed, pipeline.store.reader.sequence()], [12, 0, 0, sequence])
  assert.deepEqual(IDS.map(id => standing(pipeline.store, id)), expected, 'damaged checkpoints too are made anew')
})

test('a record that cannot be read is a failure of its own; the others are rebuilt', async t => {
  const folder = await filled(t, ['1', '2', '3'].map(id => alertFor(id, [point()])))
  const root = open({ path: folder, encoding: 'binary', maxDbs: 8 })
  await root.openDB({ name: 'objects', encoding: 'binary' }).put('2', Buffer.from('damaged'))
  await root.close()
  const renewed = await openPipeline(t, { folder, model: NEWER })
  const pages = await walk(rebuildOf(renewed))
  assert.deepEqual(sum(pages), [3, 2, 0, 0, 1])
  assert.deepEqual(pages[0]!.failed.map(({ diaObjectId, code }) => [diaObjectId, code]), [['2', 'record-damaged']])
})

test('alerts have their turn between two batches, and end as they would have without the rebuild', async t => {
  const ids = Array.from({ length: 600 }, (_, k) => String(1000 + k))
  const folder = await filled(t, ids.map(id => alertFor(id, [point(), point({ midpointMjdTai: 60001, band: 'g' })])))
  const later = ids.filter((_, k) => k % 50 === 0).reverse()
    .map(id => alertFor(id, [point({ midpointMjdTai: 60002, psfFlux: 3000 })], { host: { redshift: 0.3, redshiftErr: null, mwebv: 0.02 } }))

  const renewed = await openPipeline(t, { folder, model: NEWER })
  const processor = serialized(renewed.processor)
  const rebuilding = { done: false, turns: 0 }
  const rebuilt = rebuildOf({ ...renewed, processor }).rebuild({ limit: 1000 }).finally(() => { rebuilding.done = true })
  const outcomes = []
  for (const alert of later) {
    outcomes.push(...await processor.process(received([alert])))
    if (!rebuilding.done) rebuilding.turns++
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.ok(rebuilding.turns >= 1, 'an alert had its turn before the end')
  assert.equal((await rebuilt).lookedAt, 600)

  const alone = await openPipeline(t, { model: NEWER })
  await alone.processor.process(received(ids.map(id => alertFor(id, [point(), point({ midpointMjdTai: 60001, band: 'g' })]))))
  const expected = await alone.processor.process(received(later))
  assert.deepEqual(outcomes.map(({ revision: _, ...outcome }) => outcome), expected.map(({ revision: _, ...outcome }) => outcome))
  for (const id of ids) assert.deepEqual(standing(renewed.store, id), standing(alone.store, id), id)
})
