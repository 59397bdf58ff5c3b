import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readBlocks, readHeader } from '../../../src/alert/avro/container.ts'
import { brokerClassificationSchema } from '../../../src/stream/outputs/elasticc.ts'
import { output, type PublishedAlert } from '../../../src/stream/outputs/outputs.ts'
import { needs, sharedData } from '../../parts.ts'
import { readWithFastavro, readWithIcebird } from './avro-readers.ts'
import { classified, declined, duplicate, duplicateOfNothing, OBJECT, ofClasses, ofNoObject, refused, settings, settingsOfClasses, SOURCE, unreadable } from './published-alerts.ts'

const encode = output('elasticc', settings)
const ours = fileURLToPath(new URL('../../../schemas/elasticc.v0_9_1.brokerClassification.avsc', import.meta.url))
const theirs = join(sharedData, 'schemas/elasticc/elasticc.v0_9_1.brokerClassification.avsc')
const schemaIn = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object

const read = (alert: PublishedAlert, schema: object = brokerClassificationSchema): Record<string, unknown> => readWithIcebird(schema, encode(alert)!.value)

const NOT_CLASSIFIED = [{ classId: 300, probability: 1 }]
/** float32 of 0.8312345 and of 1 minus that, from Python's struct. */
const IA = [{ classId: 2222, probability: 0.8312345147132874 }, { classId: 200, probability: 0.16876548528671265 }]

const expected = {
  alertId: 9007199254740993n,
  diaSourceId: 9007199254740993n,
  elasticcPublishTimestamp: new Date('2026-03-05T04:05:00.000Z'),
  brokerIngestTimestamp: new Date('2026-03-05T04:05:01.250Z'),
  brokerName: 'Candela',
  brokerVersion: '0.1.0',
  classifierName: 'spcc 1.2',
  classifierParams: '',
  classifications: IA
}

test('a classified alert is Ia with P(Ia), and Residual with the rest', () => {
  assert.deepEqual(read(classified), expected)
})

test('icebird reads it with ELAsTiCC\'s own schema', t => {
  if (!needs(t, 'shared-data')) return
  assert.deepEqual(read(classified, schemaIn(theirs)), expected)
})

test('fastavro reads it with ELAsTiCC\'s own schema, to the last byte, and both schemas have one fingerprint', t => {
  if (!needs(t, 'shared-data')) return
  const { value } = encode(classified)!
  const answer = readWithFastavro(t, [theirs], value)
  if (!answer) return
  assert.deepEqual(answer.record, {
    ...expected, alertId: SOURCE, diaSourceId: SOURCE, elasticcPublishTimestamp: '2026-03-05T04:05:00.000+00:00', brokerIngestTimestamp: '2026-03-05T04:05:01.250+00:00'
  })
  assert.equal(answer.rest, 0)
  assert.equal(readWithFastavro(t, [ours], value)?.fingerprint, answer.fingerprint)
})

test('every alert with an id gives a message: NotClassified where it was declined, refused, or nothing stands', () => {
  assert.deepEqual([declined, ofNoObject, refused, duplicateOfNothing].map(alert => read(alert)['classifications']), [NOT_CLASSIFIED, NOT_CLASSIFIED, NOT_CLASSIFIED, NOT_CLASSIFIED])
  assert.deepEqual([declined, ofNoObject, refused].map(alert => encode(alert)?.headers['reason']), ['band-not-used', 'no-object-id', 'alert-too-large'])
})

test('a duplicate says again what stands', () => {
  assert.deepEqual(read(duplicate)['classifications'], IA)
  assert.equal(encode(duplicate)?.headers['outcome'], 'duplicate')
})

test('there is no message without an id that is a long', () => {
  assert.equal(encode(unreadable), null)
  for (const diaSourceId of ['ZTF18abdphvf', '9223372036854775808', '-1', '']) {
    assert.equal(encode({ ...classified, outcome: { ...classified.outcome, diaSourceId } }), null, diaSourceId)
  }
})

test('the packet\'s own id is kept beside that of its source', () => {
  const schema = { type: 'record', name: 'alert', namespace: 'elasticc.v0_9_1', fields: [{ name: 'note', type: 'string' }, { name: 'alertId', type: 'long' }] }
  // "a" and 2^53 + 3 as zig-zag varint, from fastavro.
  const datum = Buffer.from('02618680808080808020', 'hex')
  assert.equal(read({ ...classified, packet: { schema, datum } })['alertId'], 9007199254740995n)
  assert.equal(read({ ...classified, packet: { schema, datum: datum.subarray(0, 5) } })['alertId'], 9007199254740993n, 'of a damaged packet')
})

test('an alert of ELAsTiCC keeps its ids', t => {
  if (!needs(t, 'shared-data')) return
  const folder = join(sharedData, 'alerts/elasticc')
  const bytes = readFileSync(join(folder, readdirSync(folder).find(file => file.endsWith('.avro'))!))
  const header = readHeader(bytes)
  const [block] = readBlocks(bytes, header)
  if (!block || 'error' in block) throw new Error('no block')
  const { schema, datum } = { schema: JSON.parse(header.schemaText) as object, datum: block.data }
  const alert = readWithIcebird(schema, datum) as { alertId: bigint, diaSource: { diaSourceId: bigint } }
  const diaSourceId = alert.diaSource.diaSourceId.toString()
  const message = read({ ...classified, outcome: { ...classified.outcome, diaSourceId }, packet: { schema, datum } })
  assert.deepEqual([message['alertId'], message['diaSourceId']], [alert.alertId, alert.diaSource.diaSourceId])
})

test('times that are not known are null, or −1 where the schema has no null', () => {
  const message = read({ ...classified, surveyPublishedAt: null, ingestedAt: null })
  assert.equal(message['brokerIngestTimestamp'], undefined)
  assert.deepEqual(message['elasticcPublishTimestamp'], new Date(-1))
})

test('probabilities sum to 1 as floats, from end to end of the scale', () => {
  for (const probabilityIa of [0, 1e-7, 0.0000083, 0.1, 0.5, 0.9999999, 1]) {
    const { outcome, standing } = classified
    const message = read({ ...classified, outcome: { ...outcome, probabilityIa }, standing: { ...standing!, probabilityIa } })
    const [ia, residual] = (message['classifications'] as Array<{ probability: number }>).map(({ probability }) => probability)
    assert.equal(ia, Math.fround(probabilityIa))
    assert.equal(Math.fround(ia + residual!), 1)
  }
})

interface Said { classId: number, probability: number }
const encodeClasses = output('elasticc', settingsOfClasses)
const classesOf = (alert: PublishedAlert): Said[] => readWithIcebird(brokerClassificationSchema, encodeClasses(alert)!.value)['classifications'] as Said[]

test('a model with classes says them all, each id once, Ia with the P(Ia) of seven decimals, and nothing is left over', () => {
  const said = classesOf(ofClasses)
  assert.deepEqual(said.map(({ classId }) => classId), [2222, 2223, 2332, 2323])
  assert.equal(said[0]!.probability, Math.fround(0.8312345))
  // What is not Ia, in the proportions of the classes: 1 − 0.8312345 over 0.1688.
  const expected = [0.1, 0.06, 0.0088].map(probability => probability * (1 - 0.8312345) / 0.1688)
  said.slice(1).forEach(({ probability }, k) => assert.ok(Math.abs(probability - expected[k]!) < 1e-7, `${probability}`))
})

test('the probabilities of classes sum to 1 as floats, and P(Ia) stands whatever the decimals of the others', () => {
  for (const probabilityIa of [0.0000001, 0.00003, 0.1, 0.5, 0.99996, 0.9999999]) {
    const Ia = Number(probabilityIa.toFixed(4))
    const rest = Number((1 - Ia).toFixed(4))
    for (const classProbabilities of [{ Ia, 'Ia-peculiar': rest, AGN: 0, EB: 0, artefact: 0 }, { Ia, 'Ia-peculiar': rest / 3, AGN: rest / 3, EB: rest / 6, artefact: rest / 6 }]) {
      const said = classesOf({ ...ofClasses, outcome: { ...ofClasses.outcome, probabilityIa }, standing: { ...ofClasses.standing!, probabilityIa, classProbabilities } })
      assert.equal(said[0]!.probability, Math.fround(probabilityIa))
      assert.equal(Math.fround(said.reduce((sum, { probability }) => sum + probability, 0)), 1)
      assert.ok(said.every(({ probability }) => probability >= 0 && probability <= 1))
    }
  }
})

test('what a model of other classes, or of none, had said of an object is Ia and Residual; what is declined is NotClassified', () => {
  const { classProbabilities: _classes, ...ofNoClasses } = ofClasses.standing!
  const [ia, residual] = [Math.fround(0.8312345), Math.fround(1 - Math.fround(0.8312345))]
  for (const standing of [ofNoClasses, { ...ofClasses.standing!, classProbabilities: { Ia: 0.8312, kilonova: 0.1688 } }]) {
    assert.deepEqual(classesOf({ ...ofClasses, standing }), [{ classId: 2222, probability: ia }, { classId: 200, probability: residual }])
  }
  assert.deepEqual(classesOf({ ...declined, standing: ofClasses.standing }), NOT_CLASSIFIED)
})

test('the key is the object\'s id', () => {
  assert.equal(encode(classified)?.key, OBJECT)
  assert.equal(encode(ofNoObject)?.key, `source:${SOURCE}`)
})

test('schemas/elasticc.v0_9_1.brokerClassification.avsc is the schema of the code', () => {
  assert.deepEqual(schemaIn(ours), brokerClassificationSchema, 'run npm run schemas')
})
