/**
 * Babamul's stream of LSST: a container of one record whose names and further fields vary by build. `candidate` has LSST's
 * own fields of the source; the history has `jd`, flux and band alone, and repeats the source. See babamul.ts.
 */
import { UNKNOWN_HOST, type Alert } from '../../alert.ts'
import { exactLong } from '../../avro/exact-long.ts'
import { avroDialect, fieldNames, incomplete, optional, type Alerts } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { isPosition } from '../../points/points.ts'
import { classesOf, historyOf, hostClassOf, isRock, lightCurveFields, LSST, matchesField, midpoint, pointsOf, sourceOf, withMatches, type HistoryPoint, type LightCurve, type Properties, type SurveyMatches } from './babamul.ts'
import { lsstContext } from '../lsst-context.ts'
import { isFlagged, LSST_FLAGS } from '../lsst-flags.ts'

interface Candidate extends HistoryPoint, Record<typeof LSST_FLAGS[number], boolean | null> {
  diaSourceId: bigint | null
  ra: number | null
  dec: number | null
  reliability: number | null
  templateFlux: number | null
  extendedness: number | null
  isDipole: boolean | null
  /** Detections so far. */
  ndethist: number | null
  /** Of the first of them [d, JD UTC]. */
  jdstarthist: number | null
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
  const diaSourceId = candid ?? candidate?.diaSourceId ?? null
  if (!candidate || diaSourceId === null) throw incomplete('Babamul (LSST)', 'candidate with a candid')
  const midpointMjdTai = midpoint(LSST, candidate.jd)
  if (midpointMjdTai === null) throw incomplete('Babamul (LSST)', 'jd in its candidate')
  const { ra, dec, reliability, templateFlux, extendedness, isDipole, ndethist, jdstarthist } = candidate
  if (!isPosition(ra, dec)) throw incomplete('Babamul (LSST)', 'ra and dec')
  const trigger = { ...sourceOf(LSST, candidate), diaSourceId, flagged: isFlagged(candidate), reliability }
  const alert: Alert = {
    diaObjectId: objectId || null,
    diaSourceId: diaSourceId.toString(),
    midpointMjdTai,
    ra: ra!,
    dec: dec!,
    ...pointsOf(LSST, historyOf(record, point => sourceOf(LSST, point)), given, trigger),
    host: UNKNOWN_HOST,
    solarSystem: isRock(properties),
    readAs: LSST.readAs
  }
  return withMatches(alert, LSST, record.survey_matches, {
    ...lsstContext({ reliability, templateFlux, extendedness, isDipole, nDiaSources: ndethist, firstDiaSourceMjdTai: midpoint(LSST, jdstarthist) }),
    classes: [...hostClassOf(given), ...classesOf(properties)]
  }, given)
}

export const babamulLsst = avroDialect<BabamulAlert>({
  name: 'babamul-lsst',
  matches: writer => fieldNames(writer).includes('prv_candidates') && ['jd', 'psfFlux', 'midpointMjdTai'].every(name => fieldNames(writer, 'candidate').includes(name)),
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
          optional('diaSourceId', exactLong),
          ...['jd', 'psfFlux', 'psfFluxErr', 'ra', 'dec', 'reliability', 'templateFlux', 'extendedness', 'ndethist', 'jdstarthist'].map(name => optional(name, 'double')),
          optional('band', 'string'),
          ...['isDipole', ...LSST_FLAGS].map(name => optional(name, 'boolean'))
        ]
      }),
      ...lightCurveFields('own'),
      optional('properties', { type: 'record', name: 'properties', fields: ['rock', 'star', 'near_brightstar'].map(name => optional(name, 'boolean')) }),
      matchesField
    ]
  },
  alertsOf: () => toAlerts
})
