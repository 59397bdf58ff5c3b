import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePromptWhenIdle, type FetchingBroker, type FetchRequest } from '../../../../../src/stream/kafka/client/amendments/idle-fetches.ts'

const WANTED: FetchRequest = { minBytes: 2 ** 20, maxWaitTime: 25 }

test('behind an empty fetch the next record is handed over at once; records that come one upon the other wait for more', async () => {
  const asked: FetchRequest[] = []
  let messages: unknown[] = []
  class Broker implements FetchingBroker {
    async fetch (request: FetchRequest) {
      asked.push(request)
      return { responses: [{ partitions: [{ messages: [] }, { messages }] }] }
    }
  }
  makePromptWhenIdle(Broker)
  const [one, other] = [new Broker(), new Broker()]
  await one.fetch(WANTED)
  await other.fetch(WANTED)
  messages = [{}]
  await one.fetch(WANTED)
  await one.fetch(WANTED)
  messages = []
  await one.fetch({ ...WANTED, maxWaitTime: 500 })
  await one.fetch({ ...WANTED, maxWaitTime: 500 })
  assert.deepEqual(asked, [WANTED, WANTED, { minBytes: 1, maxWaitTime: 200 }, WANTED, { ...WANTED, maxWaitTime: 500 }, { minBytes: 1, maxWaitTime: 500 }])
})
