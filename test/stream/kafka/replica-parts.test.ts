import assert from 'node:assert/strict'
import { test } from 'node:test'
import type kafkajs from 'kafkajs'
import fc from 'fast-check'
import { MARK_KEY } from '../../../src/state/storage/changelog.ts'
import { changelogSource, lettersSource } from '../../../src/state/storage/replica/replica.ts'
import { outgoing } from '../../../src/stream/kafka/classify/outgoing.ts'
import { readLetter } from '../../../src/stream/kafka/query/incoming-letter.ts'
import { confirmReplica, openReplica, type ReplicatedTopics } from '../../../src/stream/kafka/query/replica-folder.ts'
import { ChangelogBuffer } from '../../../src/stream/kafka/query/replica-reading.ts'
import { ownTopics } from '../../../src/stream/kafka/role.ts'
import { emptyAccounting } from '../../../src/state/accounting.ts'
import { emptyTally } from '../../../src/state/storage/packed-commit.ts'
import type { DeadLetter } from '../../../src/state/store.ts'
import { temporaryFolder } from '../../pipeline.ts'

const message = (key: string, offset: number, value: Buffer | null = Buffer.from('value'), headers = {}): kafkajs.KafkaMessage =>
  ({ key: Buffer.from(key), value, offset: String(offset), timestamp: '5000', attributes: 0, headers })

const anyLog = fc.array(fc.constantFrom('1', '1/l0', '2', '2/s', MARK_KEY), { minLength: 1, maxLength: 4000, size: 'max' })

test('parts are whole commits, or end behind a record; nothing is lost, in whatever pieces the changelog comes', () => {
  fc.assert(fc.property(anyLog, fc.integer({ min: 1, max: 700 }), fc.boolean(), (keys, piece, whole) => {
    const buffer = new ChangelogBuffer(3)
    const parts = []
    for (let first = 0; first < keys.length; first += piece) {
      const end = Math.min(keys.length, first + piece)
      for (let k = first; k < end; k++) buffer.add(message(keys[k]!, k))
      // Behind the last record there is the mark of a transaction.
      parts.push(...buffer.parts(whole, BigInt(end + 1)))
    }
    const entries = parts.flatMap(({ entries }) => entries)
    const last = keys.findLastIndex(key => whole ? key === MARK_KEY : !key.includes('/'))
    assert.deepEqual(entries.map(({ key }) => key), keys.slice(0, last + 1))
    assert.deepEqual(entries.map(({ offset }) => offset), entries.map((_, k) => BigInt(k)))
    for (const { partition, entries, next } of parts) {
      const { key, offset } = entries.at(-1)!
      assert.equal(partition, 3)
      assert.ok(whole ? key === MARK_KEY : !key.includes('/'), `a part ends with ${key}`)
      assert.ok(next > offset && next <= offset + 2n, `${next} behind ${offset}`)
      if (!whole) assert.ok(entries.length < 250 + 2 * keys.filter(key => key.includes('/')).length, 'bounded')
    }
  }), { numRuns: 100, seed: 3 })
})

test('a commit that is too large for memory is written before its end', () => {
  const buffer = new ChangelogBuffer(0)
  for (let k = 0; k < 9; k++) buffer.add(message(k === 8 ? '1/l0' : '1', k, Buffer.alloc(8 * 2 ** 20)))
  assert.deepEqual([...buffer.parts(true, 9n)].map(({ entries, next }) => [entries.length, next]), [[8, 8n]])
  buffer.add(message('1', 9))
  assert.deepEqual([...buffer.parts(true, 10n)], [], 'what is left waits for its end again')
})

test('dead letters are read as classify writes them; those of others are refused', () => {
  const own = ownTopics('p.')
  const letters: DeadLetter[] = [
    { code: 'alert-invalid', message: 'no é', origin: 'p.photometry/2@7', time: 1_700_000_000_123, bytes: Buffer.from([0, 255]) },
    { code: 'alert-invalid', message: 'no', action: 'look', part: 3, origin: 'x', time: 0, bytes: Buffer.alloc(0) }
  ]
  const packed = {
    deadLetters: letters, alerts: [], positions: {}, entries: new Map(), changes: new Map(), candidates: [], withdrawals: [], counters: { sequence: 0, letterNumber: 2, accounting: emptyAccounting(), tally: emptyTally() }
  }
  const written = outgoing(packed, { own, partition: 2, outputs: [], now: 0 }).filter(({ topic }) => topic === own.deadLetters)
  const read = written.map(({ key, value, headers }) => readLetter(message(key, 0, value, Object.fromEntries(Object.entries(headers!).map(([name, text]) => [name, Buffer.from(text)]))), 'here'))
  assert.deepEqual(read, [{ number: 4098, letter: letters[0] }, { number: 8194, letter: letters[1] }])
  assert.deepEqual(readLetter(message('4098', 0, null), 'here'), { number: 4098, letter: null })
  for (const bad of [message('x', 0), message('-1', 0), message('1', 0), { ...message('1', 0), key: null }]) assert.throws(() => readLetter(bad, 'p.dead-letters/0@9'), { code: 'dead-letter-invalid' })
})

test('a replica goes on where it is of the same topics and not left behind for long; else it begins anew and says why', async t => {
  const now = 1_700_000_000_000
  const topics: ReplicatedTopics = {
    cluster: 'c', objectRecords: 'records', deadLetters: 'letters', offsets: new Map([[changelogSource(0), { low: 0n, high: 10n }], [lettersSource(0), { low: 0n, high: 10n }]])
  }
  const day = 86_400_000
  const cases: Array<[string, Partial<ReplicatedTopics>, number, RegExp | null]> = [
    ['the same', {}, 0, null],
    ['five days later', {}, 5 * day, null],
    ['a week later', {}, 7 * day, /left behind/],
    ['another cluster', { cluster: 'd' }, 0, /cluster/],
    ['other topics', { objectRecords: 'others' }, 0, /topics/],
    ['a changelog that ends before', { offsets: new Map([[changelogSource(0), { low: 0n, high: 4n }]]) }, 0, /made anew/],
    ['no such partition', { offsets: new Map() }, 0, /made anew/]
  ]
  for (const [what, given, later, expected] of cases) {
    const folder = temporaryFolder(t)
    const first = openReplica(folder, topics, now)
    assert.equal(first.reason, null)
    first.replica.apply({ partition: 0, entries: [], next: 5n })
    confirmReplica(first.replica, topics, now)
    await first.replica.close()
    const { replica, reason } = openReplica(folder, { ...topics, ...given }, now + later)
    if (expected) assert.match(reason!, expected, what)
    else assert.equal(reason, null, what)
    assert.equal(replica.position(changelogSource(0)), expected ? undefined : 5n, what)
    await replica.close()
  }
})
