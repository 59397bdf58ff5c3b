import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open } from 'lmdb'
import { CandelaError } from '../../../src/errors.ts'
import { NO_CONTEXT } from '../../../src/light-curve/features/context.ts'
import { featureSet } from '../../../src/light-curve/features/features.ts'
import { probabilitiesOf } from '../../../src/model/probabilities.ts'
import { inputLength } from '../../../src/model/shape.ts'
import { UNKNOWN_HOST, type Alert } from '../../../src/alert/alert.ts'
import { createProcessor } from '../../../src/state/processor/processor.ts'
import { alertFor, openPipeline, point, temporaryFolder, untrainedModel } from '../../pipeline.ts'

const ID = '313853499462582277'
const received = (...alerts: Alert[]): Array<{ alert: Alert, origin: string }> => alerts.map(alert => ({ alert, origin: 'test' }))

test('a classification is the network played over the light curve, calibrated', async t => {
  const { processor, network, model } = await openPipeline(t)
  const points = [point(), point({ band: 'g', midpointMjdTai: 60003, psfFlux: 800 }), point({ band: 'i', midpointMjdTai: 60004.5, psfFlux: 1200 })]
  const [outcome] = await processor.process(received(alertFor(ID, points)))
  const set = featureSet(1)
  const { bands } = model.shape
  const features = new Float32Array(3 * inputLength(model.shape))
  const accumulator = set.newAccumulator(bands)
  const fixed = set.fixed({ host: UNKNOWN_HOST, context: NO_CONTEXT })
  points.forEach((one, k) => set.step(bands, accumulator, one, fixed, features, k * inputLength(model.shape)))
  const expected = probabilitiesOf(model, network.sequence(features, 3, 1).outputs.slice(2), { epochs: 3, detections: 3 }, null).probabilityIa
  assert.equal(outcome!.outcome, 'classified')
  assert.equal(outcome!.epochs, 3)
  assert.ok(Math.abs(outcome!.probabilityIa! - expected) < 1e-6)
})

test('every alert has exactly one outcome with its reason, and the accounting adds up', async t => {
  const { processor, store } = await openPipeline(t)
  const first = alertFor(ID, [point()])
  const outcomes = await processor.process([
    ...received(
      first, first,
      alertFor(null, [point()]),
      alertFor('2', [point({ psfFlux: Number.NaN })]),
      alertFor('3', [point({ psfFlux: 100 })]),
      alertFor('4', [point({ band: 'y' })]),
      alertFor(ID, [point({ band: 'u', midpointMjdTai: 60001 })]),
      alertFor(ID, [point({ midpointMjdTai: 59900, psfFlux: 10 })]),
      alertFor(ID, [point({ midpointMjdTai: 60002, withdrawn: true })])),
    { error: new CandelaError('avro-invalid', 'damaged'), bytes: Uint8Array.of(1, 2), origin: 'file 1' }
  ])
  assert.deepEqual(outcomes.map(({ outcome, reason }) => reason ? `${outcome}: ${reason}` : outcome), [
    'classified', 'duplicate', 'declined: no-object-id', 'declined: no-usable-point', 'declined: no-detection', 'declined: band-not-used',
    'declined: band-not-used', 'declined: outside-window', 'declined: withdrawn', 'dead-lettered: avro-invalid'
  ])
  const { accounting, objects } = store.reader.statistics()
  assert.deepEqual(accounting, {
    received: 10,
    classified: 1,
    declined: 7,
    duplicate: 1,
    deadLettered: 1,
    replayed: 0,
    declinedByReason: { 'no-object-id': 1, 'no-usable-point': 1, 'no-detection': 1, 'band-not-used': 2, 'outside-window': 1, withdrawn: 1 },
    deadLetteredByCode: { 'avro-invalid': 1 }
  })
  assert.equal(objects, 4)
  assert.equal(store.reader.object('3')!.declined, 'no-detection')
  assert.equal(store.reader.object(ID)!.declined, null)
})

test('a late point revises what was published, and the history keeps both', async t => {
  let clock = Date.UTC(2026, 2, 5)
  const { processor, store } = await openPipeline(t, { now: () => clock })
  const published = []
  for (const one of [point(), point({ midpointMjdTai: 60002, psfFlux: 3000 }), point({ midpointMjdTai: 60001, band: 'g', psfFlux: 500 })]) {
    clock += 60_000
    published.push((await processor.process(received(alertFor(ID, [one]))))[0]!)
  }
  assert.deepEqual(published.map(({ revision, epochs }) => [revision, epochs]), [[0, 1], [0, 2], [1, 3]])
  assert.deepEqual(store.reader.classifications(ID)!.map(({ probabilityIa, publishedAt }) => [probabilityIa, publishedAt]), [
    [published[0]!.probabilityIa, '2026-03-05T00:01:00.000Z'],
    [published[1]!.probabilityIa, '2026-03-05T00:02:00.000Z'],
    [published[2]!.probabilityIa, '2026-03-05T00:03:00.000Z']
  ])
  assert.equal(store.reader.classifications(ID, Date.UTC(2026, 2, 5, 0, 2, 30))!.at(-1)!.probabilityIa, published[1]!.probabilityIa)
  assert.notEqual(published[2]!.probabilityIa, published[1]!.probabilityIa)
})

test('the outcome of an alert does not depend on how alerts are cut into batches', async t => {
  const alerts = Array.from({ length: 60 }, (_, k) => alertFor(String(1 + k % 5), [point({ midpointMjdTai: 60000 + (k * 7 % 60), psfFlux: 600 + 31 * k, band: k % 2 ? 'r' : 'g' })]))
  const outcomes = []
  for (const size of [1, 7, 60]) {
    const { processor } = await openPipeline(t)
    const all = []
    for (let k = 0; k < alerts.length; k += size) all.push(...await processor.process(received(...alerts.slice(k, k + size))))
    outcomes.push(all)
  }
  assert.deepEqual(outcomes[1], outcomes[0])
  assert.deepEqual(outcomes[2], outcomes[0])
})

test('when the last detection is withdrawn, the object has no probability and leaves the candidates', async t => {
  const { processor, store } = await openPipeline(t)
  await processor.process(received(alertFor(ID, [point({ visit: 1 })]), alertFor('7', [point()])))
  assert.equal(store.reader.candidates({ limit: 10 }).candidates.length, 2)
  const [outcome] = await processor.process(received(alertFor(ID, [point({ visit: 1, withdrawn: true })])))
  assert.equal(outcome!.reason, 'no-detection')
  assert.equal(store.reader.object(ID)!.classification, null)
  assert.deepEqual(store.reader.candidates({ limit: 10 }).candidates.map(({ diaObjectId }) => diaObjectId), ['7'])
  assert.equal(store.reader.classifications(ID)!.length, 1, 'what was published stays')
})

test('a host redshift that comes later replays the light curve as a revision', async t => {
  const { processor } = await openPipeline(t)
  const [before] = await processor.process(received(alertFor(ID, [point()])))
  const host = { redshift: 0.4, redshiftErr: 0.02, mwebv: 0.03 }
  const [after] = await processor.process(received(alertFor(ID, [point(), point({ midpointMjdTai: 60001 })], { host })))
  assert.deepEqual([before!.revision, after!.revision], [0, 1])
  const direct = await openPipeline(t)
  const [once] = await direct.processor.process(received(alertFor(ID, [point(), point({ midpointMjdTai: 60001 })], { host })))
  assert.equal(after!.probabilityIa, once!.probabilityIa)
})

test('another model rebuilds an object from its light curve when it is touched; the history says which model spoke', async t => {
  const folder = temporaryFolder(t)
  const old = await openPipeline(t, { folder })
  await old.processor.process(received(alertFor(ID, [point()])))
  await old.close()
  const model = { ...untrainedModel({ bands: ['r', 'i'], layers: 1, width: 8, headWidth: 4 }, 5), version: '2.0' }
  const renewed = await openPipeline(t, { folder, model })
  const [outcome] = await renewed.processor.process(received(alertFor(ID, [point({ midpointMjdTai: 60001 })])))
  assert.deepEqual([outcome!.outcome, outcome!.epochs, outcome!.revision], ['classified', 2, 1])
  assert.deepEqual(renewed.store.reader.classifications(ID)!.map(({ classifierVersion }) => classifierVersion), ['1.0', '2.0'])
})

test('a model that was trained again under the same version does not step from the old hidden states', async t => {
  const folder = temporaryFolder(t)
  const old = await openPipeline(t, { folder })
  await old.processor.process(received(alertFor(ID, [point()])))
  await old.close()
  const model = untrainedModel(undefined, 77)
  const renewed = await openPipeline(t, { folder, model })
  const [outcome] = await renewed.processor.process(received(alertFor(ID, [point({ midpointMjdTai: 60001 })])))
  const fresh = await openPipeline(t, { model })
  const [expected] = await fresh.processor.process(received(alertFor(ID, [point(), point({ midpointMjdTai: 60001 })])))
  assert.equal(outcome!.probabilityIa, expected!.probabilityIa)
})

test('an alert that makes no sense becomes a dead letter that says why; its neighbours are classified', async t => {
  const { processor, store } = await openPipeline(t)
  const outcomes = await processor.process(received(
    alertFor('1', [point()]),
    alertFor('2', [point()], { ra: Number.NaN }),
    alertFor('3', [point()], { dec: 91 }),
    alertFor('../../5', [point()]),
    alertFor('7', [point()])
  ))
  assert.deepEqual(outcomes.map(({ outcome }) => outcome), ['classified', ...Array<string>(3).fill('dead-lettered'), 'classified'])
  assert.deepEqual(outcomes.slice(1, 4).map(({ message }) => /position|diaObjectId/.exec(message!)![0]),
    ['position', 'position', 'diaObjectId'])
  assert.equal(store.reader.statistics().accounting.deadLettered, 3)
})

test('an alert whose time is none is declined and leaves the object as it was', async t => {
  const { processor, store } = await openPipeline(t)
  const outcomes = await processor.process(received(
    alertFor('4', [point({ midpointMjdTai: 1_480_360_995 })], { midpointMjdTai: 1_480_360_995, ra: 10 }),
    alertFor(ID, [point()]),
    alertFor(ID, [point({ midpointMjdTai: 60001 })], { midpointMjdTai: 1e300 })
  ))
  assert.deepEqual(outcomes.map(({ outcome, reason }) => reason ?? outcome), ['no-usable-point', 'classified', 'no-usable-point'])
  const { ra, points, declined } = store.reader.object('4')!
  assert.deepEqual({ ra, points, declined }, { ra: 10, points: 0, declined: 'no-usable-point' })
  assert.equal(store.reader.object(ID)!.classification!.epochs, 1)
})

test('an alert whose own source could not be used is declined though its history is known', async t => {
  const { processor } = await openPipeline(t)
  await processor.process(received(alertFor(ID, [point()])))
  const [outcome] = await processor.process(received(alertFor(ID, [point()], { diaSourceId: '9', omitted: [{ diaSourceId: '9', reason: 'flux-missing' }] })))
  assert.equal(outcome!.reason, 'no-usable-point')
})

test('an alert at a body of the solar system is declined and carries no light curve on', async t => {
  const { processor, store } = await openPipeline(t)
  const outcomes = await processor.process(received(
    alertFor(null, [point()], { solarSystem: true }),
    alertFor('9', [point()], { solarSystem: true, ra: 10, dec: 20 }),
    alertFor(ID, [point()]),
    alertFor(ID, [point({ midpointMjdTai: 60003 })], { solarSystem: true })
  ))
  assert.deepEqual(outcomes.map(({ outcome, reason }) => reason ?? outcome), ['solar-system-object', 'solar-system-object', 'classified', 'solar-system-object'])
  const { ra, dec, points, declined } = store.reader.object('9')!
  assert.deepEqual({ ra, dec, points, declined }, { ra: 10, dec: 20, points: 0, declined: 'solar-system-object' })
  const standing = store.reader.object(ID)!
  assert.deepEqual([standing.points, standing.declined, standing.classification?.epochs], [1, null, 1])
})

test('an alert whose own source has flags against it is declined with that reason', async t => {
  const { processor, store } = await openPipeline(t)
  const [outcome] = await processor.process(received(alertFor(ID, [], { midpointMjdTai: 60000, diaSourceId: '9', omitted: [{ diaSourceId: '9', reason: 'quality-flags' }] })))
  assert.equal(outcome!.reason, 'quality-flags')
  assert.equal(store.reader.object(ID)!.declined, 'quality-flags')
})

test('a new processing that gives the same flux is a duplicate, not a revision', async t => {
  const { processor, store } = await openPipeline(t)
  await processor.process(received(alertFor(ID, [point({ visit: 3, timeProcessedMjdTai: 60000.1 })])))
  const [outcome] = await processor.process(received(alertFor(ID, [point({ visit: 3, timeProcessedMjdTai: 60005 })])))
  assert.equal(outcome!.outcome, 'duplicate')
  assert.equal(store.reader.object(ID)!.classification!.revision, 0)
  const [older] = await processor.process(received(alertFor(ID, [point({ visit: 3, timeProcessedMjdTai: 60003, psfFlux: 9999 })])))
  assert.equal(older!.outcome, 'duplicate', 'the newer processing stands')
})

test('a new epoch of a long light curve reads no closed block, and late photometry of the last night replays few steps', async t => {
  const { store, network, model } = await openPipeline(t)
  let blocksRead = 0
  let rows = 0
  const counting = {
    store: {
      ...store,
      reader: store.reader,
      commit: store.commit.bind(store),
      objects: new Proxy(store.objects, {
        get (objects, name) {
          if (name === 'closedPoints') blocksRead++
          const value = Reflect.get(objects, name, objects) as unknown
          return typeof value === 'function' ? value.bind(objects) as unknown : value
        }
      })
    },
    network: { ...network, shape: network.shape, sequence: (...given: Parameters<typeof network.sequence>) => { rows += given[1] * given[2]; return network.sequence(...given) } },
    model
  }
  const processor = createProcessor(counting)
  const night = (k: number) => alertFor(ID, [point({ midpointMjdTai: 60000 + k, band: 'g' }), point({ midpointMjdTai: 60000.02 + k })])
  for (let k = 0; k < 150; k++) await processor.process(received(night(k)))
  assert.deepEqual([blocksRead, rows], [0, 300])
  assert.ok(store.objects.get(ID)!.closedPointBlocks > 5)
  rows = 0
  await processor.process(received(alertFor(ID, [point({ midpointMjdTai: 60149.01, band: 'i', kind: 'forced' })])))
  assert.deepEqual([blocksRead, rows], [0, 3], 'from the end of the night before: the night\'s two points and the late one')
})

test('a record that cannot be read is said for its own alert; the others go on', async t => {
  const { processor, folder, close } = await openPipeline(t)
  await processor.process(received(alertFor('1', [point()]), alertFor('2', [point()])))
  await close()
  const root = open({ path: folder, encoding: 'binary', maxDbs: 8 })
  await root.openDB({ name: 'objects', encoding: 'binary' }).put('1', Buffer.from('damaged'))
  await root.close()
  const again = await openPipeline(t, { folder })
  const outcomes = await again.processor.process(received(...['1', '2'].map(id => alertFor(id, [point({ midpointMjdTai: 60001 })]))))
  assert.deepEqual(outcomes.map(({ outcome, reason }) => reason ?? outcome), ['record-damaged', 'classified'])
  const { classified, deadLettered } = again.store.reader.statistics().accounting
  assert.deepEqual([classified, deadLettered], [3, 1])
})
