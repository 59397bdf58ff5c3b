/**
 * Records of ALeRCE's classifiers, which name an object and bring no light curve: of the stamps of ZTF and of Rubin, and of
 * light curves. Fields: github.com/alercebroker/pipeline, schemas/, and github.com/alercebroker/Kafka-Connection-Docs for
 * the form of 2022. What the service answers for the light curve is in alerce-light-curve.ts.
 */
import type { Type, types } from 'avsc'
import { isTime } from '../../alert.ts'
import { AnnouncementError, type Announcement } from '../../announcement.ts'
import { exactLong } from '../../avro/exact-long.ts'
import type { AvroSchema } from '../../avro/bounded-types.ts'
import { avroDialect, fieldNames, incomplete, optional, recordIn, type AvroDialect } from '../../dialect.ts'
import { isPosition } from '../../points/points.ts'

type Probabilities = Record<string, number | null>

interface AlerceRecord {
  objectId: string | null
  oid: string | null
  candid: bigint | null
  diaObjectId: bigint | null
  ssObjectId: bigint | null
  diaSourceId: bigint | null
  midpointMjdTai: number | null
  ra: number | null
  dec: number | null
  probabilities: Probabilities | null
  lc_classification: { probabilities: Probabilities | null } | null
}

/** What a record is told by. */
const isLightCurveClassifier = (names: readonly string[]): boolean => names.includes('oid') && names.includes('lc_classification')
const isStampClassifier = (names: readonly string[]): boolean => names.includes('probabilities') && ['objectId', 'diaSourceId'].some(name => names.includes(name)) &&
  !['candidate', 'diaSource', 'points'].some(name => names.includes(name))

const fieldIn = (record: types.RecordType | undefined, name: string): types.Field | undefined => record?.fields.find(field => field.name === name)

const unqualified = (name: string | undefined, or: string): string => name?.split('.').at(-1) ?? or

/** Probabilities are a map, or a record with a field for each class. */
function probabilitiesField (record: types.RecordType | undefined): AvroSchema[] {
  const field = fieldIn(record, 'probabilities')
  if (field === undefined) return []
  const classes = recordIn(field.type)
  if (classes === undefined) return [optional('probabilities', { type: 'map', values: ['null', 'double'] })]
  return [optional('probabilities', { type: 'record', name: unqualified(classes.name, 'probabilities'), fields: classes.fields.map(({ name }) => optional(name, 'double')) })]
}

/** The fields that are read; classes have the names that the writer gives them. */
function fieldsOf (writer: Type): AvroSchema {
  const record = recordIn(writer)
  const late = fieldIn(record, 'lc_classification')
  const lateRecord = late && recordIn(late.type)
  return {
    type: 'record',
    name: unqualified(record?.name, 'announcement'),
    fields: [
      ...['objectId', 'oid'].map(name => optional(name, 'string')),
      ...['candid', 'diaObjectId', 'ssObjectId', 'diaSourceId'].map(name => optional(name, exactLong)),
      ...['midpointMjdTai', 'ra', 'dec'].map(name => optional(name, 'double')),
      ...probabilitiesField(record),
      ...lateRecord ? [optional('lc_classification', { type: 'record', name: unqualified(lateRecord.name, 'late_record'), fields: probabilitiesField(lateRecord) })] : []
    ]
  }
}

/** 0 stands for "none". */
const known = (id: bigint | null | undefined): string | null => id ? id.toString() : null

const ACTION = 'Have ingest ask for the light curve (followUp in the file of sources, docs/kafka-ingest.md), or fetch it from ALeRCE and post it: docs/alerts.md says which addresses.'

function announcementOf (record: AlerceRecord): Announcement {
  const { ra = null, dec = null, midpointMjdTai = null } = record
  const name = record.objectId || record.oid || null
  const dia = known(record.diaObjectId)
  const body = known(record.ssObjectId)
  const id = name ?? dia ?? body
  if (id === null) throw incomplete('ALeRCE', 'object: neither objectId, oid nor diaObjectId')
  const isPlaced = isPosition(ra, dec)
  const probabilities = Object.entries(record.probabilities ?? record.lc_classification?.probabilities ?? {})
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]))
  const survey = surveyOf(name)
  return {
    service: 'alerce',
    id,
    ...survey !== undefined && { survey },
    diaObjectIds: name !== null ? [name] : dia !== null ? [dia] : [],
    diaSourceId: known(record.diaSourceId) ?? known(record.candid),
    ra: isPlaced ? ra : null,
    dec: isPlaced ? dec : null,
    ...midpointMjdTai !== null && isTime(midpointMjdTai) && { midpointMjdTai },
    solarSystem: name === null && dia === null,
    ...probabilities.length > 0 && { probabilities: Object.fromEntries(probabilities) }
  }
}

/** Of an id in a field that both surveys share; Rubin's own records have fields of their own. */
const surveyOf = (name: string | null): string | undefined => name === null || /^\d+$/.test(name) ? 'LSST' : name.startsWith('ZTF') ? 'ZTF' : undefined

export const alerce: AvroDialect = {
  name: 'alerce',
  matches (writer) {
    const names = fieldNames(writer)
    return isLightCurveClassifier(names) || isStampClassifier(names)
  },
  reader: writer => avroDialect<AlerceRecord>({
    name: 'alerce',
    matches: () => true,
    fields: fieldsOf(writer),
    alertsOf: () => record => { throw new AnnouncementError(announcementOf(record), ACTION) }
  }).reader(writer)
}
