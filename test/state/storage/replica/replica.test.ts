import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { ReceivedAlert } from '../../../../src/alert/alert.ts'
import { CandelaError } from '../../../../src/errors.ts'
import { MARK_KEY } from '../../../../src/state/storage/changelog.ts'
import { changelogSource, lettersSource, openLmdbReplica, type ChangelogPart, type Replica } from '../../../../src/state/storage/replica/replica.ts'
import { openLmdbStore } from '../../../../src/state/storage/store.ts'
import type { ReplicaEntry } from '../../../../src/state/storage/replica/part.ts'
import { emptyStatistics, sumOfStatistics } from '../../../../src/state/statistics.ts'
import type { DeadLetter } from '../../../../src/state/store.ts'
import { isCandidate, type Change } from '../../../../src/state/views.ts'
import { alertFor, generator, point, temporaryFolder } from '../../../pipeline.ts'
import { counted, openPartitions, playInBatches, served, type LoggedPartition } from '../../changelog-partitions.ts'
import { assertOrders } from '../../listed-candidates.ts'
import { surveyedObject } from '../../surveyed-object.ts'

/** Alerts of some objects in random order, bad ones among them; the first object has nothing but faint points. */
function alertsOf (ids: readonly string[], seed: number): ReceivedAlert[] {
  const random = generator(seed)
  const alerts = ids.flatMap((id, k) => surveyedObject(id, { visits: k === 1 ? 45 : 10, visitsANight: 3, faint: 4, history: 0, withoutVisits: false, hosts: true, seed: seed + k }))
  const received: ReceivedAlert[] = [
    ...alerts.map(alert => ({ alert, origin: 'test' })),
    ...alerts.filter(() => random() < 0.1).map(alert => ({ alert, origin: 'again' })),
    { error: new CandelaError('alert-invalid', 'not an alert'), bytes: Buffer.from('x'), origin: 'test' }
  ]
  const order = new Map(received.map(one => [one, random()]))
  return received.sort((a, b) => order.get(a)! - order.get(b)!)
}

const idsOf = (partition: number): string[] => [1, 2, 3, 4].map(k => `${partition}0${k}`)

async function played (t: TestContext): Promise<{ partitions: LoggedPartition[], ids: string[], published: Map<string, Change[]> }> {
  const partitions = await openPartitions(t, 2)
  const published = new Map<string, Change[]>()
  for (const { store } of partitions) store.reader.subscribe(candidates => collect(published, candidates))
  for (const [k, partition] of partitions.entries()) {
    await playInBatches(partition, [...alertsOf(idsOf(k), 7 + k), { alert: alertFor(`${k}09`, [point({ psfFlux: 10 })]), origin: 'faint' }], 9)
    // A point that is all an object has comes, goes and comes back.
    await playInBatches(partition, [point(), point({ withdrawn: true, timeProcessedMjdTai: 60001 })].map(one => ({ alert: alertFor(`${k}08`, [one]), origin: 'gone' })), 1)
  }
  return { partitions, ids: [0, 1].flatMap(k => [...idsOf(k), `${k}09`, `${k}08`]), published }
}

/** Without numbers, by object. */
function collect (byObject: Map<string, Change[]>, changes: readonly Change[]): void {
  for (const change of changes) byObject.set(change.diaObjectId, [...byObject.get(change.diaObjectId) ?? [], { ...change, sequence: 0 }])
}

const sum = (partitions: readonly LoggedPartition[]) => counted(partitions.map(({ store }) => store.reader.statistics()).reduce(sumOfStatistics, emptyStatistics()))

function open (t: TestContext, folder = temporaryFolder(t)): Replica {
  const replica = openLmdbReplica(folder)
  t.after(() => replica.close().catch(() => {}))
  return replica
}

/** The commits of several partitions, one of each in turn. */
const interleaved = (partitions: readonly LoggedPartition[]) =>
  partitions[0]!.commits.flatMap((commit, k) => [commit, ...partitions.slice(1).flatMap(({ commits }) => commits[k] ?? [])])
    .concat(partitions.slice(1).flatMap(({ commits }) => commits.slice(partitions[0]!.commits.length)))

test('what two partitions publish', async t => {
  const { partitions, ids, published } = await played(t)
  await t.test('a replica that follows two partitions serves what their stores do, and announces what they published in the order of each object', t => {
    const replica = open(t)
    const heard = new Map<string, Change[]>()
    const numbers: number[] = []
    replica.reader.subscribe(candidates => {
      collect(heard, candidates)
      numbers.push(...candidates.map(({ sequence }) => sequence))
    })
    const before = replica.reader.sequence()
    for (const commit of interleaved(partitions)) assert.deepEqual(replica.apply(commit).leftOut, [])
    const readers = partitions.map(({ store }) => store.reader)
    assert.deepEqual(served([replica.reader], ids), served(readers, ids))
    assert.deepEqual(counted(replica.reader.statistics()), sum(partitions))
    assert.deepEqual(heard, published)
    assert.ok(numbers.length > 100)
    assert.deepEqual(numbers, numbers.map((_, k) => before + 1 + k), 'each has the next number')
    assert.equal(replica.reader.sequence(), numbers.at(-1))

    const list = replica.reader.changedSince(before, 1e6)
    assert.deepEqual(list.map(({ diaObjectId }) => diaObjectId).sort(), ids.filter(id => replica.reader.classifications(id)?.length).sort(), 'each object once, also where it has no classification any more')
    assertOrders(replica.reader)
    assert.equal(replica.reader.object('008')!.classification, null)
    const [newest] = replica.reader.candidates({ limit: 1 }).candidates
    assert.deepEqual(replica.reader.candidates({ limit: 1e6, since: Date.parse(newest!.publishedAt) - 1 }).candidates[0], newest)

    // The same again, as after a crash.
    for (const commit of interleaved(partitions)) assert.deepEqual(replica.apply(commit).published, [])
    assert.deepEqual(heard, published)
    assert.deepEqual(served([replica.reader], ids), served(readers, ids))
    assert.equal(replica.reader.sequence(), numbers.at(-1))
  })

  await t.test('however the changelog is cut, compacted and repeated, a replica ends with the same contents, and goes on when it is opened again', async () => {
    const readers = partitions.map(({ store }) => store.reader)
    const expected = served(readers, ids)
    const statistics = sum(partitions)
    const parts = fc.array(fc.record({
      partition: fc.constantFrom(0, 1),
      length: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 400 })),
      /** Entries that come once more. */
      repeat: fc.constantFrom(0, 0, 3, 50),
      reopen: fc.boolean()
    }), { maxLength: 60 })
    /** Only the last value of a key stays, of those before this share of the log. */
    const compacted = fc.constantFrom(0, 0.5, 1)
    await fc.assert(fc.asyncProperty(parts, compacted, async (parts, share) => {
      const logs = partitions.map(({ log }) => compact(log, share))
      const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
      let replica = openLmdbReplica(folder)
      try {
        const read = [0, 0]
        const told = new Map<string, Change[]>()
        const listen = (): void => { replica.reader.subscribe(candidates => collect(told, candidates)) }
        listen()
        const take = (partition: number, length: number, repeat: number): void => {
          const log = logs[partition]!
          const from = Math.max(0, read[partition]! - repeat)
          const end = Math.min(log.length, read[partition]! + length)
          const entries = log.slice(from, end)
          if (entries.length > 0) replica.apply({ partition, entries, next: entries.at(-1)!.offset + 1n })
          read[partition] = end
        }
        for (const { partition, length, repeat, reopen } of parts) {
          take(partition, length, repeat)
          if (!reopen) continue
          await replica.close()
          replica = openLmdbReplica(folder)
          listen()
        }
        for (const partition of [0, 1]) take(partition, Infinity, 0)
        assert.deepEqual(served([replica.reader], ids), expected)
        assertOrders(replica.reader)
        assert.deepEqual(counted(replica.reader.statistics()), statistics)
        for (const [id, changes] of told) {
          const candidates = changes.filter(isCandidate)
          const history = JSON.stringify(replica.reader.classifications(id))
          const epochs = candidates.map(({ ra: _ra, dec: _dec, firstDetectionMjdTai: _first, rise: _rise, sequence: _sequence, ...classification }) => JSON.stringify(classification))
          assert.equal(new Set(epochs).size, epochs.length, `${id}: nothing is announced twice`)
          assert.ok(epochs.every(one => history.includes(one)))
          const places = epochs.map(one => history.indexOf(one))
          assert.deepEqual(places, places.toSorted((a, b) => a - b), `${id}: in order`)
        }
        const since = Date.parse(readers[0]!.candidates({ limit: 3 }).candidates[2]!.publishedAt)
        const recent = replica.reader.candidates({ limit: 1e6, since }).candidates.map(({ diaObjectId }) => diaObjectId)
        const wanted = readers.flatMap(reader => reader.candidates({ limit: 1e6 }).candidates).filter(({ publishedAt }) => Date.parse(publishedAt) > since)
        assert.deepEqual(recent.sort(), wanted.map(({ diaObjectId }) => diaObjectId).sort(), 'nothing recent is hidden behind what came late')
      } finally {
        await replica.close()
        rmSync(folder, { recursive: true, force: true })
      }
    }), { numRuns: 40, seed: 5 })
  })
})

/** As the broker's cleaner would: nothing but the last entry of each key stays in the first part. */
function compact (log: readonly ReplicaEntry[], share: number): ReplicaEntry[] {
  const dirty = Math.floor(log.length * share)
  const last = new Map(log.map(({ key }, k) => [key, k]))
  return log.filter(({ key }, k) => k >= dirty || last.get(key) === k)
}

test('an object that cannot be read is left out with what lies beside it, and said; all others go on', async t => {
  const [partition] = await openPartitions(t, 1) as [LoggedPartition]
  const classify = async (ids: string[], time: number): Promise<void> => {
    await partition.processor.process(ids.map(id => ({ alert: alertFor(id, [point({ midpointMjdTai: time })]), origin: 'test' })))
  }
  await classify(['1', '2'], 60000)
  await classify(['1', '2'], 60001)
  const replica = open(t)
  replica.apply(partition.commits[0]!)
  const before = replica.reader.object('1')
  const { entries, next } = partition.commits[1]!
  const damaged = entries.map(entry => entry.key === '1' ? { ...entry, value: entry.value!.map((byte, k) => k === 20 ? byte ^ 1 : byte) } : entry)
  const foreign = ['', 'a b', '1/x', 'x'.repeat(3000)].map(key => ({ key, value: Buffer.from('x'), offset: next - 1n, time: 0 }))
  const { leftOut, published } = replica.apply({ partition: 0, entries: [...damaged, ...foreign], next })
  assert.deepEqual(leftOut.map(({ code }) => code).sort(), ['changelog-damaged', 'changelog-damaged', 'changelog-damaged', 'changelog-damaged', 'record-damaged'])
  assert.deepEqual(published.map(({ diaObjectId }) => diaObjectId), ['2'])
  assert.deepEqual(replica.reader.object('1'), before)
  assert.equal(replica.reader.object('2')!.classification!.epochs, 2)

  await classify(['1', '2'], 60002)
  const last = partition.commits[2]!
  const unreadable = last.entries.map(entry => entry.key === MARK_KEY ? { ...entry, value: Buffer.from([0xc1]) } : entry)
  const applied = replica.apply({ ...last, entries: unreadable })
  assert.deepEqual(applied.leftOut.map(({ code }) => code), ['changelog-damaged'])
  assert.deepEqual(applied.published.filter(isCandidate).map(({ diaObjectId, epochs }) => [diaObjectId, epochs]), [['1', 3], ['2', 3]], 'what was published is in the records, too')
  assert.equal(replica.reader.statistics().accounting.received, 4, 'the counters follow with the next commit')
})

test('an object that moves to another partition stays, in whatever order partitions are read', async t => {
  const [from, to] = await openPartitions(t, 2) as [LoggedPartition, LoggedPartition]
  for (const time of [60000, 60001]) await from.processor.process([{ alert: alertFor('1', [point({ midpointMjdTai: time })]), origin: 'test' }])
  for (const time of [60000, 60001, 60002]) await to.processor.process([{ alert: alertFor('1', [point({ midpointMjdTai: time })]), origin: 'test' }])
  const at = (time: number, { entries, ...part }: ChangelogPart): ChangelogPart => ({ ...part, entries: entries.map(entry => ({ ...entry, time })) })
  const [first, second] = [at(1, from.commits[0]!), at(2, from.commits[1]!)]
  const { next } = second
  const leaves = { partition: 0, entries: [{ key: '1', value: null, offset: next + 1n, time: 4 }], next: next + 2n }
  const [came, merged, newest] = [at(3, to.commits[0]!), at(5, to.commits[1]!), at(6, to.commits[2]!)]
  for (const order of [
    [first, second, came, leaves, merged, newest], [came, merged, newest, first, second, leaves], [first, came, merged, newest, second, leaves], [first, second, leaves, came, merged, newest]
  ]) {
    const replica = openLmdbReplica(temporaryFolder(t))
    for (const part of order) replica.apply(part)
    assert.equal(replica.reader.object('1')?.classification?.epochs, 3)
    assert.equal(replica.reader.candidates({ limit: 10 }).candidates.length, 1)
    await replica.close()
  }
})

test('dead letters come and go by their number; positions and origin are kept', async t => {
  const folder = temporaryFolder(t)
  const replica = openLmdbReplica(folder)
  const letter: DeadLetter = { code: 'alert-invalid', message: 'no', origin: 'photometry/1@5', time: 5000, bytes: Buffer.from('bytes') }
  replica.applyLetters({ partition: 1, letters: new Map([[4097, letter], [8193, { ...letter, part: 2, action: 'look' }]]), next: 3n })
  assert.equal(replica.reader.statistics().deadLetters, 2)
  assert.deepEqual(replica.deadLetters.get(8193), {
    number: 8193, code: 'alert-invalid', message: 'no', action: 'look', origin: 'photometry/1@5', receivedAt: '1970-01-01T00:00:05.000Z', failedAt: '1970-01-01T00:00:05.000Z', attempts: 1, bytes: 5, part: 2
  })
  replica.applyLetters({ partition: 1, letters: new Map([[4097, null], [1, null]]), next: 6n })
  replica.applyLetters({ partition: 1, letters: new Map([[4097, letter]]), next: 4n })
  replica.confirm({ cluster: 'c', topics: ['a', 'b'], time: 7 })
  await replica.close()
  const again = open(t, folder)
  assert.deepEqual(again.deadLetters.list({ limit: 10 }).deadLetters.map(({ number }) => number), [8193])
  assert.equal(Buffer.from(again.deadLetters.bytes(8193)).toString(), 'bytes')
  assert.equal(again.position(lettersSource(1)), 6n)
  assert.equal(again.position(changelogSource(1)), undefined)
  assert.deepEqual(again.sources(), ['dead-letters/1'])
  assert.deepEqual(again.origin(), { cluster: 'c', topics: ['a', 'b'], time: 7 })
})

test('numbers of a replica that begins anew are above those of the one before', async t => {
  const [partition] = await openPartitions(t, 1) as [LoggedPartition]
  await partition.processor.process([{ alert: alertFor('1', [point()]), origin: 'test' }])
  const first = openLmdbReplica(temporaryFolder(t), { now: () => 1000 })
  first.apply(partition.commits[0]!)
  const second = openLmdbReplica(temporaryFolder(t), { now: () => 2000 })
  second.apply(partition.commits[0]!)
  assert.deepEqual([first.reader.sequence(), second.reader.sequence()], [1001, 2001])
  assert.equal(second.reader.changedSince(first.reader.sequence(), 10).length, 1)
  await first.close()
  await second.close()
})

test('stores and replicas refuse each other\'s folders', async t => {
  const folder = temporaryFolder(t)
  await openLmdbStore(folder).close()
  assert.throws(() => openLmdbReplica(folder), { code: 'data-folder-version' })
  const other = temporaryFolder(t)
  await openLmdbReplica(other).close()
  assert.throws(() => openLmdbStore(other), { code: 'data-folder-version' })
})
