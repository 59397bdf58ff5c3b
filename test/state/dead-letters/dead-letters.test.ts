import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pack } from 'msgpackr'
import { open } from 'lmdb'
import { readAlertFiles } from '../../../src/alert/input/alert-files.ts'
import type { ReceivedAlert } from '../../../src/alert/alert.ts'
import { decodeFile } from '../../../src/alert/decode.ts'
import { CandelaError } from '../../../src/errors.ts'
import { openDeadLetters } from '../../../src/state/storage/dead-letters.ts'
import { migrateFolder } from '../../../src/state/migration/migrate.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import type { Accounting } from '../../../src/state/views.ts'
import { countingSource, elasticcAlert, elasticcContainer, elasticcObject, elasticcSource, framed, lsstAlert } from '../../fixtures/alert-packets.ts'
import { alertFor, openPipeline, point, temporaryFolder, type Pipeline } from '../../pipeline.ts'

const good = elasticcAlert({ diaSource: elasticcSource({ filterName: 'r' }) })
/** Its object lies beyond the pole. */
const bad = elasticcAlert({
  diaSource: elasticcSource({ filterName: 'r', diaSourceId: 9n, decl: 95 }), diaObject: elasticcObject({ decl: 95 })
})

const lost = (bytes: Uint8Array, origin = 'test', code = 'schema-unknown'): ReceivedAlert => ({ error: new CandelaError(code, 'lost', { action: 'Find it.' }), bytes, origin })

/** An LSST alert as it comes, of an object of its own and bright enough to be classified. */
const packet = (object: number): Buffer => framed(lsstAlert({ diaObject: { diaObjectId: BigInt(object), ra: 150.5, dec: -2.75 } }))

function addsUp ({ received, classified, declined, duplicate, deadLettered, declinedByReason, deadLetteredByCode }: Accounting): void {
  const sum = (counts: object): number => Object.values(counts).reduce((a: number, b: number) => a + b, 0)
  assert.equal(received, classified + declined + duplicate + deadLettered)
  assert.equal(sum(declinedByReason), declined)
  assert.equal(sum(deadLetteredByCode), deadLettered)
}

const accountingOf = ({ store }: Pipeline): Accounting => {
  const { accounting } = store.reader.statistics()
  addsUp(accounting)
  return accounting
}

test('dead letters are listed newest first or oldest first, by code and by origin, in pages', async t => {
  const { processor, store } = await openPipeline(t)
  for (let k = 1; k <= 5; k++) await processor.process([lost(Buffer.alloc(k), k % 2 ? 'topic/0' : 'file', k < 3 ? 'avro-invalid' : 'schema-unknown')])
  const numbers = (query: Parameters<typeof store.deadLetters.list>[0]): [number[], number | null] => {
    const { deadLetters, next } = store.deadLetters.list(query)
    return [deadLetters.map(({ number }) => number), next]
  }
  assert.deepEqual(numbers({ limit: 10 }), [[5, 4, 3, 2, 1], null])
  assert.deepEqual(numbers({ limit: 2 }), [[5, 4], 4])
  assert.deepEqual(numbers({ limit: 10, after: 4 }), [[3, 2, 1], null])
  assert.deepEqual(numbers({ limit: 2, oldestFirst: true }), [[1, 2], 2])
  assert.deepEqual(numbers({ limit: 10, oldestFirst: true, after: 2 }), [[3, 4, 5], null])
  assert.deepEqual(numbers({ limit: 10, code: 'avro-invalid' }), [[2, 1], null])
  assert.deepEqual(numbers({ limit: 10, origin: 'topic', code: 'schema-unknown' }), [[5, 3], null])
})

test('a dead letter has all facts and its bytes, and one that is not there is said so', async t => {
  const now = Date.parse('2026-05-01T00:00:00Z')
  const { processor, store: { deadLetters } } = await openPipeline(t, { now: () => now })
  await processor.process([lost(Buffer.from('as it came'), 'topic/3/17')])
  assert.deepEqual(deadLetters.get(1), {
    number: 1,
    code: 'schema-unknown',
    message: 'lost',
    action: 'Find it.',
    origin: 'topic/3/17',
    receivedAt: '2026-05-01T00:00:00.000Z',
    failedAt: '2026-05-01T00:00:00.000Z',
    attempts: 1,
    bytes: 10,
    part: null
  })
  assert.equal(Buffer.from(deadLetters.bytes(1)).toString(), 'as it came')
  for (const ask of [() => deadLetters.get(2), () => deadLetters.bytes(2)]) assert.throws(ask, { code: 'dead-letter-not-found' })
})

test('after a fix a replay settles the letters, and counts each as received once more', async t => {
  const schemas = countingSource()
  let known = false
  const pipeline = await openPipeline(t, { schemas: { get: id => known ? schemas.get(id) : undefined } })
  const { processor, store, deadLetterReplay } = pipeline
  await processor.process([lost(packet(1)), lost(packet(2)), lost(Buffer.from('rubbish'), 'test', 'dialect-unknown')])

  const failed = await deadLetterReplay.replay({ code: 'schema-unknown', limit: 10 })
  assert.deepEqual(failed.outcomes.map(({ deadLetter, outcome, reason }) => [deadLetter, outcome, reason]), [[1, 'dead-lettered', 'schema-unknown'], [2, 'dead-lettered', 'schema-unknown']])
  assert.match(store.deadLetters.get(1).message, /no schema with id 1000/)
  assert.deepEqual([1, 2, 3].map(number => store.deadLetters.get(number).attempts), [2, 2, 1])
  assert.deepEqual(Buffer.from(store.deadLetters.bytes(1)), packet(1))

  known = true
  const fixed = await deadLetterReplay.replay({ limit: 10 })
  assert.deepEqual(fixed.outcomes.map(({ deadLetter, diaObjectId, outcome, reason }) => [deadLetter, diaObjectId, reason ?? outcome]),
    [[1, '1', 'classified'], [2, '2', 'classified'], [3, null, 'dialect-unknown']])
  assert.equal(fixed.next, null)
  assert.equal(store.reader.object('1')!.classification!.probabilityIa, fixed.outcomes[0]!.probabilityIa)
  assert.deepEqual(store.deadLetters.list({ limit: 10 }).deadLetters.map(({ number, attempts }) => [number, attempts]), [[3, 2]])
  assert.throws(() => store.deadLetters.bytes(1), { code: 'dead-letter-not-found' })
  assert.equal(store.reader.statistics().deadLetters, 1)
  assert.deepEqual(accountingOf(pipeline), {
    received: 8, classified: 2, declined: 0, duplicate: 0, deadLettered: 6, replayed: 5, declinedByReason: {}, deadLetteredByCode: { 'schema-unknown': 4, 'dialect-unknown': 2 }
  })
})

test('two replays at the same time put each letter through once', async t => {
  const pipeline = await openPipeline(t, { schemas: countingSource() })
  const { processor, deadLetterReplay } = pipeline
  await processor.process(Array.from({ length: 150 }, (_, k) => lost(packet(k + 1))))
  const pages = await Promise.all([1, 2, 3].map(() => deadLetterReplay.replay({ limit: 150 })))
  assert.deepEqual(pages.map(({ outcomes }) => outcomes.length), [150, 0, 0])
  const { classified, duplicate, replayed } = accountingOf(pipeline)
  assert.deepEqual([classified, duplicate, replayed], [150, 0, 150])
})

test('letters are put through in pages, and where one number is not there none is', async t => {
  const { processor, deadLetterReplay, store } = await openPipeline(t, { schemas: countingSource() })
  await processor.process(Array.from({ length: 5 }, (_, k) => lost(packet(k + 1))))
  await assert.rejects(deadLetterReplay.replay({ numbers: [1, 9], limit: 10 }), { code: 'dead-letter-not-found' })
  assert.equal(store.reader.statistics().deadLetters, 5)
  const first = await deadLetterReplay.replay({ numbers: [5, 1, 3, 3], limit: 2 })
  assert.deepEqual([first.outcomes.map(({ deadLetter }) => deadLetter), first.next], [[1, 3], 3])
  const second = await deadLetterReplay.replay({ numbers: [5, 1, 3], limit: 2, after: first.next! })
  assert.deepEqual([second.outcomes.map(({ deadLetter }) => deadLetter), second.next], [[5], null])
  assert.deepEqual(store.deadLetters.list({ limit: 9 }).deadLetters.map(({ number }) => number), [4, 2])
})

test('an alert that is refused keeps its record as it came, alone, and is put through by it', async t => {
  const container = elasticcContainer([[good, bad]])
  const { processor, store: { deadLetters }, deadLetterReplay } = await openPipeline(t)
  const received: ReceivedAlert[] = []
  for await (const decoded of decodeFile(container, { schemas: countingSource() })) received.push({ ...decoded, origin: 'night.avro' })
  assert.deepEqual((await processor.process(received)).map(({ outcome, reason }) => reason ?? outcome), ['classified', 'alert-incomplete'])
  const kept = deadLetters.bytes(1)
  const again = []
  for await (const decoded of decodeFile(kept, { schemas: countingSource() })) again.push(decoded)
  assert.equal(again.length, 1)
  assert.ok('error' in again[0]! && again[0].error.code === 'alert-incomplete')
  const { outcomes } = await deadLetterReplay.replay({ limit: 10 })
  assert.deepEqual(outcomes.map(({ deadLetter, reason }) => [deadLetter, reason]), [[1, 'alert-incomplete']])
  assert.deepEqual(Buffer.from(deadLetters.bytes(1)), Buffer.from(kept))
})

test('each refused night of a light curve keeps the whole text, and is put through alone', async t => {
  const rows = [56200, 56204, 56208].map(mjd => `OBS:  ${mjd}.100  r NULL  2.0e+02   5.0e+00   40.0   99.0   5.0   99.0`)
  const text = `SURVEY: DES\nSNID:   7\nRA:      36.0  deg\nDECL:    95.0  deg\nMWEBV:   0.03\nNOBS: 3\nNVAR: 9\nVARLIST:  MJD  FLT FIELD   FLUXCAL   FLUXCALERR   SNR    MAG     MAGERR  SIM_MAG\n${rows.join('\n')}\nEND:\n`
  const path = join(temporaryFolder(t), 'beyond-the-pole.DAT')
  writeFileSync(path, text)
  const pipeline = await openPipeline(t)
  const { processor, store: { deadLetters }, deadLetterReplay } = pipeline
  const received: ReceivedAlert[] = []
  for await (const one of readAlertFiles([path], { schemas: countingSource() })) received.push(one)
  await processor.process(received)
  assert.deepEqual(deadLetters.list({ limit: 9, oldestFirst: true }).deadLetters.map(({ code, part }) => [code, part]), [['alert-invalid', 0], ['alert-invalid', 1], ['alert-invalid', 2]])
  for (const number of [1, 2, 3]) assert.equal(Buffer.from(deadLetters.bytes(number)).toString(), text)
  const { outcomes } = await deadLetterReplay.replay({ numbers: [2], limit: 9 })
  assert.deepEqual(outcomes.map(({ deadLetter, diaSourceId }) => [deadLetter, diaSourceId]), [[2, '70002']])
  assert.equal(accountingOf(pipeline).received, 4)
})

test('a letter of many alerts is settled when all of them are taken in, and stands with the first failure until then', async t => {
  const pipeline = await openPipeline(t)
  const { processor, store, deadLetterReplay } = pipeline
  await processor.process([
    lost(elasticcContainer([[good, bad], [bad]]), 'half', 'codec-unknown'),
    lost(elasticcContainer([[elasticcAlert({ diaSource: elasticcSource({ filterName: 'r', midPointTai: 59600 }) }), good]]), 'whole', 'codec-unknown')
  ])
  const { outcomes } = await deadLetterReplay.replay({ limit: 10 })
  assert.deepEqual(outcomes.map(({ deadLetter, outcome }) => [deadLetter, outcome]),
    [[1, 'classified'], [1, 'dead-lettered'], [1, 'dead-lettered'], [2, 'classified'], [2, 'duplicate']])
  const standing = store.deadLetters.list({ limit: 10 }).deadLetters
  assert.deepEqual(standing.map(({ number, code, attempts }) => [number, code, attempts]), [[1, 'alert-incomplete', 2]])
  const { received, replayed } = accountingOf(pipeline)
  assert.deepEqual([received, replayed], [7, 5])
})

test('a letter without bytes, and one whose bytes hold no alert, stand and say so', async t => {
  const { processor, deadLetterReplay } = await openPipeline(t)
  await processor.process([lost(new Uint8Array(), '/gone.avro', 'file-unreadable'), lost(elasticcContainer([]), 'empty.avro', 'codec-unknown')])
  const { outcomes } = await deadLetterReplay.replay({ limit: 10 })
  assert.deepEqual(outcomes.map(({ reason, message, action }) => [reason, message, action !== undefined]),
    [['file-unreadable', 'lost', true], ['alert-missing', `the ${elasticcContainer([]).length} bytes of dead letter 2 can be read and hold no alert`, true]])
})

test('a letter that was settled cannot be settled again: nothing of that commit is stored', async t => {
  const { processor, store } = await openPipeline(t)
  await processor.process([lost(packet(1))])
  const before = store.reader.statistics()
  const again = { alert: alertFor('7', [point()]), origin: 'test', deadLetter: 2 }
  await assert.rejects(processor.process([again]), { code: 'dead-letter-not-found' })
  assert.deepEqual(store.reader.statistics(), before)
  assert.equal(store.objects.get('7'), undefined)
})

test('letters and counters of a folder written before there was a replay are read, and put through', async t => {
  const folder = temporaryFolder(t)
  const root = open({ path: folder, encoding: 'binary', maxDbs: 8 })
  const letters = root.openDB({ name: 'dead-letters', encoding: 'binary' })
  const meta = root.openDB({ name: 'meta', encoding: 'binary' })
  const time = Date.parse('2026-04-01T00:00:00Z')
  await letters.put(1, pack({ bytes: packet(1), code: 'schema-unknown', message: 'no schema', origin: 'old', time }))
  await letters.put(2, pack({ bytes: Buffer.from('{}'), code: 'alert-invalid', message: 'no position', origin: 'old', time }))
  await meta.put('format', pack(1))
  await meta.put('dead-letters', pack(2))
  await meta.put('accounting', pack({ received: 5, classified: 3, declined: 0, duplicate: 0, deadLettered: 2, declinedByReason: {} }))
  await root.close()
  await migrateFolder(folder)

  const read = openDeadLetters(folder)
  assert.deepEqual(read.letters.list({ limit: 5 }).deadLetters.map(({ number, attempts, bytes, receivedAt }) => [number, attempts, bytes, receivedAt]),
    [[2, 1, 2, '2026-04-01T00:00:00.000Z'], [1, 1, packet(1).length, '2026-04-01T00:00:00.000Z']])
  assert.equal(Buffer.from(read.letters.bytes(2)).toString(), '{}')
  await read.close()

  const pipeline = await openPipeline(t, { folder, schemas: countingSource() })
  assert.deepEqual(accountingOf(pipeline).deadLetteredByCode, { 'schema-unknown': 1, 'alert-invalid': 1 })
  const { outcomes } = await pipeline.deadLetterReplay.replay({ code: 'schema-unknown', limit: 5 })
  assert.deepEqual(outcomes.map(({ outcome }) => outcome), ['classified'])
  await pipeline.processor.process([lost(packet(3))])
  assert.deepEqual(pipeline.store.deadLetters.list({ limit: 5 }).deadLetters.map(({ number }) => number), [3, 2])
  const { received, replayed } = accountingOf(pipeline)
  assert.deepEqual([received, replayed], [7, 1])
})

test('a folder in use can be read beside its process, which goes on writing', async t => {
  const { folder, processor } = await openPipeline(t)
  await processor.process([lost(Buffer.from('one'))])
  const beside = openDeadLetters(folder)
  t.after(() => beside.close())
  assert.equal(beside.letters.list({ limit: 5 }).deadLetters.length, 1)
  assert.equal(Buffer.from(beside.letters.bytes(1)).toString(), 'one')
  await processor.process([lost(Buffer.from('two'))])
  assert.throws(() => openLmdbStore(folder), { code: 'data-folder-in-use' })
  assert.throws(() => openDeadLetters(temporaryFolder(t)), { code: 'data-folder-missing' })
})
