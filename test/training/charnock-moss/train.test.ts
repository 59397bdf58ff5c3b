import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSnana, snanaHost } from '../../../src/alert/snana/snana.ts'
import { loadModel } from '../../../src/model/model-file.ts'
import { referenceSettingsSchema, type ReferenceSettings } from '../../../src/training/charnock-moss/settings.ts'
import { saveReference } from '../../../src/training/charnock-moss/reference-file.ts'
import { measureReference, trainReference } from '../../../src/training/charnock-moss/train.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import type { PassReport } from '../../../src/training/train.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedFiles } from '../data/generated-light-curves.ts'

const objects = generatedFiles(48).map(({ name, text }): LabelledObject => {
  const curve = parseSnana(text, name)
  return { snid: curve.snid, points: curve.points, host: snanaHost(curve), ra: curve.ra, dec: curve.dec, type: curve.type!, isIa: curve.type === 'Ia', redshift: curve.redshift, peakMjd: curve.peakMjd }
})
const settingsOf = (given: object): ReferenceSettings => referenceSettingsSchema.parse({ widths: [8], rate: 0.02, batch: 8, passes: 60, dropout: 0, ...given })

test('the sizes are those of the paper by the number of training objects', () => {
  const large = referenceSettingsSchema.parse({})
  assert.deepEqual([large.widths, large.validationObjects, large.batch], [[16, 16], 1066, 32])
  const small = referenceSettingsSchema.parse({ trainingObjects: 1103 })
  assert.deepEqual([small.widths, small.validationObjects, small.batch, small.bidirectional, small.dropout], [[4], 110, 10, false, 0.5])
})

for (const bidirectional of [false, true]) {
  test(`a tiny set is over-fitted, ${bidirectional ? 'bidirectional' : 'unidirectional'}`, async t => {
    if (!needs(t, 'tensorflow')) return
    const reports: PassReport[] = []
    const settings = settingsOf({ bidirectional })
    const few = objects.slice(0, 16)
    const trained = await trainReference(few, [], settings, { onPass: report => reports.push(report) })
    assert.ok(reports.at(-1)!.loss < 0.02, `loss ${reports.at(-1)!.loss}`)
    assert.deepEqual([trained.bestPass, trained.passesDone, trained.validationLoss], [60, 60, null])
    assert.equal((await measureReference(trained, few, settings)).accuracy, 100)
  })
}

test('the validation part chooses the pass, a signal ends training, and the seed decides the weights', async t => {
  if (!needs(t, 'tensorflow')) return
  const [training, validation] = [objects.slice(0, 24), objects.slice(24)]
  const run = async (seed: number): Promise<{ weights: number[], best: number, losses: number[] }> => {
    const ending = new AbortController()
    const losses: number[] = []
    const trained = await trainReference(training, validation, settingsOf({ seed, dropout: 0.5, validateEvery: 2 }), {
      signal: ending.signal,
      onPass: ({ pass, validation }) => {
        if (validation) losses.push(validation.loss)
        if (pass === 6) ending.abort()
      }
    })
    assert.equal(trained.passesDone, 6)
    assert.equal(trained.validationLoss, Math.min(...losses))
    return { weights: Object.values(trained.weights).flatMap(values => [...values]), best: trained.bestPass, losses }
  }
  const first = await run(1)
  assert.equal(first.best, 2 * (first.losses.indexOf(Math.min(...first.losses)) + 1))
  assert.deepEqual(await run(1), first)
  assert.notDeepEqual((await run(2)).weights, first.weights)
})

test('one class alone, and bands that no light curve has, are refused', async t => {
  if (!needs(t, 'tensorflow')) return
  await assert.rejects(trainReference(objects.filter(({ type }) => type === 'Ia'), [], settingsOf({})), { code: 'one-class', message: /nothing but Ia: 24 Ia/ })
  await assert.rejects(trainReference(objects, [], settingsOf({ bands: ['u'] })), { code: 'no-common-band', message: /g, r, i, z/ })
})

test('a saved reference carries its card and settings, and is refused as a model that could be served', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = join(temporaryFolder(t), 'reference', '1.0')
  const settings = settingsOf({ passes: 1, photoZ: 'unknown', about: { note: 'a test' } })
  const trained = await trainReference(objects, [], settings)
  const table = { objects: 48, typeIa: 24, final: await measureReference(trained, objects, settings) }
  await saveReference(folder, { name: 'reference', version: '1.0', settings, trained, objects, table, command: 'candela train' })
  const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>
  assert.deepEqual([read('model.json')['architecture'], read('model.json')['widths'], read('model.json')['photoZ']], ['charnock-moss-2017', [8], 'unknown'])
  assert.equal(read('card.json')['note'], 'a test')
  assert.equal((read('card.json')['table'] as { typeIa: number }).typeIa, 24)
  assert.deepEqual(referenceSettingsSchema.parse(read('training.json')), settings)
  // 12 inputs, width 8: (12 + 8)·32 + 32 weights of the layer, 8·2 + 2 of the logits.
  assert.equal(readFileSync(join(folder, 'weights.bin')).length, 4 * (20 * 32 + 32 + 18))
  assert.throws(() => loadModel(folder), { code: 'model-retrospective', message: /whole light curve and cannot be carried/ })
})
