/** Avro longs without loss: survey ids exceed 2^53, the largest integer that a number holds exactly. */
import avsc from 'avsc'

const MINIMUM = -(2n ** 63n)
const MAXIMUM = 2n ** 63n - 1n

/** An Avro long as a bigint, −2^63 to 2^63−1. Stands inside a schema wherever 'long' could. */
export const exactLong = avsc.types.LongType.__with({
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
