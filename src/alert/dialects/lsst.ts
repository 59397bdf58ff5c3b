/**
 * Rubin Observatory's LSST alerts, schema versions 7.0 to 11.1; brokers wrap the same fields. What differs: 8.0 names
 * the processing time `time_processed` (UTC), 9.0 and later `timeProcessedMjdTai`; 9.0 adds `timeWithdrawnMjdTai`; 7.x
 * has neither. Light curves are the same throughout.
 */
import type { Type } from 'avsc'
import type { Alert, ReadAs } from '../alert.ts'
import { UNKNOWN_HOST } from '../alert.ts'
import { exactLong } from '../avro/exact-long.ts'
import type { Given } from '../given.ts'
import { contextOf } from '../context/known-context.ts'
import { avroDialect, fieldNames, incomplete, optional } from '../dialect.ts'
import { lsstContext } from './lsst-context.ts'
import { isFlagged, LSST_FLAGS } from './lsst-flags.ts'
import { isPosition, PointList } from '../points/points.ts'
import { leastReliability } from '../points/reliability.ts'
import { MJD_OF_UNIX_EPOCH, SECONDS_PER_DAY, TAI_MINUS_UTC } from '../time.ts'

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
type Flags = Record<typeof LSST_FLAGS[number], boolean | null>
interface PreviousSource extends Photometry, Flags {
  /** From 0 (an artefact) to 1, since 7.1; forced photometry has none. */
  reliability: number | null
  diaSourceId: bigint | null
  diaObjectId: bigint | null
  ssObjectId: bigint | null
}
interface DiaSource extends PreviousSource {
  ra: number | null
  dec: number | null
  /** Flux of the template image there [nJy]. */
  templateFlux: number | null
  /** From 0 (a point) to 1. */
  extendedness: number | null
  isDipole: boolean | null
}
interface DiaObject {
  diaObjectId: bigint | null
  ra: number | null
  dec: number | null
  nDiaSources: number | null
  /** [d, MJD TAI] */
  firstDiaSourceMjdTai: number | null
}
export interface LsstAlert {
  diaSource: DiaSource | null
  prvDiaSources: Array<PreviousSource | null> | null
  prvDiaForcedSources: Array<Photometry | null> | null
  diaObject: DiaObject | null
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
const ids = ['diaSourceId', 'diaObjectId', 'ssObjectId'].map(name => optional(name, exactLong))
const flags = LSST_FLAGS.map(name => optional(name, 'boolean'))
const reliability = optional('reliability', 'double')
const position = [optional('ra', 'double'), optional('dec', 'double')]

/** @param micros since 1970-01-01 UTC; 0 stands for "not known" */
const mjdTai = (micros: number | null): number | null =>
  micros ? MJD_OF_UNIX_EPOCH + (micros / 1e6 + TAI_MINUS_UTC) / SECONDS_PER_DAY : null

function addTo (list: PointList, source: Photometry, kind: 'detection' | 'forced', detection?: PreviousSource, moved = false): void {
  list.add({
    diaSourceId: detection?.diaSourceId ?? null,
    midpointMjdTai: source.midpointMjdTai,
    band: source.band,
    psfFlux: source.psfFlux,
    psfFluxErr: source.psfFluxErr,
    visit: source.visit,
    timeProcessedMjdTai: source.timeProcessedMjdTai ?? mjdTai(source.timeProcessedUtc),
    timeWithdrawnMjdTai: source.timeWithdrawnMjdTai,
    moved,
    flagged: detection !== undefined && isFlagged(detection),
    reliability: detection?.reliability ?? null
  }, kind)
}

/** An id, null where there is none: 9.0 and later write 0 for that. */
export const knownId = (id: bigint | null | undefined): bigint | null => id || null

/** Whether a source belongs to another object than the packet's, or to a body of the solar system. */
function isMoved ({ diaObjectId, ssObjectId }: PreviousSource, packet: bigint | null): boolean {
  const own = knownId(diaObjectId)
  return own === null ? knownId(ssObjectId) !== null : packet !== null && own !== packet
}

const READ_AS: ReadAs = { dialect: 'lsst', fluxUnit: 'nJy', survey: 'LSST' }

/**
 * Rubin's own alerts carry no host facts. A source at a known body of the solar system has its ssObjectId and no diaObjectId.
 * @throws CandelaError 'alert-incomplete'
 */
export function lsstAlert ({ diaSource, prvDiaSources, prvDiaForcedSources, diaObject }: LsstAlert, given: Given): Alert {
  if (!diaSource || diaSource.diaSourceId === null) throw incomplete('LSST', 'diaSource with a diaSourceId')
  const { midpointMjdTai } = diaSource
  if (midpointMjdTai === null || !Number.isFinite(midpointMjdTai)) throw incomplete('LSST', 'midpointMjdTai in its diaSource')
  const { ra, dec } = diaObject && isPosition(diaObject.ra, diaObject.dec) ? diaObject : diaSource
  if (!isPosition(ra, dec)) throw incomplete('LSST', 'ra and dec')
  const diaObjectId = knownId(diaObject?.diaObjectId) ?? knownId(diaSource.diaObjectId)
  const list = new PointList(leastReliability('LSST', given))
  addTo(list, diaSource, 'detection', diaSource)
  for (const source of prvDiaSources ?? []) if (source) addTo(list, source, 'detection', source, isMoved(source, diaObjectId))
  for (const source of prvDiaForcedSources ?? []) if (source) addTo(list, source, 'forced')
  const { reliability, templateFlux, extendedness, isDipole } = diaSource
  const { nDiaSources = null, firstDiaSourceMjdTai = null } = diaObject ?? {}
  const context = contextOf(lsstContext({ reliability, templateFlux, extendedness, isDipole, nDiaSources, firstDiaSourceMjdTai }))
  return {
    diaObjectId: diaObjectId?.toString() ?? null,
    diaSourceId: diaSource.diaSourceId.toString(),
    midpointMjdTai,
    ra: ra!,
    dec: dec!,
    points: list.points,
    omitted: list.omitted,
    host: UNKNOWN_HOST,
    solarSystem: diaObjectId === null && knownId(diaSource.ssObjectId) !== null,
    ...context && { context },
    readAs: READ_AS
  }
}

/** @param more fields of a broker */
export const lsstRecord = (...more: object[]) => ({
  type: 'record',
  name: 'alert',
  aliases: ['value', 'topLevelRecord'],
  fields: [
    optional('diaSource', {
      type: 'record',
      name: 'diaSource',
      fields: [...ids, ...position, ...photometry, ...flags, reliability, optional('templateFlux', 'double'), optional('extendedness', 'double'), optional('isDipole', 'boolean')]
    }),
    optional('prvDiaSources', {
      type: 'array',
      items: ['null', { type: 'record', name: 'prvDiaSources', aliases: ['diaSource'], fields: [...ids, ...photometry, ...flags, reliability] }]
    }),
    optional('prvDiaForcedSources', {
      type: 'array', items: ['null', { type: 'record', name: 'prvDiaForcedSources', aliases: ['diaForcedSource'], fields: photometry }]
    }),
    optional('diaObject', { type: 'record', name: 'diaObject', fields: [optional('diaObjectId', exactLong), ...position, optional('nDiaSources', 'double'), optional('firstDiaSourceMjdTai', 'double')] }),
    ...more
  ]
})

export const isLsst = (writer: Type): boolean => fieldNames(writer, 'diaSource').includes('midpointMjdTai')

export const lsst = avroDialect<LsstAlert>({ name: 'lsst', matches: isLsst, fields: lsstRecord(), alertsOf: () => lsstAlert })
