/** A data folder whose name has a dot in it was taken for a file, and refused. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import { openReadOnly } from '../../../src/state/storage/read-only.ts'
import { temporaryFolder } from '../../pipeline.ts'

for (const there of [false, true]) {
  test(`a data folder may have a dot in its name, ${there ? 'also where it is there' : 'also where it is made'}`, async t => {
    const folder = join(temporaryFolder(t), 'night.2026-11-25')
    if (there) mkdirSync(folder)
    const store = openLmdbStore(folder)
    assert.equal(store.reader.sequence(), 0)
    await store.close()
    await openReadOnly(folder).close()
  })
}
