import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pack } from 'msgpackr'
import { open } from 'lmdb'
import { CandelaError } from '../../../src/errors.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import { alertFor, openPipeline, point, temporaryFolder } from '../../pipeline.ts'

const failsWith = (code: string, call: () => unknown): CandelaError => {
  try {
    call()
  } catch (error) {
    assert.ok(error instanceof CandelaError)
    assert.equal(error.code, code)
    assert.ok(error.action, 'it says what to do')
    return error
  }
  return assert.fail(`no error ${code}`)
}

test('everything is there again after closing and opening: records, history, counters, positions', async t => {
  const first = await openPipeline(t)
  const alerts = Array.from({ length: 200 }, (_, k) => ({ alert: alertFor(String(k % 2), [point({ midpointMjdTai: 60000 + k })]), origin: 'test' }))
  await first.processor.process(alerts, { file: { offset: 200 } })
  const { reader } = first.store
  const before = { object: reader.object('1'), history: reader.classifications('1'), statistics: reader.statistics(), page: reader.candidates({ limit: 5 }), tip: first.store.objects.get('1')!.tip }
  await first.close()
  const again = await openPipeline(t, { folder: first.folder })
  const after = again.store.reader
  assert.deepEqual({ object: after.object('1'), history: after.classifications('1'), statistics: after.statistics(), page: after.candidates({ limit: 5 }), tip: again.store.objects.get('1')!.tip }, before)
  assert.equal(before.history!.length, 100)
  assert.deepEqual(again.store.position('file'), { offset: 200 })
})

test('candidates come newest change first, filtered, in pages that do not repeat while the stream runs', async t => {
  const { processor, store: { reader } } = await openPipeline(t)
  const classify = async (id: string, time: number): Promise<void> => { await processor.process([{ alert: alertFor(id, [point({ midpointMjdTai: time })]), origin: 'test' }]) }
  for (const id of ['1', '2', '3', '4', '5']) await classify(id, 60000)
  const first = reader.candidates({ limit: 2 })
  await classify('1', 60001)
  await classify('5', 60001)
  const second = reader.candidates({ limit: 10, after: first.next! })
  assert.deepEqual(first.candidates.map(({ diaObjectId }) => diaObjectId), ['5', '4'])
  assert.deepEqual(second.candidates.map(({ diaObjectId }) => diaObjectId), ['3', '2'])
  assert.deepEqual(reader.candidates({ limit: 10, minEpochs: 2 }).candidates.map(({ diaObjectId }) => diaObjectId), ['5', '1'])
  assert.deepEqual(reader.candidates({ limit: 10, minProbability: 1.0 }).candidates, [])
  assert.deepEqual(reader.changedSince(first.candidates[0]!.sequence, 10).map(({ diaObjectId }) => diaObjectId), ['1', '5'])
})

test('subscribers hear of a commit in the order of its alerts, and no more once they have left', async t => {
  const { processor, store: { reader } } = await openPipeline(t)
  const heard: string[] = []
  const leave = reader.subscribe(candidates => heard.push(...candidates.map(({ diaObjectId, sequence }) => `${sequence}:${diaObjectId}`)))
  await processor.process(['8', '9', '8'].map((id, k) => ({ alert: alertFor(id, [point({ midpointMjdTai: 60000 + k })]), origin: 'test' })))
  leave()
  await processor.process([{ alert: alertFor('10', [point()]), origin: 'test' }])
  assert.deepEqual(heard, ['1:8', '2:9', '3:8'])
})

test('a commit that fails leaves nothing behind', async t => {
  const { store, processor } = await openPipeline(t)
  const alert = alertFor('1', [point()])
  await processor.process([{ alert, origin: 'test' }])
  const before = store.reader.statistics()
  const record = store.objects.get('1')!
  const tooLong = 'x'.repeat(3000)
  await assert.rejects(store.commit({
    records: [{ record: { ...record, revision: 99 }, pointBlocks: new Map(), publicationBlocks: new Map() }, { record: { ...record, diaObjectId: tooLong }, pointBlocks: new Map(), publicationBlocks: new Map() }],
    classifications: [],
    alerts: [{ received: { alert, origin: 'test' }, outcome: { diaObjectId: '1', diaSourceId: alert.diaSourceId, midpointMjdTai: alert.midpointMjdTai, outcome: 'duplicate' }, standing: null }],
    deadLetters: [],
    positions: { file: 3 }
  }), (error: CandelaError) => error.code === 'commit-failed' && error.canRetry)
  assert.deepEqual(store.reader.statistics(), before)
  assert.equal(store.objects.get('1')!.revision, 0)
  assert.equal(store.position('file'), undefined)
})

test('a data folder in use is refused, and names the process', async t => {
  const folder = temporaryFolder(t)
  const store = openLmdbStore(folder)
  assert.match(failsWith('data-folder-in-use', () => openLmdbStore(folder)).message, new RegExp(`process ${process.pid}$`))
  await store.close()
  await openLmdbStore(folder).close()
  assert.deepEqual(readdirSync(folder).filter(name => name.endsWith('.pid')), [])
})

test('a data folder whose process was killed is taken over, even where another process has its number now', async t => {
  for (const left of ['99999999 5', `${process.ppid} 1`, `${process.pid} 1`, '', 'rubbish']) {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'process.pid'), left)
    await openLmdbStore(folder).close()
  }
})

test('a data folder whose process was killed is taken over though nobody has asked after that process yet', { skip: existsSync('/proc/self/stat') ? false : 'this system has no /proc' }, async t => {
  const folder = temporaryFolder(t)
  // `exec` leaves the process in the background to one that never asks after it.
  const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(() => parent.kill('SIGKILL'))
  const pid = Number(String((await once(parent.stdout, 'data') as [Buffer])[0]))
  writeFileSync(join(folder, 'process.pid'), `${pid} `)
  failsWith('data-folder-in-use', () => openLmdbStore(folder))
  process.kill(pid, 'SIGKILL')
  while (/\) [^ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise(resolve => setImmediate(resolve))
  await openLmdbStore(folder).close()
})

test('a data folder of another version is refused', async t => {
  const folder = temporaryFolder(t)
  const root = open({ path: folder, encoding: 'binary', maxDbs: 8 })
  await root.openDB({ name: 'meta', encoding: 'binary' }).put('format', pack(99))
  await root.close()
  assert.match(failsWith('data-folder-version', () => openLmdbStore(folder)).message, /99/)
})

test('a data folder that holds objects and has lost its format is refused, not taken for a new one', async t => {
  const { folder, processor, close } = await openPipeline(t)
  await processor.process([{ alert: alertFor('1', [point()]), origin: 'test' }])
  await close()
  const root = open({ path: folder, encoding: 'binary', maxDbs: 8 })
  await root.openDB({ name: 'meta', encoding: 'binary' }).remove('format')
  await root.close()
  failsWith('data-folder-version', () => openLmdbStore(folder))
})

test('a folder that is a file, and one with a damaged file, are refused', t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  failsWith('data-folder-unusable', () => openLmdbStore(join(folder, 'file')))
  const damaged = temporaryFolder(t)
  writeFileSync(join(damaged, 'data.mdb'), 'not a database'.repeat(1000))
  failsWith('data-folder-unusable', () => openLmdbStore(damaged))
  if (process.getuid?.() !== 0) {
    const readOnly = temporaryFolder(t)
    chmodSync(readOnly, 0o500)
    failsWith('data-folder-unusable', () => openLmdbStore(readOnly))
  }
})

test('a data file that is damaged at its beginning is refused before it is mapped', async t => {
  const { folder, processor, close } = await openPipeline(t)
  await processor.process(Array.from({ length: 50 }, (_, k) => ({ alert: alertFor(String(k), [point()]), origin: 'test' })))
  await close()
  const path = join(folder, 'data.mdb')
  const whole = readFileSync(path)
  const pageSize = whole.readUInt32LE(48)
  // The kind of each of the first two pages; LMDB's mark on the second; the root of the tables, far behind the end.
  for (const at of [[18], [pageSize + 18], [pageSize + 24], [141, pageSize + 141]]) {
    const bytes = Buffer.from(whole)
    for (const byte of at) bytes[byte]! ^= 0xff
    writeFileSync(path, bytes)
    assert.match(failsWith('data-folder-unusable', () => openLmdbStore(folder)).message, /data\.mdb is damaged at its beginning$/, `byte ${at.join()}`)
  }
  writeFileSync(path, whole)
  const store = openLmdbStore(folder)
  assert.equal(store.reader.statistics().objects, 50)
  await store.close()
})

test('a data file that was cut off is refused before it is mapped', async t => {
  const { folder, processor, close } = await openPipeline(t)
  await processor.process(Array.from({ length: 50 }, (_, k) => ({ alert: alertFor(String(k), [point()]), origin: 'test' })))
  await close()
  const path = join(folder, 'data.mdb')
  const whole = statSync(path).size
  truncateSync(path, whole / 2)
  assert.match(failsWith('data-folder-unusable', () => openLmdbStore(folder)).message, /is cut off: it has \d+ bytes of \d+$/)
})
