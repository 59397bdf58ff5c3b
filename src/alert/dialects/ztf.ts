/**
 * Alerts of the Zwicky Transient Facility, schema versions 3.3 and 4.x (which adds `fp_hists`, forced photometry);
 * brokers wrap the same fields. Fields: github.com/ZwickyTransientFacility/ztf-avro-alert, schema/. Difference
 * magnitudes are AB, without a sign, which `isdiffpos` has; `pid` numbers the exposures of a readout quadrant and is
 * the visit. Only the source that made the alert has `drb`; previous ones have `rb` alone.
 */
import type { Type } from 'avsc'
import { nJyOfMagnitude, UNKNOWN_HOST, type Alert, type ReadAs } from '../alert.ts'
import { exactLong } from '../avro/exact-long.ts'
import { ZTF_FILTERS } from '../points/bands.ts'
import { avroDialect, fieldNames, incomplete, optional } from '../dialect.ts'
import type { Given } from '../given.ts'
import { contextOf } from '../context/known-context.ts'
import { isPosition, PointList } from '../points/points.ts'
import { leastReliability } from '../points/reliability.ts'
import { realBogusOf, ztfContext } from './ztf-context.ts'
import { BAD_PIXELS, LIMIT_SNR, RELATIVE_PER_MAGNITUDE, ztfMidpoint } from './ztf-magnitudes.ts'
import { JD_OF_MJD_ZERO } from '../time.ts'

interface Exposure {
  /** Start of the exposure [d, JD UTC]. */
  jd: number | null
  /** 1, 2, 3 for g, r, i. */
  fid: number | null
  pid: number | null
}
export interface Detection extends Exposure {
  candid: bigint | null
  /** [mag, AB]; null where the exposure shows nothing there, and `diffmaglim` is what there is. */
  magpsf: number | null
  sigmapsf: number | null
  /** 't' or '1' where the source is brighter than in the reference image, 'f' or '0' where it is fainter. */
  isdiffpos: string | null
  /** The 5σ limit of the difference image [mag, AB]. */
  diffmaglim: number | null
  /** Bad pixels within 5 × 5 pixels. */
  nbad: number | null
  /** Real–bogus score of the random forest, from 0 to 1. */
  rb: number | null
}
export interface Candidate extends Detection {
  ra: number | null
  dec: number | null
  /** Distance to the nearest known body of the solar system [arcsec], negative where there is none within 30. */
  ssdistnr: number | null
  ssnamenr: string | null
  /** Real–bogus score of the neural network, from 0 to 1. */
  drb: number | null
  /** Detections at this place in this field and readout channel since the survey began. */
  ndethist: number | null
  /** Start of the exposure of the first of them [d, JD UTC]. */
  jdstarthist: number | null
  /** How star-like the nearest source of PS1 is, from 0 to 1. */
  sgscore1: number | null
  /** Its distance [arcsec]. */
  distpsnr1: number | null
}
interface ForcedPhotometry extends Exposure {
  /** [DN] */
  forcediffimflux: number | null
  forcediffimfluxunc: number | null
  /** Zero point: the magnitude (AB) of 1 DN. */
  magzpsci: number | null
  /** Warnings of the forced photometry, '0' for none, with commas between several. */
  procstatus: string | null
}
export interface ZtfAlert {
  objectId: string | null
  candid: bigint | null
  candidate: Candidate | null
  prv_candidates: Array<Detection | null> | null
  fp_hists: Array<ForcedPhotometry | null> | null
}

/** Within this of a known body of the solar system a source is taken for it [arcsec]. */
const SOLAR_SYSTEM_DISTANCE = 5
/** Stands for "not known" in the forced photometry. */
const SENTINEL = -99999

/** @returns the middle of an exposure [d, MJD TAI] */
export const midpoint = (jd: number | null): number | null =>
  jd === null ? null : ztfMidpoint(jd - JD_OF_MJD_ZERO)

export const bandOfFid = (fid: number | null): string | null => fid === null ? null : ZTF_FILTERS[fid] ?? `fid ${fid}`

const exposure = ({ jd, fid, pid }: Exposure) => ({
  midpointMjdTai: midpoint(jd), band: bandOfFid(fid), visit: pid, timeWithdrawnMjdTai: null
})

const signOf = (isdiffpos: string | null): number | null =>
  isdiffpos === 't' || isdiffpos === '1' ? 1 : isdiffpos === 'f' || isdiffpos === '0' ? -1 : null

/** A source without a sign has no flux. */
function addDetection (list: PointList, source: Detection & Partial<Pick<Candidate, 'drb'>>, magpsf: number): void {
  const flux = nJyOfMagnitude(magpsf)
  const sign = signOf(source.isdiffpos)
  list.add({
    ...exposure(source),
    diaSourceId: source.candid,
    psfFlux: sign && sign * flux,
    psfFluxErr: source.sigmapsf === null ? null : flux * source.sigmapsf * RELATIVE_PER_MAGNITUDE,
    timeProcessedMjdTai: null,
    flagged: source.nbad !== null && source.nbad > 0,
    reliability: realBogusOf(source)?.score ?? null
  }, 'detection')
}

/**
 * An upper limit, as a forced point of flux 0 whose error is the noise that the limit was made of. The flux that
 * the exposure had there was not published; forced photometry of the same visit has it and stands over this point,
 * since this one has no time of processing.
 */
function addUpperLimit (list: PointList, source: Detection): void {
  list.add({
    ...exposure(source),
    diaSourceId: null,
    psfFlux: source.diffmaglim === null ? null : 0,
    psfFluxErr: source.diffmaglim === null ? null : nJyOfMagnitude(source.diffmaglim) / LIMIT_SNR,
    timeProcessedMjdTai: null
  }, 'forced')
}

/** @param time of the alert, which stands for when it was processed [d, MJD TAI] */
function addForced (list: PointList, source: ForcedPhotometry, time: number): void {
  const { magzpsci, procstatus } = source
  const inNJy = (counts: number | null): number | null =>
    counts === null || counts === SENTINEL || magzpsci === null || magzpsci === SENTINEL ? null : counts * nJyOfMagnitude(magzpsci)
  list.add({
    ...exposure(source),
    diaSourceId: null,
    psfFlux: inNJy(source.forcediffimflux),
    psfFluxErr: inNJy(source.forcediffimfluxunc),
    timeProcessedMjdTai: time,
    flagged: procstatus?.split(',').includes(BAD_PIXELS) ?? false
  }, 'forced')
}

export function isSolarSystem ({ ssdistnr, ssnamenr }: Pick<Candidate, 'ssdistnr' | 'ssnamenr'>): boolean {
  const named = ssnamenr !== null && ssnamenr !== '' && ssnamenr !== 'null'
  return named && ssdistnr !== null && ssdistnr >= 0 && ssdistnr <= SOLAR_SYSTEM_DISTANCE
}

/** The light curve: sources, then forced photometry, then upper limits of the visits that it does not have. */
export function lightCurve (sources: readonly Detection[], forced: readonly ForcedPhotometry[], time: number, given: Given): PointList {
  const list = new PointList(leastReliability('ZTF', given))
  const limits: Detection[] = []
  for (const source of sources) {
    if (source.magpsf === null) limits.push(source)
    else addDetection(list, source, source.magpsf)
  }
  for (const source of forced) addForced(list, source, time)
  const visits = new Set(list.points.filter(({ kind }) => kind === 'forced').map(({ visit }) => visit))
  for (const limit of limits) if (limit.pid === null || !visits.has(limit.pid)) addUpperLimit(list, limit)
  return list
}

/** Forced photometry has counts with the zero point of each exposure. */
const READ_AS: ReadAs = { dialect: 'ztf', fluxUnit: 'AB magnitudes' }

const present = <T>(values: Array<T | null> | null): T[] => values?.filter(value => value !== null) ?? []

/** @throws CandelaError 'alert-incomplete' */
export function ztfAlert ({ objectId, candid, candidate, prv_candidates: previous, fp_hists: forced }: ZtfAlert, given: Given): Alert {
  const diaSourceId = candid ?? candidate?.candid ?? null
  if (!candidate || diaSourceId === null) throw incomplete('ZTF', 'candidate with a candid')
  const midpointMjdTai = midpoint(candidate.jd)
  if (midpointMjdTai === null || !Number.isFinite(midpointMjdTai)) throw incomplete('ZTF', 'jd in its candidate')
  const { ra, dec } = candidate
  if (!isPosition(ra, dec)) throw incomplete('ZTF', 'ra and dec')
  const { points, omitted } = lightCurve([candidate, ...present(previous)], present(forced), midpointMjdTai, given)
  const { rb, drb, ndethist, jdstarthist, sgscore1, distpsnr1 } = candidate
  const context = contextOf(ztfContext({ rb, drb, ndethist, firstDetectionMjdTai: midpoint(jdstarthist), sgscore1, distpsnr1 }))
  return {
    diaObjectId: objectId || null,
    diaSourceId: diaSourceId.toString(),
    midpointMjdTai,
    ra: ra!,
    dec: dec!,
    points,
    omitted,
    host: UNKNOWN_HOST,
    solarSystem: isSolarSystem(candidate),
    ...context && { context },
    readAs: READ_AS
  }
}

const exposureFields = [optional('jd', 'double'), optional('fid', 'double'), optional('pid', 'double')]
const detectionFields = [
  ...exposureFields,
  optional('candid', exactLong),
  ...['magpsf', 'sigmapsf', 'diffmaglim', 'nbad', 'rb'].map(name => optional(name, 'double')),
  optional('isdiffpos', 'string')
]
const listOf = (name: string, alias: string, fields: object[]) => ({ type: 'array', items: ['null', { type: 'record', name, aliases: [alias], fields }] })

/** @param more fields of a broker */
export const ztfRecord = (...more: object[]) => ({
  type: 'record',
  name: 'alert',
  aliases: ['value', 'topLevelRecord'],
  fields: [
    optional('objectId', 'string'),
    optional('candid', exactLong),
    optional('candidate', {
      type: 'record',
      name: 'candidate',
      fields: [
        ...detectionFields,
        ...['ra', 'dec', 'ssdistnr', 'drb', 'ndethist', 'jdstarthist', 'sgscore1', 'distpsnr1'].map(name => optional(name, 'double')),
        optional('ssnamenr', 'string')
      ]
    }),
    optional('prv_candidates', listOf('prv_candidate', 'prv_candidates', detectionFields)),
    optional('fp_hists', listOf('fp_hist', 'fp_hists', [
      ...exposureFields,
      ...['forcediffimflux', 'forcediffimfluxunc', 'magzpsci'].map(name => optional(name, 'double')),
      optional('procstatus', 'string')
    ])),
    ...more
  ]
})

export const isZtf = (writer: Type): boolean => fieldNames(writer, 'candidate').includes('magpsf')

export const ztf = avroDialect<ZtfAlert>({ name: 'ztf', matches: isZtf, fields: ztfRecord(), alertsOf: () => ztfAlert })
