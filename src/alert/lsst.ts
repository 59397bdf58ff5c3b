/**
 * Rubin Observatory's LSST alerts, schema versions 7.0 to 11.1, and Fink's containers of them, which wrap the
 * same fields. What differs: 8.0 names the processing time `time_processed` (UTC), 9.0 and later
 * `timeProcessedMjdTai`; 9.0 adds `timeWithdrawnMjdTai`; 7.x has neither. Light curves are the same throughout.
 */
import type { Alert } from './alert.ts'
import { UNKNOWN_HOST } from './alert.ts'
import { exactLong } from './avro/exact-long.ts'
import { avroDialect, fieldNames, incomplete, optional } from './dialect.ts'
import { isPosition, PointList } from './points.ts'

interface Photometry {
  visit: number | null
  midpointMjdTai: number | null
  band: string | null
  psfFlux: number | null
  psfFluxErr: number | null
  timeProcessedMjdTai: number | null
  timeProcessedUtc: number | null
  timeWithdrawnMjdTai: number | null
}
interface PreviousSource extends Photometry {
  diaSourceId: bigint | null
}
interface DiaSource extends PreviousSource {
  diaObjectId: bigint | null
  ra: number | null
  dec: number | null
}
interface LsstAlert {
  diaSource: DiaSource | null
  prvDiaSources: Array<PreviousSource | null> | null
  prvDiaForcedSources: Array<Photometry | null> | null
  diaObject: { diaObjectId: bigint | null, ra: number | null, dec: number | null } | null
}

const photometry = [
  optional('visit', 'double'),
  optional('midpointMjdTai', 'double'),
  optional('band', 'string'),
  optional('psfFlux', 'double'),
  optional('psfFluxErr', 'double'),
  optional('timeProcessedMjdTai', 'double'),
  optional('timeProcessedUtc', 'double', 'time_processed'),
  optional('timeWithdrawnMjdTai', 'double')
]
const position = [optional('ra', 'double'), optional('dec', 'double')]

const MJD_OF_UNIX_EPOCH = 40587
/** TAI − UTC since 2017-01-01 (IERS Bulletin C 52) [s]. */
const LEAP_SECONDS = 37

/** @param micros since 1970-01-01 UTC; 0 stands for "not known" */
const mjdTai = (micros: number | null): number | null =>
  micros ? MJD_OF_UNIX_EPOCH + (micros / 1e6 + LEAP_SECONDS) / 86400 : null

function addTo (list: PointList, source: Photometry, diaSourceId: bigint | null, kind: 'detection' | 'forced'): void {
  list.add({
    diaSourceId,
    midpointMjdTai: source.midpointMjdTai,
    band: source.band,
    psfFlux: source.psfFlux,
    psfFluxErr: source.psfFluxErr,
    visit: source.visit,
    timeProcessedMjdTai: source.timeProcessedMjdTai ?? mjdTai(source.timeProcessedUtc),
    timeWithdrawnMjdTai: source.timeWithdrawnMjdTai
  }, kind)
}

/** Rubin's own alerts carry no host facts, and id 0 (or null) for sources of the solar system. */
function toAlert ({ diaSource, prvDiaSources, prvDiaForcedSources, diaObject }: LsstAlert): Alert {
  if (!diaSource || diaSource.diaSourceId === null) throw incomplete('LSST', 'diaSource with a diaSourceId')
  const { midpointMjdTai } = diaSource
  if (midpointMjdTai === null || !Number.isFinite(midpointMjdTai)) throw incomplete('LSST', 'midpointMjdTai in its diaSource')
  const { ra, dec } = diaObject && isPosition(diaObject.ra, diaObject.dec) ? diaObject : diaSource
  if (!isPosition(ra, dec)) throw incomplete('LSST', 'ra and dec')
  const list = new PointList()
  addTo(list, diaSource, diaSource.diaSourceId, 'detection')
  for (const source of prvDiaSources ?? []) if (source) addTo(list, source, source.diaSourceId, 'detection')
  for (const source of prvDiaForcedSources ?? []) if (source) addTo(list, source, null, 'forced')
  const diaObjectId = diaObject?.diaObjectId ?? diaSource.diaObjectId
  return {
    diaObjectId: diaObjectId ? diaObjectId.toString() : null,
    diaSourceId: diaSource.diaSourceId.toString(),
    midpointMjdTai,
    ra: ra!,
    dec: dec!,
    points: list.points,
    omitted: list.omitted,
    host: UNKNOWN_HOST,
    solarSystem: false
  }
}

export const lsst = avroDialect<LsstAlert>({
  name: 'lsst',
  matches: writer => fieldNames(writer, 'diaSource').includes('midpointMjdTai'),
  fields: {
    type: 'record',
    name: 'alert',
    aliases: ['value', 'topLevelRecord'],
    fields: [
      optional('diaSource', {
        type: 'record', name: 'diaSource', fields: [optional('diaSourceId', exactLong), optional('diaObjectId', exactLong), ...position, ...photometry]
      }),
      optional('prvDiaSources', {
        type: 'array',
        items: ['null', { type: 'record', name: 'prvDiaSources', aliases: ['diaSource'], fields: [optional('diaSourceId', exactLong), ...photometry] }]
      }),
      optional('prvDiaForcedSources', {
        type: 'array', items: ['null', { type: 'record', name: 'prvDiaForcedSources', aliases: ['diaForcedSource'], fields: photometry }]
      }),
      optional('diaObject', { type: 'record', name: 'diaObject', fields: [optional('diaObjectId', exactLong), ...position] })
    ]
  },
  toAlert
})
