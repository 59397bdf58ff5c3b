/** Candela's own record, one for every alert: schemas/classification.avsc, in Avro's single-object encoding or as JSON. */
import avsc from 'avsc'
import { headersOf, keyOf, type Encoder, type PublishedAlert, type Publisher } from './published.ts'
import { singleObject } from './single-object.ts'

const optional = (name: string, type: unknown, doc: string) => ({ name, type: ['null', type], default: null, doc })
const time = { type: 'long', logicalType: 'timestamp-millis' }

export const classificationSchema = {
  type: 'record',
  name: 'AlertClassification',
  namespace: 'candela',
  doc: 'What became of one alert, and the classification of its object that stands after it.',
  fields: [
    optional('diaObjectId', 'string', 'The survey\'s id of the object; null where the alert has none or could not be read'),
    optional('diaSourceId', 'string', 'The survey\'s id of the source that triggered the alert; null where it could not be read'),
    optional('midpointMjdTai', 'double', 'Time of that source [d, MJD TAI]'),
    optional('ra', 'double', 'Right ascension [deg, ICRS]'),
    optional('dec', 'double', 'Declination [deg, ICRS]'),
    { name: 'outcome', type: 'string', doc: 'classified, declined, duplicate or dead-lettered; readers should bear others' },
    optional('reason', 'string', 'Why it was declined, or the error code of the dead letter'),
    optional('probabilityIa', 'double', 'P(Ia) of the object that stands after this alert, calibrated, 0 to 1; null where there is none'),
    optional('epochs', 'int', 'Network steps that it rests on'),
    optional('lastPointMjdTai', 'double', 'Time of the newest point that it rests on [d, MJD TAI]'),
    optional('revision', 'int', 'Rises when late points, a host redshift or another model changed what had been published before'),
    optional('publishedAt', time, 'When it was published first [ms since 1970, UTC]'),
    { name: 'classifierName', type: 'string', doc: 'The model that said so; the one in use where there is no P(Ia)' },
    { name: 'classifierVersion', type: 'string', doc: 'Its version' },
    { name: 'processedAt', type: time, doc: 'When the alert had this outcome [ms since 1970, UTC]' },
    // New fields go to the end: who reads with an earlier schema, and does not look at the fingerprint, still reads what it knows.
    optional('probabilityIaErr', 'double', '1σ error of P(Ia), from the spread of the model\'s heads; null where the model has no classes'),
    optional('classProbabilities', { type: 'map', values: 'double' }, 'Probability of each class by its name, their sum 1; null where the model has no classes'),
    optional('classShares', 'string', 'The class shares that the probabilities are calibrated for, such as lsst; null where the model has no classes'),
    optional('phase', 'double', 'Days from the peak at lastPointMjdTai, median [d]; negative before it; null where the model has no decoder, and where the object more likely varies than has a peak'),
    optional('phaseLow', 'double', 'Phase that lies at 16 % [d]'),
    optional('phaseHigh', 'double', 'Phase that lies at 84 % [d]')
  ]
}

/** The record before it is encoded; times in ms since 1970, UTC. */
export interface AlertClassification {
  diaObjectId: string | null
  diaSourceId: string | null
  midpointMjdTai: number | null
  ra: number | null
  dec: number | null
  outcome: string
  reason: string | null
  probabilityIa: number | null
  epochs: number | null
  lastPointMjdTai: number | null
  revision: number | null
  publishedAt: number | null
  classifierName: string
  classifierVersion: string
  processedAt: number
  probabilityIaErr: number | null
  classProbabilities: Record<string, number> | null
  classShares: string | null
  phase: number | null
  phaseLow: number | null
  phaseHigh: number | null
}

function recordOf ({ outcome, standing, position, processedAt }: PublishedAlert, { model }: Publisher): AlertClassification {
  return {
    diaObjectId: outcome.diaObjectId,
    diaSourceId: outcome.diaSourceId,
    midpointMjdTai: outcome.midpointMjdTai,
    ra: position?.ra ?? null,
    dec: position?.dec ?? null,
    outcome: outcome.outcome,
    reason: outcome.reason ?? null,
    probabilityIa: standing?.probabilityIa ?? null,
    epochs: standing?.epochs ?? null,
    lastPointMjdTai: standing?.midpointMjdTai ?? null,
    revision: standing?.revision ?? null,
    publishedAt: standing === null ? null : Date.parse(standing.publishedAt),
    classifierName: standing?.classifierName ?? model.name,
    classifierVersion: standing?.classifierVersion ?? model.version,
    processedAt,
    probabilityIaErr: standing?.probabilityIaErr ?? null,
    classProbabilities: standing?.classProbabilities ?? null,
    classShares: standing?.classShares ?? null,
    phase: standing?.phase ?? null,
    phaseLow: standing?.phaseLow ?? null,
    phaseHigh: standing?.phaseHigh ?? null
  }
}

const encode = singleObject(avsc.Type.forSchema(classificationSchema as avsc.Schema))

export const classificationAvro = (publisher: Publisher): Encoder => alert => ({
  key: keyOf(alert), value: encode(recordOf(alert, publisher)), headers: headersOf('avro/binary', alert)
})

const iso = (milliseconds: number | null): string | null => milliseconds === null ? null : new Date(milliseconds).toISOString()

/** The same fields in the same order; times in ISO 8601. */
export const classificationJson = (publisher: Publisher): Encoder => alert => {
  const record = recordOf(alert, publisher)
  const value = Buffer.from(JSON.stringify({ ...record, publishedAt: iso(record.publishedAt), processedAt: iso(record.processedAt) }))
  return { key: keyOf(alert), value, headers: headersOf('application/json', alert) }
}
