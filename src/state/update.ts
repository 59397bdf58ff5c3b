/** What one alert does to one record: merge its points, then say from where the network has to step again. */
import { isTime, type Alert, type Band, type HostFacts } from '../alert/alert.ts'
import { mergePoints, type Change } from '../light-curve/merge.ts'
import { dayOf, type StoredPoint } from '../light-curve/stored-point.ts'
import { firstDetection, isStepped, windowStart } from '../light-curve/window.ts'
import type { HiddenState, ObjectRecord } from './record.ts'
import type { DeclineReason } from './views.ts'

/** Two points further apart belong to different nights [d]. */
export const NIGHT_GAP = 0.5

/** What to do with one alert; a classified one needs the network's steps from a hidden state on. */
export type Update =
  | { outcome: 'duplicate', changes: RecordChanges | null }
  | { outcome: 'declined', reason: DeclineReason, changes: RecordChanges }
  | ClassifiedUpdate

export interface ClassifiedUpdate {
  outcome: 'classified'
  changes: RecordChanges
  /** The hidden state to step from; null before the first step. */
  from: HiddenState | null
  settled: HiddenState | null
  /** In order of time; may be empty where the newest point was withdrawn. */
  steps: readonly StoredPoint[]
  /** Whether an already published epoch changes. */
  revised: boolean
}

export interface RecordChanges {
  /** All points that were looked at, merged: the open ones, or the whole light curve where `whole`. */
  points: readonly StoredPoint[]
  whole: boolean
  /** Points before this time are as they were [d, MJD TAI]; Infinity where none changed. */
  changedFrom: number
  firstDetectionMjdTai: number | null
  ra: number
  dec: number
  host: HostFacts
  factsMjdTai: number
  /** True where the hidden states no longer belong to the light curve. */
  statesLost: boolean
}

const sameHost = (a: HostFacts, b: HostFacts): boolean =>
  a.redshift === b.redshift && a.redshiftErr === b.redshiftErr && a.mwebv === b.mwebv

const compareNumbers = (a: number | null, b: number | null): number => (a ?? -Infinity) > (b ?? -Infinity) ? 1 : (a ?? -Infinity) < (b ?? -Infinity) ? -1 : 0

/** Position and host facts of the newest alert stand; among alerts of one time, the greater values. */
function newerFacts (record: ObjectRecord, alert: Alert): boolean {
  const order = compareNumbers(alert.midpointMjdTai, record.factsMjdTai) ||
    compareNumbers(alert.host.redshift, record.host.redshift) || compareNumbers(alert.host.redshiftErr, record.host.redshiftErr) ||
    compareNumbers(alert.host.mwebv, record.host.mwebv) || compareNumbers(alert.ra, record.ra) || compareNumbers(alert.dec, record.dec)
  return order > 0
}

/** Whether nothing in an alert reaches back to a closed block. */
function touchesOpenPointsOnly (record: ObjectRecord, alert: Alert, model: string): boolean {
  const oldestOpen = record.openPoints[0]
  if (record.closedPointBlocks === 0 || oldestOpen === undefined) return true
  return record.firstDetectionMjdTai !== null && record.firstDetectionMjdTai < oldestOpen.midpointMjdTai && record.model === model &&
    (sameHost(record.host, alert.host) || !newerFacts(record, alert)) &&
    alert.points.every(point => dayOf(point) > dayOf(oldestOpen))
}

/**
 * Plans an update with the open points where they suffice, so that the cost of a new epoch does not depend on how
 * many came before, and with the whole light curve otherwise.
 * @param closedPoints reads the points of the record's closed blocks
 * @param model key of the model in use, see modelKey
 * @param bands the model's
 */
export function planUpdate (
  record: ObjectRecord, alert: Alert, closedPoints: () => readonly StoredPoint[], model: string, bands: readonly Band[]
): Update {
  if (!isTime(alert.midpointMjdTai)) return { outcome: 'declined', reason: 'no-usable-point', changes: onlyPlaced(record, alert) }
  if (alert.solarSystem) return { outcome: 'declined', reason: 'solar-system-object', changes: onlyPlaced(record, alert) }
  const nothingClosed = record.closedPointBlocks === 0
  if (nothingClosed || touchesOpenPointsOnly(record, alert, model)) {
    const update = planWith(record, alert, record.openPoints, nothingClosed, model, bands)
    const reach = update.outcome === 'classified' ? update.from?.midpointMjdTai ?? -Infinity : Infinity
    if (nothingClosed || reach >= record.openPoints[0]!.midpointMjdTai) return update
  }
  return planWith(record, alert, [...closedPoints(), ...record.openPoints], true, model, bands)
}

/** A record as it was, at an alert's position where it has none yet. */
function onlyPlaced (record: ObjectRecord, alert: Alert): RecordChanges {
  const { openPoints, firstDetectionMjdTai, host, factsMjdTai } = record
  const { ra, dec } = factsMjdTai === -Infinity ? alert : record
  return { points: openPoints, whole: false, changedFrom: Infinity, firstDetectionMjdTai, ra, dec, host, factsMjdTai, statesLost: false }
}

/** @param known the points to merge with: the record's open ones, or its whole light curve where `whole` */
function planWith (
  record: ObjectRecord, alert: Alert, known: readonly StoredPoint[], whole: boolean, model: string, bands: readonly Band[]
): Update {
  const merged = mergePoints(known, alert.points)
  const standing = merged.points.filter(point => !point.withdrawn)
  const newFacts = newerFacts(record, alert)
  const host = newFacts ? alert.host : record.host
  const detection = !whole && record.firstDetectionMjdTai !== null ? record.firstDetectionMjdTai : firstDetection(standing)
  const hostChanged = !sameHost(host, record.host)
  const modelChanged = record.model !== model
  const changes: RecordChanges = {
    points: merged.points,
    whole,
    changedFrom: earliestOf(merged.changed),
    firstDetectionMjdTai: detection,
    ra: newFacts ? alert.ra : record.ra,
    dec: newFacts ? alert.dec : record.dec,
    host,
    factsMjdTai: newFacts ? alert.midpointMjdTai : record.factsMjdTai,
    statesLost: false
  }
  const rewindAll = hostChanged || modelChanged || detection !== record.firstDetectionMjdTai
  const stepping = merged.changed.filter(changesSteps)
  if (stepping.length === 0 && !rewindAll) {
    const trigger = alert.omitted.find(({ diaSourceId }) => diaSourceId === alert.diaSourceId)
    if (trigger?.reason === 'quality-flags') return { outcome: 'declined', reason: 'quality-flags', changes }
    if (trigger || alert.points.length === merged.unusable) return { outcome: 'declined', reason: 'no-usable-point', changes }
    if (merged.changed.some(({ before }) => before === undefined)) return { outcome: 'declined', reason: 'withdrawn', changes }
    return { outcome: 'duplicate', changes: newFacts || merged.changed.length > 0 ? changes : null }
  }
  if (detection === null) return { outcome: 'declined', reason: 'no-detection', changes: { ...changes, statesLost: true } }
  const inBand = stepping.filter(({ point }) => bands.includes(point.band))
  const relevant = inBand.filter(change => latest(change) >= windowStart(detection))
  if (relevant.length === 0 && !rewindAll) {
    return { outcome: 'declined', reason: inBand.length === 0 ? 'band-not-used' : 'outside-window', changes }
  }

  const changedFrom = earliestOf(relevant)
  const from = rewindAll ? null : newestBefore(record, changedFrom)
  const steps = standing.filter(point => isStepped(point, detection, bands) && (from === null || point.midpointMjdTai > from.midpointMjdTai))
  const last = record.publications.at(-1)
  const revised = last !== undefined && (rewindAll || last.midpointMjdTai >= changedFrom)
  if (from === null && steps.length === 0) return { outcome: 'declined', reason: 'band-not-used', changes: { ...changes, statesLost: true } }
  return { outcome: 'classified', changes, from, settled: from === record.tip ? record.settled : from, steps, revised }
}

/**
 * Whether a step could differ through a change. A new processing of the same flux makes no difference, nor does the
 * withdrawal of a point that was not known.
 */
function changesSteps ({ point, before }: Change): boolean {
  if (before === undefined) return !point.withdrawn
  if (point.withdrawn || before.withdrawn) return point.withdrawn !== before.withdrawn
  return point.midpointMjdTai !== before.midpointMjdTai || point.psfFlux !== before.psfFlux || point.psfFluxErr !== before.psfFluxErr
}

const earliest = ({ point, before }: Change): number => Math.min(point.midpointMjdTai, before?.midpointMjdTai ?? Infinity)
const latest = ({ point, before }: Change): number => Math.max(point.midpointMjdTai, before?.midpointMjdTai ?? -Infinity)

/** Time from which a light curve differs [d, MJD TAI]; Infinity where nothing changed. */
const earliestOf = (changes: readonly Change[]): number => changes.reduce((time, change) => Math.min(time, earliest(change)), Infinity)

/** The newest hidden state that a change from a time on leaves valid. */
function newestBefore (record: ObjectRecord, changedFrom: number): HiddenState | null {
  if (record.tip && record.tip.midpointMjdTai < changedFrom) return record.tip
  if (record.settled && record.settled.midpointMjdTai < changedFrom) return record.settled
  return null
}
