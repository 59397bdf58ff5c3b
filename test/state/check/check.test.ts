import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { fork } from 'node:child_process'
import { after, test, type TestContext } from 'node:test'
import { pack } from 'msgpackr'
import type { Commit } from '../../../src/state/store.ts'
import { checkStore } from '../../../src/state/check/check.ts'
import { FINDING_CODES, type Finding, type FindingCode } from '../../../src/state/check/findings.ts'
import { migrateFolder } from '../../../src/state/migration/migrate.ts'
import { packPointBlock, packPublicationBlock, packCheckpoints, unpackPointBlock, unpackPublicationBlock, unpackCheckpoints } from '../../../src/state/record/packed-record.ts'
import type { HiddenState, Publication } from '../../../src/state/record/record.ts'
import type { PhotometricPoint } from '../../../src/alert/alert.ts'
import { asStored, type StoredPoint } from '../../../src/light-curve/stored-point.ts'
import type { Accounting, Candidate } from '../../../src/state/views.ts'
import { scriptOf } from '../../compiled.ts'
import { alertFor, openPipeline, point, untrainedModel } from '../../pipeline.ts'
import { check, copyOf, flipped, IDS, LONG, RawFolder, surveyedFolder } from '../checked-folder.ts'

const healthy = await surveyedFolder({ after } as unknown as TestContext)

const DOCS = new URL('../../../docs/', import.meta.url)

type Changing<T> = { -readonly [Name in keyof T]: T[Name] }

test('late points, withdrawals, repeats, moved detections, host redshifts given later: nothing is found in a healthy folder', async t => {
  const folder = copyOf(t, healthy)
  const { findings, summary } = await check(t, folder)
  assert.deepEqual(findings, [])
  const { objects, points, publications, replayed, otherModel, deadLetters, complete } = summary
  assert.equal(complete, true)
  assert.equal(objects, IDS.length)
  assert.equal(otherModel, 0)
  assert.equal(deadLetters, 2)
  const { store } = await openPipeline(t, { folder })
  const { accounting, republished } = store.reader.statistics()
  assert.ok(republished > 0)
  assert.equal(publications, accounting.classified + republished)
  assert.equal(points, IDS.reduce((sum, id) => sum + store.reader.object(id)!.points, 0))
  assert.equal(replayed, IDS.filter(id => store.reader.object(id)!.classification !== null).length)
  assert.ok(store.objects.get(LONG)!.closedPointBlocks > 2 && store.objects.get(LONG)!.closedPublicationBlocks > 2 && store.objects.checkpoints(LONG).length === 2, 'there is something beside the record')
})

test('an empty folder has no finding', async t => {
  const { folder, close } = await openPipeline(t)
  await close()
  const { findings, summary } = await check(t, folder)
  assert.deepEqual(findings, [])
  assert.deepEqual([summary.objects, summary.complete], [0, true])
})

test('an object of unknown position, and one whose position became known later, have no finding', async t => {
  const { folder, processor, close } = await openPipeline(t)
  const unknown = { ra: Number.NaN, dec: Number.NaN, context: { detections: 3 } }
  for (const id of ['never', 'later']) await processor.process([{ alert: alertFor(id, [point({ midpointMjdTai: 60000 })], unknown), origin: 'test' }])
  await processor.process([{ alert: alertFor('later', [point({ midpointMjdTai: 60000 })], { midpointMjdTai: 60000 }), origin: 'test' }])
  await close()
  const { findings, summary } = await check(t, folder)
  assert.deepEqual(findings, [])
  assert.deepEqual([summary.objects, summary.complete], [2, true])
})

test('hidden states of another model are counted, and not compared', async t => {
  const folder = copyOf(t, healthy)
  const { findings, summary } = await check(t, folder, untrainedModel({}, 12))
  assert.deepEqual(findings, [])
  assert.deepEqual([summary.otherModel, summary.replayed], [IDS.length, 0])
})

test('hidden states of another model, rebuilt in part, have no finding', async t => {
  const folder = copyOf(t, healthy)
  const model = untrainedModel({}, 12)
  const { processor, close } = await openPipeline(t, { folder, model })
  await processor.revise(IDS.slice(0, 5).map(diaObjectId => ({ diaObjectId })))
  await processor.process([{ alert: alertFor('1', [point()]), origin: 'test' }])
  await close()
  const { findings, summary } = await check(t, folder, model)
  assert.deepEqual(findings, [])
  assert.ok(summary.otherModel >= 6 && summary.replayed >= 4, JSON.stringify(summary))
})

test('beside a process that goes on committing nothing is found', async t => {
  const folder = copyOf(t, healthy)
  const { execArgv, file } = scriptOf(new URL('commits-until-told.ts', import.meta.url))
  const child = fork(file, [folder], { execArgv })
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'message')
  const points: number[] = []
  // Each commit brings three points.
  for (let k = 0; k < 10 || points.at(-1)! - points[0]! <= 60; k++) {
    const { findings, summary } = await check(t, folder)
    assert.deepEqual(findings, [])
    points.push(summary.points)
  }
  child.send('end')
  const [commits] = await once(child, 'message') as [number]
  assert.ok(points.at(-1)! > points[0]!, `each check sees a later commit: ${points.join(', ')}`)
  assert.ok(commits > 20, `${commits} commits`)
})

test('what was read before a commit and what is read after it are of one state', async t => {
  const folder = copyOf(t, healthy)
  const { store, processor } = await openPipeline(t, { folder })
  const { network, model } = await openPipeline(t)
  // Made ready, since the processor gives others turns: a commit itself is written at once.
  const commit = store.commit.bind(store)
  let ready: Commit | undefined
  store.commit = async commit => { ready = commit }
  await processor.process([...IDS, '1'].map(id => ({ alert: alertFor(id, [point({ midpointMjdTai: 60900 })]), origin: 'test' })))
  const before = store.reader.statistics()
  let going: Promise<unknown> | undefined
  const findings: Finding[] = []
  const { objects, deadLetters, publications } = await checkStore({
    folder,
    network,
    model,
    onFinding: finding => findings.push(finding),
    onReading (what) {
      // Committed at once, while the first object is read; the counters are read last.
      if (what.startsWith('object')) going ??= commit(ready!)
      if (what === 'the counters') assert.equal(store.reader.statistics().objects, before.objects + 1)
    }
  })
  await going
  assert.deepEqual(findings, [])
  assert.deepEqual([objects, deadLetters, publications], [before.objects, before.deadLetters, before.accounting.classified + before.republished])
})

const state = (changed: (state: Changing<HiddenState>) => void) => (raw: RawFolder): void => raw.change(record => {
  record.tip = { ...record.tip! }
  changed(record.tip as Changing<HiddenState>)
})
const checkpoints = (changed: (states: HiddenState[]) => void) => (raw: RawFolder): void => raw.block(`${LONG}/s`, unpackCheckpoints, packCheckpoints, changed)
const publication = (given: Partial<Publication>, at = 3) => (raw: RawFolder): void => raw.change(record => {
  record.publications = record.publications.map((entry, k) => k === at ? { ...entry, ...given } : entry)
})
const openPoint = (given: (points: readonly StoredPoint[]) => Readonly<PhotometricPoint>) => (raw: RawFolder): void => raw.change(record => {
  record.openPoints = [...record.openPoints.slice(0, -1), asStored(given(record.openPoints))]
})

/** Each kind of damage, the code that it is found with, and how often. */
const kinds: ReadonlyArray<[what: string, code: FindingCode, damage: (raw: RawFolder) => void, times?: number]> = [
  ['a bit of a record', 'record-unreadable', raw => raw.objects.putSync(LONG, flipped(raw.objects.get(LONG)!))],
  ['a bit of a block of a light curve', 'record-unreadable', raw => raw.blocks.putSync(`${LONG}/l1`, flipped(raw.blocks.get(`${LONG}/l1`)!))],
  ['a bit of a block of a history', 'record-unreadable', raw => raw.blocks.putSync(`${LONG}/p1`, flipped(raw.blocks.get(`${LONG}/p1`)!))],
  ['a block of a light curve that is gone', 'block-missing', raw => raw.blocks.removeSync(`${LONG}/l0`)],
  ['a block of a history that is gone', 'block-missing', raw => raw.blocks.removeSync(`${LONG}/p0`)],
  ['a position that cannot be', 'record-invalid', raw => raw.change(record => { record.dec = 91 })],
  ['a block that is one of nothing', 'block-orphaned', raw => raw.blocks.putSync(`${LONG}/l77`, raw.blocks.get(`${LONG}/l0`)!)],
  ['a block of an object that is not there', 'block-orphaned', raw => raw.blocks.putSync('3/s', raw.blocks.get(`${LONG}/s`)!)],
  ['a block that has taken an open point', 'blocks-uneven', raw => {
    const last = raw.record().closedPointBlocks - 1
    raw.block(`${LONG}/l${last}`, unpackPointBlock, packPointBlock, points => points.push(raw.record().openPoints[0]!))
    raw.change(record => { record.openPoints = record.openPoints.slice(1) })
  }],
  ['a block of a history that has lost an entry to the next', 'blocks-uneven', raw => {
    let moved: Publication | undefined
    raw.block(`${LONG}/p0`, unpackPublicationBlock, packPublicationBlock, entries => { moved = entries.pop() })
    raw.block(`${LONG}/p1`, unpackPublicationBlock, packPublicationBlock, entries => entries.unshift(moved!))
  }],
  ['two blocks in each other\'s place', 'light-curve-unsorted', raw => {
    const [first, second] = [0, 1].map(k => raw.blocks.get(`${LONG}/l${k}`)!)
    raw.blocks.putSync(`${LONG}/l0`, second!)
    raw.blocks.putSync(`${LONG}/l1`, first!)
  }],
  ['a point that is there twice', 'point-repeated', openPoint(points => points.at(-2)!)],
  ['a flux error that is negative', 'point-invalid', openPoint(points => ({ ...points.at(-1)!, psfFluxErr: -1 }))],
  ['a flux that is not finite', 'point-invalid', openPoint(points => ({ ...points.at(-1)!, psfFlux: Infinity }))],
  ['another first detection', 'first-detection-wrong', raw => {
    raw.change(record => { record.firstDetectionMjdTai! += 1 })
    raw.relist()
  }],
  ['a first detection that is not named', 'first-detection-wrong', raw => {
    raw.change(record => { record.firstDetectionMjdTai = null })
    raw.relist()
  }],
  ['one number of the network\'s state', 'state-wrong', state(({ network }) => { network[3]! += 0.01 })],
  ['a number that is none', 'state-wrong', state(({ network }) => { network[3] = Number.NaN })],
  ['one of the running values', 'state-wrong', state(({ accumulator }) => { accumulator[4]! *= 1 + 1e-15 })],
  ['a state of fewer steps', 'state-wrong', state(tip => { tip.steps-- })],
  ['a logit of another', 'state-wrong', state(tip => { tip.outputs[0]! += 1 })],
  ['another flux in the light curve', 'state-wrong', openPoint(points => ({ ...points.at(-1)!, band: 'r', psfFlux: points.at(-1)!.psfFlux * 1.5 }))],
  ['another host redshift', 'state-wrong', raw => raw.change(record => {
    record.host = { ...record.host, redshift: 0.77 }
    record.givenHost = null
  })],
  ['the last digit of a number of the network\'s state', 'state-inexact', state(({ network }) => { network[3]! += 1e-6 })],
  ['a bit of the checkpoints', 'settled-state-unreadable', raw => raw.blocks.putSync(`${LONG}/s`, flipped(raw.blocks.get(`${LONG}/s`)!))],
  ['a checkpoint of another light curve', 'settled-state-wrong', checkpoints(states => { states[1]!.network[0]! += 0.5 })],
  ['checkpoints in the wrong order', 'settled-state-wrong', checkpoints(states => states.reverse())],
  ['a checkpoint at no step of the light curve', 'settled-state-wrong', checkpoints(states => { states[0] = { ...states[0]!, steps: 10_000 } })],
  ['a time of publication that falls', 'history-unordered', publication({ publishedAt: 1 })],
  ['a revision that falls', 'history-unordered', publication({ revision: 0 })],
  ['a revision that was never published', 'history-unordered', raw => raw.change(record => { record.revision++ })],
  ['an epoch that cannot be', 'publication-invalid', publication({ epochs: 0 })],
  ['a P(Ia) above 1', 'publication-invalid', publication({ probabilityIa: 1.5 })],
  ['a model without a name', 'publication-invalid', publication({ model: '' })],
  ['another newest P(Ia)', 'newest-probability-wrong', raw => {
    publication({ probabilityIa: 0.123 }, raw.record().publications.length - 1)(raw)
    raw.relist()
  }],
  ['an entry of the list of changes that is gone', 'change-missing', raw => raw.changes.removeSync(raw.record().sequence!)],
  ['an entry of the list of changes that says something else', 'change-wrong', raw => raw.value<Candidate>(raw.changes, raw.record().sequence!, candidate => { candidate.epochs++ })],
  ['an entry of the list of changes that cannot be read', 'change-wrong', raw => raw.changes.putSync(raw.record().sequence!, pack('x').subarray(0, 1))],
  ['an entry of another object in its place', 'change-wrong', raw => raw.changes.putSync(raw.record().sequence!, raw.changes.get(raw.record(IDS[4]).sequence!)!)],
  ['an entry of the list of changes that nobody names', 'change-orphaned', raw => raw.changes.putSync(1, raw.changes.get(raw.record().sequence!)!)],
  ['an entry of the list of changes of nobody', 'change-orphaned', raw => raw.changes.putSync(1, pack({ diaObjectId: 'nobody' }))],
  ['an entry of the list of changes with another position', 'change-wrong', raw => raw.value<Candidate>(raw.changes, raw.record().sequence!, candidate => { candidate.ra! += 1e-9 })],
  ['an entry of the list of changes with another rise', 'change-wrong', raw => raw.value<Candidate>(raw.changes, raw.record().sequence!, candidate => { candidate.rise = 0.5 })],
  ['a place in an order that is gone', 'order-missing', raw => raw.orders.removeSync(raw.places()[0]!)],
  ['a position in the order by cells that is another', 'order-missing', raw => raw.orders.putSync(raw.places()[2]!, Buffer.alloc(16))],
  ['a place in an order that is of nobody', 'order-orphaned', raw => raw.orders.putSync([1, 7, 3], Buffer.alloc(0))],
  ['a second place in an order', 'order-orphaned', raw => raw.orders.putSync([0, 7, raw.record().sequence!], Buffer.alloc(0))],
  ['an alert too many', 'accounting-wrong', raw => raw.meta('accounting', (value: Accounting) => ({ ...value, received: value.received + 1 }))],
  ['a reason that is counted once more', 'accounting-wrong', raw => raw.meta('accounting', (value: Accounting) => ({ ...value, declinedByReason: { ...value.declinedByReason, withdrawn: 1e6 } }))],
  ['a dead letter of no code', 'accounting-wrong', raw => raw.meta('accounting', (value: Accounting) => ({ ...value, deadLetteredByCode: {} }))],
  ['counters that cannot be read', 'meta-unreadable', raw => raw.metaBytes('accounting', pack({ received: 1 }).subarray(0, 4))],
  ['counters that are none', 'meta-unreadable', raw => raw.meta('tally', () => 'none')],
  ['a position that cannot be read', 'meta-unreadable', raw => raw.metaBytes('position/file', pack('offset').subarray(0, 3))],
  ['a publication too few', 'publications-miscounted', raw => raw.meta('tally', (value: { republished: number }) => ({ ...value, republished: value.republished + 1 }))],
  ['a number of changes that is behind', 'sequence-behind', raw => raw.meta('sequence', () => 3)],
  ['a number of dead letters that is behind', 'dead-letter-number-behind', raw => raw.meta('dead-letters', () => 1)],
  ['the bytes of a dead letter that are gone', 'dead-letter-damaged', raw => raw.letterBytes.removeSync(1)],
  ['the bytes of a dead letter that are cut off', 'dead-letter-damaged', raw => raw.letterBytes.putSync(2, new Uint8Array(1))],
  ['the facts of a dead letter that are gone', 'dead-letter-damaged', raw => raw.letters.removeSync(2)],
  ['the facts of a dead letter that are none', 'dead-letter-damaged', raw => raw.letters.putSync(2, pack('facts'))]
]

for (const [what, code, damage, times = 1] of kinds) {
  test(`${what}: ${code}, and nothing else`, async t => {
    const folder = copyOf(t, healthy)
    const raw = new RawFolder(folder)
    damage(raw)
    await raw.close()
    const { findings, codes, summary } = await check(t, folder)
    assert.deepEqual(codes, Array.from({ length: times }, () => code), JSON.stringify(findings))
    assert.ok(findings.every(({ message, action }) => message.length > 20 && action.length > 10))
    const expected = { rebuild: `candela rebuild --force ${LONG}`, migrate: /^candela migrate/, restore: /Restore/ }[FINDING_CODES[code]]
    assert.match(findings[0]!.action, new RegExp(expected))
    assert.deepEqual([summary.findings, summary.findingsByCode, summary.complete], [times, { [code]: times }, true])
  })
}

test('what `candela rebuild` mends is sound after a forced revision', async t => {
  for (const [what, code, damage] of kinds.filter(([what, code]) => FINDING_CODES[code] === 'rebuild' && !/flux|redshift/.test(what))) {
    const folder = copyOf(t, healthy)
    const raw = new RawFolder(folder)
    damage(raw)
    await raw.close()
    const { processor, close } = await openPipeline(t, { folder })
    await processor.revise([{ diaObjectId: LONG, force: true }])
    await close()
    assert.deepEqual((await check(t, folder)).findings, [], `${what}: ${code}`)
  }
})

test('what `candela migrate` mends is sound when the folder was opened again', async t => {
  for (const [what, code, damage] of kinds.filter(([, code]) => FINDING_CODES[code] === 'migrate')) {
    const folder = copyOf(t, healthy)
    const raw = new RawFolder(folder)
    damage(raw)
    await raw.close()
    await migrateFolder(folder)
    assert.deepEqual((await check(t, folder)).findings, [], `${what}: ${code}, not made anew yet`)
    await (await openPipeline(t, { folder })).close()
    assert.deepEqual((await check(t, folder)).findings, [], `${what}: ${code}`)
  }
})

test('an object that is gone is found by all that it has left behind', async t => {
  const folder = copyOf(t, healthy)
  const raw = new RawFolder(folder)
  const { closedPointBlocks, closedPublicationBlocks, sequence } = raw.record()
  raw.objects.removeSync(LONG)
  await raw.close()
  const { findings, summary } = await check(t, folder)
  assert.deepEqual(summary.findingsByCode, { 'block-orphaned': closedPointBlocks + closedPublicationBlocks + 1, 'change-orphaned': 1, 'publications-miscounted': 1 })
  assert.match(findings.find(({ code }) => code === 'change-orphaned')!.message, new RegExp(`entry ${sequence} .*"${LONG}", which is not there`))
})

test('every code is tried here, and described where users look', () => {
  const tried = new Set(kinds.map(([, code]) => code))
  const codes = Object.keys(FINDING_CODES) as FindingCode[]
  assert.deepEqual(codes.filter(code => !tried.has(code)), ['structure-damaged'])
  const described = readdirSync(DOCS).filter(name => name.startsWith('records')).map(name => readFileSync(new URL(name, DOCS), 'utf8')).join('')
  assert.deepEqual(codes.filter(code => !new RegExp(`^\\| \`${code}\` \\| .*\\| .*${FINDING_CODES[code]}`, 'm').test(described)), [])
})
