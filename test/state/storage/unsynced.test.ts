import assert from 'node:assert/strict'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openReadOnly } from '../../../src/state/storage/read-only.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import type { RestorableStore } from '../../../src/state/storage/restorable-store.ts'
import { NOTHING } from '../../../src/state/store.ts'
import { systemStart } from '../../../src/state/storage/unsynced.ts'
import { temporaryFolder } from '../../pipeline.ts'

const skip = systemStart() === '' && 'the system does not tell when it started'
const UNSYNCED = { synced: false }

async function written (t: TestContext, options: { synced?: boolean }): Promise<{ folder: string, store: RestorableStore, mark: string }> {
  const folder = join(temporaryFolder(t), 'store')
  const store = openLmdbStore(folder, options)
  await store.commit({ ...NOTHING, positions: { source: 7 } })
  return { folder, store, mark: join(folder, 'unsynced') }
}

test('a store that does not wait for the disk says so until it is closed', { skip }, async t => {
  const { folder, store, mark } = await written(t, UNSYNCED)
  assert.equal(readFileSync(mark, 'utf8').trim(), systemStart())
  await store.close()
  assert.equal(existsSync(mark), false)
  const again = openLmdbStore(folder)
  assert.equal(again.position('source'), 7)
  await again.close()
})

test('it outlives its process', { skip }, async t => {
  const { folder, store } = await written(t, UNSYNCED)
  // A copy is what a process that is killed leaves behind.
  const left = `${folder}-left`
  cpSync(folder, left, { recursive: true, filter: path => !path.endsWith('.pid') })
  await store.close()
  const again = openLmdbStore(left, UNSYNCED)
  assert.equal(again.position('source'), 7)
  await again.close()
  assert.equal(existsSync(join(left, 'unsynced')), false)
})

test('after another start of the system it is not believed, whoever opens it', { skip }, async t => {
  const { folder, store } = await written(t, UNSYNCED)
  const left = `${folder}-left`
  cpSync(folder, left, { recursive: true, filter: path => !path.endsWith('.pid') })
  await store.close()
  writeFileSync(join(left, 'unsynced'), '00000000-0000-4000-8000-000000000000\n')
  for (const open of [() => openLmdbStore(left), () => openLmdbStore(left, UNSYNCED), () => openReadOnly(left)]) {
    assert.throws(open, { code: 'data-folder-unusable', message: /without waiting for the disk when its machine stopped/ })
  }
})

test('a store that waits for the disk has no such mark', async t => {
  const { store, mark } = await written(t, {})
  assert.equal(existsSync(mark), false)
  await store.close()
})
