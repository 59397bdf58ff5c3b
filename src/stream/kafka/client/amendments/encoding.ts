/**
 * Writes requests with less memory. kafkajs 2.2.4 allocates 512 zeroed bytes for every record and every header, and a
 * buffer for every number of variable length. Here buffers come from Node's pool and numbers are written in place; the
 * bytes are the same.
 */

export interface Encoder {
  buf: Buffer
  offset: number
  readonly buffer: Buffer
  ensureAvailable (length: number): void
  writeVarInt (value: number): Encoder
  writeUVarInt (value: number): Encoder
  writeVarLong (value: unknown): Encoder
}

export interface EncoderClass {
  new (initialSize?: number): Encoder
  /** Of what the constructor takes [B]. */
  nextPowerOfTwo (value: number): number
  sizeOfVarInt (value: number): number
  sizeOfVarLong (value: unknown): number
  prototype: Encoder
}

/** Smallest allocation [B]. */
const LEAST = 64
/** Of a number of 32 bits, at 7 bits a byte [B]. */
const LONGEST_VARINT = 5
const MORE = 0x80
const OTHER_BITS = 0x7f
/** What zigzag keeps within 32 bits. */
const SHORT = 2 ** 30

const isShort = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) < SHORT

/** @param Encoder kafkajs's */
export function makeSparing (Encoder: EncoderClass): void {
  const { prototype, sizeOfVarLong } = Encoder
  const { writeVarLong } = prototype
  Encoder.nextPowerOfTwo = () => 0
  Encoder.sizeOfVarLong = value => isShort(value) ? Encoder.sizeOfVarInt(value) : sizeOfVarLong.call(Encoder, value)
  prototype.ensureAvailable = function (length) {
    const needed = this.offset + length
    if (needed <= this.buf.length) return
    const grown = Buffer.allocUnsafe(Math.max(LEAST, 2 ** Math.ceil(Math.log2(needed))))
    this.buf.copy(grown, 0, 0, this.offset)
    this.buf = grown
  }
  prototype.writeUVarInt = function (value) {
    this.ensureAvailable(LONGEST_VARINT)
    let left = value >>> 0
    for (; left > OTHER_BITS; left >>>= 7) this.buf[this.offset++] = (left & OTHER_BITS) | MORE
    this.buf[this.offset++] = left
    return this
  }
  prototype.writeVarLong = function (value) {
    return isShort(value) ? this.writeVarInt(value) : writeVarLong.call(this, value)
  }
}
