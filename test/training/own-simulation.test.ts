import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadModel } from '../../src/model/model-file.ts'
import { writePair } from '../alert/snana/fits-pair.ts'
import { PROGRAM } from '../e2e/candela-process.ts'
import { needs } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { generatedFiles } from './data/generated-light-curves.ts'

function candela (...args: string[]): Promise<{ code: number, stdout: string, stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [PROGRAM, ...args], { timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }))
  })
}

const CLASSES = { classes: { thermonuclear: ['SNIa', '101'], 'core collapse': ['20'] }, positive: ['thermonuclear'], others: 'skip' }
const SETTINGS = { trainingObjects: 20, validationObjects: 6, width: 4, headWidth: 4, batch: 15, passes: 2, bands: ['u', 'g', 'r', 'y'] }

test('a simulation of one\'s own, as FITS, with its own bands and types, becomes a model that is measured and replayed', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  mkdirSync(data)
  const texts = generatedFiles(32).map(({ text }) => text.replaceAll(' i NULL', ' u NULL').replaceAll(' z NULL', ' Y NULL'))
  writePair(data, 'OWN', texts, {
    gzip: true,
    change: head => {
      const types = head.find(({ name }) => name === 'SIM_TYPE_NAME')!
      const codes = head.find(({ name }) => name === 'SNTYPE')!
      types.values.forEach((type, k) => {
        types.values[k] = type === 'Ia' ? 'SNIa' : ''
        codes.values[k] = type === 'Ia' ? -9 : 20
      })
      types.values.splice(30, 2, 'AGN', 'AGN')
      codes.values.splice(30, 2, -9, -9)
    }
  })
  const [classes, settings, models] = [join(folder, 'classes.json'), join(folder, 'settings.json'), join(folder, 'models')]
  writeFileSync(classes, JSON.stringify(CLASSES))
  writeFileSync(settings, JSON.stringify(SETTINGS))

  const trained = await candela('train', '--data', data, '--model', 'own/1.0', '--out', models, '--settings', settings, '--classes', classes)
  assert.equal(trained.code, 0, trained.stderr)
  assert.match(trained.stderr, /left out by the classes: 'AGN' \(2\)/)
  const model = join(models, 'own', '1.0')
  const { shape, card } = loadModel(model)
  assert.deepEqual(shape.bands, ['u', 'g', 'r', 'y'])
  assert.deepEqual(card['objects'], { total: 30, byType: { 'core collapse': 15, thermonuclear: 15 } })
  assert.deepEqual(card['classes'], CLASSES)
  assert.deepEqual((JSON.parse(readFileSync(join(model, 'training.json'), 'utf8')) as { classes: unknown }).classes, CLASSES)

  const [evaluated, replayed] = await Promise.all([
    candela('evaluate', '--data', data, '--model', model, '--part', 'test', '--json'),
    candela('replay', data, '--model', model)
  ])
  assert.equal(evaluated.code, 0, evaluated.stderr)
  const table = JSON.parse(evaluated.stdout) as { objects: number, typeIa: number, final: { accuracy: number } }
  assert.equal(table.objects, 10)
  const { typeIa, photoZKnown } = card['table'] as { typeIa: number, photoZKnown: { final: { accuracy: number } } }
  assert.ok(typeIa > 0 && typeIa < 10)
  assert.deepEqual([table.typeIa, Number(table.final.accuracy.toFixed(2))], [typeIa, photoZKnown.final.accuracy])

  assert.equal(replayed.code, 0, replayed.stderr)
  const lines = replayed.stdout.trimEnd().split('\n').map(line => JSON.parse(line) as { outcome: string, diaObjectId: string, epochs: number })
  assert.equal(new Set(lines.filter(({ outcome }) => outcome === 'classified').map(({ diaObjectId }) => diaObjectId)).size, 32)
})
