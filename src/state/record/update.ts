/** Plans what one alert does to one record: merges its points, then decides from where the network steps. */
import { isTime, type Alert, type Band } from '../../alert/alert.ts'
import { isPosition } from '../../alert/points/points.ts'
import { sameContext } from '../../light-curve/features/context.ts'
import type { FeatureVersion, FixedFacts } from '../../light-curve/features/features.ts'
import { mergePoints, type NewVersion } from '../../light-curve/merge.ts'
import { dayOf, type StoredPoint } from '../../light-curve/stored-point.ts'
import { firstDetection, isStepped, windowStart } from '../../light-curve/window.ts'
import { factsOf, newestFacts, type ObjectFacts } from './facts.ts'
import { fixedFactsOf, type GivenHost, type HiddenState, type ObjectRecord } from './record.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { DeclineReason } from '../views.ts'

/** What to do with one alert. A classified one needs steps of the network from a hidden state on. */
export type Update =
  | { outcome: 'duplicate', updated: UpdatedRecord | null }
  | { outcome: 'declined', reason: DeclineReason, updated: UpdatedRecord }
  | ClassifiedUpdate

export interface ClassifiedUpdate {
  outcome: 'classified'
  updated: UpdatedRecord
  /** The hidden state to step from; null before the first step. */
  from: HiddenState | null
  /** In order of time; may be empty where the newest point was withdrawn. */
  steps: readonly StoredPoint[]
  /** Whether an already published epoch changes. */
  revised: boolean
}

/** The light curve and the facts of a record after an update. */
export interface UpdatedRecord extends ObjectFacts {
  /** The merged points: the open ones, or the whole light curve where `whole`. */
  points: readonly StoredPoint[]
  whole: boolean
  /** Points before this time are unchanged [d, MJD TAI]; Infinity where all are. */
  changedFrom: number
  firstDetectionMjdTai: number | null
  givenHost: GivenHost | null
  /** True where the hidden states no longer belong to the light curve. */
  statesLost: boolean
}

/** The data beside a record, read on demand. */
export interface RecordParts {
  /** The points of the record's closed blocks, in order of time. */
  closedPoints: () => readonly StoredPoint[]
  checkpoints: Checkpoints
}

/** The model in use. */
export interface ModelInUse {
  /** See modelKey. */
  key: string
  bands: readonly Band[]
  features: FeatureVersion
}

/** Whether the network is told the same of an object; the first version of the features knows no context. */
const sameToNetwork = ({ host: a, context: one }: FixedFacts, { host: b, context: other }: FixedFacts, { features }: ModelInUse): boolean =>
  a.redshift === b.redshift && a.redshiftErr === b.redshiftErr && a.mwebv === b.mwebv && (features === 1 || sameContext(one, other))

/** Whether an alert leaves all closed blocks as they are. */
function touchesOpenPointsOnly (record: ObjectRecord, alert: Alert, model: ModelInUse): boolean {
  const oldestOpen = record.openPoints[0]
  if (record.closedPointBlocks === 0 || oldestOpen === undefined) return true
  return record.firstDetectionMjdTai !== null && record.firstDetectionMjdTai < oldestOpen.midpointMjdTai && record.model === model.key &&
    sameToNetwork(fixedFactsOf(record), fixedFactsOf({ ...newestFacts(record, factsOf(alert)), givenHost: record.givenHost }), model) &&
    alert.points.every(point => dayOf(point) > dayOf(oldestOpen))
}

/**
 * Plans an update from the open points where they suffice, and from the whole light curve otherwise. The cost of a new
 * epoch then does not depend on how many came before.
 */
export function planUpdate (record: ObjectRecord, alert: Alert, parts: RecordParts, model: ModelInUse): Update {
  if (!isTime(alert.midpointMjdTai)) return { outcome: 'declined', reason: 'no-usable-point', updated: onlyPlaced(record, alert) }
  if (alert.solarSystem) return { outcome: 'declined', reason: 'solar-system-object', updated: onlyPlaced(record, alert) }
  const nothingClosed = record.closedPointBlocks === 0
  if (nothingClosed || touchesOpenPointsOnly(record, alert, model)) {
    const update = planWith(record, alert, record.openPoints, nothingClosed, parts, model)
    const reach = update.outcome === 'classified' ? update.from?.midpointMjdTai ?? -Infinity : Infinity
    if (nothingClosed || reach >= record.openPoints[0]!.midpointMjdTai) return update
  }
  return planWith(record, alert, [...parts.closedPoints(), ...record.openPoints], true, parts, model)
}

/**
 * Plans a replay of the whole light curve, for a host redshift that was set or another model.
 * @param givenHost the host redshift from now on
 */
export function planReplay (record: ObjectRecord, givenHost: GivenHost | null, { closedPoints }: RecordParts, { bands }: ModelInUse): Exclude<Update, { outcome: 'duplicate' }> {
  const points = [...closedPoints(), ...record.openPoints]
  const notWithdrawn = points.filter(point => !point.withdrawn)
  const detection = firstDetection(notWithdrawn)
  const updated: UpdatedRecord = { ...unchangedFacts(record), points, whole: true, changedFrom: Infinity, firstDetectionMjdTai: detection, givenHost, statesLost: false }
  return replayed(record, updated, notWithdrawn, bands)
}

/** Steps from the beginning. */
function replayed (record: ObjectRecord, updated: UpdatedRecord, notWithdrawn: readonly StoredPoint[], bands: readonly Band[]): Exclude<Update, { outcome: 'duplicate' }> {
  const { firstDetectionMjdTai: detection } = updated
  if (detection === null) return { outcome: 'declined', reason: 'no-detection', updated: { ...updated, statesLost: true } }
  const steps = notWithdrawn.filter(point => isStepped(point, detection, bands))
  if (steps.length === 0) return { outcome: 'declined', reason: 'band-not-used', updated: { ...updated, statesLost: true } }
  return { outcome: 'classified', updated, from: null, steps, revised: record.publications.length > 0 }
}

const unchangedFacts = ({ ra, dec, positionMjdTai, host, context, factsMjdTai, firstContext, firstMjdTai }: ObjectRecord): ObjectFacts =>
  ({ ra, dec, positionMjdTai, host, context, factsMjdTai, firstContext, firstMjdTai })

/** The record unchanged, at the alert's position where it has none yet. */
function onlyPlaced (record: ObjectRecord, alert: Alert): UpdatedRecord {
  const { openPoints, firstDetectionMjdTai, givenHost } = record
  const { ra, dec } = record.positionMjdTai === -Infinity && isPosition(alert.ra, alert.dec) ? alert : record
  return { ...unchangedFacts(record), ra, dec, points: openPoints, whole: false, changedFrom: Infinity, firstDetectionMjdTai, givenHost, statesLost: false }
}

/** @param known the points to merge with: the record's open ones, or its whole light curve where `whole` */
function planWith (
  record: ObjectRecord, alert: Alert, known: readonly StoredPoint[], whole: boolean, { checkpoints }: RecordParts, model: ModelInUse
): Update {
  const { key, bands } = model
  const merged = mergePoints(known, alert.points)
  const notWithdrawn = merged.points.filter(point => !point.withdrawn)
  const facts = newestFacts(record, factsOf(alert))
  const newFacts = facts !== record
  const { ra, dec, positionMjdTai, host, context, factsMjdTai, firstContext, firstMjdTai } = facts
  const { givenHost } = record
  const detection = !whole && record.firstDetectionMjdTai !== null ? record.firstDetectionMjdTai : firstDetection(notWithdrawn)
  const updated: UpdatedRecord = {
    points: merged.points,
    whole,
    changedFrom: earliestOf(merged.changed),
    firstDetectionMjdTai: detection,
    ra,
    dec,
    positionMjdTai,
    host,
    context,
    factsMjdTai,
    firstContext,
    firstMjdTai,
    givenHost,
    statesLost: false
  }
  const rewindAll = !sameToNetwork(fixedFactsOf({ host, givenHost, firstContext }), fixedFactsOf(record), model) || record.model !== key || detection !== record.firstDetectionMjdTai
  const stepping = merged.changed.filter(changesSteps)
  if (stepping.length === 0 && !rewindAll) {
    const trigger = alert.omitted.find(({ diaSourceId }) => diaSourceId === alert.diaSourceId)
    if (trigger?.reason === 'quality-flags' || trigger?.reason === 'low-reliability') return { outcome: 'declined', reason: trigger.reason, updated }
    if (trigger || alert.points.length === merged.unusable) return { outcome: 'declined', reason: 'no-usable-point', updated }
    if (merged.changed.some(({ before }) => before === undefined)) return { outcome: 'declined', reason: 'withdrawn', updated }
    return { outcome: 'duplicate', updated: newFacts || merged.changed.length > 0 ? updated : null }
  }
  if (rewindAll || detection === null) return replayed(record, updated, notWithdrawn, bands)
  const inBand = stepping.filter(({ point }) => bands.includes(point.band))
  const relevant = inBand.filter(change => latest(change) >= windowStart(detection))
  if (relevant.length === 0) return { outcome: 'declined', reason: inBand.length === 0 ? 'band-not-used' : 'outside-window', updated }

  const changedFrom = earliestOf(relevant)
  const from = newestBefore(record, checkpoints, changedFrom)
  const steps = notWithdrawn.filter(point => isStepped(point, detection, bands) && (from === null || point.midpointMjdTai > from.midpointMjdTai))
  const last = record.publications.at(-1)
  const revised = last !== undefined && last.midpointMjdTai >= changedFrom
  if (from === null && steps.length === 0) return { outcome: 'declined', reason: 'band-not-used', updated: { ...updated, statesLost: true } }
  return { outcome: 'classified', updated, from, steps, revised }
}

/**
 * Whether a new version of a point can change a step. A new processing of the same flux does not, nor does the
 * withdrawal of an unknown point.
 */
function changesSteps ({ point, before }: NewVersion): boolean {
  if (before === undefined) return !point.withdrawn
  if (point.withdrawn || before.withdrawn) return point.withdrawn !== before.withdrawn
  return point.midpointMjdTai !== before.midpointMjdTai || point.psfFlux !== before.psfFlux || point.psfFluxErr !== before.psfFluxErr
}

const earliest = ({ point, before }: NewVersion): number => Math.min(point.midpointMjdTai, before?.midpointMjdTai ?? Infinity)
const latest = ({ point, before }: NewVersion): number => Math.max(point.midpointMjdTai, before?.midpointMjdTai ?? -Infinity)

/** Time from which a light curve differs [d, MJD TAI]; Infinity where nothing changed. */
const earliestOf = (versions: readonly NewVersion[]): number => versions.reduce((time, version) => Math.min(time, earliest(version)), Infinity)

/** The newest hidden state that stays valid when the light curve changes from a time on. */
const newestBefore = ({ tip }: ObjectRecord, checkpoints: Checkpoints, changedFrom: number): HiddenState | null =>
  tip === null || tip.midpointMjdTai < changedFrom ? tip : checkpoints.newestBefore(changedFrom)
