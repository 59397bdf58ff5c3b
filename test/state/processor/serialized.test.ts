import assert from 'node:assert/strict'
import test from 'node:test'
import type { Processor } from '../../../src/state/processor/processor.ts'
import { serialized } from '../../../src/state/processor/serialized.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

const received = (id: string, night = 0) => [{ alert: alertFor(id, [point({ midpointMjdTai: 60000 + night })]), origin: 'test' }]

test('sources that come at the same time end as if they had come one after the other', async t => {
  const { store, processor: one } = await openPipeline(t)
  const processor = serialized(one)
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, k) => processor.process(received('1', k % 10))))
  assert.deepEqual(outcomes.map(([outcome]) => outcome!.epochs ?? outcome!.outcome), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...Array<string>(10).fill('duplicate')])
  assert.deepEqual(store.reader.classifications('1')!.map(({ epochs }) => epochs), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  assert.equal(store.reader.statistics().accounting.received, 20)
})

test('only one batch is with the processor at a time, and a failure is its caller\'s alone', async () => {
  let inside = 0
  const odd: Processor = {
    model: 'a/1.0',
    async process (alerts) {
      assert.equal(++inside, 1)
      await new Promise(resolve => setImmediate(resolve))
      inside--
      if (alerts.length === 0) throw new Error('the disk is full')
      return []
    },
    revise: async () => []
  }
  const processor = serialized(odd)
  const results = await Promise.allSettled([processor.process(received('1')), processor.process([]), processor.process(received('2'))])
  assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
})

test('close waits for what came before and refuses what comes after', async t => {
  const { store, processor: one } = await openPipeline(t)
  const processor = serialized(one)
  const before = Promise.all([processor.process(received('1')), processor.process(received('2'))])
  await processor.close()
  assert.equal(store.reader.statistics().accounting.received, 2)
  await assert.rejects(processor.process(received('3')), { code: 'shutting-down', canRetry: true })
  assert.equal((await before).length, 2)
})
