/** The forms in which brokers pass Rubin's alerts on, by name: what the simulated sky can be sent as. */
import type { Compression } from '../../kafka-settings.ts'
import { alertSchema, alertType } from '../live/packet.ts'
import type { SimulatedAlert } from '../live/sky.ts'
import { ampelForm, ampelRecord } from './ampel.ts'
import { babamulForm, babamulRecord } from './babamul.ts'
import type { BrokerRecord } from './broker-record.ts'
import type { AvroForm } from './container.ts'
import { finkForm, finkRecord } from './fink.ts'
import { lasairLiteRecord, lasairPlainRecord, lasairRecord } from './lasair.ts'
import { pittGoogleJsonRecord, pittGoogleLiteRecord, pittGoogleRecord } from './pittgoogle.ts'
import { rubinAlert, type RubinAlert } from './rubin-alert.ts'

export const FORMS = [
  'rubin', 'fink', 'lasair', 'lasair-lite', 'lasair-plain', 'babamul', 'pittgoogle', 'pittgoogle-json', 'pittgoogle-lite', 'ampel'
] as const
export type Form = typeof FORMS[number]

interface BrokerForm {
  record (alert: RubinAlert, bytes: Uint8Array): BrokerRecord
  /** How alerts lie in files: many in one Avro container, one a line, or each in a file of its own, framed, as in a bucket. */
  files: AvroForm | 'lines' | 'bucket'
}

const forms: Readonly<Record<Exclude<Form, 'rubin'>, BrokerForm>> = {
  fink: { record: finkRecord, files: finkForm },
  lasair: { record: lasairRecord, files: 'lines' },
  'lasair-lite': { record: lasairLiteRecord, files: 'lines' },
  'lasair-plain': { record: lasairPlainRecord, files: 'lines' },
  babamul: { record: babamulRecord, files: babamulForm },
  pittgoogle: { record: pittGoogleRecord, files: 'bucket' },
  'pittgoogle-json': { record: pittGoogleJsonRecord, files: 'lines' },
  'pittgoogle-lite': { record: pittGoogleLiteRecord, files: 'lines' },
  ampel: { record: ampelRecord, files: ampelForm }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

/** The Kafka record of an alert in a form. Rubin's own is the simulator's bytes under the object's id: nothing is decoded for it. */
export const brokerRecord = ({ bytes, diaObjectId }: Pick<SimulatedAlert, 'bytes' | 'diaObjectId'>, form: Form): BrokerRecord => form === 'rubin'
  ? { key: Buffer.from(diaObjectId), headers: {}, value: asBuffer(bytes) }
  : forms[form].record(rubinAlert(bytes), bytes)

const rubinForm: AvroForm = { schema: alertSchema() as object, type: alertType, valueOf: alert => alert }

export const filesOf = (form: Form): BrokerForm['files'] => form === 'rubin' ? rubinForm : forms[form].files

/** How the producer of a form compresses its batches, where that is known. */
export const compressionOf = (form: Form): Compression => form === 'babamul' ? 'zstd' : 'none'

export type { BrokerRecord }
