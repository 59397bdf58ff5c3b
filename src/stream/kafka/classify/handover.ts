/**
 * Objects that belong to another partition since partitions were added. The old partition hands them over through
 * photometry; the new one merges them with what it has received of them meanwhile.
 */
import { pack, unpack } from 'msgpackr'
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import { DATA_FORMAT } from '../../../state/storage/data-file.ts'
import type { PackedObject } from '../../../state/store.ts'
import type { OutgoingRecord } from './transactions.ts'

/** This header tells a handover from an alert; its value is the data format. */
const HEADER = 'candela-object'

export const isHandover = ({ headers }: Pick<kafkajs.KafkaMessage, 'headers'>): boolean => headers?.[HEADER] !== undefined

export const handoverRecord = (object: PackedObject, topic: string, partition: number): OutgoingRecord =>
  ({ topic, partition, key: object.diaObjectId, value: pack(object), headers: { [HEADER]: String(DATA_FORMAT) } })

/** @throws CandelaError `changelog-format`, `changelog-damaged` */
export function readHandover ({ key, value, headers }: Pick<kafkajs.KafkaMessage, 'key' | 'value' | 'headers'>): PackedObject {
  const format = String(headers![HEADER])
  if (format !== String(DATA_FORMAT)) {
    throw new CandelaError('changelog-format', `object ${String(key)} was handed over in format ${format}, this Candela reads format ${DATA_FORMAT}`, {
      value: format, action: 'Run processes of one version of Candela while the number of partitions changes.'
    })
  }
  try {
    const object = unpack(value!) as PackedObject
    if (object.diaObjectId !== String(key)) throw new Error('it is not the object that its key names')
    return object
  } catch (cause) {
    throw new CandelaError('changelog-damaged', `object ${String(key)} was handed over, and cannot be read`, {
      cause, value: String(key), action: 'See which program else writes to the topic of photometry with this header; Candela alone may.'
    })
  }
}
