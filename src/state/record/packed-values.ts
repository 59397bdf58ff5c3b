/** Values as they lie in packed records. */
import { readFloat64, readUint8, readVarUint, type Decoder } from 'lib0/decoding'
import { writeFloat64, writeUint8, writeVarUint, type Encoder } from 'lib0/encoding'
import { TICKS_A_DAY } from '../../light-curve/stored-point.ts'

/** Values that may be missing, behind one byte of flags. */
export function writeOptional (encoder: Encoder, values: ReadonlyArray<number | null>): void {
  writeUint8(encoder, values.reduce<number>((flags, value, k) => flags | (value === null ? 0 : 1 << k), 0))
  for (const value of values) if (value !== null) writeFloat64(encoder, value)
}

export function readOptional (decoder: Decoder, count: number): Array<number | null> {
  const flags = readUint8(decoder)
  return Array.from({ length: count }, (_, k) => (flags & 1 << k) === 0 ? null : readFloat64(decoder))
}

/** A time, or null or −∞ for none, in ticks of 10⁻⁸ d. */
export const writeTime = (encoder: Encoder, time: number | null): void =>
  writeVarUint(encoder, time === null || time === -Infinity ? 0 : Math.round(time * TICKS_A_DAY))

export function readTime (decoder: Decoder): number | null {
  const ticks = readVarUint(decoder)
  return ticks === 0 ? null : ticks / TICKS_A_DAY
}
