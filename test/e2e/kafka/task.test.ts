import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type kafkajs from 'kafkajs'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { loadEngine } from '../../../src/model/load-engine.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import { kafkaError } from '../../../src/stream/kafka/client/errors.ts'
import { ensureOwnTopic, LONGEST_LEFT_BEHIND } from '../../../src/stream/kafka/own-topics.ts'
import { CHANGELOG, type ChangelogPosition } from '../../../src/stream/kafka/classify/restore.ts'
import { ownTopics } from '../../../src/stream/kafka/role.ts'
import { PartitionTask } from '../../../src/stream/kafka/classify/task.ts'
import { createMeasures } from '../../../src/stream/measures.ts'
import { output } from '../../../src/stream/outputs/outputs.ts'
import { classificationsIn } from '../../kafka/topics.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder, untrainedModel } from '../../pipeline.ts'
import { until } from '../../until.ts'
import { clientOf } from './broker.ts'
import { sharedBroker } from './shared-broker.ts'

const own = ownTopics('task.')
const GROUP = 'task-classify'
const CLUSTER = 'cluster'
const schemas = schemaFolders(SHIPPED_SCHEMAS)
const never = new AbortController().signal

const recordAt = (offset: number, value: Buffer): kafkajs.KafkaMessage =>
  ({ key: null, value, timestamp: '0', attributes: 0, offset: String(offset), headers: {} }) as unknown as kafkajs.KafkaMessage

/** Records of photometry from offset 0 on: nights of the simulated sky. */
function records (count: number): kafkajs.KafkaMessage[] {
  const sky = createSky({ seed: 3, activeObjects: 60 })
  return Array.from({ length: 12 }, (_, night) => sky.night(night)).flat().slice(0, count).map(({ bytes }, offset) => recordAt(offset, Buffer.from(bytes)))
}

/** Tasks of partition 0, each as of a process of its own; topics are there. */
async function tasks (t: TestContext, address: string) {
  const kafka = clientOf(address)
  const brokers = [address]
  for (const [kind, topic] of Object.entries(own)) {
    await ensureOwnTopic(kind as keyof typeof own, topic, { kafka, brokers, partitions: 1, replication: 0, log: { info () {}, warn () {}, error () {} } })
  }
  // A service's consumer has found the coordinator of its group before, which a broker that has just started takes time for.
  const admin = kafka.admin()
  await admin.connect()
  t.after(() => admin.disconnect())
  await until('there is a coordinator', () => admin.fetchOffsets({ groupId: GROUP, topics: [own.photometry] }).then(() => true, () => false))
  const model = untrainedModel()
  const network = (await loadEngine('wasm')).load(model.shape, model.weights, [])
  t.after(() => network.dispose())
  const encode = output('candela', { brokerName: 'Candela', brokerVersion: '0', model, lasair: undefined })
  const folder = temporaryFolder(t)
  return {
    kafka,
    folder,
    open: async (name: string, cluster = CLUSTER, measures = createMeasures()): Promise<PartitionTask> => await PartitionTask.open({
      kafka,
      brokers,
      cluster,
      own,
      partition: 0,
      partitions: () => 1,
      group: GROUP,
      folder: join(folder, name),
      network,
      shares: () => null,
      model,
      outputs: [{ topic: own.classifications, encode }],
      compression: 'none',
      measures,
      signal: AbortSignal.timeout(120_000),
      decode: bytes => decodeAlert(bytes, { schemas })
    })
  }
}

const isFenced = (error: unknown): boolean => kafkaError(error, { brokers: [] }).code === 'kafka-fenced'

for (const version of ['3.9.1', '4.1.0'] as const) {
  test(`Kafka ${version}: whoever takes a partition over goes on where its changelog ends, behind transactions that were left open, and the one before publishes nothing`, async t => {
    if (!needs(t, 'docker')) return
    const broker = await sharedBroker(version)
    const { kafka, folder, open } = await tasks(t, broker.address)
    // A transaction has ended before all of its marks stand in the topics.
    const published = (count: number): Promise<void> => until(`${count} are published`, async () => (await classificationsIn(kafka, own.classifications, 1)).length === count, 30_000)
    const alerts = records(90)

    const first = await open('first')
    await first.process(alerts.slice(0, 60), never)
    const second = await open('second')
    assert.deepEqual([second.position, second.statistics()], [60n, first.statistics()])
    await assert.rejects(first.process(alerts.slice(60), never), isFenced)
    assert.deepEqual([first.position, first.statistics()], [60n, second.statistics()], 'what was refused is not kept')
    await published(60)
    const kept = second.statistics()

    // As a process that is killed within a commit: records of the changelog without an end, and without a successor.
    const killed = kafka.producer({ transactionalId: `${GROUP}-0`, maxInFlightRequests: 1, idempotent: true, transactionTimeout: 30_000 })
    await killed.connect()
    const left = await killed.transaction()
    await left.send({ topic: own.objectRecords, messages: [{ key: 'no object', value: 'no record', partition: 0 }] })
    await left.sendOffsets({ consumerGroupId: GROUP, topics: [{ topic: own.photometry, partitions: [{ partition: 0, offset: '90' }] }] })
    await killed.disconnect()
    await assert.rejects(second.process(alerts.slice(60), never), isFenced)

    const back = await open('second-again')
    assert.deepEqual([back.position, back.statistics()], [60n, kept])
    await second.close()
    await back.close()
    const third = await open('second')
    assert.deepEqual([third.position, third.statistics()], [60n, kept], 'a folder that ends before an aborted transaction')
    // A packet as large as photometry takes: with what is said about it, it is larger than that.
    await third.process([...alerts.slice(60), recordAt(90, Buffer.alloc(10 * 2 ** 20 - 100))], never)
    await published(91)
    assert.deepEqual([third.position, third.statistics().accounting.deadLettered], [91n, 1])
    const { accounting: { received, classified, declined, duplicate, deadLettered } } = third.statistics()
    assert.deepEqual([received, classified + declined + duplicate + deadLettered], [91, 91])
    const last = third.statistics()
    await Promise.all([first.close(), third.close()])

    // Records that were read again, by what is wrong with the folder.
    const restored = async (cluster?: string): Promise<number> => {
      const measures = createMeasures()
      const task = await open('second', cluster, measures)
      assert.deepEqual([task.position, task.statistics()], [91n, last])
      await task.close()
      return Number(/^candela_restored_records_total\{role="classify"\} (\d+)$/m.exec(await measures.metrics())?.[1] ?? 0)
    }
    assert.equal(await restored(), 0, 'nothing is wrong')
    const all = await restored('another')
    assert.ok(all > 100, `of another cluster, ${all}`)
    const store = openLmdbStore(join(folder, 'second'))
    const position = store.position(CHANGELOG) as ChangelogPosition
    await store.restore({ entries: new Map(), positions: { [CHANGELOG]: { ...position, time: Date.now() - LONGEST_LEFT_BEHIND } } })
    await store.close()
    assert.equal(await restored('another'), all, 'left behind for too long')
  })
}
