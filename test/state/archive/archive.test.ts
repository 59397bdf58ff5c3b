import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import avsc from 'avsc'
import fc from 'fast-check'
import { open } from 'lmdb'
import type { Alert } from '../../../src/alert/alert.ts'
import type { CandelaError } from '../../../src/errors.ts'
import { openArchive } from '../../../src/state/archive/reader.ts'
import { archiveSchema } from '../../../src/state/archive/schema.ts'
import { createArchiver, type Archiver } from '../../../src/state/archive/archiver.ts'
import { packPointBlock } from '../../../src/state/record/packed-record.ts'
import { createRestorer, type Restorer } from '../../../src/state/archive/restorer.ts'
import { serialized, type SerializedProcessor } from '../../../src/state/processor/serialized.ts'
import type { StateStore } from '../../../src/state/store.ts'
import { surveyClock } from '../../../src/state/archive/walk.ts'
import { alertFor, openPipeline, point, temporaryFolder, type Pipeline } from '../../pipeline.ts'
import { assertListed } from '../listed-candidates.ts'
import { surveyedObject, type Survey } from '../surveyed-object.ts'

interface Archiving extends Pipeline, Archiver, Restorer {
  processor: SerializedProcessor
  play (alerts: readonly Alert[]): Promise<void>
  /** Archives what was last seen before a time; gives the path. */
  archived (before: number): Promise<string>
  restored (path: string): ReturnType<Restorer['restore']>
}

async function openArchiving (t: TestContext, options: Parameters<typeof openPipeline>[1] = {}): Promise<Archiving> {
  const pipeline = await openPipeline(t, options)
  const processor = serialized(pipeline.processor)
  const parts = { store: pipeline.store, processor }
  const archiver = createArchiver(parts)
  const restorer = createRestorer(parts)
  let files = 0
  return {
    ...pipeline,
    processor,
    ...archiver,
    ...restorer,
    async play (alerts) {
      await processor.process(alerts.map(alert => ({ alert, origin: 'test' })))
    },
    async archived (before) {
      const path = join(pipeline.folder, `archive-${++files}.avro`)
      await archiver.archive({ before, path })
      return path
    },
    restored: async path => await restorer.restore(await openArchive(path))
  }
}

/** All that must be as if the object had never been archived. */
function standing ({ store }: Pick<Archiving, 'store'>, diaObjectId: string): unknown {
  const record = store.objects.get(diaObjectId)
  if (!record) return null
  const points = [...store.objects.closedPoints(diaObjectId, record.closedPointBlocks), ...record.openPoints]
  const { tip } = record
  return {
    points: Buffer.from(packPointBlock(points)).toString('hex'),
    tip: tip && [tip.steps, tip.midpointMjdTai, ...tip.outputs, Buffer.from(tip.network.buffer).toString('hex'), Buffer.from(tip.accumulator.buffer).toString('hex')],
    facts: [record.host, record.givenHost, record.factsMjdTai, record.ra, record.dec, record.positionMjdTai, record.context],
    firstDetectionMjdTai: record.firstDetectionMjdTai,
    probabilityIa: store.reader.object(diaObjectId)?.classification?.probabilityIa ?? null,
    listed: store.reader.candidates({ limit: 100 }).candidates.find(candidate => candidate.diaObjectId === diaObjectId)?.probabilityIa ?? null
  }
}

/** Published entries in the store, and what the counters say of them. */
function counts (store: StateStore): { published: number, objects: number, archivedObjects: number, classified: number } {
  const { accounting: { classified }, republished, objects, archivedObjects } = store.reader.statistics()
  return { published: [...store.objects.ids()].reduce((sum, id) => sum + store.reader.classifications(id)!.length, 0), objects, archivedObjects, classified: classified + republished }
}

const anySurvey: fc.Arbitrary<Survey> = fc.record({
  visits: fc.integer({ min: 3, max: 80 }),
  visitsANight: fc.integer({ min: 1, max: 12 }),
  faint: fc.integer({ min: 0, max: 40 }),
  history: fc.constantFrom(0, 5, 40),
  withoutVisits: fc.boolean(),
  hosts: fc.boolean(),
  seed: fc.integer({ min: 1, max: 2 ** 30 })
})

const ids = ['313000000000000001', '313000000000000002']

test('property: archived at any moments, gone on with and restored in any order, objects are as if they had never left', async t => {
  let merged = 0
  await fc.assert(fc.asyncProperty(anySurvey, fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 3 }), fc.boolean(), async (survey, moments, newestFirst) => {
    const alerts = ids.flatMap((id, k) => surveyedObject(id, { ...survey, seed: survey.seed + k })).sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)
    let time = Date.parse('2026-05-01T00:00:00Z')
    const options = { now: () => (time += 1000) }
    const never = await openArchiving(t, options)
    const other = await openArchiving(t, options)
    try {
      await never.play(alerts)
      const cuts = moments.map(moment => Math.floor(moment / 100 * (alerts.length + 1))).sort((a, b) => a - b)
      const files: string[] = []
      let from = 0
      for (const cut of cuts) {
        await other.play(alerts.slice(from, cut))
        if ([...other.store.objects.ids()].length > 0) files.push(await other.archived(Infinity))
        assert.deepEqual([...other.store.objects.ids()], [])
        assert.deepEqual(other.store.reader.candidates({ limit: 1 }).candidates, [])
        from = cut
      }
      await other.play(alerts.slice(from))
      const histories = ids.map(id => other.store.reader.classifications(id) ?? [])
      let broughtNothing = 0
      for (const file of newestFirst ? files.toReversed() : files) {
        const restoration = await other.restored(file)
        merged += restoration.merged
        broughtNothing += restoration.unchanged
        assertListed(other.store)
      }
      for (const id of ids) assert.deepEqual(standing(other, id), standing(never, id))
      ids.forEach((id, k) => {
        const published = other.store.reader.classifications(id)!
        assert.deepEqual(published.map(({ publishedAt }) => publishedAt), published.map(({ publishedAt }) => publishedAt).sort(), 'the history is in order')
        for (const entry of histories[k]!) assert.ok(published.some(one => JSON.stringify(one) === JSON.stringify(entry)), 'what was published stands')
      })
      const before = counts(other.store)
      assert.equal(before.published, before.classified)
      // Later alerts brought all of such an object along: it lies in the archive still, and adds nothing.
      assert.equal(before.archivedObjects, broughtNothing)
      const again = await Promise.all(files.map(other.restored))
      assert.deepEqual(again.map(({ restored, merged, failed }) => [restored, merged, failed.length]), files.map(() => [0, 0, 0]))
      assert.deepEqual(counts(other.store), before)
      for (const id of ids) assert.deepEqual(standing(other, id), standing(never, id))
    } finally {
      await never.close()
      await other.close()
    }
  }), { numRuns: 20 })
  assert.ok(merged > 0)
})

test('only what was not seen for long leaves, by the survey\'s own clock, and comes back byte for byte', async t => {
  const pipeline = await openArchiving(t)
  const { store } = pipeline
  const night = (id: string, k: number): Alert => alertFor(id, [point({ midpointMjdTai: 60000 + k, visit: k })])
  await pipeline.play([
    ...Array.from({ length: 50 }, (_, k) => night('old', k)),
    ...Array.from({ length: 20 }, (_, k) => night('faint', k)).map(alert => ({ ...alert, points: alert.points.map(one => ({ ...one, psfFlux: 100 })) })),
    night('new', 100)
  ])
  const clock = await surveyClock(store)
  assert.equal(clock, 60100)
  const before = { old: store.objects.packed('old'), object: store.reader.object('old'), page: store.reader.candidates({ limit: 9 }), counts: counts(store) }
  const path = await pipeline.archived(clock - 30)
  assert.deepEqual([...store.objects.ids()], ['new'])
  assert.equal(store.reader.object('old'), undefined)
  assert.deepEqual(counts(store), { published: 1, objects: 1, archivedObjects: 2, classified: 51 })
  assert.deepEqual(await pipeline.restored(path), { objects: 2, restored: 2, merged: 0, unchanged: 0, failed: [] })
  assert.deepEqual({ old: store.objects.packed('old'), object: store.reader.object('old'), page: store.reader.candidates({ limit: 9 }), counts: counts(store) }, before)
})

test('a time in the far future does not make the others old', async t => {
  const pipeline = await openArchiving(t)
  await pipeline.play([...Array.from({ length: 60 }, (_, k) => alertFor(`o${k}`, [point({ midpointMjdTai: 60000 + k })])), alertFor('damaged', [point({ midpointMjdTai: 900000 })])])
  assert.equal(await surveyClock(pipeline.store), 60059)
})

test('an archive is an Avro container whose columns anybody can read', async t => {
  const pipeline = await openArchiving(t)
  await pipeline.play([...Array.from({ length: 40 }, (_, k) => alertFor('a', [point({ midpointMjdTai: 60000 + k })])), alertFor('b', [point({ psfFlux: 1 })])])
  const { classification } = pipeline.store.reader.object('a')!
  const path = await pipeline.archived(Infinity)
  const rows: Array<Record<string, unknown>> = []
  for await (const row of avsc.createFileDecoder(path)) rows.push(row as Record<string, unknown>)
  const columns = rows.map(({ record: _r, pointBlocks: _l, publicationBlocks: _p, settled: _s, checksum: _c, ...columns }) => columns)
  assert.deepEqual(columns.map(row => ({ ...row })), [
    { diaObjectId: 'a', ra: 53.1, dec: -27.8, lastMjdTai: 60039, points: 40, publications: 40, probabilityIa: classification!.probabilityIa, epochs: 40, revision: 0, classifierName: 'untrained', classifierVersion: '1.0', publishedAt: Date.parse(classification!.publishedAt) },
    { diaObjectId: 'b', ra: 53.1, dec: -27.8, lastMjdTai: 60000, points: 1, publications: 0, probabilityIa: null, epochs: null, revision: null, classifierName: null, classifierVersion: null, publishedAt: null }
  ])
})

test('schemas/archive.avsc is the schema of the code', () => {
  const file = new URL('../../../schemas/archive.avsc', import.meta.url)
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), archiveSchema, 'run npm run schemas')
})

test('a store opens an archive of another one: the objects stand behind its own, with what was published', async t => {
  const one = await openArchiving(t, { now: () => 1e12 })
  await one.play(['a', 'b', 'c'].map(id => alertFor(id, [point()])))
  const path = await one.archived(Infinity)
  const other = await openArchiving(t, { now: () => 2e12 })
  await other.play(['x', 'y'].map(id => alertFor(id, [point()])))
  assert.equal((await other.restored(path)).restored, 3)
  const { reader } = other.store
  assert.deepEqual(reader.candidates({ limit: 9 }).candidates.map(({ diaObjectId, sequence }) => [diaObjectId, sequence]), [['c', 5], ['b', 4], ['a', 3], ['y', 2], ['x', 1]])
  assert.deepEqual(reader.candidates({ limit: 9, since: 1.5e12 }).candidates.map(({ diaObjectId }) => diaObjectId), ['y', 'x'])
  assert.equal(reader.classifications('a')![0]!.publishedAt, new Date(1e12).toISOString())
  assert.equal(reader.statistics().archivedObjects, 0)
  await other.play([alertFor('a', [point({ midpointMjdTai: 60001 })])])
  assert.equal(reader.object('a')!.classification!.epochs, 2)
})

test('where another store knows more of an object, what it published last stands at the end of the list of changes', async t => {
  const here = await openArchiving(t, { now: () => 1e12 })
  await here.play(['a', 'b'].map(id => alertFor(id, [point()])))
  const there = await openArchiving(t, { now: () => 2e12 })
  await there.play([alertFor('a', [0, 1].map(k => point({ midpointMjdTai: 60000 + k })))])
  assert.equal((await here.restored(await there.archived(Infinity))).merged, 1)
  const { candidates } = here.store.reader.candidates({ limit: 9 })
  assert.deepEqual(candidates.map(({ diaObjectId, sequence, epochs }) => [diaObjectId, sequence, epochs]), [['a', 3, 2], ['b', 2, 1]])
  assert.deepEqual(here.store.reader.candidates({ limit: 9, since: 1.5e12 }).candidates, candidates.slice(0, 1))
  assertListed(here.store)
})

test('what changes while the file is written stays in the store, and nothing is counted twice', async t => {
  const pipeline = await openArchiving(t)
  const { store } = pipeline
  await pipeline.play(['a', 'b'].map(id => alertFor(id, [point()])))
  const path = join(temporaryFolder(t), 'deep', 'archive.avro')
  const archiving = createArchiver({
    store,
    processor: {
      async inTurn (call) {
        await pipeline.play([alertFor('a', [point({ midpointMjdTai: 60001 })])])
        return await call()
      }
    }
  })
  const { archive } = await archiving.archive({ before: Infinity, path })
  assert.deepEqual([archive!.objects, archive!.stayed], [2, 1])
  assert.deepEqual([...store.objects.ids()], ['a'])
  assert.deepEqual(counts(store), { published: 2, objects: 1, archivedObjects: 1, classified: 3 })
  const { restored, unchanged } = await pipeline.restored(path)
  assert.deepEqual({ restored, unchanged }, { restored: 1, unchanged: 1 })
  assert.deepEqual(counts(store), { published: 3, objects: 2, archivedObjects: 0, classified: 3 })
})

test('where a merge is not replayed since the process ended, another restore replays it, and so does the next alert', async t => {
  for (const how of ['restore', 'alert']) {
    const never = await openArchiving(t)
    const other = await openArchiving(t)
    const night = (k: number): Alert => alertFor('a', [point({ midpointMjdTai: 60000 + k, psfFlux: 2000 + 50 * k })])
    const nights = Array.from({ length: 30 }, (_, k) => night(k))
    await never.play(nights)
    await other.play(nights.slice(0, 25))
    const path = await other.archived(Infinity)
    await other.play(nights.slice(25))
    const ends = createRestorer({ store: other.store, processor: { ...other.processor, revise: async () => { throw new Error('the process ends') } } })
    await assert.rejects(async () => await ends.restore(await openArchive(path)), /the process ends/)
    assert.equal(other.store.objects.get('a')!.tip!.steps, 5, 'merged, not replayed')
    if (how === 'restore') assert.equal((await other.restored(path)).unchanged, 1)
    else for (const { play } of [never, other]) await play([night(30)])
    assert.deepEqual(standing(other, 'a'), standing(never, 'a'))
  }
})

test('a host redshift that was given stands by its time, whether it was archived or is in the store', async t => {
  for (const [archivedFirst, expected] of [[0.2, 0.6], [0.2, 0.2], [null, 0.6]] as const) {
    let time = 1e12
    const pipeline = await openArchiving(t, { now: () => (time += 1000) })
    const give = async (redshift: number | null): Promise<void> => {
      if (redshift !== null) await pipeline.processor.revise([{ diaObjectId: 'a', host: { redshift, redshiftErr: 0.01 } }])
    }
    await pipeline.play([alertFor('a', [point()])])
    await give(archivedFirst)
    const path = await pipeline.archived(Infinity)
    await pipeline.play([alertFor('a', [point({ midpointMjdTai: 60001 })])])
    await give(expected === archivedFirst ? null : expected)
    await pipeline.restored(path)
    assert.equal(pipeline.store.reader.object('a')!.host.redshift, expected)
  }
})

test('where the file cannot be written nothing leaves, and what was begun is gone', async t => {
  const pipeline = await openArchiving(t)
  await pipeline.play([alertFor('a', [point()])])
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  await assert.rejects(pipeline.archive({ before: Infinity, path: join(folder, 'file', 'archive.avro') }), (error: CandelaError) => error.code === 'archive-unwritable' && error.canRetry)
  await assert.rejects(pipeline.archive({ before: Infinity, path: join(folder, 'file') }), (error: CandelaError) => error.code === 'archive-exists')
  assert.deepEqual(readdirSync(folder), ['file'])
  assert.deepEqual([...pipeline.store.objects.ids()], ['a'])
})

test('a file closes where it is long enough, and the next one goes on; a damaged record stays and is named', async t => {
  const first = await openArchiving(t)
  await first.play(Array.from({ length: 100 }, (_, k) => alertFor(`o${k}`, [point()])))
  await first.close()
  const root = open({ path: first.folder, maxDbs: 8, encoding: 'binary' })
  await root.openDB({ name: 'objects', encoding: 'binary' }).put('o50', Buffer.from('damaged'))
  await root.close()
  const { store, archive } = await openArchiving(t, { folder: first.folder })
  const pages = []
  for (let after: string | undefined, number = 1; ; number++) {
    const page = await archive({ before: Infinity, path: join(first.folder, `${number}.avro`), after, fileBytes: 20_000 })
    pages.push(page)
    if (page.next === null) break
    after = page.next
  }
  assert.ok(pages.length > 2, `${pages.length} files`)
  assert.equal(pages.reduce((sum, { archive }) => sum + (archive?.objects ?? 0), 0), 99)
  assert.deepEqual(pages.flatMap(({ damaged }) => damaged), ['o50'])
  assert.deepEqual([...store.objects.ids()], ['o50'])
})
