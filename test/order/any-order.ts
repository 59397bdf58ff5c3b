/**
 * Promise 2: any order of arrival of the same alerts, with any repeats and in any batches, ends in the same light
 * curve, hidden state and P(Ia), byte for byte, as the alerts sorted by time, and as all their points in one alert.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Alert, PhotometricPoint } from '../../src/alert/alert.ts'
import { firstContextOf, sameContext } from '../../src/light-curve/features/context.ts'
import { keptTime } from '../../src/light-curve/stored-point.ts'
import { packPointBlock, packRecord } from '../../src/state/record/packed-record.ts'
import type { Processor } from '../../src/state/processor/processor.ts'
import type { StateStore } from '../../src/state/store.ts'
import type { Classification } from '../../src/state/views.ts'
import { alertFor, generator } from '../pipeline.ts'
import { surveyedObject, type Survey } from '../state/surveyed-object.ts'

export interface Case {
  survey: Survey
  /** Share of the detections that the survey moves from the first object to the second. */
  moved: number
  how: 'random' | 'reverse' | 'nearly in order' | 'forced last'
  seed: number
  batch: number
}

export const anyCase: fc.Arbitrary<Case> = fc.record({
  survey: fc.record({
    // Mostly few, so that there can be many cases; some fill several blocks.
    visits: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 3, max: 16 }) }, { weight: 2, arbitrary: fc.integer({ min: 17, max: 45 }) }, { weight: 1, arbitrary: fc.integer({ min: 46, max: 120 }) }),
    visitsANight: fc.integer({ min: 1, max: 12 }),
    faint: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 6 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) }),
    history: fc.constantFrom(0, 0, 5, 40, 200),
    withoutVisits: fc.boolean(),
    hosts: fc.boolean(),
    seed: fc.integer({ min: 1, max: 2 ** 30 })
  }),
  moved: fc.constantFrom(0, 0, 0.05, 0.3),
  how: fc.constantFrom('random', 'reverse', 'nearly in order', 'forced last'),
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
  batch: fc.constantFrom(1, 2, 7, 64, 1000)
})

export interface Play {
  store: StateStore
  processor: Processor
}

export interface Stores {
  /** Gets the alerts as the case says. */
  other: Play
  /** Gets the alerts sorted by time. */
  sorted: Play
  /** Gets all points in one alert. */
  once: Play
}

async function play ({ processor }: Play, alerts: readonly Alert[], batch: number): Promise<void> {
  for (let k = 0; k < alerts.length; k += batch) {
    await processor.process(alerts.slice(k, k + batch).map(alert => ({ alert, origin: 'test' })))
  }
}

/** What must not depend on the order: light curve, hidden state, facts; not the history, which says what was published when. */
function standing (store: StateStore, diaObjectId: string): unknown {
  const record = store.objects.get(diaObjectId)!
  const points = store.objects.closedPoints(diaObjectId, record.closedPointBlocks)
  const timeless = { ...record, revision: 0, declined: null, publications: [], closedPublicationBlocks: 0, sequence: null }
  return {
    record: Buffer.from(packRecord(timeless)).toString('hex'),
    closedPoints: Buffer.from(packPointBlock(points)).toString('hex'),
    said: saidOf(store.reader.object(diaObjectId)!.classification)
  }
}

const saidOf = (classification: Classification | null): unknown =>
  classification && [classification.probabilityIa, classification.probabilityIaErr, classification.classProbabilities, classification.classShares, classification.phase, classification.phaseLow, classification.phaseHigh]

/** Alerts of both objects; sources that move are withdrawn in later alerts of the first and come in ones of the second. */
function alertsOf ([from, to]: readonly [string, string], { survey, moved, seed }: Case): Alert[] {
  const random = generator(seed)
  const first = surveyedObject(from, survey)
  const second = surveyedObject(to, { ...survey, seed: survey.seed + 1 })
  const moves = first.flatMap(alert => alert.points.slice(0, 1).filter(({ kind }) => kind === 'detection' && random() < moved).map((point): Alert[] => {
    const later = { midpointMjdTai: alert.midpointMjdTai + 10 * random(), omitted: [] }
    return [
      { ...alert, ...later, diaSourceId: `${alert.diaSourceId}-left`, points: [{ ...point, withdrawn: true }] },
      { ...second[0]!, ...later, diaSourceId: `${alert.diaSourceId}-came`, points: [point] }
    ]
  })).flat()
  return [...first, ...second, ...moves]
}

/** Alerts in another order, some of them twice. */
function reordered (alerts: readonly Alert[], { how, seed }: Case): Alert[] {
  const random = generator(seed)
  const repeated = [...alerts, ...alerts.filter(() => random() < 0.2)]
  const keyed = (key: (alert: Alert) => number): Alert[] =>
    repeated.map(alert => ({ alert, at: key(alert) })).sort((a, b) => a.at - b.at).map(({ alert }) => alert)
  if (how === 'random') return keyed(() => random())
  if (how === 'reverse') return keyed(({ midpointMjdTai }) => -midpointMjdTai)
  if (how === 'forced last') return keyed(({ points, midpointMjdTai }) => midpointMjdTai + (points[0]?.kind === 'forced' ? 1e6 : 0))
  return keyed(({ midpointMjdTai }) => midpointMjdTai + 3 * random())
}

/** One alert with the points of all and the facts that stand, behind those that bring the first context, and an older position where that stands. */
function allInOne (diaObjectId: string, alerts: readonly Alert[], { store }: Play): Alert[] {
  const { ra, dec, positionMjdTai, host, context, factsMjdTai, firstContext, firstMjdTai } = store.objects.get(diaObjectId)!
  const firstAlert = alerts.find(alert => alert.diaObjectId === diaObjectId && keptTime(alert.midpointMjdTai) === firstMjdTai && sameContext(firstContextOf(alert.context), firstContext))
  assert.ok(firstAlert, 'the first context is that of an alert at its time')
  const first: Alert = { ...firstAlert, ra: Number.NaN, dec: Number.NaN, points: [] }
  const points: PhotometricPoint[] = alerts.filter(alert => alert.diaObjectId === diaObjectId).flatMap(alert => alert.points)
  const placed: Alert = {
    diaObjectId, diaSourceId: 'all', midpointMjdTai: factsMjdTai, ra, dec, host, points, omitted: [], solarSystem: false, ...context && { context }
  }
  if (positionMjdTai === factsMjdTai) return [first, placed]
  const whole = { ...placed, ra: Number.NaN, dec: Number.NaN }
  return positionMjdTai === -Infinity ? [first, whole] : [first, alertFor(diaObjectId, [], { diaSourceId: 'place', midpointMjdTai: positionMjdTai, ra, dec }), whole]
}

/**
 * Plays a case with ids of its own, so that many cases can share the stores.
 * @returns how many alerts were played
 */
export async function checkCase (given: Case, ids: readonly [string, string], { other, sorted, once }: Stores): Promise<number> {
  const alerts = alertsOf(ids, given)
  const played = reordered(alerts, given)
  const before = other.store.reader.statistics().accounting
  await play(other, played, given.batch)
  await play(sorted, [...alerts].sort((a, b) => a.midpointMjdTai - b.midpointMjdTai), 1000)
  for (const id of ids) {
    const expected = standing(sorted.store, id)
    assert.deepEqual(standing(other.store, id), expected)
    const whole = allInOne(id, alerts, sorted)
    if (whole.at(-1)!.points.length > 5000) continue
    await play(once, whole, 1)
    assert.deepEqual(standing(once.store, id), expected)
  }

  const { accounting } = other.store.reader.statistics()
  assert.equal(accounting.received, before.received + played.length)
  assert.equal(accounting.received, accounting.classified + accounting.declined + accounting.duplicate + accounting.deadLettered)
  assert.equal(ids.reduce((sum, id) => sum + other.store.reader.classifications(id)!.length, 0), accounting.classified - before.classified)
  const again = await other.processor.process(alerts.map(alert => ({ alert, origin: 'again' })))
  const news = again.map(({ outcome, reason }) => reason ?? outcome).filter(what => what !== 'duplicate' && what !== 'no-usable-point')
  assert.deepEqual(news, [], 'what is known already changes nothing')
  return played.length + 2 * alerts.length
}
