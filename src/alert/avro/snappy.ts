/**
 * Snappy as Avro containers use it (Avro 1.11 specification, "snappy"): a raw snappy block, then the CRC-32 of the
 * uncompressed data, 4 bytes big-endian.
 */
import { snappyUncompress } from 'hysnappy'
import { crc32 } from 'node:zlib'
import { DamageError } from '../../errors.ts'

const CRC_LENGTH = 4
/** A copy of up to 64 bytes takes three; nothing in the format does better. */
const MAXIMUM_RATIO = 64 / 3

/**
 * Decompresses a block and compares its checksum.
 * @param maximum the most bytes that it may become
 * @throws as readRawSnappy, and where the checksum is wrong
 */
export function readSnappy (data: Buffer, maximum: number): Buffer {
  const uncompressed = readRawSnappy(data.subarray(0, -CRC_LENGTH), maximum)
  if (crc32(uncompressed) !== data.readUInt32BE(data.length - CRC_LENGTH)) throw new DamageError('the checksum of a snappy block is wrong')
  return uncompressed
}

/**
 * Decompresses a raw snappy block. Its memory is that of the data it claims to hold, which is believed as far as the
 * format could reach from the bytes given.
 * @param maximum the most bytes that it may become
 * @throws DamageError, Error, WebAssembly.RuntimeError where the block is damaged
 */
export function readRawSnappy (block: Buffer, maximum: number): Buffer {
  const length = uncompressedLength(block)
  if (!(length <= maximum && length <= block.length * MAXIMUM_RATIO)) {
    throw new DamageError(`a snappy block of ${block.length} bytes claims to hold ${length}`)
  }
  const { buffer, byteOffset, byteLength } = snappyUncompress(block, length)
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** What a snappy block begins with: 32 bits in groups of seven, the lowest first, each byte but the last with its high bit set. */
function uncompressedLength (data: Buffer): number {
  let length = 0
  for (let k = 0; k < Math.min(data.length, 5); k++) {
    length += (data[k]! & 0x7f) * 2 ** (7 * k)
    if (data[k]! < 0x80) return length
  }
  throw new DamageError('a snappy block has no length')
}
