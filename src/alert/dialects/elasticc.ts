/**
 * Alerts of ELAsTiCC (the LSST DESC's Extended LSST Astronomical Time-series Classification Challenge),
 * schemas 0.9 and 0.9.1. Fluxes of the test alerts (0.9) are FLUXCAL, zero point 27.5 mag; those of the campaign
 * (0.9.1) and whatever came later are nJy, zero point 31.4 mag. Not read: `ccdVisitId`, one constant for all sources
 * of 0.9, and `prvDiaNondetectionLimits`, which have no flux.
 */
import type { Type } from 'avsc'
import { NJY_PER_FLUXCAL, type Alert, type HostFacts, type ReadAs } from '../alert.ts'
import { exactLong } from '../avro/exact-long.ts'
import { avroDialect, fieldNames, incomplete, optional, recordNames } from '../dialect.ts'
import { isPosition, PointList } from '../points/points.ts'

interface Photometry {
  midPointTai: number | null
  filterName: string | null
  psFlux: number | null
  psFluxErr: number | null
}
interface PreviousSource extends Photometry {
  diaSourceId: bigint | null
}
interface DiaSource extends PreviousSource {
  diaObjectId: bigint | null
  ra: number | null
  decl: number | null
}
interface DiaObject {
  diaObjectId: bigint | null
  ra: number | null
  decl: number | null
  mwebv: number | null
  z_final: number | null
  z_final_err: number | null
  hostgal_zspec: number | null
  hostgal_zspec_err: number | null
  hostgal_zphot: number | null
  hostgal_zphot_err: number | null
  hostgal_zphot_q050: number | null
}
interface ElasticcAlert {
  diaSource: DiaSource | null
  prvDiaSources: PreviousSource[] | null
  prvDiaForcedSources: Photometry[] | null
  diaObject: DiaObject | null
}

const photometry = [
  optional('midPointTai', 'double'), optional('filterName', 'string'), optional('psFlux', 'double'), optional('psFluxErr', 'double')
]
const position = [optional('ra', 'double'), optional('decl', 'double')]

/** How the fluxes of one version are read. */
interface Version extends ReadAs {
  /** [nJy] of a flux of 1. */
  scale: number
}

/** The first alerts, with which brokers tried their readers. */
const TEST: Version = { dialect: 'elasticc 0.9', fluxUnit: 'FLUXCAL', survey: 'LSST', scale: NJY_PER_FLUXCAL }
const CAMPAIGN: Version = { dialect: 'elasticc 0.9.1', fluxUnit: 'nJy', survey: 'LSST', scale: 1 }

/** By the names of the records, elasticc.v0_9.alert; brokers that write records of their own leave the fields: 0.9 alone has `ccdVisitId`. */
function versionOf (writer: Type): Version {
  const [named] = recordNames(writer).flatMap(name => /\bv(\d+(?:_\d+)+)\b/.exec(name)?.[1] ?? [])
  if (named !== undefined) return named === '0_9' ? TEST : { ...CAMPAIGN, dialect: `elasticc ${named.replaceAll('_', '.')}` }
  return fieldNames(writer, 'diaSource').includes('ccdVisitId') ? TEST : CAMPAIGN
}

interface Target { list: PointList, scale: number }

function addTo ({ list, scale }: Target, source: Photometry, diaSourceId: bigint | null, kind: 'detection' | 'forced'): void {
  const nJy = (flux: number | null): number | null => flux === null ? null : flux * scale
  list.add({
    diaSourceId,
    midpointMjdTai: source.midPointTai,
    band: source.filterName === 'Y' ? 'LSST-Y' : source.filterName,
    psfFlux: nJy(source.psFlux),
    psfFluxErr: nJy(source.psFluxErr),
    visit: null,
    timeProcessedMjdTai: null,
    timeWithdrawnMjdTai: null
  }, kind)
}

/** The simulation writes −9 or 0 for "not known". */
const positive = (value: number | null): number | null => value !== null && value > 0 && Number.isFinite(value) ? value : null

/**
 * The best redshift there is: the final one, else the host's spectroscopic one (0.9 calls it hostgal_z), else its
 * photometric one, else the median of its photometric distribution, without an error.
 */
function hostFacts (object: DiaObject): HostFacts {
  const candidates: Array<[redshift: number | null, error: number | null]> = [
    [object.z_final, object.z_final_err],
    [object.hostgal_zspec, object.hostgal_zspec_err],
    [object.hostgal_zphot, object.hostgal_zphot_err],
    [object.hostgal_zphot_q050, null]
  ]
  const [redshift, error] = candidates.find(([redshift]) => positive(redshift) !== null) ?? [null, null]
  return { redshift, redshiftErr: positive(error), mwebv: positive(object.mwebv) }
}

function toAlert ({ diaSource, prvDiaSources, prvDiaForcedSources, diaObject }: ElasticcAlert, readAs: Version): Alert {
  if (!diaSource || diaSource.diaSourceId === null) throw incomplete('ELAsTiCC', 'diaSource with a diaSourceId')
  const midpointMjdTai = diaSource.midPointTai
  if (midpointMjdTai === null || !Number.isFinite(midpointMjdTai)) throw incomplete('ELAsTiCC', 'midPointTai in its diaSource')
  const { ra, decl } = diaObject && isPosition(diaObject.ra, diaObject.decl) ? diaObject : diaSource
  if (!isPosition(ra, decl)) throw incomplete('ELAsTiCC', 'ra and decl')
  const list = new PointList()
  const target = { list, scale: readAs.scale }
  addTo(target, diaSource, diaSource.diaSourceId, 'detection')
  for (const source of prvDiaSources ?? []) addTo(target, source, source.diaSourceId, 'detection')
  for (const source of prvDiaForcedSources ?? []) addTo(target, source, null, 'forced')
  return {
    diaObjectId: (diaObject?.diaObjectId ?? diaSource.diaObjectId)?.toString() ?? null,
    diaSourceId: diaSource.diaSourceId.toString(),
    midpointMjdTai,
    ra: ra!,
    dec: decl!,
    points: list.points,
    omitted: list.omitted,
    host: diaObject ? hostFacts(diaObject) : { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: false,
    readAs
  }
}

export const elasticc = avroDialect<ElasticcAlert>({
  name: 'elasticc',
  matches: writer => fieldNames(writer, 'diaSource').includes('midPointTai'),
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
        items: { type: 'record', name: 'prvDiaSources', aliases: ['diaSource'], fields: [optional('diaSourceId', exactLong), ...photometry] }
      }),
      optional('prvDiaForcedSources', {
        type: 'array', items: { type: 'record', name: 'diaForcedSource', fields: photometry }
      }),
      optional('diaObject', {
        type: 'record',
        name: 'diaObject',
        fields: [
          optional('diaObjectId', exactLong),
          ...position,
          optional('mwebv', 'double'),
          optional('z_final', 'double'),
          optional('z_final_err', 'double'),
          optional('hostgal_zspec', 'double', 'hostgal_z'),
          optional('hostgal_zspec_err', 'double', 'hostgal_z_err'),
          optional('hostgal_zphot', 'double'),
          optional('hostgal_zphot_err', 'double'),
          optional('hostgal_zphot_q050', 'double', 'hostgal_zphot_q50')
        ]
      })
    ]
  },
  alertsOf (writer) {
    const version = versionOf(writer)
    return record => toAlert(record, version)
  }
})
