import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skyOfCard } from '../../../src/training/evaluation/sky-of-card.ts'
import { evaluateSky } from '../../../src/training/evaluation/sky-evaluation.ts'
import { byDaysSection } from '../../../src/training/report/by-days.ts'
import { confusionSection } from '../../../src/training/report/confusion.ts'
import { errorsSection } from '../../../src/training/report/errors.ts'
import { setsSection } from '../../../src/training/report/sets.ts'
import { EVENLY, sketched } from '../evaluation/sketched-objects.ts'

const evaluation = evaluateSky(sketched([
  ...Array.from({ length: 4 }, () => ({ set: 'data/ia.tar.xz', type: 'Ia', probabilities: [0.3, 0.96], spread: 1 })),
  ...Array.from({ length: 4 }, (_, k) => ({ set: 'data/cc.tar.xz', type: 'II', label: 'IIn', probabilities: [0.2, k === 0 ? 0.8 : 0.1], spread: 2 }))
]), EVENLY, [['IIn']])
const facts = { photoZ: 'unknown', evaluation } as const

test('the report of a sky has a line for each set and type, and the AUC against what was asked for', () => {
  const [types, against] = setsSection(facts).tables
  assert.deepEqual(types!.rows.map(row => [row[0], row[1], row[3], row[8], row[9]]), [['data/ia.tar.xz', 'Ia', '4', '100.0 · 100.0', '100.0 · 100.0'], ['data/cc.tar.xz', 'IIn', '4', '25.0 · 0.0', '25.0 · 0.0']])
  assert.deepEqual(against!.rows.map(row => [row[0], row[1], row[2], row[6]]), [['all others', '4', '4', '1.0000'], ['IIn', '4', '4', '1.0000']])
})

test('the confusion matrix of each number of days is in the data, that of the end in the table', () => {
  const { data, tables, absent } = confusionSection(facts)
  assert.equal(absent, undefined)
  assert.deepEqual(data.rows.filter(({ moment }) => moment === 'end').map(({ truth, called, objects, share }) => [truth, called, objects, share]), [
    ['Ia', 'Ia', 4, 1], ['Ia', 'II', 0, 0], ['Ia', 'AGN', 0, 0], ['II', 'Ia', 1, 0.25], ['II', 'II', 3, 0.75], ['II', 'AGN', 0, 0]
  ])
  assert.equal(data.rows.length, 8 * 6)
  // Purity of Ia 4/5, F1 8/9.
  assert.deepEqual(tables[0]!.rows[0]!.slice(0, 5).concat(tables[0]!.rows[0]!.at(-1)!), ['Ia', '4', '5', '1.000', '0.800', '0.889 · 1.000'])
})

test('days and errors have their tables, and a sky that is not covered is told', () => {
  const section = byDaysSection(facts)
  assert.ok(section.text[0]!.includes('the classes of 66.7 % of that sky'), section.text[0])
  assert.deepEqual(section.tables[0]!.rows.map(row => row[0]), ['1 day', '2 days', '4 days', '8 days', '16 days', '32 days', '64 days', 'end'])
  assert.equal(errorsSection(facts).tables[0]!.rows.length, 10)
})

test('the card of a model with classes keeps the shares by set and type and the confusion matrix', () => {
  const { sky } = skyOfCard({ part: 'test', told: { photoZ: 'unknown', context: 'unknown' }, evaluation }) as { sky: { classShares: string, types: Array<{ set: string, type: string, end: number[], after: Record<string, number[]> }>, confusion: { counts: number[][] }, moments: Array<{ moment: string, macroF1: number }> } }
  assert.deepEqual([sky.classShares, sky.types.map(({ type, end, after }) => [type, end, after['5']])], ['training', [['Ia', [100, 100], [100, 100]], ['IIn', [25, 0], [25, 0]]]])
  assert.deepEqual(sky.confusion.counts, [[4, 0, 0], [1, 3, 0]])
  // F1 of Ia 8/9, of II 6/7.
  assert.equal(sky.moments.at(-1)!.macroF1, Number(((8 / 9 + 6 / 7) / 2).toFixed(4)))
})
