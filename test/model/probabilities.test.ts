import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hasPeak, sharesAt, type ClassShares } from '../../src/model/classes.ts'
import { phaseOf } from '../../src/model/forecast/phase.ts'
import { probabilitiesOf, softmax, type Calibrated } from '../../src/model/probabilities.ts'
import { outputLength } from '../../src/model/shape.ts'

const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`)
const allNear = (actual: readonly number[], expected: readonly number[]): void => {
  assert.equal(actual.length, expected.length)
  actual.forEach((value, k) => near(value, expected[k]!))
}

const CLASSES = [{ name: 'Ia', id: 2222, positive: true }, { name: 'Ia-91T', id: 2223, positive: true }, { name: 'II', id: 2224, positive: false }]
const TRAINING: ClassShares = { name: 'training', detections: [1, 4], shares: [[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]] }
const MODEL: Calibrated & { classes: object } = {
  classes: CLASSES,
  calibration: { byEpochs: [{ epochs: 1, slope: 0.5, offsets: [0, 0, 1] }, { epochs: 16, slope: 1, offsets: [0, 0, -1] }], spread: 2 },
  trainingShares: TRAINING
}
const NOW = { epochs: 1, detections: 1 }

test('slope and offsets of the classes make the probabilities, P(Ia) is that of the positive classes', () => {
  // At 4 epochs, half way between 1 and 16 in the logarithm: slope 0.75, offsets 0. exp of ln 2, ln 3, ln 5.
  const logits = [2, 3, 5].map(value => Math.log(value) / 0.75)
  const { probabilityIa, probabilityIaErr, classes } = probabilitiesOf(MODEL, [...logits, 0.4], { epochs: 4, detections: 3 }, null)
  allNear(classes!, [0.2, 0.3, 0.5])
  near(probabilityIa, 0.5)
  // 2·0.75·0.4·P·(1 − P)
  near(probabilityIaErr!, 0.15)
  allNear(probabilitiesOf(MODEL, [0, 0, 0, 0], NOW, null).classes!, softmax([0, 0, 1]))
  allNear(probabilitiesOf(MODEL, [0, 0, 0, 0], { epochs: 400, detections: 9 }, null).classes!, softmax([0, 0, -1]))
})

test('other class shares change the probabilities as Bayes has it', () => {
  // Calibrated probabilities ¼, ¼, ½ among the training's ½, ¼, ¼; on a sky of 1/10, 1/10, 8/10: ∝ ¼·1/5, ¼·2/5, ½·16/5 = 1, 2, 32.
  const sky: ClassShares = { name: 'sky', detections: [1], shares: [[0.1, 0.1, 0.8]] }
  const { classes, probabilityIa } = probabilitiesOf(MODEL, [0, 0, 2 * (Math.log(2) - 1), 0], NOW, sky)
  allNear(classes!, [1 / 35, 2 / 35, 32 / 35])
  near(probabilityIa, 3 / 35)
})

test('the shares of the training leave the probabilities as they are, and no outputs give anything but probabilities', () => {
  const row = fc.array(fc.double({ min: -800, max: 800, noNaN: true }), { minLength: 3, maxLength: 3 })
  const share = fc.double({ min: 1e-6, max: 1, noNaN: true })
  const shares = fc.tuple(share, share, share).map(row => ({ name: 'any', detections: [1], shares: [row.map(value => value / (row[0] + row[1] + row[2]))] }))
  fc.assert(fc.property(row, shares, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 400 }), (logits, sky, epochs, detections) => {
    const outputs = [...logits, 3]
    const plain = probabilitiesOf(MODEL, outputs, { epochs, detections }, null)
    assert.deepEqual(probabilitiesOf(MODEL, outputs, { epochs, detections }, TRAINING), plain)
    for (const { classes, probabilityIa, probabilityIaErr } of [plain, probabilitiesOf(MODEL, outputs, { epochs, detections }, sky)]) {
      near(classes!.reduce((a, b) => a + b, 0), 1)
      near(classes![0]! + classes![1]!, probabilityIa)
      assert.ok(probabilityIa >= 0 && probabilityIa <= 1 && probabilityIaErr! >= 0 && Number.isFinite(probabilityIaErr))
    }
  }))
})

test('shares are interpolated in logarithms and hold beyond the outer numbers of detections', () => {
  assert.deepEqual([0, 1].map(count => sharesAt(TRAINING, count)), [TRAINING.shares[0], TRAINING.shares[0]])
  assert.deepEqual([4, 99].map(count => sharesAt(TRAINING, count)), [TRAINING.shares[1], TRAINING.shares[1]])
  // 2 lies half way between 1 and 4: geometric means, made to sum to 1.
  const means = [Math.sqrt(0.5 * 0.2), Math.sqrt(0.25 * 0.2), Math.sqrt(0.25 * 0.6)]
  const sum = means.reduce((a, b) => a + b, 0)
  allNear(sharesAt(TRAINING, 2), means.map(mean => mean / sum))
})

test('a model without classes has one probability', () => {
  const said = probabilitiesOf({ classes: null, calibration: { temperature: 2 } }, [3], { epochs: 7, detections: 1 }, null)
  assert.deepEqual(said, { probabilityIa: 1 / (1 + Math.exp(-1.5)), probabilityIaErr: null, classes: null })
})

test('supernovae, tidal disruptions and fast transients have a peak; what recurs, flares, erupts or is no source has none', () => {
  const ids = (peaked: boolean): number[] => [1100, 2221, 2222, 2223, 2224, 2225, 2231, 2232, 2233, 2234, 2242, 2243, 2322, 2323, 2332].filter(id => hasPeak({ id }) === peaked)
  assert.deepEqual(ids(true), [2221, 2222, 2223, 2224, 2225, 2231, 2232, 2242, 2243])
  assert.deepEqual(ids(false), [1100, 2233, 2234, 2322, 2323, 2332])
})

test('a phase is told where the classes with a peak have at least half of the probability together', () => {
  const shape = { classes: 3, decoder: { width: 4, days: 30 }, heads: 1 } as const
  const classes = [{ name: 'Ia', id: 2222, positive: true }, { name: 'CV', id: 2234, positive: false }, { name: 'M-dwarf', id: 2233, positive: false }]
  const outputs = Float32Array.from({ length: outputLength(shape) }, () => 0)
  outputs[outputs.length - 2] = Math.asinh(0.5)
  const said = (...parts: number[]) => phaseOf({ ...MODEL, classes, shape }, outputs, { classes: parts })?.phase ?? null
  assert.equal(said(0.49, 0.5, 0.01), null)
  assert.equal(Math.fround(said(0.5, 0, 0.5)!), 5)
})
