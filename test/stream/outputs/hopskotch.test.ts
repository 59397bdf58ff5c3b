import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidOf } from '../../../src/stream/outputs/hopskotch.ts'
import { output } from '../../../src/stream/outputs/outputs.ts'
import { classified, declined, duplicate, OBJECT, ofClasses, ofPhase, ofNoObject, refused, settings, SOURCE, unreadable } from './published-alerts.ts'

const encode = output('hopskotch', { ...settings, hopskotch: { sender: 'candela-1234', url: 'https://candela.example.org/' } })

/** As hop-client unpacks a message: `_format` names the model, and JSONBlob's content is the value. */
function unpack ({ value, headers }: { value: Buffer, headers: Record<string, string | Buffer> }): unknown {
  assert.equal(headers['_format'], 'json')
  return JSON.parse(value.toString())
}

test('a classified alert is announced: object, place, P(Ia), what it rests on, model, link, time', () => {
  assert.deepEqual(unpack(encode(classified)!), {
    schema: 'candela.classification/1',
    diaObjectId: OBJECT,
    diaSourceId: SOURCE,
    ra: 53.125,
    dec: -27.75,
    probabilityIa: 0.8312345,
    epochs: 17,
    revision: 2,
    firstDetectionMjdTai: 61090.125,
    lastPointMjdTai: 61103.25,
    daysSinceFirstDetection: 13.125,
    brokerName: 'Candela',
    brokerVersion: '0.1.0',
    classifierName: 'spcc',
    classifierVersion: '1.2',
    url: `https://candela.example.org/v1/objects/${OBJECT}`,
    publishedAt: '2026-03-05T04:05:06.789Z'
  })
})

test('a model with classes announces them beside all that was there before', () => {
  assert.deepEqual(unpack(encode(ofClasses)!), {
    ...unpack(encode(classified)!) as object,
    classifierName: 'sky',
    classifierVersion: '1.0',
    probabilityIaErr: 0.0421,
    classProbabilities: { Ia: 0.8312, 'Ia-peculiar': 0.1, AGN: 0.06, EB: 0.0088, artefact: 0 },
    classShares: 'lsst'
  })
})

test('a model with a decoder tells the phase, too', () => {
  const content = JSON.parse(encode(ofPhase)!.value.toString()) as Record<string, unknown>
  assert.deepEqual([content['phase'], content['phaseLow'], content['phaseHigh'], content['schema']], [-3.2, -5.1, 0.4, 'candela.classification/1'])
})

test('the headers are hop\'s: a UUID in 16 raw bytes, the sender, the format; no mark of a test', () => {
  const { key, headers } = encode(classified)!
  assert.equal(key, OBJECT)
  const { _id, ...others } = headers
  assert.deepEqual(others, { 'content-type': 'application/json', outcome: 'classified', _sender: 'candela-1234', _format: 'json' })
  assert.ok(Buffer.isBuffer(_id) && _id.length === 16)
  assert.equal(_id[6]! >> 4, 5)
  assert.equal(_id[8]! >> 6, 2)
})

test('an announcement keeps its id where it is sent again, and no two share one', () => {
  const idOf = (alert: typeof classified): string => (encode(alert)!.headers['_id'] as Buffer).toString('hex')
  assert.equal(idOf(classified), idOf({ ...classified, processedAt: 1 }))
  const another = { ...classified, outcome: { ...classified.outcome, diaSourceId: '1' } }
  assert.notEqual(idOf(classified), idOf(another))
  // RFC 9562, A.4, with the namespace of URLs: Python\'s uuid.uuid5(uuid.NAMESPACE_URL, 'http://www.python.org/').
  assert.equal(uuidOf('http://www.python.org/').toString('hex'), 'c2a8cbf8d0f15ef49740c3faec8ab1a0')
})

test('without an address, a sender or a first detection those are left open', () => {
  const { value, headers } = output('hopskotch', settings)({ ...classified, firstDetectionMjdTai: null })!
  const { url, firstDetectionMjdTai, daysSinceFirstDetection } = JSON.parse(value.toString()) as Record<string, unknown>
  assert.deepEqual([url, firstDetectionMjdTai, daysSinceFirstDetection], [null, null, null])
  assert.ok(!('_sender' in headers))
})

test('nothing else is announced, a replay for another model neither', () => {
  const revised = { ...classified, outcome: { ...classified.outcome, diaSourceId: null, midpointMjdTai: null, outcome: 'revised' as const } }
  assert.deepEqual([declined, duplicate, ofNoObject, refused, unreadable, revised].map(encode), [null, null, null, null, null, null])
})
