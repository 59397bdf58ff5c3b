import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type kafkajs from 'kafkajs'
import { readFrame } from '../../../src/alert/schemas/confluent.ts'
import { saveModel } from '../../../src/model/model-file.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import type { AlertClassification } from '../../../src/stream/outputs/classification.ts'
import { alertList } from '../../kafka/alert-list.ts'
import { replay, replayPackets, type AlertResult } from '../../kafka/replayed.ts'
import { surveyPackets } from '../../kafka/survey-packets.ts'
import { classificationOf, classificationsIn, committed, seen } from '../../kafka/topics.ts'
import { needs, sharedData } from '../../parts.ts'
import { temporaryFolder, untrainedModel } from '../../pipeline.ts'
import { readAllWithIcebird, readWithFastavro } from '../../stream/outputs/avro-readers.ts'
import { candela, ended, serve, type Serving } from '../candela-process.ts'
import { clientOf, sendAll, startBroker, type Broker } from './broker.ts'

const PARTITIONS = 3
/** Of Avro's single-object encoding. */
const HEADER_LENGTH = 10

const published = (...path: string[]): string => join(sharedData, 'schemas', ...path)
const schemaIn = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object

const own = join(import.meta.dirname, '../../../schemas/classification.avsc')
const elasticcFile = published('elasticc/elasticc.v0_9_1.brokerClassification.avsc')
/** Each record defined before it is used, as their names are sorted; the alert itself is not among them. */
const rubinFiles = (): string[] => readdirSync(published('lsst/10/0')).filter(file => !file.endsWith('.alert.avsc')).map(file => published('lsst/10/0', file))
const alertFile = published('lsst/10/0/lsst.v10_0.alert.avsc')
const fastdbFile = published('fastdb/fastdb.v10_0_0.BrokerMessage.avsc')
const fastdb11File = join(import.meta.dirname, '../../../schemas/fastdb.v11_1_0.BrokerMessage.avsc')

/** What stands of each alert's object behind it: P(Ia) of the newest classification. */
function withStanding (results: readonly AlertResult[]): Array<AlertResult & { standing: number | null }> {
  const standing = new Map<string, number>()
  return results.map(result => {
    if (result.outcome === 'classified') standing.set(result.diaObjectId!, result.probabilityIa!)
    return { ...result, standing: standing.get(result.diaObjectId ?? '') ?? null }
  })
}

/** A model that tells Ia from all else, in griz: some alerts are declined beside a P(Ia) that stands. Those of classes follow below. */
const TWO_CLASSES = ['--model', 'spcc']

/** Classes that an alert is to have: ELAsTiCC's taxonomy. */
function classesOf ({ outcome, standing }: { outcome: string, standing: number | null }): unknown {
  if (standing === null || outcome === 'declined') return [{ classId: 300, probability: 1 }]
  const probability = Math.fround(standing)
  return [{ classId: 2222, probability }, { classId: 200, probability: Math.fround(1 - probability) }]
}

const textOf = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => typeof part === 'bigint' ? String(part) : part)
/** In any order: several partitions have them. */
const sorted = (rows: readonly unknown[]): string[] => rows.map(textOf).sort()

/** As a consumer with read_committed sees them. */
const recordsOf = async (kafka: kafkajs.Kafka, topic: string): Promise<kafkajs.KafkaMessage[]> =>
  (await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => committed(kafka, topic, partition)))).flat()

async function everyOutput (t: TestContext, broker: Broker): Promise<void> {
  if (!needs(t, 'shared-data')) return
  const packets = surveyPackets({ seed: 3, nights: 10 })
  const results = withStanding(await replayPackets(t, packets.map(({ bytes }) => bytes), temporaryFolder(t), TWO_CLASSES))
  const { classifierName, classifierVersion } = results[0]!
  const kafka = clientOf(broker.address)
  await ensureTopic(kafka, { topic: 'survey', partitions: 2 }, [broker.address])
  const outputs = 'candela-json,elasticc=board,fastdb,fastdb-11.1,lasair,hopskotch'
  const flags = ['--kafka-brokers', broker.address, '--kafka-partitions', String(PARTITIONS), '--kafka-outputs', outputs]
  const [ingest, classify] = await Promise.all([
    serve(t, ['--role', 'ingest', '--kafka-topics', 'survey', ...flags]),
    serve(t, ['--role', 'classify', '--engine', 'wasm', ...TWO_CLASSES, '--lasair-topic', 'annotator', '--public-url', 'https://candela.example', '--data-dir', temporaryFolder(t), ...flags])
  ])
  const began = Date.now()
  // Objects with one alert have no order to keep: theirs may lie anywhere, by no key, past ingest.
  const counts = new Map<string | null, number>()
  for (const { key } of packets) counts.set(key, (counts.get(key) ?? 0) + 1)
  const lonely = packets.filter(({ key }) => key !== null && counts.get(key) === 1).slice(0, 5)
  await sendAll(broker, 'candela.photometry', lonely.map(packet => ({ ...packet, key: null })))
  await sendAll(broker, 'survey', packets.filter(packet => !lonely.includes(packet)))
  let outcomes = 0
  await Promise.race([ended(ingest), ended(classify), seen(t, kafka, 'candela.classifications', () => ++outcomes === packets.length)])

  const [records, json, board, fastdb, fastdb11, annotations, announcements] = await Promise.all(['candela.classifications', 'candela.candela-json', 'board', 'candela.fastdb', 'candela.fastdb-11.1', 'candela.lasair', 'candela.hopskotch'].map(topic => recordsOf(kafka, topic)))
  const valuesOf = (messages: readonly kafkajs.KafkaMessage[]): Buffer[] => messages.map(({ value }) => value!)
  const jsonOf = <T>(messages: readonly kafkajs.KafkaMessage[]): T[] => valuesOf(messages).map(value => JSON.parse(value.toString()) as T)
  const classified = results.filter(({ outcome }) => outcome === 'classified')
  const readable = results.filter(({ outcome }) => outcome !== 'dead-lettered')
  for (const outcome of ['classified', 'duplicate', 'dead-lettered']) assert.ok(results.some(result => result.outcome === outcome), `no alert is ${outcome}`)
  const declined = results.filter(({ outcome }) => outcome === 'declined')
  assert.ok(declined.some(({ standing }) => standing !== null) && declined.some(({ standing }) => standing === null), 'declined alerts are of objects with a P(Ia), and without')

  await t.test('Candela\'s own record, one for every alert, also as JSON', () => {
    const expected = sorted(results.map(({ diaObjectId, diaSourceId, outcome, reason, standing }) => [diaObjectId, diaSourceId, outcome, reason ?? null, standing]))
    const rowOf = ({ diaObjectId, diaSourceId, outcome, reason, probabilityIa }: Record<string, unknown>): unknown => [diaObjectId ?? null, diaSourceId ?? null, outcome, reason ?? null, probabilityIa ?? null]
    assert.deepEqual(sorted(readAllWithIcebird(schemaIn(own), valuesOf(records!).map(value => value.subarray(HEADER_LENGTH))).map(rowOf)), expected)
    assert.deepEqual(sorted(jsonOf<Record<string, unknown>>(json!).map(rowOf)), expected)
  })

  const expectedClasses = sorted(readable.map(result => [result.diaSourceId, classesOf(result)]))
  await t.test('ELAsTiCC has exactly one message for every alert that can be read: class 2222 and its complement, or 300', () => {
    const messages = readAllWithIcebird(schemaIn(elasticcFile), valuesOf(board!))
    assert.deepEqual(sorted(messages.map(({ diaSourceId, classifications }) => [diaSourceId, classifications])), expectedClasses)
    for (const { alertId, diaSourceId, classifications, brokerName, elasticcPublishTimestamp, brokerIngestTimestamp, ...rest } of messages) {
      assert.deepEqual([alertId, brokerName, rest['classifierName']], [diaSourceId, 'Candela', `${classifierName} ${classifierVersion}`])
      assert.equal(Math.fround((classifications as Array<{ probability: number }>).reduce((sum, { probability }) => sum + probability, 0)), 1)
      const [sentAt, takenAt] = [elasticcPublishTimestamp, brokerIngestTimestamp].map(Number)
      assert.ok(began <= sentAt! && sentAt! <= takenAt! && takenAt! <= Date.now(), `sent at ${sentAt}, taken at ${takenAt}`)
    }
  })

  await t.test('FASTDB has the whole alert, and behind it who classified it and how', () => {
    const rubin = rubinFiles().map(schemaIn)
    const messages = readAllWithIcebird(schemaIn(fastdbFile), valuesOf(fastdb!), rubin)
    const readPackets = packets.filter((_, k) => results[k]!.outcome !== 'dead-lettered').map(({ bytes }) => bytes.subarray(readFrame(bytes).position))
    const alerts = new Map(readAllWithIcebird(schemaIn(alertFile), readPackets, rubin).map(alert => [alert['diaSourceId'], alert]))
    assert.deepEqual(sorted(messages.map(({ diaSourceId, classifications }) => [diaSourceId, classifications])), expectedClasses)
    for (const { classifications: _, ...message } of messages) {
      assert.deepEqual(message, { ...alerts.get(message['diaSourceId']), brokerName: 'Candela', classifierName, classifierVersion })
    }
  })

  await t.test('Lasair has an annotation for every classified alert', () => {
    interface Annotation { objectId: string, topic: string, url: string, classification: string, version: string, classdict: { probabilityIa: number, epochs: number, diaSourceId: string } }
    const rows = jsonOf<Annotation>(annotations!).map(({ classdict: { probabilityIa, epochs, diaSourceId }, objectId, ...rest }) => [objectId, diaSourceId, probabilityIa, epochs, rest.topic, rest.classification, rest.version, rest.url])
    assert.deepEqual(sorted(rows), sorted(classified.map(({ diaObjectId, diaSourceId, probabilityIa, epochs }) => [diaObjectId, diaSourceId, probabilityIa, epochs, 'annotator', 'P(Ia)', classifierVersion, `https://candela.example/v1/objects/${diaObjectId}`])))
  })

  await t.test('FASTDB 11.1 has the same alerts, and the same classifications', () => {
    const messages = readAllWithIcebird(schemaIn(fastdb11File), valuesOf(fastdb11!))
    assert.deepEqual(sorted(messages.map(({ diaSourceId, classifications }) => [diaSourceId, classifications])), expectedClasses)
  })

  await t.test('Hopskotch has an announcement for every classified alert, under hop\'s headers', () => {
    interface Announcement { diaObjectId: string, diaSourceId: string, probabilityIa: number, firstDetectionMjdTai: number | null, lastPointMjdTai: number, url: string }
    const rows = jsonOf<Announcement>(announcements!)
    assert.deepEqual(sorted(rows.map(({ diaObjectId, diaSourceId, probabilityIa, url }) => [diaObjectId, diaSourceId, probabilityIa, url])),
      sorted(classified.map(({ diaObjectId, diaSourceId, probabilityIa }) => [diaObjectId, diaSourceId, probabilityIa, `https://candela.example/v1/objects/${diaObjectId}`])))
    for (const { firstDetectionMjdTai, lastPointMjdTai } of rows) assert.ok(firstDetectionMjdTai !== null && firstDetectionMjdTai <= lastPointMjdTai)
    const ids = announcements!.map(({ headers }) => (headers!['_id'] as Buffer).toString('hex'))
    assert.deepEqual([new Set(ids).size, ids[0]!.length], [rows.length, 32])
    assert.ok(announcements!.every(({ headers }) => String(headers!['_format']) === 'json'))
  })

  await t.test('fastavro reads ELAsTiCC\'s and FASTDB\'s to the last byte', t => {
    for (const [messages, files] of [[board!, [elasticcFile]], [fastdb!, [...rubinFiles(), fastdbFile]]] as const) {
      for (const outcome of ['classified', 'declined']) {
        const { value } = messages.find(({ headers }) => String(headers!['outcome']) === outcome)!
        const answer = readWithFastavro(t, files, value!)
        if (!answer) return
        const { diaSourceId, classifications } = answer.record
        assert.ok(expectedClasses.includes(textOf([String(diaSourceId), classifications])), textOf(classifications))
        assert.equal(answer.rest, 0)
      }
    }
  })

  for (const process of [ingest, classify]) assert.equal((await process.stop('SIGTERM')).status, 0, process.stderr())
}

/** What each record says of an alert with the model that is used where no flag names one. */
async function everyClass (t: TestContext, broker: Broker): Promise<void> {
  const kafka = clientOf(broker.address)
  const prefix = 'classes.'
  const list = alertList({ seed: 7, alerts: 150, objects: 30 }).filter(({ diaObjectId }) => diaObjectId !== null)
  const classify = await serve(t, [
    '--role', 'classify', '--engine', 'wasm', '--data-dir', temporaryFolder(t), '--kafka-brokers', broker.address, '--kafka-prefix', prefix, '--kafka-group', 'classes',
    '--kafka-partitions', String(PARTITIONS), '--kafka-outputs', 'candela-json'
  ])
  await sendAll(broker, `${prefix}photometry`, list.map(({ diaObjectId, bytes }) => ({ key: diaObjectId, bytes })))
  let outcomes = 0
  await Promise.race([ended(classify), seen(t, kafka, `${prefix}classifications`, () => ++outcomes === list.length)])
  assert.equal((await classify.stop('SIGTERM')).status, 0, classify.stderr())

  const [records, json] = await Promise.all([`${prefix}classifications`, `${prefix}candela-json`].map(async topic => (await recordsOf(kafka, topic)).map(({ value }) => value!)))
  type Said = Pick<AlertResult, 'diaSourceId' | 'outcome' | 'probabilityIa' | 'probabilityIaErr' | 'classProbabilities' | 'classShares'>
  const rowOf = ({ diaSourceId, outcome, ...said }: Said): unknown =>
    outcome === 'classified' ? [diaSourceId, outcome, said.probabilityIa, said.probabilityIaErr, Object.entries(said.classProbabilities!).sort(), said.classShares] : [diaSourceId, outcome]
  const results = (await replay(t, list, temporaryFolder(t))).results
  const classified = results.filter(({ outcome }) => outcome === 'classified')
  assert.ok(classified.length > 50, `${classified.length} alerts were classified`)
  for (const { probabilityIa, probabilityIaErr, classProbabilities } of classified) {
    const parts = Object.values(classProbabilities!)
    // They are told to four digits.
    assert.ok(parts.length === 16 && Math.abs(classProbabilities!['Ia']! - probabilityIa!) < 1.01e-4 && Math.abs(parts.reduce((sum, part) => sum + part, 0) - 1) < 1e-9, textOf(classProbabilities))
    assert.ok(probabilityIaErr! >= 0 && probabilityIaErr! < 0.5, String(probabilityIaErr))
  }
  assert.ok(classified.some(({ probabilityIaErr }) => probabilityIaErr! > 0.01), 'the heads disagree on some')
  const expected = sorted(results.map(rowOf))
  assert.deepEqual(sorted(readAllWithIcebird(schemaIn(own), records!.map(value => value.subarray(HEADER_LENGTH))).map(record => rowOf(record as unknown as Said))), expected)
  assert.deepEqual(sorted(json!.map(value => rowOf(JSON.parse(value.toString()) as Said))), expected)
}

async function anotherModel (t: TestContext, broker: Broker): Promise<void> {
  const kafka = clientOf(broker.address)
  const [prefix, group] = ['renewed.', 'renewed']
  const list = alertList({ seed: 5, alerts: 600, objects: 120 })
  const [dataDir, modelFolder] = [temporaryFolder(t), temporaryFolder(t)]
  await saveModel(join(modelFolder, '1.0'), untrainedModel())
  await saveModel(join(modelFolder, '2.0'), { ...untrainedModel({}, 5), version: '2.0' })
  const classify = (version: string): Promise<Serving> => serve(t, [
    '--role', 'classify', '--engine', 'wasm', '--model', join(modelFolder, version), '--data-dir', dataDir, '--kafka-brokers', broker.address, '--kafka-prefix', prefix, '--kafka-group', group,
    '--kafka-partitions', String(PARTITIONS), '--kafka-outputs', 'lasair', '--lasair-topic', 'annotator'
  ])
  const send = async (from: number, to: number): Promise<void> => await sendAll(broker, `${prefix}photometry`, list.slice(from, to).map(({ diaObjectId, bytes }) => ({ key: diaObjectId, bytes })))

  const first = await classify('1.0')
  await send(0, 300)
  let outcomes = 0
  await Promise.race([ended(first), seen(t, kafka, `${prefix}classifications`, () => ++outcomes === 300)])
  const away = send(300, 400)
  assert.equal((await first.stop('SIGTERM')).status, 0, first.stderr())
  await away
  // What the group has committed plays no part: the changelog says how far photometry is read.
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteGroups([`${group}-classify`])
  await admin.disconnect()
  const second = await classify('2.0')
  await second.logged(/^partition \d: \d+ objects, on from offset \d+/)
  await send(400, list.length)
  const newest = new Map<string, AlertClassification>()
  let alerts = 0
  await Promise.race([ended(second), seen(t, kafka, `${prefix}classifications`, ({ key, value }) => {
    const record = classificationOf(value!)
    newest.set(String(key), record)
    if (record.outcome !== 'revised') alerts++
    return alerts === list.length && [...newest.values()].every(({ probabilityIa, classifierVersion }) => probabilityIa === null || classifierVersion === '2.0')
  })])
  assert.equal((await second.stop('SIGTERM')).status, 0, second.stderr())

  interface Annotation { objectId: string, classdict: { probabilityIa: number, diaSourceId: string | null } }
  const annotations = (await recordsOf(kafka, `${prefix}lasair`)).map(({ value }) => JSON.parse(value!.toString()) as Annotation)
  const results = withStanding((await replay(t, list, temporaryFolder(t), ['--model', join(modelFolder, '2.0')])).results)
  const records = (await classificationsIn(kafka, `${prefix}classifications`, PARTITIONS)).map(({ record }) => record)
  const revised = records.filter(({ outcome }) => outcome === 'revised')
  const ofAlerts = records.filter(({ outcome }) => outcome !== 'revised')
  const unreadable = list.filter(({ diaObjectId }) => diaObjectId === null).map(() => null)
  assert.deepEqual(ofAlerts.map(({ diaSourceId }) => String(diaSourceId)).sort(), [...results.map(({ diaSourceId }) => diaSourceId), ...unreadable].map(String).sort(), 'one outcome for each alert')
  const newestOfReplay = objectsOf(results.map(({ diaObjectId, standing }) => ({ diaObjectId, probabilityIa: standing })))
  assert.deepEqual(objectsOf(records), newestOfReplay, 'the newest P(Ia) of every object')
  assert.deepEqual(objectsOf(annotations.map(({ objectId, classdict: { probabilityIa } }) => ({ diaObjectId: objectId, probabilityIa }))), newestOfReplay, 'its annotation for Lasair, which keeps one')
  // An alert that touches an object of the model before is classified, also where it brings nothing new.
  const expected = new Set(results.map(({ diaSourceId, standing }) => textOf([diaSourceId, standing])))
  const renewed = ofAlerts.filter(({ outcome, classifierVersion }) => outcome === 'classified' && classifierVersion === '2.0').map(({ diaSourceId, probabilityIa }) => textOf([diaSourceId, probabilityIa]))
  assert.ok(renewed.length > 50, `${renewed.length} alerts were classified by the new model`)
  assert.deepEqual(renewed.filter(text => !expected.has(text)), [], 'each of them as in a replay')
  assert.deepEqual([...new Set(revised.map(({ diaSourceId, classifierVersion }) => textOf([diaSourceId, classifierVersion])))], [textOf([null, '2.0'])])
  assert.equal(annotations.filter(({ classdict: { diaSourceId } }) => diaSourceId === null).length, revised.length)
  assert.equal(new Set(revised.map(({ diaObjectId }) => diaObjectId)).size, revised.length, 'no object is replayed twice in the background')
}

/** P(Ia) that stands of each object behind the last of its records. */
const objectsOf = (records: ReadonlyArray<Pick<AlertClassification, 'diaObjectId' | 'probabilityIa'>>): Map<string | null, number> =>
  new Map(records.flatMap(({ diaObjectId, probabilityIa }) => probabilityIa === null ? [] : [[diaObjectId, probabilityIa]]))

async function wrongChangelog (t: TestContext, { address }: Broker): Promise<void> {
  await ensureTopic(clientOf(address), { topic: 'wrong.object-records', partitions: 1, settings: { 'cleanup.policy': 'delete' } }, [address])
  const { status, stderr } = await candela(t, ['serve', '--role', 'classify', '--engine', 'wasm', '--kafka-brokers', address, '--kafka-prefix', 'wrong.', '--kafka-partitions', '1', '--data-dir', temporaryFolder(t)])
  assert.equal(status, 1, stderr)
  assert.match(stderr, /topic wrong\.object-records is there, but its cleanup\.policy is delete, and compact is wanted \[kafka-topic-differs\]\n.*kafka-configs\.sh .*--add-config cleanup\.policy=compact/)
}

test('ingest and classify as processes of Candela', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0')
  await t.test('every output is read back by its published schema, with the P(Ia) of a replay', t => everyOutput(t, broker))
  await t.test('the default model\'s classes, their shares and the error of P(Ia), in Avro and JSON as in a replay', t => everyClass(t, broker))
  await t.test('classify goes on with another model while alerts come: every object is replayed', t => anotherModel(t, broker))
  await t.test('a changelog that is not compacted is refused, with the command that mends it', t => wrongChangelog(t, broker))
})
