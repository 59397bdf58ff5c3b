/**
 * Light curves as ALeRCE's web services answer with them: `detections`, `non_detections` and `forced_photometry` of one
 * object, or a bare list of rows. Of ZTF by versions 1 and 2 of the service, of LSST by the one for several surveys
 * (github.com/alercebroker/web-services, lightcurve/ and multisurveys-apis/). The newest detection triggers the alert.
 * `magpsf_corr` and `mag_corr` add the flux of the reference image; the difference flux is in `magpsf` and `mag`.
 */
import { z } from 'zod'
import { UNKNOWN_HOST, type Alert, type ReadAs } from '../../alert.ts'
import { incomplete, type JsonDialect, type Row, type RowDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { flag, label, lenient, longId, number, objectName } from '../../json/cells.ts'
import { checked } from '../../json/checked.ts'
import { contextOf } from '../../context/known-context.ts'
import { isPosition, PointList, type SourceFields } from '../../points/points.ts'
import { leastReliability } from '../../points/reliability.ts'
import { lsstContext } from '../lsst-context.ts'
import { realBogusOf } from '../ztf-context.ts'
import { bandOfFid } from '../ztf.ts'
import { BAD_PIXELS, ztfFlux, ztfLimit, ztfMidpoint, ztfSign } from '../ztf-magnitudes.ts'

const inside = z.object({ rb: number, drb: number, procstatus: label }).partial().nullish().catch(null)

const rowSchema = z.object({
  mjd: number,
  // ZTF
  oid: objectName,
  candid: label,
  fid: number,
  pid: number,
  magpsf: number,
  sigmapsf: number,
  mag: number,
  e_mag: number,
  isdiffpos: z.union([z.number(), z.string(), z.boolean()], { error: '1, -1, true, false or null' }).nullish(),
  diffmaglim: number,
  rb: number,
  drb: number,
  nbad: number,
  extra_fields: inside,
  // LSST
  diaObjectId: longId,
  ssObjectId: longId,
  measurement_id: label,
  survey_id: label,
  band: label,
  band_name: label,
  band_map: z.record(z.string(), z.string()).nullish().catch(null),
  psfFlux: number,
  psfFluxErr: number,
  visit: number,
  timeProcessedMjdTai: number,
  reliability: number,
  templateFlux: number,
  extendedness: number,
  isDipole: flag,
  psfFlux_flag: flag,
  glint_trail: flag,
  ra: number,
  dec: number
}, { error: 'an object' })
type LightCurveRow = z.output<typeof rowSchema>

const rows = z.array(rowSchema, { error: 'a list' }).nullish().transform(list => list ?? [])
const answerSchema = z.object({ oid: objectName, detections: rows, non_detections: rows, forced_photometry: rows })

interface LightCurve {
  detections: LightCurveRow[]
  limits: LightCurveRow[]
  forced: LightCurveRow[]
}

/** Of rows that have no map with them. */
const BAND_NUMBERS: Readonly<Record<string, string>> = { 1: 'g', 2: 'r', 3: 'i', 4: 'z', 5: 'y', 6: 'u' }

const isLsst = ({ survey_id: survey, psfFlux, measurement_id: id }: LightCurveRow): boolean => survey?.toLowerCase() === 'lsst' || psfFlux !== null || id !== null

/** The service writes 0 for a flux that is missing, and then for its error too. */
function lsstSource (row: LightCurveRow, id: string | null): SourceFields {
  const { band, band_map: map, band_name: name } = row
  const isMissing = row.psfFluxErr === null || row.psfFluxErr <= 0
  return {
    diaSourceId: id,
    midpointMjdTai: row.mjd,
    band: (band !== null && ((map && Object.hasOwn(map, band) ? map[band] : undefined) ?? BAND_NUMBERS[band])) || (name ?? band),
    psfFlux: isMissing ? null : row.psfFlux,
    psfFluxErr: isMissing ? null : row.psfFluxErr,
    visit: row.visit,
    timeProcessedMjdTai: positive(row.timeProcessedMjdTai),
    timeWithdrawnMjdTai: null,
    flagged: row.psfFlux_flag === true || row.glint_trail === true,
    reliability: share(row.reliability)
  }
}

function ztfSource (row: LightCurveRow, id: string | null): SourceFields {
  return {
    diaSourceId: id,
    midpointMjdTai: ztfMidpoint(row.mjd),
    band: bandOfFid(row.fid),
    ...ztfFlux(row.magpsf ?? row.mag, row.sigmapsf ?? row.e_mag, ztfSign(row.isdiffpos)),
    visit: row.pid,
    timeProcessedMjdTai: null,
    timeWithdrawnMjdTai: null,
    flagged: (row.nbad ?? 0) > 0 || (row.extra_fields?.procstatus?.split(',').includes(BAD_PIXELS) ?? false),
    reliability: scoreOf(row)?.score ?? null
  }
}

const positive = (value: number | null): number | null => value !== null && value > 0 ? value : null
/** The service writes −1 for a score that is missing. */
const share = (value: number | null): number | null => value !== null && value >= 0 ? value : null
const scoreOf = ({ rb, drb, extra_fields: extra }: LightCurveRow) => realBogusOf({ rb: share(rb ?? extra?.rb ?? null), drb: share(drb ?? extra?.drb ?? null) })

const LSST_READ_AS: ReadAs = { dialect: 'alerce', fluxUnit: 'nJy', survey: 'LSST' }
const ZTF_READ_AS: ReadAs = { dialect: 'alerce', fluxUnit: 'AB magnitudes' }

const newest = (list: readonly LightCurveRow[]): LightCurveRow | undefined => extreme(list, (a, b) => a > b)
const earliest = (list: readonly LightCurveRow[]): LightCurveRow | undefined => extreme(list, (a, b) => a < b)
const extreme = (list: readonly LightCurveRow[], isBetter: (a: number, b: number) => boolean): LightCurveRow | undefined =>
  list.reduce<LightCurveRow | undefined>((best, row) => row.mjd !== null && (best === undefined || isBetter(row.mjd, best.mjd!)) ? row : best, undefined)

const idIn = ({ measurement_id: id, candid }: LightCurveRow): string | null => id ?? candid

/** Exposures of limits and of forced photometry, whose visits the service gives for the latter alone. */
const exposureOf = ({ mjd, fid }: LightCurveRow): string => `${fid} ${Math.round((mjd ?? 0) * 86_400)}`

/**
 * Version 1 for ZTF does not name the object: its id is given with the file, or made of its first detection, which stays
 * the first one.
 * @throws CandelaError 'alert-incomplete'
 */
function alertOf ({ detections, limits, forced }: LightCurve, given: Given, name: string | null = null): Alert {
  const newestDetection = newest(detections)
  const trigger = newestDetection ?? newest(forced)
  if (trigger === undefined) throw incomplete('ALeRCE', 'detection with a time')
  const lsst = isLsst(trigger)
  const diaSourceId = idIn(trigger)
  if (diaSourceId === null) throw incomplete('ALeRCE', lsst ? 'measurement_id in its newest detection' : 'candid in its newest detection')
  const place = [trigger, ...detections, ...forced].find(({ ra, dec }) => isPosition(ra, dec))
  const first = earliest(detections) ?? trigger
  const body = lsst && trigger.ssObjectId !== null && trigger.diaObjectId === null && (trigger.oid === null || trigger.oid === trigger.ssObjectId)
  const list = new PointList(leastReliability(lsst ? 'LSST' : 'ZTF', given))
  const source = lsst ? lsstSource : ztfSource
  if (newestDetection) list.add(source(newestDetection, diaSourceId), 'detection')
  for (const row of detections) if (row !== trigger) list.add(source(row, idIn(row)), 'detection')
  for (const row of forced) list.add(source(row, null), 'forced')
  const measured = new Set(forced.map(exposureOf))
  for (const row of limits) if (!measured.has(exposureOf(row))) list.add({ ...ztfSource(row, null), ...ztfLimit(row.diffmaglim), flagged: false }, 'forced')
  const { reliability, templateFlux, extendedness, isDipole } = trigger
  const context = contextOf(lsst
    ? lsstContext({ reliability: share(reliability), templateFlux: templateFlux || null, extendedness: share(extendedness), isDipole, nDiaSources: null, firstDiaSourceMjdTai: null })
    : { realBogus: scoreOf(trigger) })
  return {
    diaObjectId: body ? null : name ?? trigger.diaObjectId ?? trigger.oid ?? given.object ?? `alerce-${idIn(first) ?? diaSourceId}`,
    diaSourceId,
    midpointMjdTai: source(trigger, null).midpointMjdTai!,
    ra: place?.ra ?? NaN,
    dec: place?.dec ?? NaN,
    points: list.points,
    omitted: list.omitted,
    host: UNKNOWN_HOST,
    solarSystem: body,
    ...context && { context },
    readAs: lsst ? LSST_READ_AS : ZTF_READ_AS
  }
}

export const alerceLightCurve: JsonDialect = {
  name: 'alerce',
  matches: document => 'detections' in document && ('non_detections' in document || 'forced_photometry' in document),
  async alerts (document, { given }) {
    const { oid, detections, non_detections: limits, forced_photometry: forced } = await checked(answerSchema, document)
    return alertOf({ detections, limits, forced }, given, oid)
  }
}

/** In a table of detections and limits, as its users write it from the service's two lists. */
const isLimit = ({ candid, measurement_id: id, magpsf, mag, diffmaglim }: LightCurveRow): boolean => (id ?? candid) === null && (magpsf ?? mag) === null && diffmaglim !== null

/** Rows of forced photometry have neither a score nor a signal-to-noise ratio. */
const isForced = (row: Row): boolean => 'survey_id' in row && !['has_stamp', 'snr', 'reliability'].some(name => name in row)

export const alerceRows: RowDialect = {
  name: 'alerce',
  matches: columns => columns.has('mjd') && columns.has('oid') && (columns.has('measurement_id') || (columns.has('candid') && columns.has('isdiffpos'))),
  alerts (table, given) {
    const byObject = new Map<string, LightCurve>()
    for (const cells of table) {
      const row = lenient(rowSchema, cells)
      const object = row.oid ?? row.diaObjectId ?? ''
      let curve = byObject.get(object)
      if (curve === undefined) byObject.set(object, curve = { detections: [], limits: [], forced: [] })
      curve[isForced(cells) ? 'forced' : isLimit(row) ? 'limits' : 'detections'].push(row)
    }
    return [...byObject.values()].map(curve => alertOf(curve, given))
  }
}
