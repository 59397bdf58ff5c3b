import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { CandelaError } from '../../../src/errors.ts'
import { brokerRecord } from '../../../src/simulator/broker-forms/forms.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { COMPRESSIONS } from '../../../src/kafka-settings.ts'
import { feed, type FedPacket } from '../../../src/stream/kafka/feeder.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { needs } from '../../parts.ts'
import { committed } from '../../kafka/topics.ts'
import { candela } from '../candela-process.ts'
import { clientOf, INSIDE, readTopic, type KafkaVersion } from './broker.ts'
import { sharedBroker } from './shared-broker.ts'

const never = new AbortController().signal

/** Packets of some nights of the simulated sky, in order. */
function simulated (): FedPacket[] {
  const sky = createSky({ seed: 5, activeObjects: 100 })
  return [0, 1, 2, 3].flatMap(night => sky.night(night)).map(({ bytes, diaObjectId }) => ({ bytes, key: diaObjectId, origin: 'sky' }))
}

async function * each<T> (items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await turn()
    yield item
  }
}

/** By object: its packets in base64, in their order. */
function byObject (messages: ReadonlyArray<{ key: string | Buffer | null, value: Uint8Array }>): Record<string, string[]> {
  const objects: Record<string, string[]> = {}
  for (const { key, value } of messages) (objects[String(key)] ??= []).push(Buffer.from(value).toString('base64'))
  return objects
}

for (const version of ['3.9.1', '4.1.0'] satisfies KafkaVersion[]) {
  test(`Kafka ${version}: packets come back byte for byte in every compression, those of an object in order; topics are made and compared`, async t => {
    if (!needs(t, 'docker')) return
    const broker = await sharedBroker(version)
    const brokers = [broker.address]
    const kafka = clientOf(broker.address)
    const packets = simulated()
    const fed = byObject(packets.map(({ key, bytes }) => ({ key, value: bytes })))
    assert.ok(packets.length > 50 && Object.keys(fed).length > 20)
    for (const compression of COMPRESSIONS) {
      const topic = `packets-${compression}`
      assert.equal(await ensureTopic(kafka, { topic, partitions: 3 }, brokers), 'made')
      const counts = await feed(kafka, each(packets), { topic, brokers, compression, signal: never })
      assert.deepEqual([counts.sent, counts.refused, counts.unconfirmed], [packets.length, 0, 0])
      assert.deepEqual(byObject(await readTopic(broker.address, topic)), fed, compression)
    }

    // Partitions of Java's default partitioner: the hashes are those of Kafka's own test of murmur2 (UtilsTest).
    const javas: Array<[string, number]> = [['21', -973932308], ['foobar', -790332482], ['a-little-bit-long-string', -985981536], ['a-little-bit-longer-string', -1486304829]]
    const keyed = javas.map(([key]) => ({ key, bytes: Buffer.from(key), origin: 'key' }))
    await ensureTopic(kafka, { topic: 'keys', partitions: 7 }, brokers)
    await feed(kafka, each([...keyed, { key: 'large', bytes: Buffer.alloc(3e6), origin: 'large' }, ...keyed]), { topic: 'keys', brokers, signal: never })
      .then(({ sent, refused }) => assert.deepEqual([sent, refused], [2 * keyed.length, 1], 'a packet that the topic does not take costs no other'))
    const found = await readTopic(broker.address, 'keys')
    for (const [key, hash] of javas) assert.deepEqual(found.filter(message => message.key === key).map(({ partition }) => partition), Array(2).fill((hash & 0x7fffffff) % 7), key)

    // Kafka's own client reads what was written, and what it writes is read.
    const lines = Array.from({ length: 2000 }, (_, k) => `line ${k} abcabcabcabc`)
    const codecs = COMPRESSIONS.filter(codec => codec !== 'none')
    for (const codec of codecs) await ensureTopic(kafka, { topic: `ours-${codec}`, partitions: 1 }, brokers)
    for (const compression of codecs) await feed(kafka, each(lines.slice(0, 300).map(line => ({ key: null, bytes: Buffer.from(line), origin: 'line' }))), { topic: `ours-${compression}`, brokers, compression, signal: never })
    const read = await broker.run(`kafka-console-consumer.sh --bootstrap-server ${INSIDE} --include 'ours-.*' --from-beginning --max-messages ${300 * codecs.length} --timeout-ms 20000 2>/dev/null`)
    const written = read.split('\n').filter(line => line.startsWith('line '))
    assert.deepEqual([written.length, [...new Set(written)].sort()], [300 * codecs.length, lines.slice(0, 300).sort()])
    // By default it drops a batch that a slow broker has not confirmed after 1.5 s.
    await broker.run(`awk 'BEGIN { for (k = 0; k < ${lines.length}; k++) print "line " k " abcabcabcabc" }' > /tmp/lines; for codec in ${codecs.join(' ')}; do kafka-console-producer.sh --bootstrap-server ${INSIDE} --topic theirs-$codec --compression-codec $codec --request-timeout-ms 60000 < /tmp/lines >/dev/null 2>&1 & done; wait`)
    for (const codec of codecs) assert.deepEqual((await readTopic(broker.address, `theirs-${codec}`)).map(({ value }) => value.toString()).sort(), [...lines].sort(), codec)

    const wanted = { topic: 'records', partitions: 2, replication: 1, settings: { 'cleanup.policy': 'compact' } }
    assert.equal(await ensureTopic(kafka, wanted, brokers), 'made')
    assert.equal(await ensureTopic(kafka, wanted, brokers), 'there')
    await assert.rejects(ensureTopic(kafka, { ...wanted, partitions: 4, settings: { 'cleanup.policy': 'delete' } }, brokers), (error: unknown) => {
      assert.ok(error instanceof CandelaError && error.code === 'kafka-topic-differs')
      assert.match(error.message, /2 partitions, and 4 are wanted; its cleanup\.policy is compact, and delete is wanted/)
      assert.match(error.action!, /kafka-configs\.sh .*--add-config cleanup\.policy=delete$/m)
      return true
    })
    await assert.rejects(ensureTopic(kafka, { topic: '..', partitions: 1 }, brokers), { code: 'kafka-topic-invalid', message: 'a topic cannot be called \'..\'', canRetry: false })
  })
}

test('candela simulate --form feeds a topic as a broker does: its keys and its headers, byte for byte', async t => {
  if (!needs(t, 'docker')) return
  const { address } = await sharedBroker('3.9.1')
  const kafka = clientOf(address)
  const sky = createSky({ seed: 3, activeObjects: 40 })
  const alerts = [0, 1, 2].flatMap(night => sky.night(night))
  // Fink has a key, AMPEL has headers, Babamul has neither and compresses its batches.
  await Promise.all((['fink', 'ampel', 'babamul'] as const).map(async form => {
    const topic = `form-${form}`
    const { status, stderr } = await candela(t, ['simulate', '--nights', '3', '--seed', '3', '--objects', '40', '--form', form, '--to', 'kafka', '--topic', topic, '--partitions', '1', '--kafka-brokers', address])
    assert.equal(status, 0, stderr)
    const found = (await committed(kafka, topic, 0)).map(({ key, value, headers }) => ({ key, value, headers: Object.entries(headers!) }))
    assert.deepEqual(found, alerts.map(alert => {
      const { key, value, headers } = brokerRecord(alert, form)
      return { key, value, headers: Object.entries(headers).map(([name, header]) => [name, Buffer.from(header)]) }
    }), form)
  }))
})
