import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import { createDeadLetterDiscard } from '../../../src/state/dead-letters/discard.ts'
import { boundDeadLetters } from '../../../src/state/archive/retention.ts'
import { openPipeline } from '../../pipeline.ts'

const error = new CandelaError('avro-invalid', 'damaged')

test('beyond their bound the oldest dead letters are discarded, and all that ever were are accounted for', async t => {
  const { store, processor, folder, close } = await openPipeline(t)
  const letters = Array.from({ length: 400 }, (_, k) => ({ error, bytes: Buffer.alloc(10_000, k), origin: `letter ${k}` }))
  await processor.process(letters)
  const discard = createDeadLetterDiscard({ store, processor: { inTurn: call => call() } })
  assert.ok(store.deadLetters.size() > 4e6)
  assert.equal(await discard.keepWithin(8e6), 0)
  const stopping = new AbortController()
  const counts: number[] = []
  const failures: CandelaError[] = []
  await boundDeadLetters({
    discard,
    bytes: 2e6,
    signal: stopping.signal,
    onDiscarded (letters) {
      counts.push(letters)
      stopping.abort()
    },
    onFailure: error => failures.push(error)
  })
  assert.deepEqual(failures, [])
  assert.ok(store.deadLetters.size() <= 2e6)
  const { deadLetters, deadLettersDiscarded, accounting } = store.reader.statistics()
  assert.deepEqual(counts, [deadLettersDiscarded])
  assert.equal(deadLetters + deadLettersDiscarded, 400)
  assert.ok(deadLetters >= 60, `${deadLetters} are kept`)
  assert.equal(accounting.deadLettered, 400)
  assert.equal(store.deadLetters.list({ limit: 1, oldestFirst: true }).deadLetters[0]!.number, deadLettersDiscarded + 1)
  assert.equal(store.deadLetters.list({ limit: 1 }).deadLetters[0]!.number, 400)
  await close()
  const again = await openPipeline(t, { folder })
  assert.equal(again.store.reader.statistics().deadLettersDiscarded, deadLettersDiscarded)
})

test('a bound of nothing empties the dead letters and ends', async t => {
  const { store, processor } = await openPipeline(t)
  await processor.process([{ error, bytes: Buffer.from('x'), origin: 'test' }])
  const discard = createDeadLetterDiscard({ store, processor: { inTurn: call => call() } })
  assert.equal(await discard.keepWithin(0), 1)
  assert.equal(store.reader.statistics().deadLetters, 0)
})
