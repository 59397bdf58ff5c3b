import assert from 'node:assert/strict'
import test from 'node:test'
import { hideAborted, type FetchedPartition, type FetchedRecord } from '../../../../../src/stream/kafka/client/amendments/aborted.ts'

const record = (offset: number, producerId: string, isControlRecord = false, type = 0): FetchedRecord =>
  ({ offset: String(offset), key: isControlRecord ? Buffer.from([0, 0, 0, type]) : Buffer.from('k'), isControlRecord, batchContext: { producerId, inTransaction: true } })
const aborts = (offset: number, producerId: string) => record(offset, producerId, true)
const commits = (offset: number, producerId: string) => record(offset, producerId, true, 1)

function read (messages: FetchedRecord[], abortedTransactions: FetchedPartition['abortedTransactions']): string[] {
  hideAborted({ messages, abortedTransactions })
  return messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => offset)
}

test('the list of aborted transactions is in the order of their ends: those that began earlier are hidden nevertheless', () => {
  const messages = [record(98, 'a'), record(99, 'b'), record(100, 'c'), record(101, 'a'), aborts(102, 'b'), aborts(103, 'a'), commits(104, 'c'), record(105, 'a'), commits(106, 'a')]
  assert.deepEqual(read(messages, [{ producerId: 'b', firstOffset: '99' }, { producerId: 'a', firstOffset: '98' }]), ['100', '105'])
})

test('a fetch that begins within two of them hides both from its first record on', () => {
  const messages = [record(50, 'b'), record(51, 'a'), aborts(52, 'a'), aborts(53, 'b'), record(54, 'b'), commits(55, 'b')]
  assert.deepEqual(read(messages, [{ producerId: 'a', firstOffset: '9' }, { producerId: 'b', firstOffset: '10' }]), ['54'])
})

test('where none is aborted, or all is read, everything stays', () => {
  for (const none of [[], null]) assert.deepEqual(read([record(1, 'a'), commits(2, 'a')], none), ['1'])
})
