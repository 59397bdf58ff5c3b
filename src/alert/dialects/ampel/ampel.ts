/**
 * AMPEL's reports of LSST's transients, which come by SCiMMA: a container of one record with hop's headers. Times are JD
 * TAI of the middle of the exposure (no 37 s), fluxes nJy, whatever `zp` says: the number is never rescaled. Of an exposure
 * there is one point, the forced one where there are both. A report has no trigger of its own: the newest point stands for it.
 * https://github.com/AmpelAstro/Ampel-HU-astro (ampel/contrib/hu/model/LSSTReport.py, t2/T2DigestRedshifts.py),
 * Ampel-LSST (view/LSSTT2Tabulator.py)
 */
import type { Alert, ReadAs } from '../../alert.ts'
import { AnnouncementError } from '../../announcement.ts'
import { exactLong } from '../../avro/exact-long.ts'
import type { CatalogueClass, HostRedshift, RedshiftKind } from '../../context/context.ts'
import { avroDialect, fieldNames, incomplete, optional } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { refuseTestMessage } from './hop.ts'
import { hostFactsOf } from '../../context/host-redshift.ts'
import { contextOf } from '../../context/known-context.ts'
import { madeId } from '../../points/made-id.ts'
import { isPosition, omitted, PointList } from '../../points/points.ts'
import { leastReliability } from '../../points/reliability.ts'
import { JD_OF_MJD_ZERO } from '../../time.ts'

interface Point {
  id: bigint | null
  /** LSST_DP, of a difference image's source; LSST_FP, forced. */
  source: string | null
  /** [d, JD TAI] */
  time: number | null
  flux: number | null
  fluxerr: number | null
  /** lsstu … lssty */
  band: string | null
}
interface Host {
  name: string | null
  source: string | null
  redshift: number | null
  redshift_error: number | null
  /** From the object [arcsec]. */
  distance: number | null
  /** AMPELz_group1 … 7: what the redshift is worth. */
  info: string | null
}
interface Classification {
  name: string | null
  models: Array<{ model: string | null, probabilities: Record<string, number> | null } | null> | null
}
interface Report {
  object: { id: bigint | null, external_id: string | null, ra: number | null, dec: number | null, source: string | null } | null
  photometry: Array<Point | null> | null
  classification: Array<Classification | null> | null
  host: Array<Host | null> | null
}

/**
 * Errors of AMPEL's groups of redshifts. The first two are of spectra, the last four photometric but for distant spectra;
 * the third has both.
 */
const GROUPS: ReadonlyArray<{ error: number, kind: RedshiftKind }> = [
  { error: 0.0003, kind: 'spectroscopic' }, { error: 0.003, kind: 'spectroscopic' }, { error: 0.01, kind: 'unspecified' },
  { error: 0.02, kind: 'photometric' }, { error: 0.04, kind: 'photometric' }, { error: 0.1, kind: 'photometric' }, { error: 0.3, kind: 'photometric' }
]

const present = <T>(values: Array<T | null> | null): T[] => values?.filter(value => value !== null) ?? []

function redshiftsOf (hosts: Host[]): HostRedshift[] {
  return hosts.flatMap(({ redshift, redshift_error: error, distance, info, source }): HostRedshift[] => {
    if (redshift === null) return []
    const group = GROUPS[Number(/^AMPELz_group([1-7])$/.exec(info ?? '')?.[1]) - 1]
    return [{
      redshift,
      redshiftErr: error ?? group?.error ?? null,
      kind: group?.kind ?? 'unspecified',
      catalogue: info !== null && group ? info.replace('_', ' ') : source ?? 'AMPEL',
      ...distance !== null && { separation: distance }
    }]
  })
}

/** Most probable first. */
const classesOf = (classifications: Classification[]): CatalogueClass[] => classifications.flatMap(({ name, models }) => present(models).flatMap(({ model, probabilities }) =>
  Object.entries(probabilities ?? {}).filter(([, probability]) => Number.isFinite(probability)).sort(([, a], [, b]) => b - a)
    .map(([label, probability]) => ({ catalogue: ['AMPEL', name, model].filter(Boolean).join(' '), class: `${label} ${Number(probability.toPrecision(3))}` }))))

const READ_AS: ReadAs = { dialect: 'ampel', fluxUnit: 'nJy', survey: 'LSST' }
const BAND = /^lsst[ugrizy]$/
const KINDS: Readonly<Record<string, 'detection' | 'forced'>> = { LSST_DP: 'detection', LSST_FP: 'forced' }

/** Points of other surveys, and in other bands than LSST's, are left out by the name of their band. */
function pointsOf (photometry: Point[], given: Given): PointList {
  const list = new PointList(leastReliability('LSST', given))
  for (const { id, source, time, flux, fluxerr, band } of photometry) {
    const kind = KINDS[source ?? '']
    if (kind === undefined || !BAND.test(band ?? '')) {
      list.omitted.push(omitted(id?.toString() ?? null, 'band-unknown', kind === undefined ? `${source ?? ''} ${band ?? ''}`.trim() : band))
      continue
    }
    list.add({
      diaSourceId: kind === 'detection' ? id : null, midpointMjdTai: time === null ? null : time - JD_OF_MJD_ZERO, band, psfFlux: flux, psfFluxErr: fluxerr, visit: null, timeProcessedMjdTai: null, timeWithdrawnMjdTai: null
    }, kind)
  }
  return list
}

function newest (photometry: Point[]): Point | undefined {
  return photometry.filter(({ time, source }) => time !== null && Number.isFinite(time) && source !== null && source in KINDS)
    .reduce<Point | undefined>((a, b) => a === undefined || b.time! > a.time! ? b : a, undefined)
}

/** ZTF's objects have a number of AMPEL's own, and no photometry whose zero point is known. */
function announced ({ external_id: name, ra, dec, source }: NonNullable<Report['object']>): Error {
  if (!name) return incomplete('AMPEL', `external_id, where its source is ${source}`)
  const isPlaced = isPosition(ra, dec)
  return new AnnouncementError({
    service: 'alerce', id: name, ...source !== null && { survey: source }, diaObjectIds: [name], diaSourceId: null, ra: isPlaced ? ra : null, dec: isPlaced ? dec : null, solarSystem: false
  }, 'AMPEL\'s photometry of other surveys than LSST is not read. Let Candela ask for the light curve, see docs/alerts.md, or subscribe to the survey\'s own stream.', 'AMPEL')
}

function toAlert ({ object, photometry, classification, host }: Report, given: Given): Alert {
  refuseTestMessage(given)
  if (!object) throw incomplete('AMPEL', 'object')
  if (object.source !== null && object.source !== 'LSST') throw announced(object)
  const diaObjectId = object.id || null
  if (diaObjectId === null) throw incomplete('AMPEL', 'id of its object')
  const trigger = newest(present(photometry))
  if (trigger === undefined) throw incomplete('AMPEL', 'photometry of LSST with a time')
  const midpointMjdTai = trigger.time! - JD_OF_MJD_ZERO
  const { points, omitted } = pointsOf(present(photometry), given)
  const hostRedshifts = redshiftsOf(present(host))
  const context = contextOf({ classes: classesOf(present(classification)), hostRedshifts })
  const isPlaced = isPosition(object.ra, object.dec)
  return {
    diaObjectId: diaObjectId.toString(),
    diaSourceId: trigger.source === 'LSST_DP' && trigger.id ? trigger.id.toString() : madeId(diaObjectId.toString(), trigger.band?.replace('lsst', '') ?? null, midpointMjdTai),
    midpointMjdTai,
    ra: isPlaced ? object.ra! : Number.NaN,
    dec: isPlaced ? object.dec! : Number.NaN,
    points,
    omitted,
    host: hostFactsOf(hostRedshifts),
    solarSystem: false,
    ...context && { context },
    readAs: READ_AS
  }
}

const list = (name: string, fields: object[]) => optional(name, { type: 'array', items: ['null', { type: 'record', name, fields }] })

export const ampel = avroDialect<Report>({
  name: 'ampel',
  matches: writer => fieldNames(writer).includes('photometry') && ['id', 'external_id', 'source'].every(name => fieldNames(writer, 'object').includes(name)),
  anyNames: true,
  fields: {
    type: 'record',
    name: 'report',
    fields: [
      optional('object', {
        type: 'record',
        name: 'object',
        fields: [optional('id', exactLong), optional('external_id', 'string'), optional('ra', 'double'), optional('dec', 'double'), optional('source', 'string')]
      }),
      list('photometry', [
        optional('id', exactLong), optional('source', 'string'), optional('time', 'double'), optional('flux', 'double'), optional('fluxerr', 'double'), optional('band', 'string')
      ]),
      list('classification', [
        optional('name', 'string'), list('models', [optional('model', 'string'), optional('probabilities', { type: 'map', values: 'double' })])
      ]),
      list('host', [
        optional('name', 'string'), optional('source', 'string'), optional('redshift', 'double'), optional('redshift_error', 'double'), optional('distance', 'double'), optional('info', 'string')
      ])
    ]
  },
  alertsOf: () => toAlert
})
