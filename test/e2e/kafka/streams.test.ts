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

/** Left out by its flags. */
const FLAGGED: Readonly<Record<string, readonly string[]>> = { 'lasair-lsst/saved-filter': ['170054985227174318'] }
/** A message that says in its header that it is a test is no alert of the sky. */
const REFUSED: Readonly<Record<string, string>> = { 'ampel-hop/no-history': 'test-message' }

function checked (sample: Sample, photometry: readonly Photometry[]): void {
  const { name, expected } = sample
  const alerts = photometry.flatMap(({ alert }) => alert ?? [])
  const errors = photometry.flatMap(({ error }) => error ?? [])
  assert.ok(alerts.length + errors.length > 0)
  const said = errors.map(({ code, message }) => `${code}: ${message}`).join()
  if (REFUSED[name] !== undefined) assert.deepEqual(errors.map(({ code }) => code), [REFUSED[name]])
  // A body of the solar system that is only named is declined.
  else if (expected.objects.length === 0 && alerts.length > 0) assert.ok(alerts.every(({ solarSystem, points }) => solarSystem && points.length === 0), said)
  else if (alerts.length > 0) assertExpected(sample, alerts, { degrees: ARCSECOND, leftOut: FLAGGED[name] ?? [] })
  else assert.ok(expected.error !== undefined || !expected.objects.some(({ points }) => points.length > 0), said)
}
