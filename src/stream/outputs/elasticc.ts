/**
 * ELAsTiCC's brokerClassification 0.9.1, a bare Avro datum. One message for every alert that has ids: NotClassified says
 * that the alert came through, and that the classifier chose not to classify it.
 * https://github.com/LSSTDESC/elasticc/tree/main/alert_schema
 */
import avsc from 'avsc'
import { exactLong } from '../../alert/avro/exact-long.ts'
import { alertIdOf } from './packet.ts'
import { headersOf, keyOf, longOf, type Encoder, type Publisher } from './published.ts'
import { classificationsSchema, classProbabilities } from './taxonomy.ts'

const time = { type: 'long', logicalType: 'timestamp-millis' }

/** Kafka's own word for a record without a timestamp; the schema's field may not be null. */
const NO_TIMESTAMP = -1

export const brokerClassificationSchema = {
  type: 'record',
  // Sic.
  name: 'brokerClassfication',
  namespace: 'elasticc.v0_9_1',
  fields: [
    { name: 'alertId', type: 'long' },
    { name: 'diaSourceId', type: 'long' },
    { name: 'elasticcPublishTimestamp', type: time },
    { name: 'brokerIngestTimestamp', type: ['null', time] },
    { name: 'brokerName', type: 'string' },
    { name: 'brokerVersion', type: 'string' },
    { name: 'classifierName', type: 'string' },
    { name: 'classifierParams', type: 'string' },
    { name: 'classifications', type: classificationsSchema }
  ]
}

const type = avsc.Type.forSchema(brokerClassificationSchema as unknown as avsc.Schema, { registry: { long: exactLong as unknown as avsc.Type } })

export const brokerClassification = ({ brokerName, brokerVersion, model }: Publisher): Encoder => alert => {
  const diaSourceId = longOf(alert.outcome.diaSourceId)
  if (diaSourceId === null) return null
  const value = type.toBuffer({
    alertId: alertIdOf(alert.packet) ?? diaSourceId,
    diaSourceId,
    elasticcPublishTimestamp: alert.surveyPublishedAt ?? NO_TIMESTAMP,
    brokerIngestTimestamp: alert.ingestedAt,
    brokerName,
    brokerVersion,
    classifierName: `${model.name} ${model.version}`,
    // Part of what a classifier is known by: the same in all messages.
    classifierParams: '',
    classifications: classProbabilities(alert, model.classes)
  })
  return { key: keyOf(alert), value, headers: headersOf('avro/binary', alert) }
}
