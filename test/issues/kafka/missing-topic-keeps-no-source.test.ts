import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { serve } from '../../e2e/candela-process.ts'
import { clientOf, readTopic, sendAll } from '../../e2e/kafka/broker.ts'
import { sharedBroker } from '../../e2e/kafka/shared-broker.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { until } from '../../until.ts'

const sky = createSky({ seed: 3, activeObjects: 60 })
const alerts = Array.from({ length: 8 }, (_, night) => sky.night(night)).flat().slice(0, 12).map(({ bytes, diaObjectId }) => ({ bytes, key: diaObjectId }))

test('what is wrong with one source keeps no other from being read: topics that are missing, a cluster that is away, a user that is not accepted', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  const kafka = clientOf(broker.address)
  const make = (topic: string): Promise<unknown> => ensureTopic(kafka, { topic, partitions: 2, replication: 1 }, [broker.address])
  await make('survey-alerts')
  await sendAll(broker, 'survey-alerts', alerts)
  const sources = join(temporaryFolder(t), 'sources.json')
  writeFileSync(sources, JSON.stringify([
    { name: 'away', topics: 'any', brokers: 'localhost:1' },
    { name: 'lasair', topics: ['survey-alerts', 'lasair_7demo'], start: 'latest' },
    { name: 'refused', topics: 'survey-alerts', saslMechanism: 'plain', saslUsername: 'nobody', saslPassword: 'wrong' }
  ]))
  const ingest = await serve(t, ['--role', 'ingest', '--kafka-brokers', broker.address, '--kafka-topics', 'survey-alerts', '--kafka-prefix', 'missing.', '--kafka-group', 'missing', '--kafka-sources', sources])
  await ingest.logged(/^reading survey-alerts of /)
  await until('the alerts of main are there', async () => (await readTopic(broker.address, 'missing.photometry').catch(() => [])).length >= alerts.length)

  await ingest.logged(/^waiting \(source lasair, topic lasair_7demo\): there is no topic lasair_7demo, or this user may not see it \[kafka-topic-unknown\]/)
  await ingest.logged(/^waiting \(source away\): .*\[kafka-unreachable\]/)
  await ingest.logged(/^waiting \(source refused\): .*\[kafka-authentication\]/)
  const ready = await fetch(`${ingest.url}/health/ready`)
  assert.equal(ready.status, 503)
  const { detail } = await ready.json() as { detail: string }
  for (const part of ['source away', 'source lasair, topic lasair_7demo', 'source refused']) assert.ok(detail.includes(part), detail)
  assert.doesNotMatch(detail, /source main/)
  const { stream } = await (await fetch(`${ingest.url}/v1/statistics`)).json() as { stream: { waiting: Array<{ part: string, code: string }> } }
  assert.deepEqual(stream.waiting.map(({ part, code }) => [part, code]).sort(), [
    ['source away', 'kafka-unreachable'], ['source lasair, topic lasair_7demo', 'kafka-topic-unknown'], ['source refused', 'kafka-authentication']
  ])
  assert.match(await (await fetch(`${ingest.url}/metrics`)).text(), /^candela_waiting\{part="source lasair, topic lasair_7demo",code="kafka-topic-unknown"\} 1$/m)

  // All that is in a topic that was waited for came since: 'latest' loses nothing of it.
  await make('lasair_7demo')
  await sendAll(broker, 'lasair_7demo', alerts)
  await ingest.logged(/^reading survey-alerts, lasair_7demo of /)
  await until('they are there as well', async () => (await readTopic(broker.address, 'missing.photometry')).length === 2 * alerts.length)
  await ingest.logged(/^topic lasair_7demo is there, after/)
  assert.equal(ingest.log.filter(line => line.includes('lasair_7demo')).length, 3, ingest.log.join('\n'))
  assert.equal((await ingest.stop('SIGTERM')).status, 0, ingest.stderr())
})
