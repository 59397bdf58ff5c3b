import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { loadEngine } from '../../../src/model/load-engine.ts'
import { createReplays } from '../../../src/state/processor/replays.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import { isCandidate, type Candidate, type ObjectReader } from '../../../src/state/views.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { runClassify, type RunningClassify } from '../../../src/stream/kafka/classify/classify.ts'
import { feed } from '../../../src/stream/kafka/feeder.ts'
import { runReplica, type RunningReplica } from '../../../src/stream/kafka/query/replica.ts'
import { ownTopics, type RoleLog } from '../../../src/stream/kafka/role.ts'
import { createMeasures, type Measures } from '../../../src/stream/measures.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder, untrainedModel } from '../../pipeline.ts'
import { counted, served } from '../../state/changelog-partitions.ts'
import { assertOrders } from '../../state/listed-candidates.ts'
import { until } from '../../until.ts'
import { clientOf, makeOwnTopics, startBroker } from './broker.ts'

const PARTITIONS = 2

function recordingLog (): RoleLog & { lines: string[] } {
  const lines: string[] = []
  const line = (level: string) => (_about: object, text: string): void => { lines.push(`${level} ${text}`) }
  return { lines, info: line('info'), warn: line('warn'), error: line('error') }
}

const metric = async (measures: Measures, line: string): Promise<number> =>
  Number((await measures.metrics()).split('\n').find(text => text.startsWith(line))?.split(' ').at(-1) ?? NaN)

test('a replica follows the changelog live, another catches up, one goes on where it was, and brokers that go away are waited for', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0')
  const brokers = [broker.address]
  const kafka = clientOf(broker.address)
  const own = ownTopics('q.')
  await makeOwnTopics(broker, own, PARTITIONS)
  const admin = kafka.admin()
  await admin.connect()
  t.after(() => admin.disconnect())
  const { clusterId: cluster } = await admin.describeCluster()

  const model = untrainedModel()
  const network = (await loadEngine('wasm')).load(model.shape, model.weights, [])
  t.after(() => network.dispose())
  const stores = temporaryFolder(t)
  const schemas = schemaFolders(SHIPPED_SCHEMAS)
  const classifyLog = recordingLog()
  const classifying = async (): Promise<RunningClassify> => {
    const role = await runClassify({
      kafka, cluster, own, group: 'q-classify', sessionTimeout: 30_000, lingerMs: 25, brokers, folder: stores, network, model, shares: () => null, outputs: [], compression: 'none', measures: createMeasures(), log: classifyLog, decode: bytes => decodeAlert(bytes, { schemas })
    })
    stops(t, role)
    return role
  }
  const replicating = async (folder: string, measures = createMeasures(), log = recordingLog()): Promise<RunningReplica> => {
    const role = await runReplica({ kafka, cluster, own, classifyGroup: 'q-classify', group: 'q', brokers, folder, lingerMs: 25, measures, log })
    stops(t, role)
    return role
  }

  const sky = createSky({ seed: 5, activeObjects: 150 })
  let fed = 0
  const feedNights = async (nights: readonly number[], rubbish = 0): Promise<void> => {
    const packets = nights.flatMap(night => sky.night(night)).map(({ bytes, diaObjectId }) => ({ bytes: bytes as Uint8Array, key: diaObjectId as string | null, origin: 'sky' }))
    packets.push(...Array.from({ length: rubbish }, (_, k) => ({ bytes: Buffer.from(`rubbish ${k}`), key: null, origin: 'rubbish' })))
    const { sent } = await feed(kafka, (async function * () { yield * packets })(), { topic: own.photometry, brokers, signal: new AbortController().signal })
    assert.equal(sent, packets.length)
    fed += sent
  }
  const has = (reader: ObjectReader): boolean => reader.statistics().accounting.received === fed

  const folder = temporaryFolder(t)
  const measures = createMeasures()
  const log = recordingLog()
  let replica = await replicating(folder, measures, log)
  await until('an empty changelog is read at once', () => replica.readiness().ready)
  const heard: Candidate[] = []
  replica.reader.subscribe(changes => heard.push(...changes.filter(isCandidate)))
  const before = replica.reader.sequence()
  let classify = await classifying()
  await feedNights([0, 1, 2, 3], 3)
  await until('the replica follows', () => has(replica.reader))
  await until('dead letters follow', () => replica.reader.statistics().deadLetters === 3)

  await t.test('live: what was published is announced, each object\'s in its order', async () => {
    const statistics = replica.reader.statistics()
    assert.deepEqual(counted(statistics), counted(classify.statistics()))
    assert.equal(statistics.accounting.deadLettered, 3)
    assert.equal(statistics.accounting.classified > 50, true, 'there are enough')
    assert.equal(heard.length, statistics.accounting.classified)
    assert.deepEqual(heard.map(({ sequence }) => sequence), heard.map((_, k) => before + 1 + k))
    const byObject = new Map<string, Candidate[]>()
    for (const candidate of heard) byObject.set(candidate.diaObjectId, [...byObject.get(candidate.diaObjectId) ?? [], candidate])
    for (const [id, candidates] of byObject) {
      assert.deepEqual(candidates.map(({ ra: _ra, dec: _dec, firstDetectionMjdTai: _first, rise: _rise, sequence: _sequence, ...classification }) => classification), replica.reader.classifications(id))
    }
    const [letter] = replica.deadLetters.list({ limit: 1, oldestFirst: true }).deadLetters
    assert.match(Buffer.from(replica.deadLetters.bytes(letter!.number)).toString(), /^rubbish \d$/)
    assert.match(letter!.origin, /^q\.photometry\/\d@\d+$/)
    await until('it says that it has all', async () => {
      const { latency, lag } = await measures.statistics()
      return latency.query.count === heard.length && Object.values(lag[own.objectRecords]!.newest).every(records => records === 0)
    })
    assert.equal(Math.floor((await measures.statistics()).latency.query.max! / 10), 0, 'within 10 s')
    assert.deepEqual(log.lines.filter(line => line.includes('left out')), [])
  })

  const ids = [...new Set(heard.map(({ diaObjectId }) => diaObjectId))]
  let expected: unknown
  await t.test('it serves what the stores of the partitions have', async () => {
    await classify.stop()
    const opened = Array.from({ length: PARTITIONS }, (_, k) => openLmdbStore(join(stores, `partition-${k}`)))
    expected = served(opened.map(({ reader }) => reader), ids)
    await Promise.all(opened.map(store => store.close()))
    assert.deepEqual(served([replica.reader], ids), expected)
    assertOrders(replica.reader)
  })

  await t.test('it plays their light curves: P(Ia) after the last epoch is the published one', async () => {
    const replays = createReplays({ network, model, reader: replica.reader })
    for (const id of ids) {
      const { points, classification } = (await replays.object(id, {}))!
      const last = points.findLast(({ epoch }) => epoch !== null)!
      assert.deepEqual([last.epoch, last.probabilityIa, last.point.midpointMjdTai], [classification!.epochs, classification!.probabilityIa, classification!.midpointMjdTai], id)
    }
  })

  await t.test('one that begins with nothing is ready when it has all', async () => {
    const second = await replicating(temporaryFolder(t))
    const reasons = new Set<string>()
    await until('it catches up', () => {
      const { ready, reason } = second.readiness()
      if (!ready) reasons.add(reason!)
      return ready
    })
    assert.deepEqual(served([second.reader], ids), expected)
    assert.deepEqual(second.reader.statistics(), replica.reader.statistics())
    assert.deepEqual(second.deadLetters.list({ limit: 10 }), replica.deadLetters.list({ limit: 10 }))
    t.diagnostic(`not ready because of: ${[...reasons].join(' | ')}`)
    await second.stop()
  })

  await t.test('one that is started again goes on from its position', async () => {
    const newest = replica.reader.sequence()
    const stopping = performance.now()
    await replica.stop()
    await replica.finished
    assert.equal(Math.floor((performance.now() - stopping) / 5000), 0, 'it stops within 5 s')
    const earlier = fed
    classify = await classifying()
    await feedNights([4, 5])
    await until('they are classified', () => classify.statistics().accounting.received === fed)
    const again = createMeasures()
    replica = await replicating(folder, again)
    await until('it catches up', () => replica.readiness().ready)
    assert.equal(has(replica.reader), true, 'ready means that it has all')
    const restored = await metric(again, 'candela_restored_records_total{role="query"}')
    const whole = createMeasures()
    const fresh = await replicating(temporaryFolder(t), whole)
    await until('it catches up', () => fresh.readiness().ready)
    const all = await metric(whole, 'candela_restored_records_total{role="query"}')
    t.diagnostic(`${restored} records read on, ${all} by one that begins anew`)
    assert.ok(restored > 0 && restored < all * 0.7, `${restored} of ${all}, for ${fed - earlier} of ${fed} alerts`)
    const all2 = [...ids, ...replica.reader.changedSince(newest, 1e6).map(({ diaObjectId }) => diaObjectId)]
    assert.deepEqual(served([fresh.reader], all2), served([replica.reader], all2))
    await fresh.stop()
  })

  await t.test('brokers go away and come back, and there are more partitions then', async () => {
    await broker.stop('SIGKILL')
    await until('it is not ready', () => !replica.readiness().ready)
    assert.match(replica.readiness().reason!, /Kafka/)
    assert.equal(replica.reader.object(ids[0]!)?.diaObjectId, ids[0], 'it goes on serving what it has')
    await broker.start()
    await admin.createPartitions({ topicPartitions: [{ topic: own.photometry, count: PARTITIONS + 1 }] })
    await feedNights([6])
    const moved = (): boolean => {
      const { accounting, objects, archivedObjects } = classify.statistics()
      const handedOver = classifyLog.lines.filter(line => line.includes('objects were handed over')).length
      return handedOver === PARTITIONS && accounting.received === fed && archivedObjects === 0 && replica.reader.statistics().objects === objects
    }
    await until('it goes on', () => replica.readiness().ready && has(replica.reader) && moved(), 150_000)
    await classify.stop()
    const opened = Array.from({ length: PARTITIONS + 1 }, (_, k) => openLmdbStore(join(stores, `partition-${k}`)))
    const all = opened.flatMap(store => [...store.objects.ids()])
    assert.equal([...opened[PARTITIONS]!.objects.ids()].length > 0, true, 'some have moved')
    const readers = opened.map(({ reader }) => reader)
    await until('the replica has what the stores have', () => isDeepStrictEqual(served([replica.reader], all), served(readers, all)))
    await Promise.all(opened.map(store => store.close()))
    const stopping = performance.now()
    await replica.stop()
    assert.equal(Math.floor((performance.now() - stopping) / 5000), 0, 'it stops within 5 s')
  })

  await t.test('a changelog that is made anew while it is read ends the role; started again, it begins anew', async () => {
    replica = await replicating(folder)
    await until('it is there again', () => replica.readiness().ready)
    await admin.deleteTopics({ topics: [own.objectRecords] })
    await until('the topic is made anew', () => admin.createTopics({ waitForLeaders: false, topics: [{ topic: own.objectRecords, numPartitions: PARTITIONS + 1 }] }))
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: own.objectRecords, messages: [{ key: 'nobody', value: null, partition: 0 }] })
    await producer.disconnect()
    await assert.rejects(replica.finished, { code: 'changelog-replaced', message: /partition 0 of q\.object-records ends at 1, and the replica has read it up to \d+/ })
    assert.match(replica.readiness().reason!, /\[changelog-replaced\]$/)
    await replica.stop()
    const log = recordingLog()
    replica = await replicating(folder, createMeasures(), log)
    await until('it has what there is', () => replica.readiness().ready)
    assert.equal(replica.reader.statistics().objects, 0)
    assert.ok(log.lines.some(line => /^warn the replica begins anew: /.test(line)), log.lines.join('\n'))
    await replica.stop()
  })
})

/** Whatever comes of the test. */
function stops (t: TestContext, role: { stop (): Promise<void> }): void {
  t.after(() => role.stop())
}
