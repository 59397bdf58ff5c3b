import assert from 'node:assert/strict'
import { test } from 'node:test'
import type kafkajs from 'kafkajs'
import { readFrame, writeFrame } from '../../../src/alert/schemas/confluent.ts'
import { alertSchema } from '../../../src/simulator/live/packet.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { brokerMessageSchema } from '../../../src/stream/outputs/fastdb.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { committed, seen } from '../../kafka/topics.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { readAllWithIcebird } from '../../stream/outputs/avro-readers.ts'
import { until } from '../../until.ts'
import { ended, serve, type Serving } from '../candela-process.ts'
import { clientOf, sendAll, startBroker } from './broker.ts'
import { apicurio } from './registry-container.ts'

const ALERTS = 60
const PARTITIONS = 2

/** Some nights of the simulated sky, framed with an id of a registry. */
const survey = (schemaId: number): Array<{ key: string, bytes: Buffer }> => {
  const sky = createSky({ seed: 3, activeObjects: 60 })
  return Array.from({ length: 10 }, (_, night) => sky.night(night)).flat().slice(0, ALERTS)
    .map(({ diaObjectId, bytes }) => ({ key: diaObjectId, bytes: Buffer.concat([writeFrame(schemaId), bytes.subarray(readFrame(Buffer.from(bytes)).position)]) }))
}

interface Statistics { objects: number, accounting: { received: number, deadLettered: number } }

const jsonAt = async <T>({ url }: Serving, path: string): Promise<T> => await (await fetch(url + path)).json() as T

async function assertWaits (serving: Serving): Promise<void> {
  const { status, detail } = await jsonAt<{ status: number, detail: string }>(serving, '/health/ready')
  assert.equal(status, 503)
  assert.match(detail, /registry .* cannot be reached.*\[registry-unreachable\]/)
}

test('a real schema registry is away and comes back: alerts wait for it in ingest and in classify, also for what outputs pass on, and nothing is lost', async t => {
  if (!needs(t, 'docker')) return
  const registry = await apicurio(t)
  const [broker] = await Promise.all([startBroker(t, '4.1.0'), registry.start()])
  const alerts = survey(await registry.register('alert-packet', alertSchema() as object))
  const kafka = clientOf(broker.address)
  await ensureTopic(kafka, { topic: 'survey', partitions: 1 }, [broker.address])
  const flags = ['--kafka-topics', 'survey', '--schema-registry', registry.url, '--kafka-brokers', broker.address, '--kafka-partitions', String(PARTITIONS), '--kafka-outputs', 'fastdb', '--kafka-session-timeout-seconds', '6']
  const published = async (topic: string): Promise<kafkajs.KafkaMessage[]> => (await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => committed(kafka, topic, partition)))).flat()

  await registry.cut()
  const ingest = await serve(t, ['--role', 'ingest', ...flags])
  await sendAll(broker, 'survey', alerts.slice(0, 40))
  await ingest.logged(/^waiting \(source main, decoding\): .*registry/)
  await assertWaits(ingest)
  // Packets that do not come by way of ingest.
  await sendAll(broker, 'candela.photometry', alerts.slice(40, 50))
  await registry.mend()
  await ingest.logged(/^the schema registry .* answers again, after/)
  let photometry = 0
  await seen(t, kafka, 'candela.photometry', () => ++photometry === 50)
  assert.equal((await fetch(`${ingest.url}/health/ready`)).status, 200)
  assert.match(await (await fetch(`${ingest.url}/metrics`)).text(), /^candela_kafka_incidents_total\{code="registry-unreachable"\} 1$/m)
  assert.equal((await ingest.stop('SIGTERM')).status, 0, ingest.stderr())

  await registry.cut()
  const classify = await serve(t, ['--role', 'classify', '--engine', 'wasm', '--data-dir', temporaryFolder(t), ...flags])
  await classify.logged(/^waiting \(alerts\): .*registry/)
  await assertWaits(classify)
  const all = await serve(t, ['--source', 'kafka', '--engine', 'wasm', '--data-dir', temporaryFolder(t), ...flags])
  await Promise.race([ended(all), all.logged(/^partitions of candela.photometry here: \d$/)])
  await all.logged(/^waiting \(.*\): .*registry/)
  await assertWaits(all)
  const { status, took } = await classify.stop('SIGTERM')
  assert.equal(status, 0, classify.stderr())
  assert.ok(took < 5000, `it stopped after ${took} ms`)
  assert.equal((await published('candela.classifications')).length, 0, 'what waits has no outcome')

  await registry.mend()
  await sendAll(broker, 'survey', alerts.slice(50))
  let outcomes = 0
  await Promise.race([ended(all), seen(t, kafka, 'candela.classifications', () => ++outcomes === ALERTS)])
  const messages = readAllWithIcebird(brokerMessageSchema('10.0'), (await published('candela.fastdb')).map(({ value }) => value!))
  assert.equal(messages.length, ALERTS, 'every packet is passed on to FASTDB')
  // What is published is served a little later.
  await until('everything is served', async () => (await jsonAt<Statistics>(all, '/v1/statistics')).accounting.received === ALERTS)
  const { accounting, objects } = await jsonAt<Statistics>(all, '/v1/statistics')
  assert.deepEqual([accounting.received, accounting.deadLettered, objects], [ALERTS, 0, new Set(alerts.map(({ key }) => key)).size])
  assert.equal((await jsonAt<{ diaObjectId: string }>(all, `/v1/objects/${alerts[0]!.key}`)).diaObjectId, alerts[0]!.key)
  assert.equal((await fetch(`${all.url}/health/ready`)).status, 200)
  assert.equal((await fetch(`${all.url}/v1/alerts`, { method: 'POST', body: '{}' })).status, 404, 'alerts come by Kafka alone')
  assert.equal((await all.stop('SIGTERM')).status, 0, all.stderr())
})
