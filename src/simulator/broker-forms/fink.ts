/**
 * Fink's LSST stream: a bare Avro datum, and the writer's schema, whole, as the key of every record. Fink's schema is
 * Rubin's as Spark writes it: every field is [T, "null"], records are named topLevelRecord.FIELD and never null (one that
 * is absent has null fields), and Fink's own fields follow.
 * https://github.com/astrolabsoftware/fink-utils (spark/schema_converter.py)
 */
import { alertSchema } from '../live/packet.ts'
import type { BrokerRecord } from './broker-record.ts'
import { avroForm } from './container.ts'
import { detectionsOf, utcOf, type RubinAlert } from './rubin-alert.ts'

interface Field { name: string, type: unknown }
interface RecordSchema { type: 'record', name: string, fields: readonly Field[] }

const isRecord = (schema: unknown): schema is RecordSchema => (schema as { type?: unknown }).type === 'record'
const nullable = (type: unknown): unknown => [type, 'null']

/** Fields that Fink adds to Rubin's object, by record; scores are null where no module ran. */
const ADDED = {
  clf: { snnSnVsOthers_score: 'float', cats_class: 'int', cats_score: 'float', earlySNIa_score: 'double' },
  xm: {
    simbad_otype: 'string',
    gaiadr3_DR3Name: 'string',
    gaiadr3_Plx: 'float',
    gaiadr3_e_Plx: 'float',
    gaiadr3_VarFlag: 'int',
    legacydr8_zphot: 'float',
    legacydr8_e_zphot: 'float',
    legacydr8_pstar: 'float',
    legacydr8_fqual: 'int',
    tns_fullname: 'string',
    tns_type: 'string',
    tns_redshift: 'float',
    vsx_Type: 'string',
    gcvs_type: 'string'
  },
  pred: { is_sso: 'boolean', is_first: 'boolean', is_cataloged: 'boolean', main_label_classifier: 'int', main_label_crossmatch: 'string' },
  misc: { firstDiaSourceMjdTaiFink: 'double' }
} as const

function finkSchema (): RecordSchema {
  const named = new Map<string, RecordSchema>()
  /** A record under the name of the field that it stands in: Spark writes it anew in each place. */
  const recordIn = (field: string, { fields }: { fields: readonly Field[] }): RecordSchema =>
    ({ type: 'record', name: `topLevelRecord.${field}`, fields: fields.map(({ name, type }) => ({ name, type: fieldType(name, type) })) })
  const resolved = (type: unknown): unknown => {
    if (isRecord(type)) named.set(type.name, type)
    return typeof type === 'string' ? named.get(type) ?? type : type
  }
  function fieldType (name: string, given: unknown): unknown {
    const type = resolved(Array.isArray(given) ? given.find(branch => branch !== 'null') : given)
    if (isRecord(type)) return recordIn(name, type)
    const { items, logicalType, type: base } = type as { items?: unknown, logicalType?: string, type?: unknown }
    if (items !== undefined) return nullable({ type: 'array', items: nullable(recordIn(name, resolved(items) as RecordSchema)) })
    return nullable(logicalType === undefined ? type : base)
  }
  const text = (name: string): Field => ({ name, type: nullable('string') })
  return {
    type: 'record',
    name: 'topLevelRecord.value',
    fields: [
      ...recordIn('value', alertSchema() as unknown as RecordSchema).fields,
      { name: 'brokerIngestMjd', type: nullable('double') },
      ...['lsst_schema_version', 'brokerStartProcessTimestamp', 'fink_broker_version', 'fink_science_version', 'publisher'].map(text),
      ...Object.entries(ADDED).map(([name, fields]) => ({
        name, type: recordIn(name, { fields: Object.entries(fields).map(([name, type]) => ({ name, type })) })
      })),
      ...['brokerEndProcessTimestamp', 'timestamp'].map(text)
    ]
  }
}

const schema = finkSchema()
/** Indented, as the producer writes it: some 60 kB. */
const key = Buffer.from(JSON.stringify(schema, null, 2))

const blank = (names: readonly string[]): Record<string, null> => Object.fromEntries(names.map(name => [name, null]))
const fieldsOf = (name: string): string[] => (schema.fields.find(field => field.name === name)!.type as RecordSchema).fields.map(({ name }) => name)
const blankSsSource = blank(fieldsOf('ssSource'))
const blankOrbit = blank(fieldsOf('mpc_orbits'))
const blankScores = blank(Object.keys(ADDED.clf))
const blankMatches = blank(Object.keys(ADDED.xm))

/** From the middle of an exposure to the broker [d]. */
const DELAY = 160 / 86_400
const timestamp = (mjdTai: number): string => new Date(utcOf(mjdTai)).toISOString().replace('T', ' ').replace('Z', '000')

/** No cross-match is found: 'Unknown' and 'Fail' are Fink's words for that. */
function finkAlert (alert: RubinAlert): object {
  const ingested = alert.diaSource.midpointMjdTai + DELAY
  return {
    ...alert,
    ssSource: blankSsSource,
    mpc_orbits: blankOrbit,
    brokerIngestMjd: ingested,
    lsst_schema_version: 'lsst.v10_0',
    brokerStartProcessTimestamp: timestamp(ingested),
    fink_broker_version: '4.1',
    fink_science_version: '8.39.0',
    publisher: 'Fink',
    clf: { ...blankScores, earlySNIa_score: -1 },
    xm: { ...blankMatches, simbad_otype: 'Fail', vsx_Type: 'Unknown' },
    pred: { is_sso: false, is_first: alert.prvDiaSources === null, is_cataloged: false, main_label_classifier: null, main_label_crossmatch: null },
    misc: { firstDiaSourceMjdTaiFink: detectionsOf(alert)[0]!.midpointMjdTai },
    brokerEndProcessTimestamp: timestamp(ingested + DELAY),
    timestamp: timestamp(ingested)
  }
}

/** Fink's transfer gives the same records as container files. */
export const finkForm = avroForm(schema, finkAlert)

export const finkRecord = (alert: RubinAlert): BrokerRecord => ({ key, headers: {}, value: finkForm.type.toBuffer(finkAlert(alert)) })
