import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open } from 'lmdb'
import { pack, unpack } from 'msgpackr'
import { openLmdbStore } from '../../../../src/state/storage/store.ts'
import type { Candidate } from '../../../../src/state/views.ts'
import { alertFor, openPipeline, point, temporaryFolder } from '../../../pipeline.ts'
import { assertListed, everyCandidate } from '../../listed-candidates.ts'
import { classify, take, type MadeCandidate } from './made-candidates.ts'

const made = (k: number, given: Partial<MadeCandidate> = {}): MadeCandidate => ({
  diaObjectId: `object-${k}`, ra: 12 * k % 360, dec: 5 * k % 160 - 80, probabilityIa: (7 * k % 10) / 10, epochs: k, midpointMjdTai: 60000 + k, firstDetectionMjdTai: 59990 + k, publishedAt: 1.7e12 + k, ...given
})

async function filled (folder: string, options: { orders?: boolean } = {}): Promise<void> {
  const store = openLmdbStore(folder, options)
  await classify(store, Array.from({ length: 30 }, (_, k) => made(k)))
  await classify(store, Array.from({ length: 20 }, (_, k) => made(k, { midpointMjdTai: 60100 + k, probabilityIa: (3 * k % 10) / 10 })))
  await take(store, 'object-7')
  await store.close()
}

test('a folder whose orders nobody kept gets them when it is opened, and keeps its cursors\' name from then on', async t => {
  const folder = temporaryFolder(t)
  await filled(folder, { orders: false })
  const store = openLmdbStore(folder)
  assertListed(store)
  const numbering = store.reader.numbering()
  assert.match(numbering, /^[\w-]{8}$/)
  await store.close()
  const again = openLmdbStore(folder)
  assert.equal(again.reader.numbering(), numbering)
  assertListed(again)
  await again.close()
  const other = openLmdbStore(temporaryFolder(t))
  assert.notEqual(other.reader.numbering(), numbering)
  await other.close()
})

test('a folder that was opened without its orders in between makes them anew', async t => {
  const folder = temporaryFolder(t)
  await filled(folder)
  const without = openLmdbStore(folder, { orders: false })
  await classify(without, [made(3, { probabilityIa: 0.95, ra: 200, midpointMjdTai: 60200 }), made(77)])
  assert.throws(() => without.reader.candidates({ limit: 1, sort: 'probability' }), /keeps no orders/)
  assert.equal(without.reader.candidates({ limit: 1 }).candidates[0]!.diaObjectId, 'object-77')
  await without.close()
  const store = openLmdbStore(folder)
  assertListed(store)
  assert.equal(store.reader.candidates({ limit: 1, sort: 'probability' }).candidates[0]!.diaObjectId, 'object-3')
  await store.close()
})

test('entries of an older Candela, which lack fields and can have an older position, are brought over', async t => {
  const folder = temporaryFolder(t)
  await filled(folder)
  const root = open({ path: folder, maxDbs: 8, encoding: 'binary' })
  const changes = root.openDB<Uint8Array, number>({ name: 'changes', encoding: 'binary' })
  for (const sequence of [...changes.getKeys()]) {
    const { rise: _rise, firstDetectionMjdTai: _first, ...older } = unpack(changes.get(sequence)!) as Candidate
    changes.putSync(sequence, pack({ ...older, ra: older.ra! + 1 }))
  }
  root.openDB({ name: 'meta', encoding: 'binary' }).removeSync('orders')
  await root.close()
  const store = openLmdbStore(folder)
  assertListed(store)
  assert.equal(everyCandidate(store.reader).find(({ diaObjectId }) => diaObjectId === 'object-2')!.rise, 0.2)
  await store.close()
})

test('the list follows the position of an object, also where its alert gives no classification', async t => {
  const { store, processor } = await openPipeline(t)
  const at = (time: number, ra: number, dec: number, flux = 2000) => alertFor('1', [point({ midpointMjdTai: time, psfFlux: flux })], { ra, dec })
  const found = (ra: number, dec: number): Array<[string, number | null, number | null]> =>
    store.reader.candidates({ limit: 9, sort: 'separation', cone: { ra, dec, radius: 0.001 } }).candidates.map(one => [one.diaObjectId, one.ra, one.dec])
  await processor.process([{ alert: at(60000, 359.9999, 10), origin: 'test' }])
  assert.deepEqual(found(359.9999, 10), [['1', 359.9999, 10]])
  // A point in a band that the model does not use: declined, but the newest facts.
  await processor.process([{ alert: alertFor('1', [point({ midpointMjdTai: 60001, band: 'y' })], { ra: 0.0101, dec: -90 }), origin: 'test' }])
  assert.deepEqual(found(359.9999, 10), [])
  assert.deepEqual(found(77, -90), [['1', 0.0101, -90]])
  assert.equal(store.reader.object('1')!.ra, 0.0101)
  // Both in one batch.
  await processor.process([{ alert: at(60002, 5, 5), origin: 'test' }, { alert: alertFor('1', [point({ midpointMjdTai: 60003, band: 'y' })], { ra: 6, dec: 6 }), origin: 'test' }])
  assert.deepEqual([found(5, 5), found(6, 6)], [[], [['1', 6, 6]]])
  assertListed(store)
})
