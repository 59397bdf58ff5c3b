/** Confluent's wire format of one message: a zero byte, the schema's id (4 bytes, big-endian), an Avro datum. */
import { CandelaError } from '../../errors.ts'

const FRAME_LENGTH = 5

export interface Frame {
  schemaId: number
  /** Where the datum begins. */
  position: number
}

/** @throws CandelaError 'alert-truncated' below 5 bytes, 'alert-not-framed' where the first byte is not zero */
export function readFrame (bytes: Buffer): Frame {
  if (bytes.length > 0 && bytes[0] !== 0) {
    throw new CandelaError('alert-not-framed', `an alert begins with byte 0x${bytes[0]!.toString(16).padStart(2, '0')}, Confluent's frame with 0x00`, {
      action: 'Send alerts with Confluent\'s five bytes of magic and schema id before the Avro datum, or as Avro container files.'
    })
  }
  if (bytes.length <= FRAME_LENGTH) {
    throw new CandelaError('alert-truncated', `an alert of ${bytes.length} bytes has no room for a frame and a datum`, {
      action: 'Fetch the alert again: part of it is missing.'
    })
  }
  return { schemaId: bytes.readUInt32BE(1), position: FRAME_LENGTH }
}

/** The frame before an alert's datum. */
export function writeFrame (schemaId: number): Buffer {
  const frame = Buffer.alloc(FRAME_LENGTH)
  frame.writeUInt32BE(schemaId, 1)
  return frame
}
