import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { loadModel, saveModel, type ModelCard } from '../../src/model/model-file.ts'
import { referenceOf } from '../../src/model/reference-distribution.ts'
import { weightSpecs, type NetworkShape } from '../../src/model/shape.ts'
import { seededRandom } from '../../src/training/data/random.ts'
import { fingerprintOf } from '../../src/training/data/split.ts'
import { initialWeights } from '../../src/training/network/trainable-network.ts'
import { PROGRAM } from '../e2e/candela-process.ts'
import { needs } from '../parts.ts'
import { generatedFiles } from './data/generated-light-curves.ts'
import { labelledObjects } from './data/labelled.ts'
import { usages } from '../cli/usages.ts'
import { temporaryFolder } from '../pipeline.ts'

function candela (...args: string[]): Promise<{ code: number, stdout: string, stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [PROGRAM, ...args], { timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }))
  })
}

/** A folder with data/ of generated light curves. */
function dataFolder (t: TestContext, count: number): string {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'data'))
  for (const { name, text } of generatedFiles(count)) writeFileSync(join(folder, 'data', name), text)
  return folder
}

/** A model of first weights: its figures are poor, its form is right. */
async function untrainedModel (folder: string, card: ModelCard = {}): Promise<string> {
  const shape: NetworkShape = { cell: 'lstm', bands: ['g', 'r', 'i', 'z'], features: 1, layers: 2, width: 4, consensus: 'mean', heads: 1, headWidth: 4, classes: null, decoder: null }
  const path = join(folder, 'models', 'tiny', '0.1')
  await saveModel(path, { name: 'tiny', version: '0.1', shape, classes: null, calibration: { temperature: 1.5 }, weights: initialWeights(weightSpecs(shape), seededRandom(1)), card })
  return path
}

test('train writes a model with card and settings; evaluate finds its test part', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = dataFolder(t, 90)
  const settings = { trainingObjects: 60, validationObjects: 15, width: 8, headWidth: 8, batch: 10, peakRate: 0.02, about: { intendedUse: 'a test' } }
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings))
  const args = ['train', '--data', join(folder, 'data'), '--model', 'tiny/0.1', '--out', join(folder, 'models'), '--settings', join(folder, 'settings.json'), '--passes', '40']
  const trained = await candela(...args)
  assert.equal(trained.code, 0, trained.stderr)
  assert.match(trained.stderr, /pass 40 of 40: loss [\d.]+, validation loss [\d.]+, [\d.]+ % right, learning rate 2\.0e-6, \d+ objects\/s, 0 s left/)

  const path = join(folder, 'models', 'tiny', '0.1')
  const { card } = loadModel(path)
  assert.equal(card['intendedUse'], 'a test')
  assert.deepEqual(card['objects'], { total: 90, byType: { II: 45, Ia: 45 } })
  assert.equal((JSON.parse(readFileSync(join(path, 'training.json'), 'utf8')) as { passes: number }).passes, 40)

  const evaluated = await candela('evaluate', '--data', join(folder, 'data'), '--model', path, '--part', 'test', '--json')
  assert.equal(evaluated.code, 0, evaluated.stderr)
  const table = JSON.parse(evaluated.stdout) as { objects: number, final: { accuracy: number } }
  assert.equal(table.objects, 30)
  const { photoZKnown } = card['table'] as { photoZKnown: { final: { accuracy: number } } }
  assert.equal(Number(table.final.accuracy.toFixed(2)), photoZKnown.final.accuracy)
  assert.ok(table.final.accuracy >= 90, String(table.final.accuracy))

  const again = await candela(...args)
  assert.equal(again.code, 2)
  assert.match(again.stderr, /holds a model already/)
})

test('evaluate prints the JSON of its table and one CSV line an epoch', async t => {
  const folder = dataFolder(t, 6)
  const csv = join(folder, 'predictions.csv')
  const { code, stdout, stderr } = await candela('evaluate', '--data', join(folder, 'data'), '--model', await untrainedModel(folder), '--engine', 'wasm', '--predictions', csv, '--json')
  assert.equal(code, 0, stderr)
  const table = JSON.parse(stdout) as Record<string, unknown>
  assert.deepEqual(Object.keys(table), ['model', 'photoZ', 'context', 'objects', 'typeIa', 'baseline', 'final', 'early', 'byEpochs', 'reliability', 'sky'])
  assert.deepEqual([table['model'], table['objects'], table['typeIa']], ['tiny/0.1', 6, 3])
  assert.deepEqual(Object.keys(table['final'] as object), ['accuracy', 'auc', 'figureOfMerit', 'completeness', 'purity', 'ece'])
  const [header, ...lines] = readFileSync(csv, 'utf8').trimEnd().split('\n')
  assert.equal(header, 'snid,epoch,midpointMjdTai,probabilityIa,typeIa')
  assert.match(lines[0]!, /^1,1,562\d\d(\.\d+)?,0\.\d{6},1$/)
  const ofSecond = lines.filter(line => line.startsWith('2,'))
  assert.deepEqual(ofSecond.map(line => Number(line.split(',')[1])), ofSecond.map((_, k) => k + 1))
  assert.ok(ofSecond.every(line => line.endsWith(',0')))
})

test('evaluate --report plays both kinds of photo-z and writes a page, or refuses before it reads', async t => {
  const folder = dataFolder(t, 24)
  const model = await untrainedModel(folder)
  const report = join(folder, 'report')
  const args = ['evaluate', '--data', join(folder, 'data'), '--model', model, '--engine', 'wasm', '--json']
  const [unknown, known] = [await candela(...args, '--report', report, '--photo-z', 'unknown'), await candela(...args)]
  assert.equal(unknown.code, 0, unknown.stderr)
  const metrics = JSON.parse(readFileSync(join(report, 'metrics.json'), 'utf8')) as Record<string, object>
  for (const [photoZ, printed] of [['known', known], ['unknown', unknown]] as const) {
    const { model, context, photoZ: told, sky, ...figures } = JSON.parse(printed.stdout) as Record<string, unknown>
    assert.deepEqual([model, told, context], ['tiny/0.1', photoZ, 'known'])
    assert.ok(sky)
    assert.deepEqual(metrics[photoZ === 'known' ? 'photoZKnown' : 'photoZUnknown'], figures)
  }
  assert.match(readFileSync(join(report, 'index.html'), 'utf8'), /<dd>candela evaluate --data .* --photo-z unknown<\/dd>/)
  const refused = await candela('evaluate', '--data', join(folder, 'none'), '--model', model, '--engine', 'wasm', '--report', join(folder, 'data', 'TEST_SN000001.DAT', 'report'))
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /cannot be written: .*\[report-unwritable\]/)
})

test('evaluate --card adds the distribution of P(Ia), by epochs and photo-z, to the card that is there', async t => {
  const folder = dataFolder(t, 24)
  const model = await untrainedModel(folder, { intendedUse: 'a test' })
  const args = ['evaluate', '--data', join(folder, 'data'), '--model', model, '--engine', 'wasm', '--card']
  const refused = await candela(...args, '--sky', 'two-bands')
  assert.equal(refused.code, 2, refused.stderr)
  const { code, stderr } = await candela(...args)
  assert.equal(code, 0, stderr)
  const { card } = loadModel(model)
  assert.equal(card['intendedUse'], 'a test')
  const { command, objects, part } = card['publishedProbabilityIa'] as Record<string, unknown>
  assert.deepEqual([command, objects, part], ['candela evaluate --data data --model tiny/0.1 --part all --card', 24, 'all'])
  const { photoZKnown, photoZUnknown } = referenceOf(card)!
  const rows = (counts: typeof photoZKnown): number[] => counts.map(bins => bins.reduce((sum, count) => sum + count, 0))
  assert.deepEqual(rows(photoZKnown), rows(photoZUnknown))
  const detections = labelledObjects(24).map(({ points }) => points.filter(({ psfFlux, psfFluxErr }) => psfFlux > 5 * psfFluxErr).length)
  assert.equal(rows(photoZKnown).reduce((sum, count) => sum + count, 0), detections.reduce((sum, count) => sum + count, 0), 'one for each detection')
})

test('both engines give the same table, with photo-z known and unknown', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = dataFolder(t, 30)
  const model = await untrainedModel(folder)
  for (const photoZ of ['known', 'unknown']) {
    const [tensorflow, wasm] = await Promise.all(['tensorflow', 'wasm'].map(engine =>
      candela('evaluate', '--data', join(folder, 'data'), '--model', model, '--engine', engine, '--photo-z', photoZ)))
    assert.equal(tensorflow!.code, 0, tensorflow!.stderr)
    assert.match(tensorflow!.stdout, /30 objects, 15 of type Ia/)
    assert.equal(wasm!.stdout, tensorflow!.stdout)
  }
})

test('a damaged file is named, the others are measured, and the exit code is 1', async t => {
  const folder = dataFolder(t, 4)
  writeFileSync(join(folder, 'data', 'bad.DAT'), 'SNID: 9\nOBS: 1 g\n')
  const { code, stdout, stderr } = await candela('evaluate', '--data', join(folder, 'data'), '--model', await untrainedModel(folder), '--engine', 'wasm', '--json')
  assert.equal(code, 1)
  assert.match(stderr, /passed over: .*bad\.DAT:2: an OBS row stands before VARLIST/)
  assert.equal((JSON.parse(stdout) as { objects: number }).objects, 4)
})

test('train takes the cell and the truncation from its flags, and the model is evaluated in both engines', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = dataFolder(t, 40)
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ trainingObjects: 25, validationObjects: 8, width: 4, headWidth: 4, batch: 10 }))
  const trained = await candela('train', '--data', join(folder, 'data'), '--model', 'tiny/0.1', '--out', join(folder, 'models'),
    '--settings', join(folder, 'settings.json'), '--passes', '2', '--cell', 'gru', '--truncate', '16')
  assert.equal(trained.code, 0, trained.stderr)
  const path = join(folder, 'models', 'tiny', '0.1')
  assert.equal(loadModel(path).shape.cell, 'gru')
  const { cell, truncate } = JSON.parse(readFileSync(join(path, 'training.json'), 'utf8')) as { cell: string, truncate: number }
  assert.deepEqual([cell, truncate], ['gru', 16])
  const [tensorflow, wasm] = await Promise.all(['tensorflow', 'wasm'].map(engine =>
    candela('evaluate', '--data', join(folder, 'data'), '--model', path, '--engine', engine)))
  assert.equal(tensorflow!.code, 0, tensorflow!.stderr)
  assert.equal(wasm!.stdout, tensorflow!.stdout)
})

test('wrong usage ends with exit code 2 and says what is wrong', async t => {
  const folder = dataFolder(t, 2)
  const data = join(folder, 'data')
  const model = await untrainedModel(folder)
  const runs = await usages(t, [
    ['evaluate', '--model', model],
    ['evaluate', '--data', data, '--model', model, '--photo-z', 'maybe'],
    ['train', '--data', data, '--model', 'no-version'],
    ['train', '--data', data, '--model', 'tiny/0.2', '--settings', join(folder, 'none.json')],
    ['train', '--data', data, '--model', 'tiny/0.2', '--cell', 'transformer'],
    ['train', '--data', data, '--model', 'tiny/0.2', '--truncate', '0']
  ])
  assert.deepEqual(runs.map(({ status }) => status), [2, 2, 2, 2, 2, 2])
  const expected = [/--data/, /photo-z.*maybe|maybe.*photo-z/s, /name\/version is expected/, /not a readable JSON file/, /cell.*transformer.*lstm.*gru.*rnn/s, /truncate/]
  runs.forEach(({ stderr }, k) => assert.match(stderr, expected[k]!))
})

test('a model is measured on the test part of the split of another', async t => {
  const folder = dataFolder(t, 12)
  const snids = Array.from({ length: 12 }, (_, k) => String(k + 1))
  const splitOf = async (trainingObjects: number): Promise<string> =>
    await untrainedModel(temporaryFolder(t), { split: { seed: 1, trainingObjects, validationObjects: 2, objects: 12, fingerprint: fingerprintOf(snids) } })
  const [mine, other] = await Promise.all([splitOf(10), splitOf(7)])
  const evaluated = async (...flags: string[]): Promise<{ code: number, objects: number | null, stderr: string }> => {
    const { code, stdout, stderr } = await candela('evaluate', '--data', join(folder, 'data'), '--model', mine, '--engine', 'wasm', '--json', ...flags)
    return { code, objects: stdout === '' ? null : (JSON.parse(stdout) as { objects: number }).objects, stderr }
  }
  const [own, others, all] = await Promise.all([evaluated('--part', 'test'), evaluated('--part', 'test', '--split-of', other), evaluated('--split-of', other)])
  assert.deepEqual([own.objects, others.objects], [2, 5], others.stderr)
  assert.deepEqual([all.code, all.objects], [2, null])
  assert.match(all.stderr, /--split-of with --part all/)
})

test('a test part without objects is refused, not measured', async t => {
  const folder = dataFolder(t, 8)
  const split = { seed: 1, trainingObjects: 8, validationObjects: 2, objects: 8, fingerprint: fingerprintOf(Array.from({ length: 8 }, (_, k) => String(k + 1))) }
  const { code, stdout, stderr } = await candela('evaluate', '--data', join(folder, 'data'), '--model', await untrainedModel(folder, { split }), '--engine', 'wasm', '--part', 'test')
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /no object to measure: the model was trained on all 8 .*\[no-objects\]/)
})
