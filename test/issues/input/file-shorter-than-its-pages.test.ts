/**
 * LMDB does not write pages at the end of its file that a transaction took and gave back: a file of 1,000,000 objects,
 * written by a process that was then killed, was 30 pages shorter than its header says, and was refused as cut off.
 */
import assert from 'node:assert/strict'
import { closeSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openReadOnly } from '../../../src/state/storage/read-only.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

const PAGE = 4096
/** MDB_meta's number of the last page, in each of the two meta pages. */
const LAST_PAGES = [144, PAGE + 144]

/** As if the last transaction had taken so many pages more at the end and given them back. */
function takeAndGiveBack (path: string, pages: number): void {
  const file = openSync(path, 'r+')
  const number = Buffer.alloc(8)
  for (const at of LAST_PAGES) {
    readSync(file, number, 0, 8, at)
    number.writeBigUInt64LE(number.readBigUInt64LE() + BigInt(pages))
    writeSync(file, number, 0, 8, at)
  }
  closeSync(file)
}

test('a file that lacks pages at its end that nothing is on is opened, and has everything', async t => {
  const { folder, processor, close } = await openPipeline(t)
  await processor.process(Array.from({ length: 300 }, (_, k) => ({ alert: alertFor(String(k), [point({ midpointMjdTai: 60000 })]), origin: 'test' })))
  await close()
  const path = join(folder, 'data.mdb')
  const { size } = statSync(path)
  takeAndGiveBack(path, 5)
  const reading = openReadOnly(folder)
  await reading.close()
  assert.equal(statSync(path).size, size, 'who reads changes nothing')
  const again = await openPipeline(t, { folder })
  assert.equal(again.store.reader.statistics().objects, 300)
  for (let k = 0; k < 300; k++) assert.equal(again.store.objects.get(String(k))!.tip!.steps, 1)
  await again.processor.process(Array.from({ length: 300 }, (_, k) => ({ alert: alertFor(String(k), [point({ midpointMjdTai: 60001 })]), origin: 'test' })))
  await again.close()
  const last = openLmdbStore(folder)
  assert.equal(last.objects.get('299')!.tip!.steps, 2)
  await last.close()
})

test('a file that was cut off is refused still', async t => {
  const { folder, processor, close } = await openPipeline(t)
  await processor.process(Array.from({ length: 500 }, (_, k) => ({ alert: alertFor(String(k), [point({ midpointMjdTai: 60000 })]), origin: 'test' })))
  await close()
  const path = join(folder, 'data.mdb')
  truncateSync(path, statSync(path).size - 100 * PAGE)
  for (const open of [() => openLmdbStore(folder), () => openReadOnly(folder)]) assert.throws(open, { code: 'data-folder-unusable', message: /is cut off/ })
})
