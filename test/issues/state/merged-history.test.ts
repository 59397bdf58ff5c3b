/** Lives of one object that are merged: what was published stands, as it was published and in the order of its times. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { openArchive } from '../../../src/state/archive/reader.ts'
import { createArchiver } from '../../../src/state/archive/archiver.ts'
import { mergedObject } from '../../../src/state/record/merged-object.ts'
import { newRecord, type Publication } from '../../../src/state/record/record.ts'
import { createRestorer } from '../../../src/state/archive/restorer.ts'
import { serialized } from '../../../src/state/processor/serialized.ts'
import type { Classification } from '../../../src/state/views.ts'
import { unpackObject, wholeWrite } from '../../../src/state/record/whole-object.ts'
import { alertFor, openPipeline, point, type Pipeline } from '../../pipeline.ts'
import { check } from '../../state/checked-folder.ts'

interface Lives extends Pipeline {
  /** One alert a night, in this order: those behind the newest one are revisions. */
  alerts (nights: readonly number[]): Promise<void>
  archive (name: string): Promise<void>
  restore (name: string): Promise<void>
  history (): Classification[]
}

async function open (t: TestContext): Promise<Lives> {
  let time = 1e12
  const pipeline = await openPipeline(t, { now: () => (time += 1000) })
  const processor = serialized(pipeline.processor)
  const { store, folder } = pipeline
  const path = (name: string): string => join(folder, `${name}.avro`)
  return {
    ...pipeline,
    async alerts (nights) {
      for (const night of nights) await processor.process([{ alert: alertFor('a', [point({ midpointMjdTai: 60000 + night, psfFlux: 2000 + 300 * night })]), origin: 'test' }])
    },
    archive: async name => { await createArchiver({ store, processor }).archive({ before: 70000, path: path(name) }) },
    restore: async name => { await createRestorer({ store, processor }).restore(await openArchive(path(name))) },
    history: () => store.reader.classifications('a')!
  }
}

const revisions = (history: readonly Classification[]): number[] => history.map(({ revision }) => revision)

for (const [name, lives] of Object.entries({
  'one that was revised often, then one that was not': [[0, 3, 1, 2], [10, 12]],
  'one that was not, then one that was revised often': [[0, 3], [10, 13, 11, 12]],
  'lives with more publications than lie in a record': [Array.from({ length: 30 }, (_, k) => k % 2 === 0 ? k : k - 2), [40, 43, 41]],
  'three of them': [[0, 2, 1], [10, 12], [20, 23, 21, 22]]
})) {
  test(`${name}: check finds nothing, asOf gives what stood, and the next revision is above all`, async t => {
    const object = await open(t)
    const published: Classification[] = []
    for (const [life, nights] of lives.entries()) {
      await object.alerts(nights)
      published.push(...object.history())
      if (life < lives.length - 1) await object.archive(`life-${life}`)
    }
    for (let life = 0; life < lives.length - 1; life++) await object.restore(`life-${life}`)
    const merged = object.history()
    const stood = merged.filter(({ publishedAt }) => publishedAt <= published.at(-1)!.publishedAt)
    assert.deepEqual(stood, published, 'what was published is there, as it was, in its order')
    for (const one of published) {
      const then = object.store.reader.classifications('a', Date.parse(one.publishedAt))!.at(-1)!
      assert.deepEqual(then, one)
    }
    const newest = object.store.reader.object('a')!.classification!
    assert.deepEqual(newest, merged.at(-1))
    assert.equal(newest.revision, Math.max(...revisions(merged)))
    await object.alerts([100, 50])
    assert.ok(object.history().at(-1)!.revision > newest.revision)
    await object.close()
    assert.deepEqual((await check(t, object.folder)).findings, [])
  })
}

test('where the process ends between merge and replay, check finds nothing that it would have a copy for', async t => {
  const object = await open(t)
  await object.alerts([0, 3, 1, 2])
  await object.archive('first')
  await object.alerts([10])
  const { store } = object
  const kept = unpackObject(store.objects.packed('a')!)
  const archive = await openArchive(join(object.folder, 'first.avro'))
  const merged = mergedObject(kept, unpackObject([...archive.read()][0]!))!
  await store.commit({ records: [wholeWrite(merged)], classifications: [], alerts: [], deadLetters: [], positions: {}, takenBack: true })
  await object.close()
  assert.deepEqual((await check(t, object.folder)).codes.filter(code => code === 'history-unordered'), [])
})

test('entries of one time keep the order of the side that they are of, whichever side has more of them', () => {
  const at = (publishedAt: number, epochs: number): Publication => ({ publishedAt, probabilityIa: 0.5, epochs, midpointMjdTai: 60000 + epochs, revision: 0, model: 'a/1' })
  const whole = (publications: Publication[]) => ({ record: { ...newRecord('a', 'a/1#x'), factsMjdTai: 60000 }, points: [], publications, checkpoints: [] })
  const all = [at(1, 1), at(2, 2), at(2, 3), at(2, 4), at(3, 5)]
  for (let left = 1; left < 2 ** all.length; left++) {
    const part = all.filter((_, k) => (left & 1 << k) !== 0)
    const expected = all.map(({ epochs }) => epochs)
    if (part.length < all.length) assert.deepEqual(mergedObject(whole(part), whole(all))!.publications.map(({ epochs }) => epochs), expected)
    assert.equal(mergedObject(whole(all), whole(part)), null, 'nothing is brought')
  }
})
