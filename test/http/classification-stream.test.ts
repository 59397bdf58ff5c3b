import assert from 'node:assert/strict'
import test from 'node:test'
import { ClassificationStream, formatEvent } from '../../src/http/classification-stream.ts'
import type { Candidate } from '../../src/state/views.ts'
import { alertFor, openPipeline, point } from '../pipeline.ts'

const OBJECTS = 150
const everything = (): boolean => true

/** Reads all that is there, and what it brings up from the store. */
function drain (stream: ClassificationStream): Candidate[] {
  let text = ''
  for (let chunk: Buffer | null; (chunk = stream.read() as Buffer | null) !== null;) text += chunk.toString()
  return text.split('\n').filter(line => line.startsWith('data: ')).map(line => JSON.parse(line.slice(6)) as Candidate)
}

test('what waits for a slow client is bounded, and it still gets the newest state of every object', async t => {
  const { store, processor } = await openPipeline(t)
  const night = (n: number): Promise<unknown> => processor.process(Array.from({ length: OBJECTS }, (_, k) =>
    ({ alert: alertFor(`object-${k}`, [point({ midpointMjdTai: 60000 + n })]), origin: 'test' })))
  const slow = new ClassificationStream({ reader: store.reader, after: 0, wants: everything })
  const fast = new ClassificationStream({ reader: store.reader, after: 0, wants: everything })
  t.after(() => { slow.destroy(); fast.destroy() })
  const seen = drain(fast)
  assert.deepEqual(drain(slow), [])
  let largestCommit = 0
  let sent = 0
  t.after(store.reader.subscribe(candidates => {
    const bytes = candidates.map(formatEvent).join('').length
    largestCommit = Math.max(largestCommit, bytes)
    sent += bytes
    slow.follow(candidates, formatEvent)
    fast.follow(candidates, formatEvent)
  }))
  for (let n = 0; n < 12; n++) {
    await night(n)
    seen.push(...drain(fast))
    assert.ok(slow.readableLength <= 256 * 1024 + largestCommit, `${slow.readableLength} bytes wait`)
  }
  assert.ok(sent > 1.5 * (256 * 1024 + largestCommit), `${sent} bytes were sent`)
  assert.deepEqual(seen.map(({ sequence }) => sequence), Array.from({ length: OBJECTS * 12 }, (_, k) => k + 1))

  const late = drain(slow)
  assert.ok(late.length < OBJECTS * 12)
  assert.ok(late.every(({ sequence }, k) => k === 0 || sequence > late[k - 1]!.sequence))
  const newest = new Map(late.map(candidate => [candidate.diaObjectId, candidate]))
  assert.deepEqual([...newest.values()], store.reader.changedSince(0, OBJECTS * 2))

  await night(12)
  assert.equal(drain(slow).length, OBJECTS)
})

test('a client that reads nothing between two heartbeats is cut off, one that reads is not', async t => {
  const { store } = await openPipeline(t)
  const reading = new ClassificationStream({ reader: store.reader, after: 0, wants: everything })
  const stuck = new ClassificationStream({ reader: store.reader, after: 0, wants: everything })
  for (let beat = 0; beat < 5; beat++) {
    drain(reading)
    reading.heartbeat()
    if (!stuck.destroyed) stuck.heartbeat()
  }
  assert.equal(reading.destroyed, false)
  assert.equal(stuck.destroyed, true)
  reading.destroy()
})
