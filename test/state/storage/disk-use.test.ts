import assert from 'node:assert/strict'
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { diskUse } from '../../../src/state/storage/disk-use.ts'
import { alertFor, openPipeline, point, temporaryFolder } from '../../pipeline.ts'

test('the store on disk is measured, in the data folder and in those of partitions; archives are not', async t => {
  const folder = temporaryFolder(t)
  assert.equal((await diskUse(folder)).used, 0)
  const { processor } = await openPipeline(t, { folder: join(folder, 'classify', 'partition-0') })
  await processor.process([{ alert: alertFor('1', [point()]), origin: 'test' }])
  const { used } = await diskUse(folder)
  assert.ok(used >= 4096 && used < 2 ** 20, `${used} bytes`)
  mkdirSync(join(folder, 'archive'))
  writeFileSync(join(folder, 'archive', 'a.avro'), Buffer.alloc(100_000, 1))
  assert.equal((await diskUse(folder)).used, used)
  await processor.process(Array.from({ length: 2000 }, (_, k) => ({ alert: alertFor(`${k}`, [point()]), origin: 'test' })))
  const after = await diskUse(folder)
  assert.ok(after.used > 2 * used, `${after.used} bytes with 2,000 objects`)
  const { blocks, bsize } = statfsSync(folder)
  assert.ok(after.free > 0 && after.free < blocks * bsize, `${after.free} bytes left`)
})
