import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadModel } from '../../../src/model/model-file.ts'
import { expectedCalibrationError } from '../../../src/training/evaluation/metrics.ts'
import { reliabilityOf, type ReliabilityPoint } from '../../../src/training/evaluation/reliability.ts'

/** Objects by P(Ia): how many, and how many of them are Ia. */
const outcomes = (...groups: Array<[probabilityIa: number, objects: number, typeIa: number]>) =>
  groups.flatMap(([probabilityIa, objects, typeIa]) => Array.from({ length: objects }, (_, k) => ({ probabilityIa, isIa: k < typeIa })))

/** Distance from the diagonal, weighted by the objects. */
function distance (points: readonly ReliabilityPoint[]): number {
  const all = points.reduce((sum, { objects }) => sum + objects, 0)
  return points.reduce((sum, { objects, meanProbabilityIa, shareIa }) => sum + objects * Math.abs(meanProbabilityIa - shareIa), 0) / all
}

test('bins without an object are left out; the others have their share of Ia and its interval', () => {
  const points = reliabilityOf(outcomes([0.02, 10, 0], [0.7, 6, 3], [0.72, 4, 2], [1, 5, 5]))
  assert.deepEqual(points.map(({ objects, typeIa }) => [objects, typeIa]), [[10, 0], [10, 5], [5, 5]])
  const [, middle] = points
  assert.ok(Math.abs(middle!.meanProbabilityIa - 0.708) < 1e-12, String(middle!.meanProbabilityIa))
  // Wilson's score interval of 5 of 10 with z = 1: 0.5 ± 0.5/√11.
  assert.ok(Math.abs(middle!.shareLow - (0.5 - 0.5 / Math.sqrt(11))) < 1e-12, String(middle!.shareLow))
  assert.deepEqual([middle!.from, middle!.to], [10 / 15, 11 / 15])
})

test('the distance from the diagonal is the calibration error', () => {
  const all = outcomes([0.02, 10, 0], [0.3, 20, 9], [0.72, 4, 2], [0.99, 50, 48])
  assert.ok(Math.abs(distance(reliabilityOf(all)) - expectedCalibrationError(all)!) < 1e-12, String(distance(reliabilityOf(all))))
})

test('the shipped card has the diagrams of all its test objects, and they agree with its calibration errors', () => {
  type Lines = Record<'final' | 'early', { ece: number }> & { reliability: Record<'final' | 'early', ReliabilityPoint[]> }
  const table = loadModel('spcc-10660-seed1').card['table'] as Record<'photoZKnown' | 'photoZUnknown', Lines> & { objects: number, typeIa: number }
  for (const photoZ of ['photoZKnown', 'photoZUnknown'] as const) {
    for (const when of ['final', 'early'] as const) {
      const points = table[photoZ].reliability[when]
      const sum = (name: 'objects' | 'typeIa'): number => points.reduce((sum, point) => sum + point[name], 0)
      assert.deepEqual([sum('objects'), sum('typeIa')], [table.objects, table.typeIa])
      assert.ok(Math.abs(distance(points) - table[photoZ][when].ece) < 1e-4, `${photoZ} ${when}: ${distance(points)}`)
    }
  }
  const recipe = loadModel('spcc').card['tableOfTheRecipe'] as Record<'photoZKnown', Lines>
  assert.deepEqual(recipe.photoZKnown.reliability, table.photoZKnown.reliability)
})
