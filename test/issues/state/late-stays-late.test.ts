/**
 * What came from elsewhere stands in the list of changes behind others that were published after it, and is marked so: a
 * list by time, which ends where what follows is older, must not end there. The mark stays wherever the object goes.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { openArchive } from '../../../src/state/archive/reader.ts'
import { createArchiver } from '../../../src/state/archive/archiver.ts'
import { changelogOf, withChangelog, type ChangelogEntry } from '../../../src/state/storage/changelog.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import type { Counters } from '../../../src/state/storage/packed-commit.ts'
import { createProcessor } from '../../../src/state/processor/processor.ts'
import { createRestorer } from '../../../src/state/archive/restorer.ts'
import { serialized } from '../../../src/state/processor/serialized.ts'
import type { StateStore } from '../../../src/state/store.ts'
import { alertFor, openPipeline, point, temporaryFolder } from '../../pipeline.ts'
import { check, RawFolder } from '../../state/checked-folder.ts'

const EARLY = 1e12
const NOW = 2e12
const SINCE = 1.5e12

interface Archiving {
  store: StateStore
  alert (diaObjectId: string, night?: number): Promise<void>
  /** @param before night */
  archive (before?: number): Promise<string>
  restore (path: string): Promise<void>
}

function archiving (t: TestContext, store: StateStore, inner: ReturnType<typeof createProcessor>): Archiving {
  const processor = serialized(inner)
  const folder = temporaryFolder(t)
  let files = 0
  return {
    store,
    alert: async (diaObjectId, night = 0) => { await processor.process([{ alert: alertFor(diaObjectId, [point({ midpointMjdTai: 60000 + night })]), origin: 'test' }]) },
    async archive (before = 1000) {
      const path = join(folder, `${files++}.avro`)
      await createArchiver({ store, processor }).archive({ before: 60000 + before, path })
      return path
    },
    restore: async path => { await createRestorer({ store, processor }).restore(await openArchive(path)) }
  }
}

async function openArchiving (t: TestContext, time: number, folder = temporaryFolder(t)) {
  const pipeline = await openPipeline(t, { now: () => time++, folder })
  return { ...archiving(t, pipeline.store, pipeline.processor), pipeline }
}

/** An archive of another store, with what was published early: objects 'x' and 'y'. */
async function early (t: TestContext): Promise<string> {
  const other = await openArchiving(t, EARLY)
  for (const id of ['x', 'y']) await other.alert(id)
  return await other.archive()
}

const listed = ({ reader }: Pick<StateStore, 'reader'>, since?: number): string[] =>
  reader.candidates({ limit: 9, ...since !== undefined && { since } }).candidates.map(({ diaObjectId }) => diaObjectId)

test('archived again and restored again, as often as one likes', async t => {
  const { store, alert, archive, restore, pipeline } = await openArchiving(t, NOW)
  await alert('recent', 500)
  await restore(await early(t))
  assert.deepEqual(listed(store), ['y', 'x', 'recent'])
  assert.deepEqual(listed(store, SINCE), ['recent'])
  for (let round = 0; round < 3; round++) {
    await restore(await archive(100))
    assert.deepEqual(listed(store), ['y', 'x', 'recent'])
    assert.deepEqual(listed(store, SINCE), ['recent'])
  }
  await alert('x', 1)
  assert.deepEqual(listed(store, SINCE), ['x', 'recent'], 'what is published anew is not late')
  await restore(await archive(100))
  assert.deepEqual(listed(store, SINCE), ['x', 'recent'])
  await pipeline.close()
  assert.deepEqual((await check(t, pipeline.folder)).findings, [])
})

test('in a store that was made anew from the changelog', async t => {
  const { network, model } = await openPipeline(t)
  const entries = new Map<string, ChangelogEntry['value']>()
  let counters: Counters | undefined
  let time = NOW
  const store = withChangelog(openLmdbStore(temporaryFolder(t)), async packed => {
    for (const { key, value } of changelogOf(packed)) if (!key.startsWith(':')) entries.set(key, value)
    counters = packed.counters
    return {}
  })
  t.after(() => store.close())
  const { alert, restore } = archiving(t, store, createProcessor({ store, network, model, now: () => time++ }))
  await alert('recent', 500)
  await restore(await early(t))
  const anew = openLmdbStore(temporaryFolder(t))
  t.after(() => anew.close())
  await anew.restore({ entries, ...counters && { counters }, positions: {} })
  assert.deepEqual(listed(anew), ['y', 'x', 'recent'])
  assert.deepEqual(listed(anew, SINCE), ['recent'])
})

test('from a data folder of before, whose records do not have the mark', async t => {
  const folder = temporaryFolder(t)
  const before = await openArchiving(t, NOW, folder)
  await before.alert('recent', 500)
  await before.restore(await early(t))
  await before.pipeline.close()
  const raw = new RawFolder(folder)
  raw.change(record => { assert.equal(record.late, true); record.late = false }, 'x')
  raw.change(record => { record.late = false }, 'y')
  await raw.close()
  const { store, archive, restore } = await openArchiving(t, NOW + 1000, folder)
  assert.deepEqual(listed(store, SINCE), ['recent'])
  await restore(await archive(100))
  assert.deepEqual(listed(store), ['y', 'x', 'recent'])
  assert.deepEqual(listed(store, SINCE), ['recent'])
})

test('a number of another store that is free here is no place for what is older than those before it', async t => {
  const path = await early(t)
  const { store, alert, archive, restore } = await openArchiving(t, NOW)
  await alert('leaves', 0)
  await alert('recent', 500)
  await alert('newest', 501)
  await archive(100)
  await restore(path)
  assert.deepEqual(listed(store, SINCE), ['newest', 'recent'])
  assert.deepEqual(listed(store, EARLY - 1).sort(), ['newest', 'recent', 'x', 'y'])
})
