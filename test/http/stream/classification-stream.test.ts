import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ClassificationLog } from '../../../src/http/stream/classification-log.ts'
import { ClassificationStream } from '../../../src/http/stream/classification-stream.ts'
import type { Candidate, Change } from '../../../src/state/views.ts'
import { alertFor, openPipeline, point, type Pipeline } from '../../pipeline.ts'

const OBJECTS = 150
const candidatesOf = (text: string): Candidate[] => text.split('\n').filter(line => line.startsWith('data: {"diaObjectId"')).map(line => JSON.parse(line.slice(6)) as Candidate)

/** Reads all that is there, and what it brings up. */
async function drain (stream: ClassificationStream): Promise<string> {
  let text = ''
  for (;;) {
    const chunk = stream.read() as Buffer | null
    if (chunk !== null) text += chunk.toString()
    else if (stream.readableLength === 0) {
      await turn()
      if (stream.readableLength === 0) return text
    }
  }
}

interface Followed extends Pipeline {
  log: ClassificationLog
  follow: (wants?: (change: Change) => boolean) => ClassificationStream
  /** Commits a point of each object. */
  night: (n: number) => Promise<unknown>
}

async function open (t: TestContext, length: number): Promise<Followed> {
  const pipeline = await openPipeline(t)
  const { reader } = pipeline.store
  const log = new ClassificationLog(0, length)
  const clients: ClassificationStream[] = []
  t.after(reader.subscribe(candidates => {
    log.add(candidates)
    for (const client of clients) client.advance()
  }))
  t.after(() => { for (const client of clients) client.destroy() })
  return {
    ...pipeline,
    log,
    follow (wants) {
      const client = new ClassificationStream({ log, reader, after: 0, wants })
      clients.push(client)
      return client
    },
    night: n => pipeline.processor.process(Array.from({ length: OBJECTS }, (_, k) => ({ alert: alertFor(`object-${k}`, [point({ midpointMjdTai: 60000 + n })]), origin: 'test' })))
  }
}

test('what waits for a slow client is bounded; as long as the log reaches back it gets every classification', async t => {
  const { follow, night } = await open(t, 12 * OBJECTS)
  const [slow, fast] = [follow(), follow()]
  slow.read(0)
  const seen: Candidate[] = []
  let sent = 0
  for (let n = 0; n < 12; n++) {
    await night(n)
    const text = await drain(fast)
    sent += text.length
    seen.push(...candidatesOf(text))
    // A page of 200 comes on top of what waits.
    assert.ok(slow.readableLength < 64 * 1024 + 200 * 400, `${slow.readableLength} bytes wait`)
  }
  assert.ok(sent > 400_000, `${sent} bytes were sent`)
  const every = Array.from({ length: OBJECTS * 12 }, (_, k) => k + 1)
  assert.deepEqual(seen.map(({ sequence }) => sequence), every)
  assert.deepEqual(candidatesOf(await drain(slow)).map(({ sequence }) => sequence), every)
})

test('a client that the log has gone on beyond is told of the gap, gets the newest state of every object, and then every classification again', async t => {
  const { follow, night, store } = await open(t, 2 * OBJECTS)
  const slow = follow()
  slow.read(0)
  for (let n = 0; n < 12; n++) await night(n)
  const text = await drain(slow)
  const [gap, ...more] = text.split('\n\n').filter(block => block.startsWith('event: gap'))
  assert.ok(gap && more.length === 0, text.slice(0, 200))
  const { reason, after, until } = JSON.parse(gap.split('data: ')[1]!) as { reason: string, after: number, until: number }
  assert.equal(reason, 'too-old')
  const late = candidatesOf(text)
  assert.deepEqual(late.filter(({ sequence }) => sequence <= after).map(({ sequence }) => sequence), Array.from({ length: after }, (_, k) => k + 1))
  assert.deepEqual(late.filter(({ sequence }) => sequence > until).map(({ sequence }) => sequence), Array.from({ length: 12 * OBJECTS - until }, (_, k) => until + 1 + k))
  assert.ok(late.length < OBJECTS * 12, `${late.length} events`)
  const newest = new Map(late.map(candidate => [candidate.diaObjectId, candidate]))
  assert.deepEqual([...newest.values()].sort((a, b) => a.sequence - b.sequence), store.reader.changedSince(0, OBJECTS * 2))
  await night(12)
  assert.equal(candidatesOf(await drain(slow)).length, OBJECTS)
})

test('a rare filter passes over what it does not want, in the log and in the store', async t => {
  const { follow, night } = await open(t, 3 * OBJECTS)
  for (let n = 0; n < 10; n++) await night(n)
  const rare = follow(({ diaObjectId }) => diaObjectId === 'object-77')
  const text = await drain(rare)
  assert.match(text, /^retry: 2000\n\nevent: gap\n/)
  const epochs = candidatesOf(text).map(({ epochs }) => epochs)
  assert.ok(epochs.length >= 3 && epochs.length < 10, epochs.join(' '))
  assert.deepEqual(epochs, Array.from({ length: epochs.length }, (_, k) => 11 - epochs.length + k))
})

test('a client that reads nothing between two heartbeats is cut off, one that reads is not', async t => {
  const { follow } = await open(t, 10)
  const [reading, stuck] = [follow(), follow()]
  for (let beat = 0; beat < 5; beat++) {
    await drain(reading)
    reading.heartbeat()
    stuck.heartbeat()
  }
  assert.equal(reading.destroyed, false)
  assert.equal(stuck.destroyed, true)
})

test('the log keeps the newest, and says since when it is complete', () => {
  const log = new ClassificationLog(100, 5)
  const candidate = (sequence: number): Candidate => ({ sequence, diaObjectId: String(sequence) }) as Candidate
  const sequences = (after: number, limit = 100): number[] => log.after(after, limit).map(({ change }) => change.sequence)
  assert.deepEqual([log.since, sequences(100)], [100, []])
  log.add([103, 104, 107].map(candidate))
  assert.deepEqual([log.since, sequences(100), sequences(104), sequences(105), sequences(107), sequences(100, 2)], [100, [103, 104, 107], [107], [107], [], [103, 104]])
  log.add(Array.from({ length: 7 }, (_, k) => candidate(110 + k)))
  assert.deepEqual([log.since, sequences(log.since)], [111, [112, 113, 114, 115, 116]])
  log.add(Array.from({ length: 30 }, (_, k) => candidate(120 + k)))
  assert.deepEqual([log.since, sequences(log.since)], [144, [145, 146, 147, 148, 149]])
  const page = log.after(147, 10)
  assert.equal(log.joined(page), log.joined(page))
  assert.deepEqual(log.joined(page).toString().split('\n').filter(line => line.startsWith('id: ')), ['id: 148', 'id: 149'])
})
