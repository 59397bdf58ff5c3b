/** Avro longs without loss: survey ids exceed 2^53, the largest integer that a number holds exactly. */
import avsc from 'avsc'
import { DamageError } from '../../errors.ts'

const MINIMUM = -(2n ** 63n)
const MAXIMUM = 2n ** 63n - 1n

const type = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer (value: bigint) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: (value: bigint) => value.toString(),
  isValid: (value: unknown) => typeof value === 'bigint' && value >= MINIMUM && value <= MAXIMUM,
  compare: (a: bigint, b: bigint) => a === b ? 0 : a < b ? -1 : 1
})

const MORE = 0x80
const BITS = 0x7f
/** Of 64 bits, at 7 a byte. */
const LONGEST_VARINT = 10

const halves = new DataView(new ArrayBuffer(8))

/** A varint in zigzag: https://avro.apache.org/docs/1.11.1/specification/#primitive-types-1. Past its end a buffer is taken for zeros. */
function readExactly (tap: { buf: Buffer, pos: number }): bigint {
  const { buf, pos } = tap
  let low = 0
  let high = 0
  let length = 0
  for (let byte = MORE; (byte & MORE) !== 0; length++) {
    if (length === LONGEST_VARINT) throw new DamageError('a long of more than 64 bits')
    byte = buf[pos + length]!
    const shift = 7 * length
    if (shift < 32) low |= (byte & BITS) << shift
    if (shift > 24) high |= shift < 32 ? (byte & BITS) >>> (32 - shift) : (byte & BITS) << (shift - 32)
  }
  tap.pos = pos + length
  const sign = -(low & 1)
  halves.setInt32(0, ((low >>> 1) | (high << 31)) ^ sign, true)
  halves.setInt32(4, (high >>> 1) ^ sign, true)
  return halves.getBigInt64(0, true)
}

/**
 * An Avro long as a bigint, −2^63 to 2^63−1. Stands inside a schema wherever 'long' could. avsc's own reading takes a
 * buffer for each.
 */
export const exactLong = Object.create(type, { _read: { value: readExactly } }) as typeof type
