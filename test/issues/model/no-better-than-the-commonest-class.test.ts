/** A model that learned nothing must not look like one that did, and a figure that is not defined is no 0. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { figuresRow, noBetter } from '../../../src/training/evaluation/figures.ts'
import { baselineOf, measure } from '../../../src/training/evaluation/metrics.ts'
import { candela } from '../../e2e/candela-process.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedLightCurve } from '../../training/data/generated-light-curves.ts'

const outcomes = (...given: Array<[probabilityIa: number, isIa: boolean]>) => given.map(([probabilityIa, isIa]) => ({ probabilityIa, isIa }))

test('a figure that would be a share of nothing is null, and – for readers', () => {
  const shown = (...given: Parameters<typeof outcomes>): string[] => figuresRow(measure(outcomes(...given))).trim().split(/ +/)
  assert.deepEqual(shown(), ['–', '–', '–', '–', '–', '–'])
  assert.deepEqual(shown([0.1, false], [0.3, false]), ['100.00', '–', '–', '–', '–', '0.2000'], 'no Ia, and none called Ia')
  assert.deepEqual(shown([0.9, false]), ['0.00', '–', '–', '–', '0.000', '0.9000'], 'no Ia, and one called Ia')
  assert.deepEqual(shown([0.9, true]), ['100.00', '–', '1.000', '1.000', '1.000', '0.1000'], 'nothing but Ia')
  assert.deepEqual(shown([0.1, true], [0.1, false]), ['50.00', '0.5000', '0.000', '0.000', '–', '0.4000'], 'none called Ia')
})

test('the baseline is the share of the commoner class, and a model is compared with it', () => {
  assert.deepEqual(baselineOf(4, 1), { commonest: 'not Ia', accuracy: 75 })
  assert.deepEqual(baselineOf(4, 3), { commonest: 'Ia', accuracy: 75 })
  assert.equal(baselineOf(0, 0), null)
  const said = (accuracy: number | null, typeIa: number): string | null => noBetter('m', [['at the end', { accuracy }]], baselineOf(4, typeIa))
  assert.match(said(75, 1)!, /^m is no better than the commonest class: calling every object not Ia would be right for 75\.00 %, the model is right for 75\.00 % at the end$/)
  assert.ok(said(50, 1) !== null)
  assert.equal(said(76, 1), null)
  assert.equal(said(100, 0), null, 'where all are of one class nothing can be told apart')
  assert.equal(said(null, 1), null)
})

test('train, its card, evaluate and the report say that a model of types that tell nothing is no better than the commonest class', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  mkdirSync(data)
  // All of one form: their types are a matter of names.
  for (let k = 1; k <= 40; k++) writeFileSync(join(data, `${k}.DAT`), generatedLightCurve(k, false).replace('SN Type = II', `SN Type = ${k % 4 === 0 ? 'Ia' : 'II'}`))
  const train = (...flags: string[]) => candela(t, ['train', '--data', data, '--model', 'none/1.0', '--out', folder, '--validation', '8', '--width', '4', '--batch', '8', '--passes', '1', ...flags])

  const { status, stderr } = await train('--training', '20')
  assert.equal(status, 0, stderr)
  assert.match(stderr, /of the test part \d+\.\d\d % right at the end, calling every object not Ia would be right for \d+\.\d\d %\n/)
  assert.match(stderr, /this model is no better than the commonest class: calling every object not Ia would be right for \d+\.\d\d %/)

  interface Table { objects: number, typeIa: number, baseline: { commonest: string, accuracy: number } }
  const card = JSON.parse(readFileSync(join(folder, 'none/1.0/card.json'), 'utf8')) as { table: Table }
  const { objects, typeIa, baseline } = card.table
  assert.deepEqual(baseline, { commonest: 'not Ia', accuracy: Number((100 * (objects - typeIa) / objects).toFixed(2)) })

  const model = join(folder, 'none/1.0')
  const evaluated = await candela(t, ['evaluate', '--data', data, '--model', model, '--part', 'test', '--engine', 'wasm', '--report', join(folder, 'report')])
  assert.match(evaluated.stdout, /objects, \d+ of type Ia; calling every object not Ia would be right for/)
  assert.match(evaluated.stdout, /none\/1\.0 is no better than the commonest class/)
  assert.match(readFileSync(join(folder, 'report/index.html'), 'utf8'), /Calling every object not Ia would be right for \d+\.\d\d %\. none\/1\.0 is no better than that at the end with photo-z known/)

  const whole = await train('--training', '40', '--force')
  assert.match(whole.stderr, /of the validation part \d+\.\d\d % right, calling every object/, 'without a test part, the validation part')
})
