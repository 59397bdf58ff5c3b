/** The forms in which brokers pass Rubin's alerts on, by name: what the simulated sky can be sent as. */
import type { Compression } from '../../kafka-settings.ts'
import type { SimulatedAlert } from '../sky.ts'
import { ampelRecord } from './ampel.ts'
import { babamulRecord } from './babamul.ts'
import type { BrokerRecord } from './broker-record.ts'
import { finkRecord } from './fink.ts'
import { lasairLiteRecord, lasairPlainRecord, lasairRecord } from './lasair.ts'
import { pittGoogleJsonRecord, pittGoogleLiteRecord, pittGoogleRecord } from './pittgoogle.ts'
import { rubinAlert, type RubinAlert } from './rubin-alert.ts'

export const FORMS = [
  'rubin', 'fink', 'lasair', 'lasair-lite', 'lasair-plain', 'babamul', 'pittgoogle', 'pittgoogle-json', 'pittgoogle-lite', 'ampel'
] as const
export type Form = typeof FORMS[number]

const encoders: Readonly<Record<Exclude<Form, 'rubin'>, (alert: RubinAlert, bytes: Uint8Array) => BrokerRecord>> = {
  fink: finkRecord,
  lasair: lasairRecord,
  'lasair-lite': lasairLiteRecord,
  'lasair-plain': lasairPlainRecord,
  babamul: babamulRecord,
  pittgoogle: pittGoogleRecord,
  'pittgoogle-json': pittGoogleJsonRecord,
  'pittgoogle-lite': pittGoogleLiteRecord,
  ampel: ampelRecord
}

/** The Kafka record of an alert in a form. Rubin's own is the simulator's bytes under the object's id. */
export const brokerRecord = ({ bytes, diaObjectId }: SimulatedAlert, form: Form): BrokerRecord => form === 'rubin'
  ? { key: Buffer.from(diaObjectId), headers: {}, value: Buffer.from(bytes) }
  : encoders[form](rubinAlert(bytes), bytes)

/** How the producer of a form compresses its batches, where that is known. */
export const compressionOf = (form: Form): Compression => form === 'babamul' ? 'zstd' : 'none'

export type { BrokerRecord }
