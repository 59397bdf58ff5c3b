import assert from 'node:assert/strict'
import { test } from 'node:test'
import kafkajs from 'kafkajs'
import { kafkaError } from '../../../src/stream/kafka/client/errors.ts'

/** As kafkajs makes them of a broker's answers; when a broker gives them cannot be chosen. */
const answers = [
  { type: 'GROUP_LOAD_IN_PROGRESS', code: 14, message: 'The coordinator is loading and hence can\'t process requests for this group' },
  { type: 'GROUP_COORDINATOR_NOT_AVAILABLE', code: 15, message: 'The group coordinator is not available' },
  { type: 'NOT_COORDINATOR_FOR_GROUP', code: 16, message: 'This is not the correct coordinator for this group' }
]
for (const { type, code, message } of answers) {
  test(`${type}: a cluster that has just started is to be waited for, and its log need not be looked at`, () => {
    const error = new kafkajs.KafkaJSProtocolError(Object.assign(new Error(message), { type, code, retriable: true }))
    const found = kafkaError(error, { brokers: ['localhost:9092'] })
    assert.deepEqual([found.code, found.canRetry], ['kafka-no-coordinator', true])
    assert.match(found.action!, /^Wait where it has just started/)
  })
}
