import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import avsc from 'avsc'
import { classificationSchema } from '../../../src/stream/outputs/classification.ts'
import { output, OUTPUT_FORMATS, type PublishedAlert } from '../../../src/stream/outputs/outputs.ts'
import { crc64, fingerprintOf } from '../../../src/stream/outputs/single-object.ts'
import { readWithFastavro, readWithIcebird } from './avro-readers.ts'
import { classified, declined, duplicate, duplicateOfNothing, OBJECT, ofClasses, ofNoObject, ofPhase, refused, settings, SOURCE, unreadable } from './published-alerts.ts'

const schemaFile = fileURLToPath(new URL('../../../schemas/classification.avsc', import.meta.url))
const avro = output('candela', settings)
const json = output('candela-json', settings)

/** Marker and fingerprint before the datum. */
const HEADER_LENGTH = 10
/** As bytes, from fastavro 1.13.1. */
const FINGERPRINT = '6a919480ffcb4cf3'

const read = (alert: PublishedAlert): Record<string, unknown> => readWithIcebird(classificationSchema, avro(alert)!.value.subarray(HEADER_LENGTH))

const standing = {
  probabilityIa: 0.8312345,
  epochs: 17,
  lastPointMjdTai: 61103.25,
  revision: 2,
  publishedAt: new Date('2026-03-05T04:05:06.789Z'),
  classifierName: 'spcc',
  classifierVersion: '1.2'
}
const noPhase = { phase: undefined, phaseLow: undefined, phaseHigh: undefined }
const noClasses = { ...noPhase, probabilityIaErr: undefined, classProbabilities: undefined, classShares: undefined }
const nothing = { ...standing, probabilityIa: undefined, epochs: undefined, lastPointMjdTai: undefined, revision: undefined, publishedAt: undefined }
const source = { diaObjectId: OBJECT, diaSourceId: SOURCE, midpointMjdTai: 61103.25, ra: 53.125, dec: -27.75 }
const processedAt = new Date('2026-03-05T04:05:06.789Z')

const records: Array<[what: string, alert: PublishedAlert, record: Record<string, unknown>]> = [
  ['classified', classified, { ...source, outcome: 'classified', reason: undefined, ...standing, processedAt, ...noClasses }],
  ['classified by a model with a decoder', ofPhase, {
    ...source,
    outcome: 'classified',
    reason: undefined,
    ...standing,
    processedAt,
    classifierName: 'sky',
    classifierVersion: '1.1',
    probabilityIaErr: 0.0421,
    classProbabilities: { Ia: 0.8312, 'Ia-peculiar': 0.1, AGN: 0.06, EB: 0.0088, artefact: 0 },
    classShares: 'lsst',
    phase: -3.2,
    phaseLow: -5.1,
    phaseHigh: 0.4
  }],
  ['classified by a model with classes', ofClasses, {
    ...noPhase,
    ...source,
    outcome: 'classified',
    reason: undefined,
    ...standing,
    processedAt,
    classifierName: 'sky',
    classifierVersion: '1.0',
    probabilityIaErr: 0.0421,
    classProbabilities: { Ia: 0.8312, 'Ia-peculiar': 0.1, AGN: 0.06, EB: 0.0088, artefact: 0 },
    classShares: 'lsst'
  }],
  ['a duplicate, with what stands', duplicate, { ...source, outcome: 'duplicate', reason: undefined, ...standing, processedAt, ...noClasses }],
  ['a duplicate of nothing', duplicateOfNothing, { ...source, outcome: 'duplicate', reason: undefined, ...nothing, processedAt, ...noClasses }],
  ['declined, with what stands', declined, { ...source, outcome: 'declined', reason: 'band-not-used', ...standing, processedAt, ...noClasses }],
  ['of no object', ofNoObject, { ...source, diaObjectId: undefined, outcome: 'declined', reason: 'no-object-id', ...nothing, processedAt, ...noClasses }],
  ['refused', refused, { ...source, outcome: 'dead-lettered', reason: 'alert-too-large', ...nothing, processedAt, ...noClasses }],
  ['unreadable', unreadable, {
    diaObjectId: undefined, diaSourceId: undefined, midpointMjdTai: undefined, ra: undefined, dec: undefined, outcome: 'dead-lettered', reason: 'alert-truncated', ...nothing, processedAt, ...noClasses
  }]
]
for (const [what, alert, record] of records) {
  test(`an alert that is ${what}: every field is read back`, () => assert.deepEqual(read(alert), record))

  test(`an alert that is ${what}: JSON has the same fields`, () => {
    const plain = JSON.parse(json(alert)!.value.toString()) as Record<string, unknown>
    assert.deepEqual(Object.keys(plain), classificationSchema.fields.map(({ name }) => name))
    const dates = Object.fromEntries(['publishedAt', 'processedAt'].filter(name => plain[name] !== null).map(name => [name, new Date(plain[name] as string)]))
    assert.deepEqual(Object.fromEntries(Object.entries({ ...plain, ...dates }).map(([name, value]) => [name, value ?? undefined])), record)
  })
}

test('ids in JSON are strings, digit by digit', () => {
  assert.match(json(classified)!.value.toString(), /"diaObjectId":"9223372036854775807","diaSourceId":"9007199254740993"/)
})

test('the bytes begin with the marker and the fingerprint that fastavro computes', t => {
  const { value } = avro(classified)!
  assert.equal(value.subarray(0, 2).toString('hex'), 'c301')
  assert.equal(value.subarray(2, HEADER_LENGTH).toString('hex'), FINGERPRINT)
  const answer = readWithFastavro(t, [schemaFile], value.subarray(HEADER_LENGTH))
  if (!answer) return
  assert.equal(answer.fingerprint, FINGERPRINT)
  assert.equal(answer.rest, 0)
  assert.deepEqual(answer.record, {
    ...source,
    outcome: 'classified',
    reason: null,
    ...standing,
    publishedAt: '2026-03-05T04:05:06.789+00:00',
    processedAt: '2026-03-05T04:05:06.789+00:00',
    probabilityIaErr: null,
    classProbabilities: null,
    classShares: null,
    phase: null,
    phaseLow: null,
    phaseHigh: null
  })
})

/** Earlier versions of the record, and their fingerprints from fastavro 1.13.1: the first had no classes, the second no phase. */
const OF_PHASE = ['phase', 'phaseLow', 'phaseHigh']
const EARLIER = [['fb3a3c399a843077', ['probabilityIaErr', 'classProbabilities', 'classShares', ...OF_PHASE]], ['b9564fe5124bde7b', OF_PHASE]] as const

for (const [fingerprint, added] of EARLIER) {
  test(`records of the version ${fingerprint} and of this one are read by readers of the other, and even by who reads on without resolving`, () => {
    const fields = classificationSchema.fields.filter(({ name }) => !(added as readonly string[]).includes(name))
    const [earlier, now] = [{ ...classificationSchema, fields }, classificationSchema].map(schema => avsc.Type.forSchema(schema as avsc.Schema)) as [avsc.Type, avsc.Type]
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(fingerprintOf(earlier))
    assert.equal(bytes.toString('hex'), fingerprint)
    const datum = avro(ofPhase)!.value.subarray(HEADER_LENGTH)
    const whole = now.fromBuffer(datum) as Record<string, unknown>
    assert.deepEqual([whole['probabilityIaErr'], whole['classShares'], Object.keys(whole['classProbabilities'] as object).length, ...OF_PHASE.map(name => whole[name])], [0.0421, 'lsst', 5, -3.2, -5.1, 0.4])
    const known = Object.fromEntries(Object.entries(whole).filter(([name]) => !(added as readonly string[]).includes(name)))
    assert.deepEqual({ ...earlier.fromBuffer(datum, earlier.createResolver(now)) as object }, known)
    assert.deepEqual({ ...earlier.fromBuffer(datum, undefined, true) as object }, known, 'the new fields are last')
    assert.deepEqual({ ...now.fromBuffer(earlier.toBuffer(known), now.createResolver(earlier)) as object }, { ...known, ...Object.fromEntries(added.map(name => [name, null])) })
  })
}

test('fingerprints are those of the specification\'s test cases', () => {
  // share/test/data/schema-tests.txt of apache/avro.
  assert.equal(BigInt.asIntN(64, fingerprintOf(avsc.Type.forSchema('null'))), 7195948357588979594n)
  assert.equal(BigInt.asIntN(64, fingerprintOf(avsc.Type.forSchema('int'))), 8247732601305521295n)
  assert.equal(crc64(Buffer.alloc(0)), 0xc15d213aa4d7a795n)
})

test('the key is the object\'s id, and never empty nor like another object\'s', () => {
  assert.deepEqual([classified, ofNoObject, unreadable].map(alert => avro(alert)?.key), [OBJECT, `source:${SOURCE}`, 'origin:lsst-alerts/3/42'])
})

test('headers tell the outcome without the value', () => {
  assert.deepEqual(avro(declined)?.headers, { 'content-type': 'avro/binary', outcome: 'declined', reason: 'band-not-used' })
  assert.deepEqual(json(classified)?.headers, { 'content-type': 'application/json', outcome: 'classified' })
})

test('a record whose P(Ia) is not that of its alert is not published', () => {
  assert.throws(() => avro({ ...classified, standing: { ...classified.standing!, probabilityIa: 0.1 } }), { code: 'output-inconsistent' })
  assert.throws(() => avro({ ...classified, standing: null }), { code: 'output-inconsistent' })
  assert.throws(() => avro({ ...duplicate, standing: { ...duplicate.standing!, diaObjectId: '1' } }), { code: 'output-inconsistent' })
})

test('an unknown format is refused with those that there are', () => {
  assert.throws(() => output('fink', settings), { code: 'output-unknown', value: 'fink', action: `Use one of ${OUTPUT_FORMATS.join(', ')}.` })
})

test('schemas/classification.avsc is the schema of the code', () => {
  assert.deepEqual(JSON.parse(readFileSync(schemaFile, 'utf8')), classificationSchema, 'run npm run schemas')
})
