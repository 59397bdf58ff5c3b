/**
 * What Babamul's records of LSST and of ZTF have in common: light curves without ids, and `survey_matches`, the light curve
 * of the same transient in the other survey. https://github.com/boom-astro/boom (src/enrichment/babamul.rs, src/alert/{lsst,ztf}.rs)
 *
 * The history is all that Babamul has stored: it has points later than the alert. Its points have no visits, so that those
 * of an alert have none either: a detection and the forced photometry of its exposure are told to be one by their time.
 */
import { UNKNOWN_HOST, type Alert, type PhotometricPoint, type ReadAs } from '../../alert.ts'
import type { CatalogueClass } from '../../context/context.ts'
import type { DialectName } from '../../dialect-names.ts'
import { optional } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { contextOf, type ContextFacts } from '../../context/known-context.ts'
import { madeId } from '../../points/made-id.ts'
import { isPosition, PointList, type SourceFields } from '../../points/points.ts'
import { leastReliability } from '../../points/reliability.ts'
import { JD_OF_MJD_ZERO, MILLISECONDS_PER_DAY, SECONDS_PER_DAY, TAI_MINUS_UTC } from '../../time.ts'
import { ZTF_EXPOSURE } from '../ztf-magnitudes.ts'

/** How one survey's times and fluxes stand in Babamul's records. */
export interface Convention {
  survey: 'LSST' | 'ZTF'
  /** From `jd` (UTC) to the middle of the exposure in TAI [s]. */
  seconds: number
  /** nJy for one of Babamul's units. */
  scale: number
  readAs: ReadAs
}

const convention = (survey: Convention['survey'], dialect: DialectName, seconds: number, scale: number): Convention =>
  ({ survey, seconds, scale, readAs: { dialect, fluxUnit: scale === 1 ? 'nJy' : 'nJy, zero point 46.4', ...survey === 'LSST' && { survey } } })

/** `jd` is the middle of the exposure. */
export const LSST = convention('LSST', 'babamul-lsst', TAI_MINUS_UTC, 1)
/** `jd` is the start of an exposure of 30 s. Fluxes are labelled nJy and are a million times too large (zero point 46.4): the code, its unit test and the client agree. */
export const ZTF = convention('ZTF', 'babamul-ztf', TAI_MINUS_UTC + ZTF_EXPOSURE / 2, 1e-6)

/** @returns the middle of an exposure [d, MJD TAI] */
export const midpoint = ({ seconds }: Convention, jd: number | null | undefined): number | null =>
  typeof jd === 'number' && Number.isFinite(jd) ? jd - JD_OF_MJD_ZERO + seconds / SECONDS_PER_DAY : null

/** One point of the history; null where the record has no value. */
export interface HistoryPoint {
  /** [d, JD UTC] */
  jd: number | null
  /** In Babamul's unit; null where it could not be measured. Limits have none. */
  psfFlux: number | null
  psfFluxErr: number | null
  band: string | null
}
export interface LightCurve {
  prv_candidates: Array<HistoryPoint | null> | null
  /** Upper limits: their psfFluxErr is a fifth of the limit. */
  prv_nondetections: Array<HistoryPoint | null> | null
  fp_hists: Array<HistoryPoint | null> | null
}
export interface SurveyMatch extends LightCurve {
  objectId: string | null
  ra: number | null
  dec: number | null
}
/** Null, or without a match of the other survey, where there is none. */
export type SurveyMatches = { ztf?: SurveyMatch | null | undefined, lsst?: SurveyMatch | null | undefined } | null

const points = { jd: 'double', psfFlux: 'double', psfFluxErr: 'double', band: 'string' }
const point = (name: string) => ({ type: 'record', name, fields: Object.entries(points).map(([name, type]) => optional(name, type)) })
/** @param of a name of its own for the records of each light curve */
export const lightCurveFields = (of: string) => ['prv_candidates', 'prv_nondetections', 'fp_hists'].map(list =>
  optional(list, { type: 'array', items: ['null', point(`${of}_${list}`)] }))
const match = (survey: string) => optional(survey, {
  type: 'record', name: survey, fields: [optional('objectId', 'string'), optional('ra', 'double'), optional('dec', 'double'), ...lightCurveFields(survey)]
})
export const matchesField = optional('survey_matches', { type: 'record', name: 'survey_matches', fields: [match('ztf'), match('lsst')] })

/** Points of one band and millisecond are versions of one, see identityOf in src/light-curve. */
const identityOf = ({ band, midpointMjdTai }: Pick<SourceFields, 'band' | 'midpointMjdTai'>): string => `${band}@${Math.round((midpointMjdTai ?? 0) * MILLISECONDS_PER_DAY)}`

const scaled = (value: number | null, scale: number): number | null => value === null || scale === 1 ? value : value * scale

/** A point of the history in the units of PhotometricPoint. */
export const sourceOf = (survey: Convention, { jd, psfFlux, psfFluxErr, band }: HistoryPoint): SourceFields => ({
  diaSourceId: null,
  midpointMjdTai: midpoint(survey, jd),
  band,
  psfFlux: scaled(psfFlux, survey.scale),
  psfFluxErr: scaled(psfFluxErr, survey.scale),
  visit: null,
  timeProcessedMjdTai: null,
  timeWithdrawnMjdTai: null
})

const present = <T>(values: Array<T | null> | null | undefined): T[] => values?.filter(value => value !== null) ?? []

/** Sources in the units of PhotometricPoint. */
export interface History {
  detections: readonly SourceFields[]
  forced: readonly SourceFields[]
  /** Flux 0, with the noise that the limit was made of. */
  limits: readonly SourceFields[]
}

/** @param toSource of one point, its flux not yet 0 where it is a limit */
export const historyOf = <Point>({ prv_candidates: detections, prv_nondetections: limits, fp_hists: forced }: Readonly<Record<keyof LightCurve, Array<Point | null> | null | undefined>>, toSource: (point: Point) => SourceFields): History => ({
  detections: present(detections).map(toSource),
  forced: present(forced).map(toSource),
  limits: present(limits).map(point => ({ ...toSource(point), psfFlux: 0 }))
})

/**
 * The points of a light curve. Its forced photometry stands over the limits of the same exposures, those of other messages too.
 * @param trigger the source that made the alert; the history repeats it, without its id and flags
 */
export function pointsOf (survey: Convention, { detections, forced, limits }: History, given: Given, trigger?: SourceFields): Pick<Alert, 'points' | 'omitted'> {
  const list = new PointList(leastReliability(survey.survey, given))
  if (trigger) list.add(trigger, 'detection')
  const own = trigger && trigger.psfFlux !== null ? identityOf(trigger) : undefined
  for (const source of detections) if (identityOf(source) !== own) list.add(source, 'detection')
  const processed = trigger?.midpointMjdTai ?? newest(list.points)?.midpointMjdTai ?? null
  for (const source of forced) list.add(survey === ZTF ? { ...source, timeProcessedMjdTai: processed } : source, 'forced')
  const measured = new Set(list.points.map(identityOf))
  for (const limit of limits) if (!measured.has(identityOf(limit))) list.add(limit, 'forced')
  return { points: list.points, omitted: list.omitted }
}

/** The newest detection, or the newest point where there is none. */
function newest (points: readonly PhotometricPoint[]): PhotometricPoint | undefined {
  const found = points.filter(({ kind }) => kind === 'detection')
  return (found.length > 0 ? found : points).reduce<PhotometricPoint | undefined>((a, b) => a === undefined || b.midpointMjdTai > a.midpointMjdTai ? b : a, undefined)
}

/**
 * The alert of the same transient in the other survey: an object of its own, triggered by its newest detection, whose id is
 * made. A message that comes twice gives it twice with the same ids, and so does a later one that knows nothing new of it.
 * @returns undefined where the match has no usable point
 */
export function matchAlert (survey: Convention, match: SurveyMatch, main: { survey: string, diaObjectId: string }, given: Given): Alert | undefined {
  const { objectId, ra, dec } = match
  const { points, omitted } = pointsOf(survey, historyOf(match, point => sourceOf(survey, point)), given)
  const trigger = newest(points)
  if (!objectId || trigger === undefined) return undefined
  const isPlaced = isPosition(ra, dec)
  return {
    diaObjectId: objectId,
    diaSourceId: madeId(objectId, trigger.band, trigger.midpointMjdTai),
    midpointMjdTai: trigger.midpointMjdTai,
    ra: isPlaced ? ra! : Number.NaN,
    dec: isPlaced ? dec! : Number.NaN,
    points,
    omitted,
    host: UNKNOWN_HOST,
    solarSystem: false,
    context: { matches: [main] },
    readAs: survey.readAs
  }
}

/**
 * An alert and those of its matches in other surveys; each names the others in its context.
 * @param facts of the alert's own context
 */
export function withMatches (alert: Alert, survey: Convention, matches: SurveyMatches | undefined, facts: ContextFacts, given: Given): Alert[] {
  const named = alert.diaObjectId === null ? [] : [{ convention: LSST, match: matches?.lsst }, { convention: ZTF, match: matches?.ztf }]
  const others = named.filter(({ convention, match }) => convention !== survey && match && match.objectId) as Array<{ convention: Convention, match: SurveyMatch & { objectId: string } }>
  const context = contextOf({ ...facts, matches: others.map(({ convention, match }) => ({ survey: convention.survey, diaObjectId: match.objectId })) })
  const own = { survey: survey.survey, diaObjectId: alert.diaObjectId! }
  const found = others.map(({ convention, match }) => matchAlert(convention, match, own, given)).filter(one => one !== undefined)
  return [{ ...alert, ...context && { context } }, ...found]
}

/** The host class that a topic's name ends with. */
export function hostClassOf ({ carrier }: Given): CatalogueClass[] {
  const [, host] = /(?:^|\.)babamul\.(?:lsst|ztf)\.[^.]+\.([a-z]+)$/.exec(carrier?.topic ?? '') ?? []
  return host === undefined ? [] : [{ catalogue: 'Babamul', class: host }]
}

export interface Properties {
  /** A known body of the solar system within 12 arcsec; the public topics have none. */
  rock: boolean | null
  /** Null outside the catalogue of stars. */
  star: boolean | null
  near_brightstar: boolean | null
  /** Null where it was not looked for. */
  sso?: { is_sso: boolean | null, designation: string | null, separation_arcsec: number | null } | null | undefined
}

const ROCK_DISTANCE = 12

export const isRock = (properties: Properties | null | undefined): boolean => properties?.rock === true ||
  (properties?.sso?.is_sso === true && typeof properties.sso.separation_arcsec === 'number' && properties.sso.separation_arcsec <= ROCK_DISTANCE)

export function classesOf (properties: Properties | null | undefined): CatalogueClass[] {
  const { star, near_brightstar: bright, sso } = properties ?? {}
  return [
    ...star === true ? [{ catalogue: 'Babamul', class: 'star' }] : [],
    ...bright === true ? [{ catalogue: 'Babamul', class: 'near a bright star' }] : [],
    ...sso?.is_sso === true ? [{ catalogue: 'Babamul', class: 'solar system', ...typeof sso.designation === 'string' && { name: sso.designation } }] : []
  ]
}
