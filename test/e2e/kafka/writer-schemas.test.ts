import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { decodePhotometry } from '../../../src/stream/kafka/photometry.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { clientOf, readTopic, sendAll } from './broker.ts'
import { hasMessages, startIngest } from './running-ingest.ts'
import { sharedBroker } from './shared-broker.ts'

const sky = createSky({ seed: 9, activeObjects: 40 })
const alerts = Array.from({ length: 4 }, (_, night) => sky.night(night)).flat().slice(0, 6)
/** Behind Confluent's frame. */
const bare = alerts.map(({ bytes }) => ({ key: null, bytes: bytes.subarray(5) }))
const schemaFile = join(SHIPPED_SCHEMAS, '10.0', 'alert.avsc')
const schema = { key: readFileSync(schemaFile, 'utf8'), bytes: Buffer.alloc(0) }

test('bare datums are read by the schema in their schema topic, or in a file', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  const kafka = clientOf(broker.address)
  const make = async (topic: string, records: Parameters<typeof sendAll>[2], partitions = 1): Promise<void> => {
    await ensureTopic(kafka, { topic, partitions, replication: 1 }, [broker.address])
    await sendAll(broker, topic, records)
  }
  await make('ftransfer_lsst_1', bare)
  await make('schemaless', bare)
  const sources = join(temporaryFolder(t), 'sources.json')
  writeFileSync(sources, JSON.stringify([
    { name: 'transfer', topics: '^ftransfer_lsst_', schemaTopic: true },
    { name: 'named', topics: ['ftransfer_lsst_1'], schemaTopic: 'schemas-of-transfers' },
    { name: 'file', topics: ['schemaless'], schemaFile }
  ]))
  const [transfer, named, file] = await startIngest(t, { lookEveryMs: 300, settings: { kafkaBrokers: broker.address, kafkaSources: sources, kafkaPrefix: 'bare.', kafkaGroup: 'bare', kafkaPartitions: '1' } })
  await file!.logged(/^reading schemaless of /)
  await transfer!.logged(/^waiting \(source transfer, schema of topic ftransfer_lsst_1\): there is no topic ftransfer_lsst_1_schema, .* \[kafka-schema-missing\]/)
  await named!.logged(/^waiting \(source named, schema of topic ftransfer_lsst_1\): there is no topic schemas-of-transfers, .* \[kafka-schema-missing\]/)
  await hasMessages(t, broker, 'bare.photometry', bare.length)

  // A key that is no schema at first, and the schema behind it in another partition.
  await make('ftransfer_lsst_1_schema', [{ key: 'a version 4.1', bytes: Buffer.alloc(0) }], 3)
  await make('schemas-of-transfers', [schema, { key: null, bytes: Buffer.from('no key') }])
  await named!.logged(/^reading ftransfer_lsst_1 of /)
  await sendAll(broker, 'ftransfer_lsst_1_schema', [schema])
  await transfer!.logged(/^reading ftransfer_lsst_1 of /)
  await make('ftransfer_lsst_2_schema', [schema])
  await make('ftransfer_lsst_2', bare)
  await transfer!.logged(/^reading ftransfer_lsst_1, ftransfer_lsst_2 of /)
  await hasMessages(t, broker, 'bare.photometry', 4 * bare.length)
  for (const role of [transfer, named, file]) await role!.stop()
  const read = (await readTopic(broker.address, 'bare.photometry')).map(({ value }) => decodePhotometry(value)!)
  assert.deepEqual(read.flatMap(({ error }) => error ? [error.message] : []), [])
  assert.deepEqual(read.map(({ alert }) => alert!.diaSourceId).sort(), alerts.flatMap(({ diaSourceId }) => Array.from({ length: 4 }, () => diaSourceId)).sort())
  assert.equal(transfer!.log.filter(line => line.startsWith('waiting')).length, 1, transfer!.log.join('\n'))
})
