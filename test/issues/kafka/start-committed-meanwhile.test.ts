import assert from 'node:assert/strict'
import { test } from 'node:test'
import type kafkajs from 'kafkajs'
import { takePositions } from '../../../src/stream/kafka/group/start-positions.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { clientOf } from '../../e2e/kafka/broker.ts'
import { sharedBroker } from '../../e2e/kafka/shared-broker.ts'
import { needs } from '../../parts.ts'

test('a member begins where the leader has committed, also where that was done before it looked, and kafkajs had asked earlier still', async t => {
  if (!needs(t, 'docker')) return
  const { address } = await sharedBroker('4.1.0')
  const kafka = clientOf(address)
  const topic = 'meanwhile'
  await ensureTopic(kafka, { topic, partitions: 3 }, [address])
  const admin = kafka.admin()
  await admin.connect()
  t.after(() => admin.disconnect())
  await admin.setOffsets({ groupId: 'meanwhile', topic, partitions: [{ partition: 0, offset: '17' }, { partition: 1, offset: '23' }, { partition: 2, offset: '5' }] })
  // When kafkajs asks for positions cannot be chosen; what it is told then can be seen.
  const sought: Array<[number, string]> = []
  const consumer: Pick<kafkajs.Consumer, 'seek' | 'commitOffsets'> = {
    seek: ({ partition, offset }) => { sought.push([partition, offset]) },
    commitOffsets: async () => assert.fail('nothing is missing')
  }
  await takePositions(kafka, consumer, { groupId: 'meanwhile', topics: [topic], start: 'latest' }, { isLeader: false, memberAssignment: { [topic]: [0, 1] } }, new AbortController().signal)
  assert.deepEqual(sought.sort(), [[0, '17'], [1, '23']])
})
