/**
 * Avro's single-object encoding: C3 01, the schema's fingerprint (CRC-64-AVRO of its parsing canonical form, 8 bytes,
 * little-endian), a datum. https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding
 */
import avsc from 'avsc'

const EMPTY = 0xc15d213aa4d7a795n

const TABLE = Array.from({ length: 256 }, (_, index) => {
  let fingerprint = BigInt(index)
  for (let bit = 0; bit < 8; bit++) fingerprint = (fingerprint >> 1n) ^ (fingerprint & 1n ? EMPTY : 0n)
  return fingerprint
})

/** CRC-64-AVRO, also called Rabin fingerprint. */
export const crc64 = (bytes: Uint8Array): bigint =>
  bytes.reduce((fingerprint, byte) => (fingerprint >> 8n) ^ TABLE[Number(fingerprint & 0xffn) ^ byte]!, EMPTY)

/** Of a schema, 64 bits. Documentation, defaults and logical types play no part. */
export const fingerprintOf = (type: avsc.Type): bigint => crc64(Buffer.from(JSON.stringify(type.schema())))

/** What stands before a datum of this type, 10 bytes. */
export function singleObjectHeader (type: avsc.Type): Buffer {
  const header = Buffer.alloc(10)
  header.writeUInt16BE(0xc301)
  header.writeBigUInt64LE(fingerprintOf(type), 2)
  return header
}

/** @returns a function from a value of the type to its bytes */
export function singleObject (type: avsc.Type): (value: object) => Buffer {
  const header = singleObjectHeader(type)
  return value => Buffer.concat([header, type.toBuffer(value)])
}
