/** Records of every stream through a broker, with keys and headers: photometry has what a right reader finds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { decodePhotometry, type Photometry } from '../../../src/stream/kafka/photometry.ts'
import { ARCSECOND, assertExpected, samplesOf, type Sample } from '../../alert/streams/expected.ts'
import { needs } from '../../parts.ts'
import { clientOf, readTopic } from './broker.ts'
import { reached, startIngest } from './running-ingest.ts'
import { sharedBroker } from './shared-broker.ts'

const STREAMS = [
  'fink-lsst', 'fink-ztf', 'lasair-lsst', 'babamul-lsst', 'babamul-ztf', 'ampel-hop', 'ztf-kafka', 'alerce-lc-classifier', 'alerce-stamp', 'alerce-rubin-stamp', 'antares', 'pittgoogle-lsst'
]
/** Pub/Sub names projects and topics with slashes, which Kafka's topics have not. */
const kafkaTopic = ({ carrier }: Sample): string => carrier!.topic.replaceAll('/', '.')

test('records of every stream become photometry with what a right reader finds', async t => {
  if (!needs(t, 'docker') || !needs(t, 'shared-data')) return
  const samples = STREAMS.flatMap(samplesOf).filter(({ value }) => value !== undefined)
  assert.ok(samples.length >= 40)
  const broker = await sharedBroker('4.1.0')
  const kafka = clientOf(broker.address)
  const topics = [...new Set(samples.map(kafkaTopic))]
  for (const topic of topics) await ensureTopic(kafka, { topic, partitions: 1 }, [broker.address])
  const producer = kafka.producer()
  await producer.connect()
  t.after(() => producer.disconnect())
  const origins = new Map<string, Sample>()
  for (const sample of samples) {
    const topic = kafkaTopic(sample)
    const { key, headers } = sample.carrier!
    const [metadata] = await producer.send({ topic, messages: [{ key, value: sample.value!, headers: { ...headers } }] })
    origins.set(`${topic}/0@${metadata!.baseOffset}`, sample)
  }
  const prefix = 'streams.'
  const [role] = await startIngest(t, { settings: { kafkaBrokers: broker.address, kafkaTopics: topics.join(','), kafkaPrefix: prefix, kafkaGroup: 'streams', kafkaMinReliability: '0' } })
  const photometry = `${prefix}photometry`
  await reached(t, broker, photometry, read => new Set(read.map(({ origin }) => origin)).size === origins.size)
  await role!.stop()
  const read = (await readTopic(broker.address, photometry)).map(({ value }) => decodePhotometry(value)!)
  for (const [origin, sample] of origins) {
    const own = read.filter(photometry => photometry.origin === origin)
    await t.test(sample.name, () => checked(sample, own))
  }
})

function checked (sample: Sample, photometry: readonly Photometry[]): void {
  const alerts = photometry.flatMap(({ alert }) => alert ?? [])
  const errors = photometry.flatMap(({ error }) => error ?? [])
  assert.ok(alerts.length + errors.length > 0)
  if (alerts.length > 0) assertExpected(sample, alerts, { degrees: ARCSECOND })
  else assert.ok(sample.expected.error !== undefined || !sample.expected.objects?.some(({ points }) => points.length > 0), `${errors.map(({ code, message }) => `${code}: ${message}`).join()}`)
}
