/**
 * AMPEL's reports on SCiMMA: a container of one record, with hop's headers. Times are JD TAI (no 37 s), fluxes nJy; of an
 * exposure there is one point, the forced one where there are both.
 * https://github.com/AmpelAstro/Ampel-HU-astro (ampel/contrib/hu/model/LSSTReport.py)
 */
import { createHash } from 'node:crypto'
import { JD_OF_MJD_ZERO } from '../../alert/time.ts'
import type { BrokerRecord } from './broker-record.ts'
import { avroForm, containerWriter } from './container.ts'
import { detectionsOf, type RubinAlert, type RubinSource } from './rubin-alert.ts'

const NAMESPACE = 'ampel.contrib.hu.model.LSSTReport'
const field = (name: string, type: unknown, initial?: unknown) => ({ name, type, ...initial !== undefined && { default: initial } })
const optional = (name: string, type: string) => field(name, ['null', type], null)
const record = (name: string, ...fields: object[]) => ({ type: 'record', name, namespace: NAMESPACE, fields })
const list = (items: object) => ({ type: 'array', items })
const numbers = { type: 'map', values: 'double' }

const schema = record('LSSTReport',
  field('object', record('Object',
    field('id', 'long'), optional('external_id', 'string'),
    field('ra', 'double'), optional('ra_err', 'double'), field('dec', 'double'), optional('dec_err', 'double'), optional('ra_dec_cov', 'double'),
    field('source', 'string'))),
  field('state', 'long'),
  field('photometry', list(record('PhotometricPoint',
    field('id', 'long'), field('source', 'string'), field('time', 'double'), field('flux', 'double'), field('fluxerr', 'double'),
    field('band', 'string'), field('zp', 'double'), field('zpsys', 'string')))),
  field('classification', list(record('Classification',
    field('name', 'string'), field('version', 'string'), field('info', ['string', 'null']),
    field('models', list(record('ModelClassification', field('model', 'string'), field('probabilities', numbers)))))), []),
  field('host', list(record('Host',
    field('name', 'string'), field('source', 'string'), field('redshift', 'double'), optional('redshift_error', 'double'),
    field('distance', 'double'), optional('info', 'string'))), []),
  field('features', list(record('Feature',
    field('name', 'string'), field('version', 'string'), optional('info', 'string'), field('features', numbers))), [])
)

/** The producer's default, and wrong: fluxes are nJy, of zero point 31.4. */
const LABELLED_ZERO_POINT = 27.5

const point = (id: bigint, source: 'LSST_DP' | 'LSST_FP', { midpointMjdTai, psfFlux, psfFluxErr, band }: RubinSource) => ({
  id, source, time: midpointMjdTai + JD_OF_MJD_ZERO, flux: psfFlux, fluxerr: psfFluxErr, band: `lsst${band}`, zp: LABELLED_ZERO_POINT, zpsys: 'ab'
})

function ampelReport (alert: RubinAlert): object {
  const { diaObject, diaSource: { diaSourceId } } = alert
  const forced = alert.prvDiaForcedSources ?? []
  const measured = new Set(forced.map(({ visit }) => visit))
  const photometry = [
    ...detectionsOf(alert).filter(({ visit }) => !measured.has(visit)).map(source => point(source.diaSourceId, 'LSST_DP', source)),
    ...forced.map(source => point(source.diaForcedSourceId, 'LSST_FP', source))
  ].sort((a, b) => a.time - b.time)
  return {
    object: {
      id: diaObject.diaObjectId,
      external_id: null,
      ra: diaObject.ra,
      ra_err: diaObject['raErr'],
      dec: diaObject.dec,
      dec_err: diaObject['decErr'],
      ra_dec_cov: null,
      source: 'LSST'
    },
    // A hash of the points in AMPEL; it may be negative.
    state: -BigInt.asUintN(32, diaSourceId),
    photometry,
    classification: [],
    host: [],
    features: []
  }
}

export const ampelForm = avroForm(schema, ampelReport)
const container = containerWriter(ampelForm)

export const ampelRecord = (alert: RubinAlert): BrokerRecord => ({
  key: null,
  // hop's own: 16 raw bytes, which differ for each message.
  headers: { _id: createHash('md5').update(alert.diaSource.diaSourceId.toString()).digest(), _sender: 'candela-simulate', _format: 'avro' },
  value: container(alert)
})
