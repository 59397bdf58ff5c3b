/**
 * Babamul's LSST stream: a container of one record, no key, no headers; the producer compresses batches with zstd. Times
 * are JD UTC of the middle of the exposure, fluxes nJy. The history has no ids and includes the alert's own point.
 * https://github.com/boom-astro/boom (src/enrichment/babamul.rs, src/alert/lsst.rs)
 */
import { magnitudeOfNJy } from '../../alert/alert.ts'
import { JD_OF_MJD_ZERO, SECONDS_PER_DAY, TAI_MINUS_UTC } from '../../alert/time.ts'
import type { BrokerRecord } from './broker-record.ts'
import { avroForm, containerWriter } from './container.ts'
import { detectionsOf, type RubinAlert, type RubinForced, type RubinSource } from './rubin-alert.ts'

const field = (name: string, type: unknown) => ({ name, type })
const fields = (types: Readonly<Record<string, unknown>>) => Object.entries(types).map(([name, type]) => field(name, type))
const nullable = (...types: unknown[]): unknown[] => ['null', ...types]
const record = (name: string, types: Readonly<Record<string, unknown>>) => ({ type: 'record', name, fields: fields(types) })
const list = (items: unknown) => ({ type: 'array', items })

/** Fields of Rubin's source that `candidate` takes over, but for the flags. */
const CANDIDATE = {
  diaSourceId: 'long',
  visit: 'long',
  detector: 'int',
  diaObjectId: nullable('long'),
  ssObjectId: nullable('long'),
  parentDiaSourceId: nullable('long'),
  midpointMjdTai: 'double',
  ra: 'double',
  raErr: nullable('float'),
  dec: 'double',
  decErr: nullable('float'),
  apFlux: nullable('float'),
  apFluxErr: nullable('float'),
  snr: nullable('float'),
  psfFlux: nullable('float'),
  psfFluxErr: nullable('float'),
  psfChi2: nullable('float'),
  psfNdata: nullable('int'),
  trailLength: nullable('float'),
  scienceFlux: nullable('float'),
  scienceFluxErr: nullable('float'),
  templateFlux: nullable('float'),
  templateFluxErr: nullable('float'),
  extendedness: nullable('float'),
  reliability: nullable('float')
}
const FLAGS = [
  'centroid_flag', 'apFlux_flag', 'apFlux_flag_apertureTruncated', 'isNegative', 'psfFlux_flag', 'psfFlux_flag_edge', 'psfFlux_flag_noGoodPixels',
  'shape_flag', 'isDipole', 'pixelFlags', 'pixelFlags_bad', 'pixelFlags_cr', 'pixelFlags_crCenter', 'pixelFlags_edge', 'pixelFlags_nodata',
  'pixelFlags_nodataCenter', 'pixelFlags_interpolated', 'pixelFlags_interpolatedCenter', 'pixelFlags_offimage', 'pixelFlags_saturated',
  'pixelFlags_saturatedCenter', 'pixelFlags_suspect', 'pixelFlags_suspectCenter', 'pixelFlags_streak', 'pixelFlags_streakCenter',
  'pixelFlags_injected', 'pixelFlags_injectedCenter', 'pixelFlags_injected_template', 'pixelFlags_injected_templateCenter', 'glint_trail'
]

const schema = record('BabamulLsstAlert', {
  candid: 'long',
  objectId: 'string',
  candidate: record('LsstCandidate', {
    ...CANDIDATE,
    band: nullable({ type: 'enum', name: 'Band', symbols: ['g', 'r', 'i', 'z', 'y', 'u', 'j', 'h', 'k'] }),
    ...Object.fromEntries(FLAGS.map(name => [name, nullable('boolean')])),
    objectId: 'string',
    jd: 'double',
    magpsf: 'float',
    sigmapsf: 'float',
    diffmaglim: 'float',
    isdiffpos: 'boolean',
    jdstarthist: nullable('double'),
    ndethist: nullable('int')
  }),
  prv_candidates: list(record('AlertPhotometry', { jd: 'double', psfFlux: 'double', psfFluxErr: 'double', band: 'Band', ra: 'double', dec: 'double' })),
  fp_hists: list(record('ForcedPhotometry', { jd: 'double', psfFlux: nullable('double'), psfFluxErr: 'double', band: 'Band' })),
  properties: record('LsstAlertProperties', { rock: 'boolean', stationary: 'boolean', star: nullable('boolean'), near_brightstar: nullable('boolean') }),
  survey_matches: record('BabamulSurveyMatches', {
    ztf: nullable(record('BabamulSurveyMatch', {
      objectId: 'string',
      ra: 'double',
      dec: 'double',
      prv_candidates: list('AlertPhotometry'),
      prv_nondetections: list(record('NonDetectionPhotometry', { jd: 'double', psfFluxErr: 'double', band: 'Band' })),
      fp_hists: list('ForcedPhotometry')
    })),
    lsst: nullable('BabamulSurveyMatch')
  })
})

const jdUtc = (mjdTai: number): number => mjdTai + JD_OF_MJD_ZERO - TAI_MINUS_UTC / SECONDS_PER_DAY

const point = ({ midpointMjdTai, psfFlux, psfFluxErr, band }: RubinSource | RubinForced) => ({ jd: jdUtc(midpointMjdTai), psfFlux, psfFluxErr, band })

/** AB zero point of nJy. */
/** 2.5 / ln 10: what a share of the flux is in magnitudes. */
const MAGNITUDES = 1.0857362

/** Where no catalogue of stars says anything, `star` is null. */
function babamulAlert (alert: RubinAlert): object {
  const { diaSource, diaObject } = alert
  const objectId = diaObject.diaObjectId.toString()
  const detections = detectionsOf(alert)
  const jds = detections.map(({ midpointMjdTai }) => jdUtc(midpointMjdTai))
  return {
    candid: diaSource.diaSourceId,
    objectId,
    candidate: {
      ...diaSource,
      objectId,
      jd: jds.at(-1),
      magpsf: magnitudeOfNJy(Math.abs(diaSource.psfFlux)),
      sigmapsf: MAGNITUDES * diaSource.psfFluxErr / Math.abs(diaSource.psfFlux),
      diffmaglim: magnitudeOfNJy(5 * diaSource.psfFluxErr),
      isdiffpos: diaSource.psfFlux > 0,
      jdstarthist: jds[0],
      ndethist: detections.length
    },
    prv_candidates: detections.map(source => ({ ...point(source), ra: source.ra, dec: source.dec })),
    fp_hists: (alert.prvDiaForcedSources ?? []).map(point),
    properties: { rock: false, stationary: detections.length > 1, star: null, near_brightstar: null },
    survey_matches: { ztf: null, lsst: null }
  }
}

export const babamulForm = avroForm(schema, babamulAlert)
const container = containerWriter(babamulForm)

export const babamulRecord = (alert: RubinAlert): BrokerRecord => ({ key: null, headers: {}, value: container(alert) })
