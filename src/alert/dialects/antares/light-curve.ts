/**
 * Light curves as ANTARES's web service answers with them (antares-client 2.0.2): the list of a locus's alerts, of ZTF and of
 * LSST, of one object or of several. The table that a locus has (`lightcurve`) has magnitudes without their signs: it is refused.
 */
import { z } from 'zod'
import { CandelaError } from '../../../errors.ts'
import { UNKNOWN_HOST, type Alert, type ReadAs } from '../../alert.ts'
import { ZTF_FILTERS } from '../../points/bands.ts'
import type { AlertContext } from '../../context/context.ts'
import { incomplete, type JsonDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { flag, label, longId, number, objectName } from '../../json/cells.ts'
import { checked } from '../../json/checked.ts'
import { contextOf, type ContextFacts } from '../../context/known-context.ts'
import { isPosition, PointList, type SourceFields } from '../../points/points.ts'
import { leastReliability } from '../../points/reliability.ts'
import { lsstContext } from '../lsst-context.ts'
import { realBogusOf } from '../ztf-context.ts'
import { ztfFlux, ztfLimit, ztfMidpoint, ztfSign } from '../ztf-magnitudes.ts'

const propertiesSchema = z.object({
  ant_mjd: number,
  ant_passband: label,
  ant_mag: number,
  ant_magerr: number,
  ant_maglim: number,
  ant_ra: number,
  ant_dec: number,
  ztf_object_id: objectName,
  ztf_candid: label,
  ztf_fid: number,
  ztf_pid: number,
  ztf_magpsf: number,
  ztf_sigmapsf: number,
  ztf_isdiffpos: z.union([z.number(), z.string(), z.boolean()], { error: 't, f, 1, 0 or null' }).nullish(),
  ztf_nbad: number,
  ztf_rb: number,
  ztf_drb: number,
  lsst_diaSource_diaSourceId: longId,
  lsst_diaSource_diaObjectId: longId,
  lsst_diaSource_ssObjectId: longId,
  lsst_diaSource_psfFlux: number,
  lsst_diaSource_psfFluxErr: number,
  lsst_diaSource_snr: number,
  lsst_diaSource_midpointMjdTai: number,
  lsst_diaSource_band: label,
  lsst_diaSource_visit: number,
  lsst_diaSource_timeProcessedMjdTai: number,
  lsst_diaSource_reliability: number,
  lsst_diaSource_templateFlux: number,
  lsst_diaSource_extendedness: number,
  lsst_diaSource_isDipole: flag,
  lsst_diaSource_psfFlux_flag: flag,
  lsst_diaSource_pixelFlags_saturatedCenter: flag,
  lsst_diaSource_pixelFlags_streakCenter: flag,
  lsst_diaSource_pixelFlags_injectedCenter: flag,
  lsst_diaSource_glint_trail: flag
}, { error: 'an object' })
const alertSchema = z.object({ id: label, mjd: number, survey: label, properties: propertiesSchema }, { error: 'an object' })
const answerSchema = z.object({ data: z.array(alertSchema, { error: 'a list of alerts' }) })
type LocusAlert = z.output<typeof alertSchema>

/** The kind of an alert, and the number behind it: `ztf_candidate:1673293594115010025`, `ztf_upper_limit:ZTF18abtuzwd-1693230964115`. */
const partsOf = ({ id }: LocusAlert): { kind: string, name: string } => {
  const [kind = '', name = ''] = id?.split(':', 2) ?? []
  return { kind, name }
}

const isLsst = (alert: LocusAlert): boolean => alert.survey?.toLowerCase() === 'lsst' || partsOf(alert).kind.startsWith('lsst') || alert.properties.lsst_diaSource_psfFlux !== null
const isLimit = (alert: LocusAlert): boolean => partsOf(alert).kind === 'ztf_upper_limit' || (!isLsst(alert) && alert.properties.ant_mag === null && alert.properties.ztf_magpsf === null)

const objectOf = (alert: LocusAlert): string | null => isLsst(alert)
  ? alert.properties.lsst_diaSource_diaObjectId
  : alert.properties.ztf_object_id ?? /^(ZTF\w+)-\d+$/.exec(partsOf(alert).name)?.[1] ?? null

const sourceIdOf = (alert: LocusAlert): string | null =>
  alert.properties.lsst_diaSource_diaSourceId ?? alert.properties.ztf_candid ?? /^\d{1,20}$/.exec(partsOf(alert).name)?.[0] ?? null

const timeOf = (alert: LocusAlert): number | null => {
  const { ant_mjd: mjd, lsst_diaSource_midpointMjdTai: middle } = alert.properties
  return isLsst(alert) ? middle ?? mjd ?? alert.mjd : ztfMidpoint(mjd ?? alert.mjd)
}

/** R and g are ZTF's names of its filters. */
const ZTF_PASSBANDS: Readonly<Record<string, string>> = { g: 'ztfg', R: 'ztfr', r: 'ztfr', i: 'ztfi' }

const fluxError = ({ lsst_diaSource_psfFlux: flux, lsst_diaSource_psfFluxErr: error, lsst_diaSource_snr: snr }: LocusAlert['properties']): number | null =>
  error ?? (flux !== null && snr !== null && snr > 0 ? Math.abs(flux) / snr : null)

function lsstSource (alert: LocusAlert): SourceFields {
  const { properties } = alert
  return {
    diaSourceId: sourceIdOf(alert),
    midpointMjdTai: timeOf(alert),
    band: properties.lsst_diaSource_band ?? properties.ant_passband,
    psfFlux: properties.lsst_diaSource_psfFlux,
    psfFluxErr: fluxError(properties),
    visit: properties.lsst_diaSource_visit,
    timeProcessedMjdTai: properties.lsst_diaSource_timeProcessedMjdTai,
    timeWithdrawnMjdTai: null,
    flagged: [properties.lsst_diaSource_psfFlux_flag, properties.lsst_diaSource_pixelFlags_saturatedCenter, properties.lsst_diaSource_pixelFlags_streakCenter, properties.lsst_diaSource_pixelFlags_injectedCenter, properties.lsst_diaSource_glint_trail].includes(true),
    reliability: properties.lsst_diaSource_reliability
  }
}

const scoreOf = ({ properties: { ztf_rb: rb, ztf_drb: drb } }: LocusAlert) => realBogusOf({ rb, drb })

function ztfSource (alert: LocusAlert): SourceFields {
  const { properties } = alert
  const { ztf_fid: fid, ant_passband: passband } = properties
  return {
    diaSourceId: isLimit(alert) ? null : sourceIdOf(alert),
    midpointMjdTai: timeOf(alert),
    band: fid !== null ? ZTF_FILTERS[fid] ?? `fid ${fid}` : passband && (ZTF_PASSBANDS[passband] ?? passband),
    ...isLimit(alert)
      ? ztfLimit(properties.ant_maglim)
      : ztfFlux(properties.ztf_magpsf ?? properties.ant_mag, properties.ztf_sigmapsf ?? properties.ant_magerr, ztfSign(properties.ztf_isdiffpos)),
    visit: properties.ztf_pid,
    timeProcessedMjdTai: null,
    timeWithdrawnMjdTai: null,
    flagged: (properties.ztf_nbad ?? 0) > 0,
    reliability: scoreOf(alert)?.score ?? null
  }
}

const LSST_READ_AS: ReadAs = { dialect: 'antares', fluxUnit: 'nJy', survey: 'LSST' }
const ZTF_READ_AS: ReadAs = { dialect: 'antares', fluxUnit: 'AB magnitudes' }

function factsOf (trigger: LocusAlert, lsst: boolean): ContextFacts {
  const { lsst_diaSource_reliability: reliability, lsst_diaSource_templateFlux: templateFlux, lsst_diaSource_extendedness: extendedness, lsst_diaSource_isDipole: isDipole } = trigger.properties
  return lsst ? lsstContext({ reliability, templateFlux, extendedness, isDipole, nDiaSources: null, firstDiaSourceMjdTai: null }) : { realBogus: scoreOf(trigger) }
}

/** @throws CandelaError 'alert-incomplete' */
function alertOf (object: string | null, alerts: readonly LocusAlert[], given: Given, matches: NonNullable<AlertContext['matches']>): Alert {
  const detections = alerts.filter(alert => !isLimit(alert))
  const timed = detections.filter(alert => timeOf(alert) !== null)
  const [first, ...others] = timed
  if (first === undefined) throw incomplete('ANTARES', `detection of ${object ?? 'the object'} with a time`)
  const trigger = others.reduce((best, alert) => timeOf(alert)! > timeOf(best)! ? alert : best, first)
  const diaSourceId = sourceIdOf(trigger)
  if (diaSourceId === null) throw incomplete('ANTARES', 'id of the source in its newest detection')
  const place = [trigger, ...detections].map(({ properties }) => properties).find(({ ant_ra: ra, ant_dec: dec }) => isPosition(ra, dec))
  if (place === undefined) throw incomplete('ANTARES', 'ant_ra and ant_dec in its alerts')
  const lsst = isLsst(trigger)
  const isBody = object === null && lsst && trigger.properties.lsst_diaSource_ssObjectId !== null
  const list = new PointList(leastReliability(lsst ? 'LSST' : 'ZTF', given))
  const visits = new Set(detections.map(({ properties }) => properties.ztf_pid))
  for (const alert of [trigger, ...alerts.filter(alert => alert !== trigger)]) {
    if (!isLimit(alert)) list.add(lsst ? lsstSource(alert) : ztfSource(alert), 'detection')
    else if (alert.properties.ztf_pid === null || !visits.has(alert.properties.ztf_pid)) list.add(ztfSource(alert), 'forced')
  }
  const context = contextOf({ ...factsOf(trigger, lsst), ...matches.length > 0 && { matches } })
  return {
    diaObjectId: object,
    diaSourceId,
    midpointMjdTai: timeOf(trigger)!,
    ra: place.ant_ra!,
    dec: place.ant_dec!,
    points: list.points,
    omitted: list.omitted,
    host: UNKNOWN_HOST,
    solarSystem: isBody,
    ...context && { context },
    readAs: lsst ? LSST_READ_AS : ZTF_READ_AS
  }
}

interface OfObject { survey: 'LSST' | 'ZTF', object: string | null, alerts: LocusAlert[] }

/** Alerts of each object of a locus. Those that name none are of the only one of their survey; limits are of all of them. */
function byObject (all: readonly LocusAlert[], given: Given): OfObject[] {
  const found = new Map<string, OfObject>()
  const nameless: LocusAlert[] = []
  const unnamed = new Map<OfObject['survey'], LocusAlert[]>()
  for (const alert of all) {
    const object = objectOf(alert)
    if (object === null && alert.properties.lsst_diaSource_ssObjectId === null) {
      nameless.push(alert)
      continue
    }
    const survey = isLsst(alert) ? 'LSST' : 'ZTF'
    const key = `${survey} ${object ?? ''}`
    const own = found.get(key) ?? { survey, object, alerts: [] }
    found.set(key, own)
    own.alerts.push(alert)
  }
  for (const alert of nameless) {
    const survey = isLsst(alert) ? 'LSST' : 'ZTF'
    const own = [...found.values()].filter(one => one.survey === survey && one.object !== null)
    if (own.length === 1 || (own.length > 0 && isLimit(alert))) for (const { alerts } of own) alerts.push(alert)
    else unnamed.set(survey, [...unnamed.get(survey) ?? [], alert])
  }
  for (const [survey, alerts] of unnamed) found.set(survey, { survey, object: found.size === 0 ? given.object ?? null : null, alerts })
  return [...found.values()]
}

const dataOf = (document: object): unknown => 'data' in document ? document.data : undefined
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const isAlert = (entry: unknown): boolean => isObject(entry) && 'properties' in entry && 'mjd' in entry
const isMatch = (entry: unknown): boolean => isObject(entry) && 'catalog_name' in entry

const LIST_FIELDS: ReadonlySet<string> = new Set(['data', 'meta', 'links', 'jsonapi'])

/** What a locus says of itself; JSON:API puts it under `attributes`. */
function locusIn (document: object): object | undefined {
  const data = dataOf(document)
  if (!isObject(data)) return undefined
  const locus = 'attributes' in data && isObject(data.attributes) ? data.attributes : data
  return 'lightcurve' in locus || 'htm16' in locus ? locus : undefined
}

function matchesAntares (document: object): boolean {
  const data = dataOf(document)
  if (!Array.isArray(data)) return locusIn(document) !== undefined
  return data.length === 0 ? Object.keys(document).every(name => LIST_FIELDS.has(name)) : isAlert(data[0]) || isMatch(data[0])
}

const ASK_FOR_ALERTS = 'Fetch the list of its alerts, …/loci/LOCUS/alerts, which has the signs, and send that.'

/** @throws CandelaError 'sign-unknown', 'alert-incomplete' */
function refuseLocus (locus: object): never {
  const table: unknown = 'lightcurve' in locus ? locus.lightcurve : undefined
  if (typeof table === 'string' && table.trim() !== '') {
    throw new CandelaError('sign-unknown', 'the light curve of a locus of ANTARES has magnitudes without the signs of their fluxes: which are negative is not known', {
      value: 'lightcurve', action: ASK_FOR_ALERTS
    })
  }
  throw new CandelaError('alert-incomplete', 'a locus of ANTARES without a light curve', { value: 'lightcurve', action: ASK_FOR_ALERTS })
}

export const antaresLightCurve: JsonDialect = {
  name: 'antares',
  matches: matchesAntares,
  async alerts (document, { given }) {
    const locus = locusIn(document)
    if (locus) refuseLocus(locus)
    if ((dataOf(document) as unknown[]).some(isMatch)) {
      throw new CandelaError('alert-incomplete', 'matches of catalogues with a locus of ANTARES, without a light curve', { value: 'catalog-matches', action: ASK_FOR_ALERTS })
    }
    const { data } = await checked(answerSchema, document)
    const objects = byObject(data, given)
    if (objects.length === 0) throw incomplete('ANTARES', 'alert in its list')
    const read: Alert[] = []
    let failure: unknown
    for (const { object, alerts } of objects) {
      const matches = objects.flatMap(other => other.object === null || other.object === object ? [] : [{ survey: other.survey, diaObjectId: other.object }])
      try {
        read.push(alertOf(object, alerts, given, matches))
      } catch (error) {
        failure ??= error
      }
    }
    if (read.length === 0) throw failure
    return read
  }
}
