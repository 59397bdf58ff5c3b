import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areaUnderCurve, type Outcome } from '../../../src/training/evaluation/metrics.ts'
import { seededRandom } from '../../../src/training/data/random.ts'
import { phaseLines } from '../../../src/training/report/by-phase.ts'
import { csvLines } from '../../../src/report/csv.ts'
import { chosenObjects, lightCurveSection, mainClass } from '../../../src/training/report/light-curves.ts'
import { rocCurve } from '../../../src/training/report/roc.ts'
import { shareInterval } from '../../../src/training/evaluation/share.ts'
import { subtypeRows } from '../../../src/training/report/subtypes.ts'
import { worstErrors } from '../../../src/training/report/worst.ts'
import { reportFacts, type SketchedObject } from './report-facts.ts'

const close = (actual: number | null, expected: number, tolerance = 1e-6): void => {
  assert.ok(actual !== null && Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`)
}

test('the ROC curve has the corners of the four-point example of scikit-learn\'s roc_curve', () => {
  const outcomes = [[0.1, false], [0.4, false], [0.35, true], [0.8, true]].map(([probabilityIa, isIa]) => ({ probabilityIa, isIa }) as Outcome)
  assert.deepEqual(rocCurve(outcomes).map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]), [[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1]])
  assert.deepEqual(rocCurve(outcomes.slice(2)), [])
})

test('the area below the ROC curve is the AUC, ties among it', () => {
  const random = seededRandom(3)
  for (let n = 0; n < 20; n++) {
    const outcomes = Array.from({ length: 50 }, (_, k): Outcome => ({ isIa: k % 3 === 0, probabilityIa: Math.round(20 * random.uniform()) / 20 }))
    const curve = rocCurve(outcomes)
    const area = curve.slice(1).reduce((sum, { falsePositiveRate, truePositiveRate }, k) =>
      sum + (falsePositiveRate - curve[k]!.falsePositiveRate) * (truePositiveRate + curve[k]!.truePositiveRate) / 2, 0)
    close(area, areaUnderCurve(outcomes)!, 1e-12)
  }
})

test('the interval of a share is Wilson\'s', () => {
  // 8 of 10, z = 1: (0.8 + 0.05)/1.1 ± √(0.016 + 0.0025)/1.1.
  const [low, high] = shareInterval(8, 10)
  close(low, 0.649077, 1e-5)
  close(high, 0.896377, 1e-5)
  close(shareInterval(0, 9)[1], 0.1)
  assert.deepEqual([shareInterval(0, 9)[0], shareInterval(9, 9)[1], shareInterval(0, 0)], [0, 1, [0, 1]])
})

test('by phase counts what was detected by then, with the newest P(Ia) before', () => {
  const peakMjd = 56_100
  const lines = phaseLines(reportFacts([
    // Detected 8 days before peak; right from 2 days after it on.
    { snid: '1', type: 'Ia', peakMjd, times: [56_070, 56_092, 56_102], firstDetection: 56_092, probabilities: [0.9, 0.2, 0.8] },
    // Detected at 12 days after peak.
    { snid: '2', type: 'II', peakMjd, times: [56_112], probabilities: [0.7] },
    { snid: '3', type: 'II', times: [56_000], probabilities: [0.9] },
    { snid: '4', type: 'Ia', peakMjd, probabilities: [] }
  ])).filter(({ photoZ }) => photoZ === 'known')
  const at = (phase: number): unknown[] => {
    const { objects, typeIa, completeness, purity } = lines.find(line => line.phase === phase)!
    return [objects, typeIa, completeness, purity]
  }
  assert.deepEqual(lines.map(({ phase }) => phase), [-20, -15, -10, -5, 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60])
  assert.deepEqual([at(-10), at(-5), at(5), at(15)], [[0, 0, null, null], [1, 1, 0, null], [1, 1, 1, 1], [2, 1, 1, 0.5]])
})

test('a light curve that was detected in a band without steps is drawn, from which on it counts by phase', () => {
  const facts = reportFacts([{ snid: '1', type: 'Ia', peakMjd: 56_100, times: Array.from({ length: 20 }, (_, night) => 56_090 + night), firstDetection: 56_085.5, probabilities: Array.from({ length: 20 }, () => 0.8) }])
  assert.match(JSON.stringify(lightCurveSection(facts).figures[0]!.spec), /"values":\[\{"day":-14\.5\}\]/)
  // Detected at phase −14.5, while the model's first step is at −10.
  assert.deepEqual([-15, -10, -5].map(phase => phaseLines(facts).find(line => line.phase === phase)!.objects), [0, 1, 1])
})

test('each true type has its share called Ia and its mean P(Ia)', () => {
  const rows = subtypeRows(reportFacts([
    { snid: '1', type: 'II', probabilities: [0.9, 0.2], early: 0 }, { snid: '2', type: 'II', probabilities: [0.6] },
    { snid: '3', type: 'Ia', probabilities: [0.7] }, { snid: '4', type: 'Ib', probabilities: [] }
  ]))
  const known = (when: string) => rows.filter(row => row.when === when && row.photoZ === 'known')
  assert.deepEqual(known('end').map(({ type, objects, calledIa }) => [type, objects, calledIa]), [['Ia', 1, 1], ['II', 2, 1], ['Ib', 1, 0]])
  known('end').forEach(({ meanProbabilityIa }, k) => close(meanProbabilityIa, [0.7, 0.4, 0.5][k]!))
  assert.equal(known('early')[1]!.shareCalledIa, 1)
})

test('the worst errors are wrong ones only, the most confident first', () => {
  const wrong = worstErrors(reportFacts([
    { snid: '1', type: 'II', probabilities: [0.9] }, { snid: '2', type: 'Ia', redshift: 0.4, probabilities: [0.5, 0.01] }, { snid: '3', type: 'Ia', probabilities: [0.99] },
    { snid: '4', type: 'Ia', probabilities: [] }, { snid: '5', type: 'Ia', probabilities: [0.6] }
  ]))
  assert.deepEqual(wrong.map(({ snid, redshift, epochs }) => [snid, redshift, epochs]), [['2', 0.4, 2], ['1', null, 1], ['4', null, 0]])
  close(wrong[0]!.probabilityIaPhotoZKnown, 0.01)
  const many = Array.from({ length: 30 }, (_, k): SketchedObject => ({ snid: String(k), type: 'II', probabilities: [0.6] }))
  assert.equal(worstErrors(reportFacts(many)).length, 10)
})

test('light curves are chosen by SNID among the long ones, two of a class, whatever P(Ia) is', () => {
  const long = Array.from({ length: 20 }, () => 0.4)
  const objects = [['30', 'II'], ['4', 'IIn'], ['200', 'IIP'], ['7', 'Ia'], ['8', 'Ibc'], ['9', 'Ic'], ['10', 'Ib'], ['3', 'AGN']] as const
  const facts = reportFacts([...objects.map(([snid, type]) => ({ snid, type, probabilities: long })), { snid: '1', type: 'Ia', probabilities: long.slice(1) }])
  assert.deepEqual(chosenObjects(facts).map(place => facts.objects[place]!.snid), ['7', '3', '4', '30', '8', '9'])
  assert.deepEqual(['Ia', 'Ib', 'Ic', 'Ibc', 'II', 'IIL', 'SLSN-I'].map(mainClass), ['Ia', 'Ib/c', 'Ib/c', 'Ib/c', 'II', 'II', 'SLSN-I'])
})

test('CSV quotes what would break it', () => {
  assert.equal([...csvLines([{ a: 'x,"y"', b: null, c: true }, { a: 'line\nend', b: 0.5, c: false }])].join(''), 'a,b,c\n"x,""y""",,1\n"line\nend",0.5,0\n')
})
