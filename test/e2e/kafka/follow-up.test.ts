import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { decodePhotometry, type Photometry } from '../../../src/stream/kafka/photometry.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { lightCurveServer, rubinStampOf, stampOf, ztfAnswer } from '../../stream/kafka/ingest/light-curve-server.ts'
import { until } from '../../until.ts'
import { clientOf, readTopic, sendAll } from './broker.ts'
import { hasMessages, startIngest } from './running-ingest.ts'
import { sharedBroker } from './shared-broker.ts'

/** More than one commit of a source at this pace has. */
const OFTEN = 12

test('announcements of a real topic become light curves; a source whose service is away waits, and stops no other one', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  const kafka = clientOf(broker.address)
  for (const topic of ['follow-stamps', 'follow-away', 'follow-often']) await ensureTopic(kafka, { topic, partitions: 1 }, [broker.address])
  const service = await lightCurveServer(t, ({ path }) => path.includes('ZTFgone') ? { status: 404, body: '{}' } : { body: ztfAnswer() })
  const away = await lightCurveServer(t, () => ({ body: ztfAnswer() }))
  await away.stop()
  const bytes = async (name: string) => ({ key: null, bytes: await stampOf(name) })
  await sendAll(broker, 'follow-stamps', [await bytes('ZTFaaa'), await bytes('ZTFgone'), await bytes('ZTFaaa'), { key: null, bytes: await rubinStampOf(0, 4711) }, await bytes('ZTFbbb')])
  await sendAll(broker, 'follow-away', [await bytes('ZTFccc')])
  const repeated = await bytes('ZTFddd')
  await sendAll(broker, 'follow-often', Array.from({ length: OFTEN }, () => repeated))
  const file = join(temporaryFolder(t), 'sources.json')
  const fast = { service: 'alerce', perSecond: 1000, retries: 0 }
  writeFileSync(file, JSON.stringify([
    { name: 'stamps', topics: 'follow-stamps', group: 'follow-stamps', followUp: { ...fast, url: service.url } },
    { name: 'often', topics: 'follow-often', group: 'follow-often', followUp: { ...fast, url: service.url, perSecond: 0.5 } },
    { name: 'away', topics: 'follow-away', group: 'follow-away', followUp: { ...fast, url: away.url } }
  ]))
  const [, , waiting] = await startIngest(t, { settings: { kafkaBrokers: broker.address, kafkaSources: file, kafkaPrefix: 'follow.' } })
  await hasMessages(t, broker, 'follow.photometry', 5 + OFTEN)
  await waiting!.logged(/^waiting \(source away, following up\): .* cannot be reached/)
  assert.match(waiting!.readiness().reason!, /^source away, following up: .*\[follow-up-failed\]$/)
  await lightCurveServer(t, () => ({ body: ztfAnswer() }), away.port)
  await hasMessages(t, broker, 'follow.photometry', 6 + OFTEN)
  const written: Photometry[] = (await readTopic(broker.address, 'follow.photometry')).map(({ value }) => decodePhotometry(value)!)
  const told = ({ alert, error, origin }: Photometry): string => `${origin} ${error?.code ?? (alert!.solarSystem ? 'solar system' : `${alert!.diaObjectId} ${alert!.points.length}`)}`
  assert.deepEqual(written.map(told).sort(), [
    'follow-away/0@0 ZTFccc 4',
    ...Array.from({ length: OFTEN }, (_, offset) => `follow-often/0@${offset} ZTFddd 4`),
    'follow-stamps/0@0 ZTFaaa 4',
    'follow-stamps/0@1 follow-up-failed',
    'follow-stamps/0@2 ZTFaaa 4',
    'follow-stamps/0@3 solar system',
    'follow-stamps/0@4 ZTFbbb 4'
  ].sort())
  assert.equal(service.asked.length, 4)
  const admin = kafka.admin()
  t.after(() => admin.disconnect())
  await admin.connect()
  await until('all positions are committed', async () => (await admin.fetchOffsets({ groupId: 'follow-often', topics: ['follow-often'] }))[0]?.partitions[0]?.offset === `${OFTEN}`)
})
