/** The schema of the record that ingest writes and classify reads: schemas/photometry.avsc; and that of the version before. */
import { BANDS, OMISSION_REASONS } from '../../alert/alert.ts'
import { REDSHIFT_KINDS, SCORE_NAMES } from '../../alert/context/context.ts'

const optional = (name: string, type: unknown, doc: string) => ({ name, type: ['null', type], default: null, doc })
const time = { type: 'long', logicalType: 'timestamp-millis' }

const point = {
  type: 'record',
  name: 'PhotometricPoint',
  fields: [
    { name: 'midpointMjdTai', type: 'double', doc: '[d, MJD TAI]' },
    { name: 'band', type: { type: 'enum', name: 'Band', symbols: [...BANDS] } },
    { name: 'psfFlux', type: 'double', doc: 'Difference-image PSF flux [nJy, AB]' },
    { name: 'psfFluxErr', type: 'double', doc: 'Its 1σ error [nJy]' },
    { name: 'kind', type: { type: 'enum', name: 'PointKind', symbols: ['detection', 'forced'] } },
    optional('visit', 'double', 'The survey\'s visit number: whole, 0 to 2^53 − 1, all of which a double holds'),
    optional('timeProcessedMjdTai', 'double', 'When the survey processed it [d, MJD TAI]'),
    { name: 'withdrawn', type: 'boolean', doc: 'The survey took this point back' }
  ]
}

/** What the packet says beside its fluxes; null where it does not say. */
const context = {
  type: 'record',
  name: 'Context',
  fields: [
    optional('realBogus', {
      type: 'record',
      name: 'RealBogusScore',
      fields: [{ name: 'score', type: 'double', doc: 'From 0 (an artefact) to 1' }, { name: 'name', type: 'string', doc: SCORE_NAMES.join(', ') }]
    }, 'Of the source that triggered the alert'),
    optional('templateFlux', 'double', 'Flux of the template image there [nJy, AB]'),
    optional('extendedness', 'double', 'From 0 (a point) to 1 (extended)'),
    optional('isDipole', 'boolean', 'The difference image shows a dipole there'),
    optional('nearest', {
      type: 'record',
      name: 'NearestSource',
      fields: [{ name: 'catalogue', type: 'string' }, optional('starScore', 'double', 'From 0 (a galaxy) to 1 (a star)'), optional('separation', 'double', 'From the object [arcsec]')]
    }, 'The nearest source of a star catalogue'),
    optional('classes', {
      type: 'array',
      items: {
        type: 'record',
        name: 'CatalogueClass',
        fields: [{ name: 'catalogue', type: 'string' }, { name: 'class', type: 'string' }, optional('name', 'string', 'The name there')]
      }
    }, 'Classes that catalogues, registries and brokers give'),
    optional('detections', 'double', 'Detections that the survey has made of the object: a whole number'),
    optional('firstDetectionMjdTai', 'double', 'Time of the survey\'s first detection [d, MJD TAI]'),
    optional('hostRedshifts', {
      type: 'array',
      items: {
        type: 'record',
        name: 'HostRedshift',
        fields: [
          { name: 'redshift', type: 'double' },
          optional('redshiftErr', 'double', 'Its 1σ error'),
          { name: 'kind', type: 'string', doc: REDSHIFT_KINDS.join(', ') },
          { name: 'catalogue', type: 'string' },
          optional('separation', 'double', 'Of the catalogued galaxy from the object [arcsec]')
        ]
      }
    }, 'Redshifts of a host galaxy, the best first'),
    optional('matches', {
      type: 'array',
      items: { type: 'record', name: 'Match', fields: [{ name: 'survey', type: 'string' }, { name: 'diaObjectId', type: 'string' }] }
    }, 'The same transient in other surveys')
  ]
}

/** @param withContext records of the version before had none */
const alertOf = (withContext: boolean) => ({
  type: 'record',
  name: 'Alert',
  fields: [
    optional('diaObjectId', 'string', 'Null where the survey gives none'),
    { name: 'diaSourceId', type: 'string', doc: 'Of the source that triggered the alert' },
    { name: 'midpointMjdTai', type: 'double', doc: 'Its time [d, MJD TAI]' },
    { name: 'ra', type: 'double', doc: '[deg, ICRS]; ra and dec are NaN where the position is not known' },
    { name: 'dec', type: 'double', doc: '[deg, ICRS]' },
    { name: 'points', type: { type: 'array', items: point }, doc: 'In the packet\'s order' },
    {
      name: 'omitted',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'OmittedSource',
          fields: [optional('diaSourceId', 'string', 'Null for forced photometry'), { name: 'reason', type: 'string', doc: OMISSION_REASONS.join(', ') }]
        }
      },
      doc: 'Sources that gave no point'
    },
    {
      name: 'host',
      type: {
        type: 'record',
        name: 'HostFacts',
        fields: [optional('redshift', 'double', 'Photometric redshift of the host galaxy'), optional('redshiftErr', 'double', 'Its 1σ error'), optional('mwebv', 'double', 'Milky Way E(B−V) [mag]')]
      }
    },
    { name: 'solarSystem', type: 'boolean', doc: 'The survey found a known body of the solar system there' },
    ...withContext ? [optional('context', context, 'What the packet says of the object beside its fluxes')] : []
  ]
})

/** All fields but the packet. */
const headFieldsOf = (withContext: boolean) => [
  { name: 'origin', type: 'string', doc: 'Where the alert came from: TOPIC/PARTITION@OFFSET' },
  optional('surveyPublishedAt', time, 'Timestamp of the survey\'s Kafka record [ms since 1970, UTC]'),
  { name: 'ingestedAt', type: time, doc: '[ms since 1970, UTC]' },
  optional('alert', alertOf(withContext), 'Null where it could not be decoded'),
  optional('error', {
    type: 'record',
    name: 'IngestError',
    fields: [{ name: 'code', type: 'string', doc: 'See docs/accounting.md' }, { name: 'message', type: 'string' }, optional('action', 'string', 'What to do about it')]
  }, 'Why it could not be decoded; exactly one of alert and error is set')
]

const schemaOf = (withContext: boolean) => ({
  type: 'record',
  name: 'Photometry',
  namespace: 'candela',
  doc: 'One alert of a survey in normal form, or why it could not be decoded.',
  fields: [...headFieldsOf(withContext), optional('packet', 'bytes', 'The survey\'s bytes as they came: with every error, with an alert where asked for')]
})

/** Of the records that are written. */
export const photometrySchema = schemaOf(true)
/** Of the records of the version before, without a context: they may still lie in the topic. */
export const contextlessSchema = schemaOf(false)
