/**
 * Babamul's stream of ZTF: a container of one record whose names and further fields vary by build. `candidate` has ZTF's
 * own fields of the source; the history has `jd`, flux and band alone, and repeats the source. All fluxes of ZTF are a
 * million times too large. See babamul.ts.
 */
import { UNKNOWN_HOST, type Alert } from '../../alert.ts'
import { exactLong } from '../../avro/exact-long.ts'
import { avroDialect, fieldNames, incomplete, optional, type Alerts } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { isPosition } from '../../points/points.ts'
import { classesOf, historyOf, hostClassOf, isRock, lightCurveFields, matchesField, midpoint, pointsOf, sourceOf, withMatches, ZTF, type HistoryPoint, type LightCurve, type Properties, type SurveyMatches } from './babamul.ts'
import { realBogusOf, ztfContext } from '../ztf-context.ts'

interface Candidate extends HistoryPoint {
  candid: bigint | null
  ra: number | null
  dec: number | null
  /** Bad pixels within 5 × 5 pixels. */
  nbad: number | null
  rb: number | null
  drb: number | null
  ndethist: number | null
  /** [d, JD UTC] */
  jdstarthist: number | null
  sgscore1: number | null
  distpsnr1: number | null
}
interface BabamulAlert extends LightCurve {
  candid: bigint | null
  objectId: string | null
  candidate: Candidate | null
  properties: Properties | null
  survey_matches: SurveyMatches
}

function toAlerts (record: BabamulAlert, given: Given): Alerts {
  const { candid, objectId, candidate, properties } = record
  const diaSourceId = candid ?? candidate?.candid ?? null
  if (!candidate || diaSourceId === null) throw incomplete('Babamul (ZTF)', 'candidate with a candid')
  const midpointMjdTai = midpoint(ZTF, candidate.jd)
  if (midpointMjdTai === null) throw incomplete('Babamul (ZTF)', 'jd in its candidate')
  const { ra, dec, nbad, rb, drb, ndethist, jdstarthist, sgscore1, distpsnr1 } = candidate
  if (!isPosition(ra, dec)) throw incomplete('Babamul (ZTF)', 'ra and dec')
  const trigger = { ...sourceOf(ZTF, candidate), diaSourceId, flagged: nbad !== null && nbad > 0, reliability: realBogusOf(candidate)?.score ?? null }
  const alert: Alert = {
    diaObjectId: objectId || null,
    diaSourceId: diaSourceId.toString(),
    midpointMjdTai,
    ra: ra!,
    dec: dec!,
    ...pointsOf(ZTF, historyOf(record, point => sourceOf(ZTF, point)), given, trigger),
    host: UNKNOWN_HOST,
    solarSystem: isRock(properties),
    readAs: ZTF.readAs
  }
  return withMatches(alert, ZTF, record.survey_matches, {
    ...ztfContext({ rb, drb, ndethist, firstDetectionMjdTai: midpoint(ZTF, jdstarthist), sgscore1, distpsnr1 }),
    classes: [...hostClassOf(given), ...classesOf(properties)]
  }, given)
}

export const babamulZtf = avroDialect<BabamulAlert>({
  name: 'babamul-ztf',
  matches: writer => fieldNames(writer).includes('prv_candidates') && ['jd', 'psfFlux', 'fid'].every(name => fieldNames(writer, 'candidate').includes(name)),
  anyNames: true,
  fields: {
    type: 'record',
    name: 'alert',
    fields: [
      optional('candid', exactLong),
      optional('objectId', 'string'),
      optional('candidate', {
        type: 'record',
        name: 'candidate',
        fields: [
          optional('candid', exactLong),
          ...['jd', 'psfFlux', 'psfFluxErr', 'ra', 'dec', 'nbad', 'rb', 'drb', 'ndethist', 'jdstarthist', 'sgscore1', 'distpsnr1'].map(name => optional(name, 'double')),
          optional('band', 'string')
        ]
      }),
      ...lightCurveFields('own'),
      optional('properties', {
        type: 'record',
        name: 'properties',
        fields: [
          ...['rock', 'star', 'near_brightstar'].map(name => optional(name, 'boolean')),
          optional('sso', { type: 'record', name: 'sso', fields: [optional('is_sso', 'boolean'), optional('designation', 'string'), optional('separation_arcsec', 'double')] })
        ]
      }),
      matchesField
    ]
  },
  alertsOf: () => toAlerts
})
