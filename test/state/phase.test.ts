/** The phase of a model with a decoder: what holds of P(Ia) holds of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Alert } from '../../src/alert/alert.ts'
import type { Model } from '../../src/model/model-file.ts'
import { phaseOf } from '../../src/model/forecast/phase.ts'
import { probabilitiesOf } from '../../src/model/probabilities.ts'
import type { FindingCode } from '../../src/state/check/findings.ts'
import { createReplays } from '../../src/state/processor/replays.ts'
import type { ObjectRecord, Publication } from '../../src/state/record/record.ts'
import type { Classification } from '../../src/state/views.ts'
import { anyCase, checkCase } from '../order/any-order.ts'
import { openPipeline, temporaryFolder, untrainedModel } from '../pipeline.ts'
import { phaseModel } from '../support/class-model.ts'
import { check, copyOf, RawFolder } from './checked-folder.ts'
import { surveyedObject } from './surveyed-object.ts'

const ID = '313853499462582277'
const alerts = surveyedObject(ID, { visits: 30, visitsANight: 2, faint: 3, history: 5, withoutVisits: false, hosts: false, seed: 4 })
const received = (given: readonly Alert[]): Array<{ alert: Alert, origin: string }> => given.map(alert => ({ alert, origin: 'test' }))
const phases = (history: readonly Classification[]): Array<Array<number | undefined>> => history.map(({ phase, phaseLow, phaseHigh }) => [phase, phaseLow, phaseHigh])

test('property: any order of alerts ends in the same record and the same phase', async t => {
  const open = (model: Model) => openPipeline(t, { model })
  const small: Model = untrainedModel({ features: 2, classes: 5, consensus: 'both', heads: 2, decoder: { width: 8, days: 30 }, bands: ['u', 'g', 'r', 'i', 'z', 'y'] })
  for (const model of [phaseModel(), small]) {
    const played = { other: await open(model), sorted: await open(model), once: await open(model) }
    let [cases, told] = [0, 0]
    await fc.assert(fc.asyncProperty(anyCase, async given => {
      const ids = [`a${cases}`, `b${cases++}`] as const
      await checkCase(given, ids, played)
      told += ids.filter(id => played.other.store.reader.object(id)!.classification?.phase !== undefined).length
    }), { numRuns: 4 })
    assert.ok(told > 0, 'objects have a phase')
  }
})

test('a phase is that of the newest step to 0.1 d, told once the object is likely to have a peak, carried through restarts and played', async t => {
  const model = phaseModel()
  const folder = temporaryFolder(t)
  const first = await openPipeline(t, { folder, model })
  await first.processor.process(received(alerts.slice(0, 12)))
  await first.close()
  const { store, processor, network } = await openPipeline(t, { folder, model })
  const outcomes = await processor.process(received(alerts.slice(12)))
  const history = store.reader.classifications(ID)!
  assert.ok(history.some(({ phase }) => phase === undefined) && history.some(({ phase }) => phase !== undefined))
  for (const { phase, phaseLow, phaseHigh } of history) {
    assert.equal(new Set([phase, phaseLow, phaseHigh].map(value => typeof value)).size, 1, 'all three or none')
    if (phase === undefined) continue
    assert.ok(phaseLow! <= phase && phase <= phaseHigh!)
    for (const days of [phase, phaseLow!, phaseHigh!]) assert.equal(days, Number(days.toFixed(1)))
  }
  const { tip } = store.objects.get(ID)!
  const exact = phaseOf(model, tip!.outputs, probabilitiesOf(model, tip!.outputs, { epochs: tip!.steps, detections: 20 }, null))!
  const newest = history.at(-1)!
  for (const name of ['phase', 'phaseLow', 'phaseHigh'] as const) assert.ok(Math.abs(exact[name] - newest[name]!) <= 0.05 + 1e-9, name)
  assert.deepEqual(store.reader.object(ID)!.classification, newest)
  assert.deepEqual(store.reader.candidates({ limit: 1 }).candidates.map(({ phase }) => phase), [newest.phase])
  const last = outcomes.findLast(({ outcome }) => outcome === 'classified')!
  assert.deepEqual([last.phase, last.phaseLow, last.phaseHigh], [newest.phase, newest.phaseLow, newest.phaseHigh])

  const { points } = (await createReplays({ network, model, reader: store.reader }).object(ID, {}))!
  const stepped = points.filter(({ epoch }) => epoch !== null)
  assert.deepEqual([stepped.at(-1)!.phase, stepped.at(-1)!.phaseLow, stepped.at(-1)!.phaseHigh], phases([newest])[0])
  assert.ok(stepped.some(({ phase }) => phase === null), 'null after a step that tells none')
  assert.ok(points.filter(({ epoch }) => epoch === null).every(({ phase, phaseLow, phaseHigh }) => phase === null && phaseLow === null && phaseHigh === null))
})

test('bounds of the phase keep the objects within them, and none without a phase', async t => {
  const { store, processor } = await openPipeline(t, { model: phaseModel() })
  for (let k = 0; k < 12; k++) {
    const id = `o${k}`
    await processor.process(received(surveyedObject(id, { visits: 3 + 2 * k, visitsANight: 1 + k % 3, faint: 0, history: 0, withoutVisits: false, hosts: false, seed: 20 + k })))
  }
  const all = store.reader.candidates({ limit: 100 }).candidates
  const told = all.flatMap(({ phase }) => phase === undefined ? [] : [phase]).sort((a, b) => a - b)
  assert.ok(told.length > 2 && told.length < all.length)
  const middle = told[Math.floor(told.length / 2)]!
  const kept = (bounds: { minPhase?: number, maxPhase?: number }): number[] =>
    store.reader.candidates({ limit: 100, ...bounds }).candidates.map(({ phase }) => phase!).sort((a, b) => a - b)
  assert.deepEqual(kept({ minPhase: -1000 }), told)
  assert.deepEqual(kept({ minPhase: middle }), told.filter(phase => phase >= middle))
  assert.deepEqual(kept({ maxPhase: middle }), told.filter(phase => phase <= middle))
  assert.deepEqual(kept({ minPhase: middle, maxPhase: middle }), told.filter(phase => phase === middle))
})

test('a check tells a phase that cannot be, one that its hidden state does not say, and an entry of the list with another', async t => {
  const model = phaseModel()
  const { folder, processor, store, close } = await openPipeline(t, { model })
  await processor.process(received(alerts))
  const newest = store.reader.object(ID)!.classification!
  assert.ok(newest.phase !== undefined)
  await close()
  assert.deepEqual((await check(t, folder, model)).codes, [])
  const publication = (at: number, changed: Partial<Publication>) => (record: ObjectRecord): void => {
    record.publications = record.publications.map((entry, k, { length }) => {
      if (k !== (at + length) % length) return entry
      const { phase: _phase, ...without } = entry
      return { ...without, ...changed }
    })
  }
  const { phase, phaseLow, phaseHigh } = newest as Required<Classification>
  const kinds: Array<[FindingCode, (record: ObjectRecord) => void]> = [
    ['publication-invalid', publication(2, { phase: { phase, phaseLow: phase + 1, phaseHigh: phase + 2 } })],
    ['publication-invalid', publication(2, { phase: { phase, phaseLow, phaseHigh: 1000.1 } })],
    ['newest-probability-wrong', publication(-1, { phase: { phase: phaseLow, phaseLow, phaseHigh } })],
    ['newest-probability-wrong', publication(-1, {})]
  ]
  for (const [code, damage] of kinds) {
    const copy = copyOf(t, folder)
    const raw = new RawFolder(copy)
    raw.change(damage, ID)
    raw.relist(ID)
    await raw.close()
    const { codes, findings } = await check(t, copy, model)
    assert.deepEqual(codes, [code], JSON.stringify(findings))
  }
  const copy = copyOf(t, folder)
  const raw = new RawFolder(copy)
  raw.value<Classification>(raw.changes, raw.record(ID).sequence!, entry => { entry.phaseHigh = 999 })
  await raw.close()
  assert.deepEqual((await check(t, copy, model)).codes, ['change-wrong'])
})
