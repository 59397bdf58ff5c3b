import assert from 'node:assert/strict'
import { test } from 'node:test'
import { output } from '../../../src/stream/outputs/outputs.ts'
import { classified, declined, duplicate, OBJECT, ofClasses, ofPhase, ofNoObject, refused, settings, SOURCE, unreadable } from './published-alerts.ts'

const encode = output('lasair', settings)
const annotation = (encoder = encode): unknown => JSON.parse(encoder(classified)!.value.toString())

const expected = {
  objectId: OBJECT,
  topic: 'candela',
  classification: 'P(Ia)',
  version: '1.2',
  explanation: 'P(Ia) = 0.8312345 after 17 epochs, by Candela\'s spcc 1.2',
  classdict: {
    probabilityIa: 0.8312345,
    epochs: 17,
    revision: 2,
    midpointMjdTai: 61103.25,
    diaSourceId: SOURCE,
    classifierName: 'spcc',
    classifierVersion: '1.2',
    publishedAt: '2026-03-05T04:05:06.789Z'
  },
  url: ''
}

test('a classified alert annotates its object with P(Ia)', () => {
  assert.deepEqual(annotation(), expected)
  assert.equal(encode(classified)?.key, OBJECT)
})

test('a model with classes annotates with them, too', () => {
  const { classdict, explanation } = JSON.parse(encode(ofClasses)!.value.toString()) as { classdict: Record<string, unknown>, explanation: string }
  assert.deepEqual(classdict, {
    ...expected.classdict,
    classifierName: 'sky',
    classifierVersion: '1.0',
    probabilityIaErr: 0.0421,
    classProbabilities: { Ia: 0.8312, 'Ia-peculiar': 0.1, AGN: 0.06, EB: 0.0088, artefact: 0 },
    classShares: 'lsst'
  })
  assert.equal(explanation, 'P(Ia) = 0.8312345 ± 0.0421, most probably Ia (0.8312), after 17 epochs, by Candela\'s sky 1.0')
})

test('a model with a decoder annotates with the phase, too', () => {
  const read = (alert: typeof ofPhase) => JSON.parse(encode(alert)!.value.toString()) as { classdict: Record<string, unknown>, explanation: string }
  const { classdict, explanation } = read(ofPhase)
  assert.deepEqual([classdict['phase'], classdict['phaseLow'], classdict['phaseHigh'], classdict['classShares']], [-3.2, -5.1, 0.4, 'lsst'])
  assert.equal(explanation, 'P(Ia) = 0.8312345 ± 0.0421, most probably Ia (0.8312), 3.2 d before its peak (phase -5.1 to 0.4 d), after 17 epochs, by Candela\'s sky 1.1')
  assert.match(read({ ...ofPhase, standing: { ...ofPhase.standing, phase: 12, phaseLow: 10, phaseHigh: 15.5 } }).explanation, /, 12 d past its peak \(phase 10 to 15.5 d\), after/)
})

test('the annotation leads to the object where Candela has an address', () => {
  for (const url of ['https://candela.example.org/', 'https://candela.example.org']) {
    assert.deepEqual(annotation(output('lasair', { ...settings, lasair: { topic: 'candela', url } })), { ...expected, url: `https://candela.example.org/v1/objects/${OBJECT}` })
  }
})

test('the word for the classification is the same whatever P(Ia): Lasair keeps one annotation for each word', () => {
  const words = [0.001, 0.999].map(probabilityIa => {
    const { outcome, standing } = classified
    const message = encode({ ...classified, outcome: { ...outcome, probabilityIa }, standing: { ...standing!, probabilityIa } })!
    return (JSON.parse(message.value.toString()) as { classification: string }).classification
  })
  assert.deepEqual(words, ['P(Ia)', 'P(Ia)'])
})

test('nothing else is annotated', () => {
  assert.deepEqual([declined, duplicate, ofNoObject, refused, unreadable].map(encode), [null, null, null, null, null])
})

test('without an annotator\'s name it is refused, and says who gives one', () => {
  assert.throws(() => output('lasair', { ...settings, lasair: undefined }), { code: 'output-incomplete', action: /Lasair's team/ })
})
