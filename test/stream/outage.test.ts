import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CandelaError } from '../../src/errors.ts'
import { isCommitFailure, Outage, type OutageOptions } from '../../src/stream/outage.ts'

const full = new CandelaError('commit-failed', 'the disk is full', { canRetry: true })
const lost = new CandelaError('commit-failed', 'the environment is lost')

function told (options: Partial<OutageOptions> = {}): { outage: Outage, said: string[] } {
  const said: string[] = []
  const outage = new Outage({
    isWaitedFor: isCommitFailure,
    firstWaitMs: 1,
    longestWaitMs: 2,
    report: { begin: ({ message }) => said.push(message), end: () => said.push('end') },
    onOutage: () => said.push('begins'),
    onOutageEnd: () => said.push('over'),
    ...options
  })
  return { outage, said }
}

const failing = (times: number, error: Error) => (): string => {
  if (times-- > 0) throw error
  return 'done'
}

test('work is tried until it succeeds: each failure is reported, begin and end once', async () => {
  const { outage, said } = told()
  const { signal } = new AbortController()
  assert.equal(await outage.over(failing(3, full), signal), 'done')
  assert.deepEqual(said, [full.message, 'begins', full.message, full.message, 'end', 'over'])
  assert.equal(outage.trouble, null)
})

test('an outage that work was given up in lasts until other work succeeds', async () => {
  const stopping = new AbortController()
  const { outage, said } = told({ firstWaitMs: 60_000, onOutage: () => setImmediate(() => stopping.abort()) })
  await assert.rejects(outage.over(failing(1, full), stopping.signal), { name: 'AbortError' })
  assert.equal(outage.trouble, full)
  assert.equal(await outage.over(failing(0, full), new AbortController().signal), 'done')
  assert.deepEqual([outage.trouble, said], [null, [full.message, 'end', 'over']])
})

test('where another answer ends the outage, one that is aborted ends without a word to its owner', async () => {
  const stopping = new AbortController()
  const { outage, said } = told({ endsWithoutSuccess: true, onOutage: () => stopping.abort() })
  await assert.rejects(outage.over(failing(1, full), stopping.signal), { name: 'AbortError' })
  assert.deepEqual([outage.trouble, said], [null, [full.message, 'end']])
  const { signal } = new AbortController()
  await assert.rejects(outage.over(failing(1, lost), signal), lost)
  assert.equal(said.length, 2)
})

test('several that wait are one outage, over with the last', async () => {
  const { outage, said } = told()
  const { signal } = new AbortController()
  const works = [1, 3, 0].map(times => failing(times, full))
  await Promise.all(works.map(async work => await outage.over(work, signal)))
  assert.deepEqual(said.filter(word => word !== full.message), ['begins', 'end', 'over'])
})

test('whoever tries again itself learns how long to wait, doubled until the outage is over', () => {
  const { outage } = told({ firstWaitMs: 10, longestWaitMs: 35 })
  assert.deepEqual([1, 2, 3, 4].map(() => outage.fail(full)), [10, 20, 35, 35])
  outage.end()
  assert.equal(outage.fail(full), 10)
})
