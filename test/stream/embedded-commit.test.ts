import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CandelaError } from '../../src/errors.ts'
import type { Processor } from '../../src/state/processor/processor.ts'
import { waitingProcess } from '../../src/stream/embedded.ts'
import { alertFor, openPipeline, point } from '../pipeline.ts'

const BATCH = [{ alert: alertFor('1', [point()]), origin: 'test' }]
const full = new CandelaError('commit-failed', 'the disk is full', { canRetry: true })

/** Fails as often as told, then processes. */
function failing (processor: Processor, times: number, error: Error): Processor {
  return {
    ...processor,
    process: async (...batch) => times-- > 0 ? await Promise.reject(error) : await processor.process(...batch)
  }
}

test('a batch that cannot be written is tried until it can, and counted once; it is said once, and once that it is over', async t => {
  const { processor, store } = await openPipeline(t)
  const said: string[] = []
  const process = waitingProcess({
    processor: failing(processor, 3, full),
    signal: new AbortController().signal,
    firstWaitMs: 1,
    longestWaitMs: 2,
    onOutage: ({ message }) => said.push(message),
    onOutageEnd: () => said.push('over')
  })
  assert.deepEqual((await process(BATCH, { test: 5 }))!.map(({ outcome }) => outcome), ['classified'])
  assert.deepEqual(said, ['the disk is full', 'over'])
  assert.equal(store.reader.statistics().accounting.received, 1)
  assert.equal(store.position('test'), 5)
})

test('whoever waits can be told to stop at once: nothing of the batch is stored', async t => {
  const { processor, store } = await openPipeline(t)
  const stopping = new AbortController()
  const process = waitingProcess({ processor: failing(processor, 1, full), signal: stopping.signal, firstWaitMs: 60_000, onOutage: () => setImmediate(() => stopping.abort()) })
  assert.equal(await process(BATCH, { test: 5 }), undefined)
  assert.equal(store.reader.statistics().accounting.received, 0)
  assert.equal(store.position('test'), undefined)
})

test('what will not succeed later is not waited for, be it the first failure or a later one', async t => {
  const { processor } = await openPipeline(t)
  const signal = new AbortController().signal
  const lasting = new CandelaError('commit-failed', 'the environment is lost')
  await assert.rejects(waitingProcess({ processor: failing(processor, 1, lasting), signal })(BATCH), lasting)
  const worse = failing(failing(processor, 1, lasting), 1, full)
  await assert.rejects(waitingProcess({ processor: worse, signal, firstWaitMs: 1 })(BATCH), lasting)
})
