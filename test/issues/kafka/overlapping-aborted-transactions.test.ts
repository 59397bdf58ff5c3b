import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { Transactions } from '../../../src/stream/kafka/classify/transactions.ts'
import { clientOf } from '../../e2e/kafka/broker.ts'
import { sharedBroker } from '../../e2e/kafka/shared-broker.ts'
import { committed } from '../../kafka/topics.ts'
import { needs } from '../../parts.ts'

test('records of aborted transactions that overlap in a partition are not read, whichever ended first; those of others are', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  const kafka = clientOf(broker.address)
  const topic = 'overlapping'
  await ensureTopic(kafka, { topic, partitions: 1 }, [broker.address])
  const producers = ['overlapping-a', 'overlapping-b'].map(transactionalId => kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 }))
  for (const producer of producers) await producer.connect()
  const send = (value: string) => ({ topic, messages: [{ key: 'k', value, partition: 0 }] })
  for (const round of [1, 2]) {
    const [first, second] = [await producers[0]!.transaction(), await producers[1]!.transaction()]
    await first.send(send(`aborted ${round}, begun first`))
    await second.send(send(`aborted ${round}, begun second`))
    await first.send(send(`aborted ${round}, more of the first`))
    await second.abort()
    await first.abort()
    const kept = new Transactions({ kafka, brokers: [broker.address], transactionalId: 'overlapping-c', compression: 'none' })
    await kept.begin()
    await kept.publish([{ topic, partition: 0, key: 'k', value: Buffer.from(`committed ${round}`) }])
    await kept.close()
  }
  for (const producer of producers) await producer.disconnect()
  // An end of a transaction stands in the topic when one that follows has begun.
  const next = new Transactions({ kafka, brokers: [broker.address], transactionalId: 'overlapping-c', compression: 'none' })
  await next.begin()
  await next.close()
  const read = (await committed(kafka, topic, 0)).map(({ value }) => String(value))
  const other = (await broker.run(`kafka-console-consumer.sh --bootstrap-server localhost:19092 --topic ${topic} --from-beginning --isolation-level read_committed --timeout-ms 5000 2>/dev/null || true`)).split('\n').filter(line => /^(aborted|committed) \d/.test(line))
  assert.deepEqual(other, ['committed 1', 'committed 2'], 'as Kafka\'s own client reads it')
  assert.deepEqual(read, ['committed 1', 'committed 2'])
})
