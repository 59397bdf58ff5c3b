import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { PhotometricPoint } from '../../../src/alert/alert.ts'
import { openArchive } from '../../../src/state/archive/reader.ts'
import { createArchiver } from '../../../src/state/archive/archiver.ts'
import { createRestorer } from '../../../src/state/archive/restorer.ts'
import { serialized } from '../../../src/state/processor/serialized.ts'
import type { CandidateQuery } from '../../../src/state/views.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

const FIRST_PUBLISHED = 1e12

interface Archiving {
  alert (diaObjectId: string, nights: readonly number[]): Promise<void>
  /** Archives what was last seen before a night. */
  archive (name: string, before: number): Promise<void>
  restore (name: string): Promise<number>
  listed (query?: Partial<CandidateQuery>): Array<[diaObjectId: string, sequence: number, epochs: number, probabilityIa: number]>
}

/** Publishes a second after the other. */
async function openArchiving (t: TestContext): Promise<Archiving> {
  let time = FIRST_PUBLISHED - 1000
  const { store, processor: inner, folder } = await openPipeline(t, { now: () => (time += 1000) })
  const processor = serialized(inner)
  const archiver = createArchiver({ store, processor })
  const restorer = createRestorer({ store, processor })
  const night = (k: number): PhotometricPoint => point({ midpointMjdTai: 60000 + k, psfFlux: 2000 + 500 * k })
  return {
    alert: async (diaObjectId, nights) => { await processor.process([{ alert: alertFor(diaObjectId, nights.map(night)), origin: 'test' }]) },
    archive: async (name, before) => { await archiver.archive({ before: 60000 + before, path: join(folder, name) }) },
    restore: async name => (await restorer.restore(await openArchive(join(folder, name)))).merged,
    listed: (query = {}) => store.reader.candidates({ limit: 9, ...query }).candidates.map(({ diaObjectId, sequence, epochs, probabilityIa }) => [diaObjectId, sequence, epochs, probabilityIa])
  }
}

// The list of changes kept the older archive's P(Ia) at the older archive's place.
test('where an older archive is restored before a newer one that has all of it, the newest P(Ia) is listed at its place', async t => {
  const { alert, archive, restore, listed } = await openArchiving(t)
  await alert('a', [0])
  await archive('older.avro', 1)
  await alert('b', [5])
  await alert('a', [0, 1])
  const before = listed()
  assert.deepEqual(before.map(([diaObjectId, sequence, epochs]) => [diaObjectId, sequence, epochs]), [['a', 3, 2], ['b', 2, 1]])
  await archive('newer.avro', 2)
  await restore('older.avro')
  assert.equal(await restore('newer.avro'), 1)
  assert.deepEqual(listed(), before)
  assert.deepEqual(listed({ since: FIRST_PUBLISHED + 1000 }), before.slice(0, 1))
})
