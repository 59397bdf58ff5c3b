import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keptTime, storedPoint } from '../../../src/light-curve/stored-point.ts'
import { factsOf, newestFacts, type ObjectFacts } from '../../../src/state/record/facts.ts'
import { packCheckpoints, packPublicationBlock, packRecord, unpackCheckpoints, unpackModel, unpackPublicationBlock, unpackRecord, unpackStateless } from '../../../src/state/record/packed-record.ts'
import { partsOf } from '../../../src/state/record/probabilities.ts'
import { newRecord, type HiddenState, type ObjectRecord, type Publication } from '../../../src/state/record/record.ts'
import { anyContext } from '../../alert/any-context.ts'

const ID = '313000000000000001'
const MODEL = 'spcc/1.2 abc'

/** A record as it was packed before records had a context. */
const OF_THE_VERSION_BEFORE = 'QEqQAAAAAADAO8AAAAAAAAU/4AAAAAAAAD/QAAAAAAAAwI6B3uqxAQxzcGNjLzEuMiBhYmMAASLAjoHe6rEBQsgAAEJIAAAMAAADBAABASYloJrr3MKXZ4CdgrzV4wIDCHNwY2MvMS4yEZPOlHA='
const older: ObjectRecord = {
  ...newRecord(ID, MODEL),
  ra: 53.125,
  dec: -27.75,
  positionMjdTai: 61103.25,
  host: { redshift: 0.5, redshiftErr: null, mwebv: 0.25 },
  factsMjdTai: 61103.25,
  firstMjdTai: -Infinity,
  openPoints: [storedPoint({ midpointMjdTai: 61103.25, band: 'r', psfFlux: 100, psfFluxErr: 50, kind: 'detection', visit: 12, timeProcessedMjdTai: null, withdrawn: false })!],
  declined: 'no-detection',
  revision: 3,
  sequence: 17,
  publications: [{ publishedAt: 1772683500250, probabilityIa: 0.25, epochs: 1, midpointMjdTai: 61103.25, revision: 3, model: 'spcc/1.2' }]
}

test('a record of the version before is read, without a context; one that has nothing new is packed to the same bytes', () => {
  assert.deepEqual(unpackRecord(ID, Buffer.from(OF_THE_VERSION_BEFORE, 'base64')), older)
  assert.equal(Buffer.from(packRecord(older)).toString('base64'), OF_THE_VERSION_BEFORE)
})

const anyTime = fc.double({ min: 50_000, max: 70_000, noNaN: true })
const anyFacts: fc.Arbitrary<ObjectFacts> = fc.record({
  midpointMjdTai: fc.oneof(anyTime, fc.constantFrom(60000, 60001)),
  place: fc.oneof(fc.record({ ra: fc.constantFrom(10, 11), dec: fc.constantFrom(1, -2) }), fc.constant({ ra: Number.NaN, dec: Number.NaN })),
  host: fc.record({ redshift: fc.option(fc.constantFrom(0.1, 0.2)), redshiftErr: fc.option(fc.constant(0.01)), mwebv: fc.option(fc.constant(0.02)) }, { noNullPrototype: true }),
  context: anyContext
}).map(({ midpointMjdTai, place, host, context }) => factsOf({ midpointMjdTai, ...place, host, ...context && { context } }))

test('property: facts of any kind come back as they were packed', () => {
  fc.assert(fc.property(anyFacts, anyTime, (facts, positionMjdTai) => {
    const placed = Number.isNaN(facts.ra) ? facts : { ...facts, positionMjdTai: keptTime(positionMjdTai) }
    const record: ObjectRecord = { ...older, ...placed }
    const bytes = packRecord(record)
    assert.deepEqual(unpackRecord(ID, bytes), record)
    assert.equal(JSON.stringify(unpackRecord(ID, bytes).context), JSON.stringify(record.context), 'in the same order')
    assert.deepEqual(unpackStateless(ID, bytes), record)
    assert.equal(unpackModel(bytes), MODEL)
  }), { numRuns: 500 })
})

test('property: whatever the order of alerts, the same facts stand', () => {
  const none: ObjectFacts = newRecord(ID, MODEL)
  const standing = (all: readonly ObjectFacts[]): ObjectFacts => all.reduce(newestFacts, none)
  fc.assert(fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 8 }).chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([all, shuffled]) => {
    const [one, other] = [standing(all), standing([...shuffled, ...all])]
    assert.deepEqual({ ...none, ...other }, { ...none, ...one })
    assert.equal(Buffer.compare(packRecord({ ...older, ...one }), packRecord({ ...older, ...other })), 0)
  }), { numRuns: 1000 })
})

test('the position of the newest alert that has one stands; of alerts of one time, the better redshift and the context that says more', () => {
  const unknown = { ra: Number.NaN, dec: Number.NaN }
  const host = { redshift: null, redshiftErr: null, mwebv: null }
  const placed = factsOf({ midpointMjdTai: 60000, ra: 10, dec: 1, host })
  const later = factsOf({ midpointMjdTai: 60001, ...unknown, host, context: { detections: 5 } })
  const { context: _, ...place } = newestFacts(placed, later)
  assert.deepEqual([place.ra, place.dec, place.positionMjdTai, place.factsMjdTai], [10, 1, 60000, 60001])
  const photometric = factsOf({
    midpointMjdTai: 60000, ...unknown, host: { ...host, redshift: 0.9 }, context: { hostRedshifts: [{ redshift: 0.9, redshiftErr: null, kind: 'photometric', catalogue: 'Legacy Surveys DR8' }] }
  })
  const spectroscopic = factsOf({
    midpointMjdTai: 60000, ...unknown, host: { ...host, redshift: 0.1 }, context: { hostRedshifts: [{ redshift: 0.1, redshiftErr: null, kind: 'spectroscopic', catalogue: 'NED' }] }
  })
  assert.equal(newestFacts(photometric, spectroscopic).host.redshift, 0.1)
  assert.equal(newestFacts(spectroscopic, photometric).host.redshift, 0.1)
  const [rubin, fink] = [{ detections: 9 }, { detections: 1, classes: [{ catalogue: 'SIMBAD', class: 'QSO' }] }].map(context => factsOf({ midpointMjdTai: 60000, ...unknown, host, context }))
  assert.equal(newestFacts(rubin!, fink!).context, fink!.context)
  assert.equal(newestFacts(fink!, rubin!).context, fink!.context)
})

test('property: probabilities rounded by largest remainder sum to 1, each within one step', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), weights => {
    const sum = weights.reduce((a, b) => a + b, 0)
    const parts = partsOf(weights.map(weight => weight / sum))
    assert.equal(parts.reduce((a, b) => a + b, 0), 10_000)
    weights.forEach((weight, k) => assert.ok(Math.abs(parts[k]! - 1e4 * weight / sum) < 1))
  }))
  assert.deepEqual(partsOf([1 / 3, 1 / 3, 1 / 3]), [3334, 3333, 3333])
})

const anyParts = (count: number): fc.Arbitrary<number[]> =>
  fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 100 })), { minLength: count, maxLength: count }).map(weights => partsOf(weights.map(weight => (weight + 1e-9) / weights.reduce((a, b) => a + b + 1e-9, 0))))
const anyClasses = fc.constantFrom(['Ia', 'AGN', 'EB'], ['Ia', 'new kind', 'a', 'b', 'c', 'd', 'e', 'f', 'g']).chain(names => fc.record({ names: fc.constant(names), parts: anyParts(names.length), shares: fc.constantFrom('lsst', 'mine') }, { noNullPrototype: true }))
const anySteps = (max: number): fc.Arbitrary<number> => fc.oneof(fc.constantFrom(0, max), fc.nat({ max }))
const anyPhase = fc.tuple(fc.integer({ min: -10_000, max: 10_000 }), anySteps(10_000), anySteps(10_000)).map(([steps, below, above]) =>
  ({ phase: steps / 10, phaseLow: Math.max(-10_000, steps - below) / 10, phaseHigh: Math.min(10_000, steps + above) / 10 }))
const anyPublication: fc.Arbitrary<Publication> = fc.record({
  publishedAt: fc.nat({ max: 2e12 }),
  probabilityIa: fc.integer({ min: 1, max: 9_999_999 }).map(steps => steps / 1e7),
  epochs: fc.integer({ min: 1, max: 500 }),
  midpointMjdTai: anyTime.map(keptTime),
  revision: fc.nat({ max: 9 }),
  model: fc.constantFrom('spcc/1.2', 'sky/1.0'),
  said: fc.option(fc.record({ probabilityIaErr: fc.nat({ max: 1e7 }).map(steps => steps / 1e7), classes: anyClasses })),
  phase: fc.option(anyPhase)
}).map(({ said, phase, ...publication }) => ({ ...publication, ...said, ...said && phase && { phase } }))

test('property: a history of any models comes back as it was packed, with names of classes that no model in use has', () => {
  fc.assert(fc.property(fc.array(anyPublication, { maxLength: 12 }), publications => {
    assert.deepEqual(unpackPublicationBlock(ID, packPublicationBlock(publications)), publications)
  }), { numRuns: 300 })
})

/** A history of two models as it was packed before publications had a phase. */
const OF_NO_PHASE = 'AwMmJaCa69zCl2eAnYK81eMCCHNwY2MvMS4yGXJw4AGA5Zp3AQdza3kvMS4w+MAHAwEIAAhuZXcga2luZBIDzDrEEz9MS0AIgMaGjwEAB4gnAYcnG1/qaw=='

test('a history without phases lies as before; a phase takes three bytes', () => {
  const classes = (parts: number[]) => ({ names: ['Ia', 'AGN', 'new kind'], parts, shares: 'lsst' })
  const history: Publication[] = [
    { ...older.publications[0]!, revision: 0 },
    { publishedAt: 1772683500251, probabilityIa: 0.75, probabilityIaErr: 0.0123, classes: classes([7500, 2500, 0]), epochs: 2, midpointMjdTai: 61104.5, revision: 1, model: 'sky/1.0' },
    { publishedAt: 1772683500259, probabilityIa: 0.5, probabilityIaErr: 0, classes: classes([5000, 1, 4999]), epochs: 3, midpointMjdTai: 61106, revision: 1, model: 'sky/1.0' }
  ]
  assert.equal(Buffer.from(packPublicationBlock(history)).toString('base64'), OF_NO_PHASE)
  assert.deepEqual(unpackPublicationBlock(ID, Buffer.from(OF_NO_PHASE, 'base64')), history)
  const phased = history.with(2, { ...history[2]!, phase: { phase: -3.2, phaseLow: -5.1, phaseHigh: 0 } })
  const bytes = packPublicationBlock(phased)
  assert.equal(bytes.length, packPublicationBlock(history).length + 3)
  assert.deepEqual(unpackPublicationBlock(ID, bytes), phased)
})

test('a publication with sixteen classes takes some twenty bytes more, their names seventeen in each block', () => {
  const names = ['Ia', 'Ia-peculiar', 'Ibc', 'II', 'SLSN', 'TDE', 'fast', 'AGN', 'CV', 'M-dwarf', 'RRL', 'Cepheid', 'DSCT', 'EB', 'LPV', 'artefact']
  const parts = partsOf(names.map((_, k) => 2 ** -k / (2 - 2 ** -15)))
  const bare = older.publications[0]!
  const bytes = (entries: number, said: Partial<Publication>): number => packPublicationBlock(Array.from({ length: entries }, () => ({ ...bare, ...said }))).length
  const said = { probabilityIaErr: 0.0123456, classes: { names, parts, shares: 'lsst' } }
  const [one, two] = [1, 2].map(entries => bytes(entries, said) - bytes(entries, {}))
  assert.ok(two! - one! <= 26, `${two! - one!} bytes a publication`)
  assert.equal(one! - (two! - one!), 18)
})

test('hidden states of one output lie as before; those of several come back', () => {
  const state = (outputs: number): HiddenState => ({ steps: 3, midpointMjdTai: 60000.5, outputs: Float32Array.from({ length: outputs }, (_, k) => k - 0.5), accumulator: Float64Array.of(1, Number.NaN), network: Float32Array.of(0.25, -1, 3) })
  const one = packCheckpoints([state(1)])
  assert.equal(one.length, 1 + 1 + 7 + 4 + 1 + 16 + 1 + 12 + 4)
  for (const outputs of [1, 2, 17]) {
    assert.deepEqual(unpackCheckpoints(ID, packCheckpoints([state(outputs), state(1)])), [state(outputs), state(1)])
    const record = { ...older, tip: state(outputs) }
    assert.deepEqual(unpackRecord(ID, packRecord(record)), record)
    assert.deepEqual(unpackStateless(ID, packRecord(record)), { ...record, tip: true })
  }
})
