import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type kafkajs from 'kafkajs'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { COMPRESSIONS } from '../../../src/kafka-settings.ts'
import { feed, type FedPacket } from '../../../src/stream/kafka/feeder.ts'
import { decodePhotometry, type Photometry } from '../../../src/stream/kafka/photometry.ts'
import { idempotentProducer } from '../../../src/stream/kafka/client/sending.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { scriptOf } from '../../compiled.ts'
import { ztfAlert, ztfContainer } from '../../fixtures/ztf-packets.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { clientOf, readTopic, startBroker, type Broker, type TopicMessage } from './broker.ts'
import { hasMessages, reached, startIngest } from './running-ingest.ts'

const never = new AbortController().signal
const schemas = schemaFolders(SHIPPED_SCHEMAS)

/** The alert of a packet as photometry has it: how it was read does not travel along. */
async function travelled (bytes: Uint8Array): Promise<Alert> {
  const { readAs: _, ...alert } = await decodeAlert(bytes, { schemas })
  return alert
}

/** Packets of some nights of the simulated sky, in order. */
function simulated (nights: number): FedPacket[] {
  const sky = createSky({ seed: 5, activeObjects: 100 })
  return Array.from({ length: nights }, (_, night) => sky.night(night)).flat().map(({ bytes, diaObjectId }) => ({ bytes, key: diaObjectId, origin: 'sky' }))
}

async function * each<T> (items: readonly T[]): AsyncGenerator<T> {
  yield * items
}

const numbered = (count: number, from = 0): FedPacket[] => Array.from({ length: count }, (_, k) => ({ bytes: Buffer.from(`no alert ${from + k}`), key: String(k), origin: 'number' }))

interface Read extends TopicMessage { photometry: Photometry }

async function photometryIn ({ address }: Broker, topic: string): Promise<Read[]> {
  const messages = await readTopic(address, topic)
  return messages.map(message => ({ ...message, photometry: decodePhotometry(message.value)! }))
}

/** With a timestamp [ms since 1970]. */
async function sendAt (kafka: kafkajs.Kafka, topic: string, packets: readonly FedPacket[], timestamp: number): Promise<void> {
  const producer = idempotentProducer(kafka, 10)
  await producer.connect()
  await producer.send({ topic, messages: packets.map(({ key, bytes }) => ({ key, value: Buffer.from(bytes), timestamp: String(timestamp) })) })
  await producer.disconnect()
}

/** High watermarks of a topic's partitions. */
async function offsetsOf (kafka: kafkajs.Kafka, topic: string): Promise<number[]> {
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return offsets.map(({ high }) => Number(high))
}

test('alerts of Kafka topics become photometry', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0')
  const brokers = [broker.address]
  const kafka = clientOf(broker.address)
  const make = (topic: string, partitions = 3): Promise<unknown> => ensureTopic(kafka, { topic, partitions }, brokers)
  const fill = (topic: string, packets: readonly FedPacket[]): Promise<unknown> => feed(kafka, each(packets), { topic, brokers, signal: never })

  await t.test('two topics and dialects, with undecodable packets between, in every compression', async t => {
    const lsst = simulated(3)
    const ztf = [ztfAlert({ objectId: 'ZTF18aaaaaaa' }), ztfAlert({ objectId: 'ZTF18bbbbbbb' })].map((alert, k): FedPacket => ({ bytes: ztfContainer([[alert]]), key: `z${k}`, origin: 'ztf' }))
    const damaged = [Buffer.alloc(0), Buffer.from('garbage'), lsst[0]!.bytes.subarray(0, 100)].map((bytes): FedPacket => ({ bytes, key: null, origin: 'damaged' }))
    await make('lsst')
    await make('ztf', 1)
    await fill('lsst', [...damaged, ...lsst])
    await fill('ztf', [ztf[0]!, lsst[0]!, ztf[1]!])
    const sources = join(temporaryFolder(t), 'sources.json')
    writeFileSync(sources, JSON.stringify([{ name: 'ztf', topics: ['ztf'], dialect: 'ztf' }]))
    const total = damaged.length + lsst.length + 3
    await Promise.all(COMPRESSIONS.map(async compression => {
      const settings = { kafkaBrokers: broker.address, kafkaTopics: 'lsst', kafkaSources: sources, kafkaPrefix: `${compression}.`, kafkaGroup: compression, kafkaPartitions: '4', kafkaCompression: compression }
      const roles = await startIngest(t, { settings, keepPackets: compression === 'zstd' })
      const topic = `${compression}.photometry`
      await hasMessages(t, broker, topic, total)
      for (const role of roles) {
        assert.deepEqual(role.readiness(), { ready: true })
        const began = performance.now()
        await role.stop()
        await role.finished
        assert.ok(performance.now() - began < 5000)
      }
      const read = await photometryIn(broker, topic)
      assert.equal(read.length, total)
      assert.equal(new Set(read.map(({ photometry }) => photometry.origin)).size, total)
      const errors = read.filter(({ photometry }) => photometry.error !== null)
      assert.deepEqual(errors.map(({ photometry }) => photometry.error!.code).sort(), ['alert-not-framed', 'alert-truncated', 'alert-truncated', 'dialect-mismatch'])
      const packets = errors.map(({ photometry }) => Buffer.from(photometry.packet!).toString('base64')).sort()
      assert.deepEqual(packets, [...damaged, lsst[0]!].map(({ bytes }) => Buffer.from(bytes).toString('base64')).sort())
      for (const { key, photometry } of errors) assert.equal(key, `origin:${photometry.origin}`)
      for (const { bytes } of lsst) {
        const alert = await travelled(bytes)
        const found = read.filter(({ key, photometry }) => key === alert.diaObjectId && photometry.alert?.diaSourceId === alert.diaSourceId)
        assert.equal(found.length, 1)
        assert.deepEqual(found[0]!.photometry.alert, alert)
        assert.deepEqual(found[0]!.photometry.packet, compression === 'zstd' ? Buffer.from(bytes) : null)
        assert.ok(Math.abs(found[0]!.photometry.ingestedAt - found[0]!.photometry.surveyPublishedAt!) < 200_000)
      }
      assert.deepEqual(read.filter(({ key }) => key!.startsWith('ZTF')).map(({ key }) => key).sort(), ['ZTF18aaaaaaa', 'ZTF18bbbbbbb'])
      const partitions = new Map<string, Set<number>>()
      for (const { key, partition } of read) partitions.set(key!, (partitions.get(key!) ?? new Set()).add(partition))
      assert.ok([...partitions.values()].every(places => places.size === 1), 'an object is in one partition')
      assert.equal(new Set(read.map(({ partition }) => partition)).size, 4)
    }))
  })
  await t.test('where a group begins: the ends, a time, an offset; two processes that start together; partitions that come later', async t => {
    await make('starts', 2)
    const between = Date.now() - 60_000
    await sendAt(kafka, 'starts', numbered(40), between - 1)
    await sendAt(kafka, 'starts', numbered(20, 40), between + 1)
    const settings = (group: string, kafkaStart: string): Record<string, string> => ({ kafkaBrokers: broker.address, kafkaTopics: 'starts', kafkaPrefix: `${group}.`, kafkaGroup: group, kafkaStart, kafkaPartitions: '1' })
    const textsIn = async (group: string): Promise<string[]> => (await photometryIn(broker, `${group}.photometry`)).map(({ photometry }) => Buffer.from(photometry.packet!).toString()).sort()
    const texts = (packets: readonly FedPacket[]): string[] => packets.map(({ bytes }) => Buffer.from(bytes).toString()).sort()

    const ways: Array<[group: string, start: string, expected: FedPacket[]]> = [['earliest', 'earliest', numbered(60)], ['time', new Date(between).toISOString(), numbered(20, 40)], ['beyond', '1000000', []]]
    await Promise.all(ways.map(async ([group, start, expected]) => {
      const [role] = await startIngest(t, { settings: settings(group, start) })
      if (expected.length > 0) await hasMessages(t, broker, `${group}.photometry`, expected.length)
      await role!.stop()
      assert.deepEqual(await textsIn(group), texts(expected), group)
    }))
    const [role] = await startIngest(t, { settings: settings('offset', '25') })
    const ends = await offsetsOf(kafka, 'starts')
    const left = ends.reduce((sum, high) => sum + high - 25, 0)
    await hasMessages(t, broker, 'offset.photometry', left)
    await role!.stop()
    assert.equal((await textsIn('offset')).length, left)

    const both = (await Promise.all([1, 2].map(() => startIngest(t, { settings: settings('latest', 'latest') })))).flat()
    await fill('starts', numbered(30, 60))
    await hasMessages(t, broker, 'latest.photometry', 30)
    for (const role of both) await role.stop()
    assert.deepEqual(await textsIn('latest'), texts(numbered(30, 60)))

    const admin = kafka.admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic: 'starts', count: 8 }] })
    await admin.disconnect()
    await fill('starts', numbered(100, 90))
    const [again] = await startIngest(t, { settings: settings('latest', 'latest') })
    await hasMessages(t, broker, 'latest.photometry', 130)
    await again!.stop()
    assert.deepEqual(await textsIn('latest'), texts(numbered(130, 60)), 'what came while nobody read, in old partitions and new ones')
  })

  await t.test('what the topic does not take goes on without its packet, or as an error with the beginning of it', async t => {
    const [packet] = simulated(1)
    await make('large', 1)
    await ensureTopic(kafka, { topic: 'small.photometry', partitions: 1, settings: { 'max.message.bytes': '6000', 'cleanup.policy': 'delete' } }, brokers)
    const noise = Buffer.alloc(20_000, 'noise ')
    await fill('large', [...numbered(3), { bytes: noise, key: null, origin: 'noise' }, packet!, ...numbered(3, 3)])
    const [role] = await startIngest(t, { settings: { kafkaBrokers: broker.address, kafkaTopics: 'large', kafkaPrefix: 'small.', kafkaGroup: 'small' }, keepPackets: true })
    await hasMessages(t, broker, 'small.photometry', 8)
    await role!.stop()
    assert.ok(role!.log.some(line => /max\.message\.bytes is 6000, and 10485760 is wanted/.test(line)), role!.log.join('\n'))
    const read = (await photometryIn(broker, 'small.photometry')).map(({ photometry }) => photometry)
    assert.equal(read.length, 8)
    const tooLarge = read.find(({ error }) => error?.code === 'kafka-message-too-large')!
    assert.deepEqual([tooLarge.origin, Buffer.from(tooLarge.packet!)], ['large/0@3', noise.subarray(0, 1024)])
    assert.match(tooLarge.error!.message, /20\d\d\d bytes.*before that: an alert begins with byte/)
    const alert = read.find(({ origin }) => origin === 'large/0@4')!
    assert.deepEqual([alert.alert, alert.packet], [await travelled(packet!.bytes), packet!.bytes.length > 6000 ? null : Buffer.from(packet!.bytes)])
  })

  await t.test('an unknown topic is waited for and not made, and a compacted topic of photometry not written to', async t => {
    const settings = { kafkaBrokers: broker.address, kafkaTopics: 'lsst,not-there,nor-this', kafkaPrefix: 'unknown.', kafkaGroup: 'unknown' }
    const [role] = await startIngest(t, { settings })
    await role!.logged(/^reading lsst of /)
    for (const topic of ['not-there', 'nor-this']) await role!.logged(new RegExp(`^waiting \\(source main, topic ${topic}\\): there is no topic ${topic}.*\\[kafka-topic-unknown\\]`))
    assert.match(role!.readiness().reason!, /topic not-there: .*; source main, topic nor-this: /)
    await role!.stop()
    const admin = kafka.admin()
    await admin.connect()
    t.after(() => admin.disconnect())
    assert.deepEqual((await admin.listTopics()).filter(topic => /not-there|nor-this/.test(topic)), [])
    await ensureTopic(kafka, { topic: 'compacted.photometry', partitions: 1, settings: { 'cleanup.policy': 'compact' } }, brokers)
    await assert.rejects(startIngest(t, { settings: { ...settings, kafkaTopics: 'lsst', kafkaPrefix: 'compacted.' } }), { code: 'kafka-topic-differs', message: /cleanup\.policy is compact, and delete is wanted/ })
  })

  await t.test('killed in the middle and started again, it leaves nothing out', async t => {
    await make('killed', 3)
    await fill('killed', numbered(6000))
    const settings = { kafkaBrokers: broker.address, kafkaTopics: 'killed', kafkaPrefix: 'killed.', kafkaGroup: 'killed', kafkaPartitions: '1', kafkaSessionTimeoutSeconds: '6' }
    const { execArgv, file } = scriptOf(new URL('ingest-process.ts', import.meta.url))
    const child = spawn(process.execPath, [...execArgv, file, JSON.stringify(settings)], { stdio: 'inherit' })
    t.after(() => child.kill('SIGKILL'))
    await ensureTopic(kafka, { topic: 'killed.photometry', partitions: 1 }, brokers)
    await hasMessages(t, broker, 'killed.photometry', 1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // The group keeps the place of the member that was killed for 6 s.
    const [role] = await startIngest(t, { settings })
    await reached(t, broker, 'killed.photometry', read => new Set(read.map(({ origin }) => origin)).size === 6000)
    await role!.stop()
  })

  await t.test('a broker that is killed and comes back costs nothing but time', async t => {
    await make('outage', 3)
    const [role] = await startIngest(t, { settings: { kafkaBrokers: broker.address, kafkaTopics: 'outage', kafkaPrefix: 'outage.', kafkaGroup: 'outage', kafkaPartitions: '2', kafkaSessionTimeoutSeconds: '6' } })
    const feeding = fill('outage', numbered(3000))
    await hasMessages(t, broker, 'outage.photometry', 100)
    await broker.stop('SIGKILL')
    await role!.logged(/^waiting \(source main/)
    const { ready, reason } = role!.readiness()
    assert.equal(ready, false)
    assert.match(reason!, new RegExp(broker.address))
    await broker.start()
    await feeding
    await reached(t, broker, 'outage.photometry', read => new Set(read.map(({ origin }) => origin)).size === 3000)
    await role!.logged(/answers again, after/)
    assert.deepEqual(role!.readiness(), { ready: true })
    assert.ok(role!.log.length < 6, role!.log.join('\n'))

    await role!.stop()
  })
})
