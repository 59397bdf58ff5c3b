import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { decodePhotometry } from '../../../src/stream/kafka/photometry.ts'
import { needs } from '../../parts.ts'
import { clientOf, readTopic, sendAll } from './broker.ts'
import { hasMessages, startIngest } from './running-ingest.ts'
import { sharedBroker } from './shared-broker.ts'

const sky = createSky({ seed: 8, activeObjects: 40 })
const alerts = Array.from({ length: 4 }, (_, night) => sky.night(night)).flat().slice(0, 6).map(({ bytes, diaObjectId }) => ({ bytes, key: diaObjectId }))

test('topics by pattern', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  const kafka = clientOf(broker.address)
  const make = (topic: string, settings: Record<string, string> = {}): Promise<unknown> => ensureTopic(kafka, { topic, partitions: 1, replication: 1, settings }, [broker.address])
  /** Topics from which photometry came, with the number of alerts. */
  const origins = async (topic: string): Promise<Record<string, number>> => {
    const from = (await readTopic(broker.address, topic)).map(({ value }) => decodePhotometry(value)!.origin.replace(/\/.*/, ''))
    return Object.fromEntries([...new Set(from)].sort().map(topic => [topic, from.filter(other => other === topic).length]))
  }

  await t.test('what a pattern matches is read, compressed in any of the four ways by a producer in Java', async t => {
    // The broker itself compresses what comes without compression.
    const topics = ['gzip', 'snappy', 'lz4', 'zstd'].map(codec => `squeezed_${codec}`)
    for (const topic of topics) {
      await make(topic, { 'compression.type': topic.replace('squeezed_', '') })
      await sendAll(broker, topic, alerts)
    }
    await make('unsqueezed_')
    await sendAll(broker, 'unsqueezed_', alerts)
    const [role] = await startIngest(t, { settings: { kafkaBrokers: broker.address, kafkaTopics: '^squeezed_', kafkaPrefix: 'squeezed_own.', kafkaGroup: 'squeezed', kafkaPartitions: '1' } })
    await hasMessages(t, broker, 'squeezed_own.photometry', topics.length * alerts.length)
    await role!.stop()
    assert.deepEqual(await origins('squeezed_own.photometry'), Object.fromEntries(topics.sort().map(topic => [topic, alerts.length])), 'nothing of Candela\'s own photometry, which matches as well')
    assert.ok((await readTopic(broker.address, 'squeezed_own.photometry')).every(({ value }) => decodePhotometry(value)!.error === null))
  })

  await t.test('new topics are read from their beginning, gone ones let go, and a pattern without a topic waits', async t => {
    await make('night_20260101')
    await sendAll(broker, 'night_20260101', alerts)
    const [role] = await startIngest(t, { lookEveryMs: 300, settings: { kafkaBrokers: broker.address, kafkaTopics: '^night_\\d{1,8}$,^tomorrow_', kafkaStart: 'latest', kafkaPrefix: 'nights.', kafkaGroup: 'nights', kafkaPartitions: '1' } })
    await role!.logged(/^reading night_20260101 of /)
    await role!.logged(/^waiting \(source main, topics \^tomorrow_\): no topic matches \^tomorrow_, or this user may see none that does \[kafka-topic-unknown\]/)
    assert.equal(role!.readiness().ready, false)

    await make('night_20260102')
    await make('night_20260102_statistics')
    await sendAll(broker, 'night_20260102', alerts)
    await role!.logged(/^reading night_20260101, night_20260102 of /)
    await hasMessages(t, broker, 'nights.photometry', alerts.length)

    await make('tomorrow_1')
    await sendAll(broker, 'tomorrow_1', alerts)
    await role!.logged(/^reading night_20260101, night_20260102, tomorrow_1 of /)
    await hasMessages(t, broker, 'nights.photometry', 2 * alerts.length)
    assert.deepEqual(role!.readiness(), { ready: true })

    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: ['night_20260101'] })
    await admin.disconnect()
    await role!.logged(/^topic night_20260101 is gone/)
    await role!.logged(/^reading night_20260102, tomorrow_1 of /)
    await sendAll(broker, 'night_20260102', alerts)
    await hasMessages(t, broker, 'nights.photometry', 3 * alerts.length)
    await role!.stop()
    assert.deepEqual(await origins('nights.photometry'), { night_20260102: 2 * alerts.length, tomorrow_1: alerts.length })
    assert.equal(role!.log.filter(line => line.startsWith('waiting')).length, 1, role!.log.join('\n'))
  })
})
