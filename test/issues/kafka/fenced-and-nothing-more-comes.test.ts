import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type kafkajs from 'kafkajs'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { runClassify } from '../../../src/stream/kafka/classify/classify.ts'
import { ownTopics } from '../../../src/stream/kafka/role.ts'
import { PartitionTask } from '../../../src/stream/kafka/classify/task.ts'
import { createMeasures } from '../../../src/stream/measures.ts'
import { clientOf, makeOwnTopics, sendAll } from '../../e2e/kafka/broker.ts'
import { sharedBroker } from '../../e2e/kafka/shared-broker.ts'
import { needs } from '../../parts.ts'
import { openPipeline, temporaryFolder } from '../../pipeline.ts'
import { until } from '../../until.ts'

const schemas = schemaFolders(SHIPPED_SCHEMAS)

test('a process whose partition another one had for a while is ready again, also where no alert comes any more', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  const brokers = [broker.address]
  const kafka = clientOf(broker.address)
  const own = ownTopics('fenced.')
  const lines: string[] = []
  const say = (_about: object, line: string): void => { lines.push(line) }
  const log = { info: say, warn: say, error: say }
  await makeOwnTopics(broker, own, 1)
  const { network, model } = await openPipeline(t)
  const folder = temporaryFolder(t)
  const options = {
    kafka, brokers, cluster: 'cluster', own, group: 'fenced-classify', network, model, shares: () => null, outputs: [], compression: 'none', measures: createMeasures(), log, decode: (bytes: Uint8Array) => decodeAlert(bytes, { schemas })
  } as const
  const role = await runClassify({ ...options, sessionTimeout: 30_000, lingerMs: 25, folder: join(folder, 'role') })
  t.after(() => role.stop())
  await until('it begins', () => role.readiness().ready)

  // What the other has read is written to the topic behind that: the first one comes too late by all means.
  const sky = createSky({ seed: 3, activeObjects: 60 })
  const alerts = Array.from({ length: 6 }, (_, night) => sky.night(night)).flat().slice(0, 10)
  const other = await PartitionTask.open({ ...options, partition: 0, partitions: () => 1, folder: join(folder, 'other'), signal: AbortSignal.timeout(60_000) })
  await other.process(alerts.map(({ bytes }, offset) => ({ key: null, value: Buffer.from(bytes), timestamp: '0', attributes: 0, offset: String(offset), headers: {} }) as unknown as kafkajs.KafkaMessage), AbortSignal.timeout(60_000))
  await other.close()
  await sendAll(broker, own.photometry, alerts.map(({ bytes }) => ({ key: null, bytes })))
  await until('it is fenced', () => lines.some(line => /^waiting \(partition 0\): .*\[kafka-fenced\]/.test(line)))
  await until('it is ready again', () => role.readiness().ready, 20_000)
  assert.equal(role.statistics().accounting.received, alerts.length)
})
