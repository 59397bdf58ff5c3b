import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keptTime, storedPoint } from '../../../src/light-curve/stored-point.ts'
import { factsOf, newestFacts, type ObjectFacts } from '../../../src/state/record/facts.ts'
import { packRecord, unpackModel, unpackRecord, unpackStateless } from '../../../src/state/record/packed-record.ts'
import { newRecord, type ObjectRecord } from '../../../src/state/record/record.ts'
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
