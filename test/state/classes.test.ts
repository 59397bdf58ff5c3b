/** Models with classes, attention, heads and context: what holds of P(Ia) holds of all that they say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sharesFor } from '../../src/class-shares.ts'
import type { Alert } from '../../src/alert/alert.ts'
import type { AlertContext } from '../../src/alert/context/context.ts'
import type { FindingCode } from '../../src/state/check/findings.ts'
import { createReplays } from '../../src/state/processor/replays.ts'
import { packRecord } from '../../src/state/record/packed-record.ts'
import type { ObjectRecord, Publication } from '../../src/state/record/record.ts'
import { anyCase, checkCase } from '../order/any-order.ts'
import { alertFor, openPipeline, point, temporaryFolder, untrainedModel } from '../pipeline.ts'
import { classModel, otherShares } from '../support/class-model.ts'
import { check, copyOf, RawFolder } from './checked-folder.ts'

const ID = '313853499462582277'
const model = classModel()
const shares = () => otherShares
const contextOf = (k: number): AlertContext => ({ realBogus: { score: 0.5 + 0.01 * k, name: 'reliability' }, templateFlux: 100 * k, nearest: { catalogue: 'PS1', starScore: k % 2, separation: 0.1 * k }, detections: 1 + k })
const alerts = (count: number): Alert[] => Array.from({ length: count }, (_, k) => alertFor(ID, [point({
  midpointMjdTai: 60000 + Math.floor(k / 3) + 0.01 * (k % 3), band: (['g', 'r', 'i', 'z'] as const)[k % 4]!, psfFlux: 700 + 37 * (k * 7 % 60), visit: 1000 + k
})], { context: contextOf(k) }))
const received = (given: readonly Alert[]): Array<{ alert: Alert, origin: string }> => given.map(alert => ({ alert, origin: 'test' }))

test('property: any order of alerts of different contexts and hosts ends in the same record and the same probabilities', async t => {
  const open = () => openPipeline(t, { model, shares })
  const played = { other: await open(), sorted: await open(), once: await open() }
  let cases = 0
  await fc.assert(fc.asyncProperty(anyCase, async given => { await checkCase(given, [`a${cases}`, `b${cases++}`], played) }), { numRuns: 12 })
})

test('all orders of four alerts, two of one time, end in the same bytes', async t => {
  const [a, b, c, d] = alerts(4)
  const host = { redshift: 0.3, redshiftErr: null, mwebv: null }
  const all = [{ ...a!, midpointMjdTai: b!.midpointMjdTai }, b!, { ...c!, host, context: { detections: 9 } }, d!]
  const orders = (of: readonly Alert[]): Alert[][] => of.length === 0 ? [[]] : of.flatMap((one, k) => orders([...of.slice(0, k), ...of.slice(k + 1)]).map(rest => [one, ...rest]))
  const { store, processor } = await openPipeline(t, { model, shares })
  const ends = new Set<string>()
  for (const [n, order] of orders(all).entries()) {
    const id = `o${n}`
    await processor.process(received(order.map(alert => ({ ...alert, diaObjectId: id }))))
    const { probabilityIa, probabilityIaErr, classProbabilities } = store.reader.object(id)!.classification!
    const record = packRecord({ ...store.objects.get(id)!, revision: 0, publications: [], closedPublicationBlocks: 0, sequence: null })
    ends.add(`${Buffer.from(record).toString('hex')} ${JSON.stringify([probabilityIa, probabilityIaErr, classProbabilities])}`)
  }
  assert.equal(ends.size, 1)
})

test('states are carried through restarts, rewinds and replays as played once, with the weights of the epochs', async t => {
  const folder = temporaryFolder(t)
  const late = new Set([5, 17])
  const all = alerts(30)
  for (const alert of all.filter((_, k) => !late.has(k)).slice(0, 20)) {
    const { processor, close } = await openPipeline(t, { folder, model, shares })
    await processor.process(received([alert]))
    await close()
  }
  const { store, processor, network } = await openPipeline(t, { folder, model, shares })
  await processor.process(received([...all].reverse()))
  const once = await openPipeline(t, { model, shares })
  await once.processor.process(received([{ ...all[0]!, points: [] }, { ...all.at(-1)!, points: all.flatMap(({ points }) => points) }]))
  assert.deepEqual(store.objects.get(ID)!.tip, once.store.objects.get(ID)!.tip)
  const { classification, points } = (await createReplays({ network, model, shares, reader: store.reader }).object(ID, {}))!
  const newest = points.at(-1)!
  assert.equal(newest.epoch, 30)
  assert.deepEqual([newest.probabilityIa, newest.probabilityIaErr, newest.classProbabilities], [classification!.probabilityIa, classification!.probabilityIaErr, classification!.classProbabilities])
  assert.ok(classification!.probabilityIaErr! > 0)
  assert.equal(classification!.classShares, 'elsewhere')
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  assert.equal(Math.round(1e4 * sum(Object.values(classification!.classProbabilities!))), 10_000)
  assert.ok(Math.abs(sum(points.map(({ weight }) => weight!)) - 1) < 1e-9)
  assert.equal(new Set(points.map(({ weight }) => weight)).size, 30, 'the attention tells epochs apart')
})

test('a later alert of another context replays nothing; an earlier one does, and a record of an older Candela stays without', async t => {
  const { store, processor } = await openPipeline(t, { model })
  const [first, second, third, fourth] = alerts(4)
  const outcomes = await processor.process(received([second!, third!, first!]))
  assert.deepEqual(outcomes.map(({ revision }) => revision), [0, 0, 1])
  assert.equal(store.objects.get(ID)!.firstContext.detections, 1)
  const [repeated] = await processor.process(received([{ ...second!, midpointMjdTai: first!.midpointMjdTai - 1 }]))
  assert.deepEqual([repeated!.outcome, repeated!.revision], ['classified', 2], 'the same points, and an earlier alert')
  const record = store.objects.get(ID)!
  await store.commit({
    records: [{ record: { ...record, firstContext: { ...record.firstContext, templateFlux: null, starScore: null, separation: null, realBogus: null, detections: null }, firstMjdTai: -Infinity }, pointBlocks: new Map(), publicationBlocks: new Map() }],
    classifications: [],
    alerts: [],
    deadLetters: [],
    positions: {}
  })
  const [later] = await processor.process(received([fourth!]))
  assert.deepEqual([later!.outcome, later!.revision, later!.epochs], ['classified', 2, 4])
  assert.equal(store.objects.get(ID)!.firstMjdTai, -Infinity)
})

test('a model of the first features sees no context: an earlier alert of another one changes nothing', async t => {
  const { store, processor } = await openPipeline(t)
  const [first, second] = alerts(2)
  const [, duplicate] = await processor.process(received([second!, { ...second!, midpointMjdTai: first!.midpointMjdTai, context: contextOf(3) }]))
  assert.equal(duplicate!.outcome, 'duplicate')
  assert.equal(store.objects.get(ID)!.firstContext.detections, 4, 'it is kept, for a model that does')
})

test('other class shares change what is published from now on, and nothing that was', async t => {
  const folder = temporaryFolder(t)
  const [first, second] = alerts(2)
  const before = await openPipeline(t, { folder, model })
  await before.processor.process(received([first!]))
  const [stood] = before.store.reader.classifications(ID)!
  await before.close()
  const { store, processor } = await openPipeline(t, { folder, model, shares })
  assert.deepEqual((await processor.revise([{ diaObjectId: ID }])).map(({ outcome }) => outcome), ['unchanged'])
  await processor.process(received([second!]))
  const history = store.reader.classifications(ID)!
  assert.deepEqual(history[0], stood)
  assert.deepEqual(history.map(({ classShares, revision }) => [classShares, revision]), [['training', 0], ['elsewhere', 0]])
})

test('class shares for a model without classes are refused, but for the default', () => {
  assert.equal(sharesFor(untrainedModel())(ID), null)
  assert.throws(() => sharesFor(untrainedModel(), 'lsst'), { code: 'class-shares-unused', value: 'lsst' })
  assert.throws(() => sharesFor(model, '/nowhere.json'), { code: 'class-shares-unreadable' })
})

test('a check tells damaged classes, outputs and first contexts; what was published for other shares stands', async t => {
  const { folder, processor, close } = await openPipeline(t, { model, shares })
  await processor.process(received(alerts(6)))
  await close()
  assert.deepEqual((await check(t, folder, model, shares)).codes, [])
  assert.deepEqual((await check(t, folder, model)).codes, [], 'checked with other shares than those of the service')
  const publication = (at: number, changed: (classes: NonNullable<Publication['classes']>) => Partial<Publication>) => (record: ObjectRecord): void => {
    record.publications = record.publications.map((entry, k, { length }) => k === (at + length) % length ? { ...entry, ...changed(entry.classes!) } : entry)
  }
  const kinds: Array<[FindingCode, (record: ObjectRecord) => void]> = [
    ['publication-invalid', publication(2, classes => ({ classes: { ...classes, parts: classes.parts.map((part, k) => k === 0 ? part + 1 : part) } }))],
    ['publication-invalid', publication(2, classes => ({ classes: { ...classes, names: classes.names.map(() => 'Ia') } }))],
    ['publication-invalid', publication(2, () => ({ probabilityIaErr: 1.5 }))],
    ['newest-probability-wrong', publication(-1, classes => ({ classes: { ...classes, parts: classes.parts.toReversed() } }))],
    ['newest-probability-wrong', publication(-1, () => ({ probabilityIaErr: 0.5 }))],
    ['state-wrong', record => { record.tip = { ...record.tip!, outputs: record.tip!.outputs.with(3, 7) } }],
    ['state-wrong', record => { record.firstContext = { ...record.firstContext, starScore: 0.5 } }]
  ]
  for (const [code, damage] of kinds) {
    const copy = copyOf(t, folder)
    const raw = new RawFolder(copy)
    raw.change(damage, ID)
    raw.relist(ID)
    await raw.close()
    const { codes, findings } = await check(t, copy, model, shares)
    assert.deepEqual(codes, [code], JSON.stringify(findings))
  }
})
