/** Photometric points as bytes, about 18 each, without loss. */
import { readUint8, readVarInt, readVarUint, type Decoder } from 'lib0/decoding'
import { writeFloat32, writeUint8, writeVarInt, writeVarUint, type Encoder } from 'lib0/encoding'
import { BANDS } from '../alert/alert.ts'
import { asStored, PROCESSING_TICKS_A_DAY, TICKS_A_DAY, type StoredPoint } from './stored-point.ts'

/** The lowest three bits are the band. */
const FORCED = 0x08
const WITHDRAWN = 0x10
const VISIT = 0x20
const PROCESSED = 0x40

const ticks = (time: number): number => Math.round(time * TICKS_A_DAY)
const processingTicks = (time: number): number => Math.round(time * PROCESSING_TICKS_A_DAY)

/**
 * Writes points: their number, then for each flags u8, time since the last point [10⁻⁸ d], flux f32, error f32, and
 * where known visit as difference to the last one, processing time since the point [10⁻⁵ d]; whole numbers take as
 * many bytes as they need.
 * @param points in order of time
 */
export function writePoints (encoder: Encoder, points: readonly StoredPoint[]): void {
  writeVarUint(encoder, points.length)
  let lastTime = 0
  let lastVisit = 0
  for (const { midpointMjdTai, band, psfFlux, psfFluxErr, kind, visit, timeProcessedMjdTai, withdrawn } of points) {
    writeUint8(encoder, BANDS.indexOf(band) | (kind === 'forced' ? FORCED : 0) | (withdrawn ? WITHDRAWN : 0) |
      (visit === null ? 0 : VISIT) | (timeProcessedMjdTai === null ? 0 : PROCESSED))
    const time = ticks(midpointMjdTai)
    writeVarUint(encoder, time - lastTime)
    lastTime = time
    writeFloat32(encoder, psfFlux)
    writeFloat32(encoder, psfFluxErr)
    if (visit !== null) {
      writeVarInt(encoder, visit - lastVisit)
      lastVisit = visit
    }
    if (timeProcessedMjdTai !== null) writeVarInt(encoder, processingTicks(timeProcessedMjdTai) - processingTicks(midpointMjdTai))
  }
}

/** Reads what writePoints wrote. */
export function readPoints (decoder: Decoder): StoredPoint[] {
  // One view for all numbers; lib0 makes a new one for each.
  const { buffer, byteOffset, byteLength } = decoder.arr
  const view = new DataView(buffer, byteOffset, byteLength)
  const readFloat32 = (): number => {
    const value = view.getFloat32(decoder.pos)
    decoder.pos += Float32Array.BYTES_PER_ELEMENT
    return value
  }
  let lastTime = 0
  let lastVisit = 0
  return Array.from({ length: readVarUint(decoder) }, () => {
    const flags = readUint8(decoder)
    lastTime += readVarUint(decoder)
    const midpointMjdTai = lastTime / TICKS_A_DAY
    const psfFlux = readFloat32()
    const psfFluxErr = readFloat32()
    if ((flags & VISIT) !== 0) lastVisit += readVarInt(decoder)
    return asStored({
      midpointMjdTai,
      band: BANDS[flags & 0x07]!,
      psfFlux,
      psfFluxErr,
      kind: (flags & FORCED) === 0 ? 'detection' : 'forced',
      visit: (flags & VISIT) === 0 ? null : lastVisit,
      timeProcessedMjdTai: (flags & PROCESSED) === 0 ? null : (processingTicks(midpointMjdTai) + readVarInt(decoder)) / PROCESSING_TICKS_A_DAY,
      withdrawn: (flags & WITHDRAWN) !== 0
    })
  })
}
