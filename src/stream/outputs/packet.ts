/** Reading again from the packets of alerts what their normal form does not keep. */
import type avsc from 'avsc'
import { boundedType, type AvroSchema } from '../../alert/avro/bounded-types.ts'
import { exactLong } from '../../alert/avro/exact-long.ts'
import { project } from '../../alert/avro/projection.ts'
import { writerType } from '../../alert/avro/writer-type.ts'
import { fieldNames, optional } from '../../alert/dialect.ts'
import { CandelaError } from '../../errors.ts'
import type { AlertPacket } from './published.ts'

type Reader<R> = (packet: AlertPacket) => R | null

/**
 * Packets of any schema as records of one type.
 * @param of the type for a writer's schema; null where its packets are of no use
 * @returns a function from a packet to its record, or to null where the schema or the bytes do not give one
 */
export function packetReader<R> (of: (writer: avsc.Type) => avsc.Type | null): Reader<R> {
  const readers = new WeakMap<object, Reader<R>>()
  return packet => {
    let reader = readers.get(packet.schema)
    if (!reader) readers.set(packet.schema, reader = orNull(readerOf<R>(of, packet.schema)))
    return reader(packet)
  }
}

function readerOf<R> (of: (writer: avsc.Type) => avsc.Type | null, schema: object): Reader<R> {
  try {
    const writer = writerType(schema)
    const type = of(writer)
    if (type === null) return () => null
    const projection = project<R>(writer, type)
    return ({ datum }) => projection.read(Buffer.from(datum.buffer, datum.byteOffset, datum.length), 0).record
  } catch (error) {
    if (error instanceof CandelaError) return () => null
    throw error
  }
}

const orNull = <R>(read: Reader<R>): Reader<R> => packet => {
  try {
    return read(packet)
  } catch (error) {
    if (error instanceof CandelaError) return null
    throw error
  }
}

/** A schema whose longs, timestamps too, are bigints, for reading bytes that may be damaged. */
export const exactType = (schema: object): avsc.Type => boundedType(JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
  if (value === 'long') return exactLong
  return typeof value === 'object' && value !== null && 'logicalType' in value ? (value as { type?: unknown }).type : value
}) as AvroSchema)

const withAlertId = boundedType({ type: 'record', name: 'alert', fields: [optional('alertId', exactLong)] })
const read = packetReader<{ alertId: bigint | null }>(writer => fieldNames(writer).includes('alertId') ? withAlertId : null)

/** The packet's own id, which ELAsTiCC and LSST 7 have beside diaSourceId. */
export const alertIdOf = (packet: AlertPacket | null): bigint | null => packet === null ? null : read(packet)?.alertId ?? null
