/** Hidden states as bytes at rest. */
import { readFloat32, readUint8Array, readVarUint, type Decoder } from 'lib0/decoding'
import { writeFloat32, writeUint8Array, writeVarUint, type Encoder } from 'lib0/encoding'
import type { HiddenState } from './record.ts'
import { readTime, writeTime } from './packed-values.ts'

const bytesOf = (array: Float64Array | Float32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
/** A copy: LMDB's buffer is not aligned, and is reused at the next read. */
const copied = (decoder: Decoder, length: number): ArrayBuffer => readUint8Array(decoder, length).slice().buffer

/**
 * A state of one output lies as older versions of Candela wrote it. One of several has their number in front, behind a 0,
 * which no number of steps is.
 */
export function writeState (encoder: Encoder, { steps, midpointMjdTai, outputs, accumulator, network }: HiddenState): void {
  if (outputs.length !== 1) {
    writeVarUint(encoder, 0)
    writeVarUint(encoder, outputs.length)
  }
  writeVarUint(encoder, steps)
  writeTime(encoder, midpointMjdTai)
  for (const output of outputs) writeFloat32(encoder, output)
  writeVarUint(encoder, accumulator.length)
  writeUint8Array(encoder, bytesOf(accumulator))
  writeVarUint(encoder, network.length)
  writeUint8Array(encoder, bytesOf(network))
}

/** Steps of a state, and how many outputs it has. */
function readLengths (decoder: Decoder): { steps: number, outputs: number } {
  const steps = readVarUint(decoder)
  if (steps > 0) return { steps, outputs: 1 }
  const outputs = readVarUint(decoder)
  return { steps: readVarUint(decoder), outputs }
}

export function readState (decoder: Decoder): HiddenState {
  const { steps, outputs } = readLengths(decoder)
  return {
    steps,
    midpointMjdTai: readTime(decoder)!,
    outputs: Float32Array.from({ length: outputs }, () => readFloat32(decoder)),
    accumulator: new Float64Array(copied(decoder, readVarUint(decoder) * Float64Array.BYTES_PER_ELEMENT)),
    network: new Float32Array(copied(decoder, readVarUint(decoder) * Float32Array.BYTES_PER_ELEMENT))
  }
}

export function passState (decoder: Decoder): true {
  const { outputs } = readLengths(decoder)
  readVarUint(decoder)
  decoder.pos += outputs * Float32Array.BYTES_PER_ELEMENT
  for (const { BYTES_PER_ELEMENT } of [Float64Array, Float32Array]) {
    const length = readVarUint(decoder)
    decoder.pos += length * BYTES_PER_ELEMENT
  }
  return true
}
