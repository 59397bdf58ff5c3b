/** The object record, and the blocks beside it, as bytes at rest. Whole numbers take as many bytes as they need. */
import { crc32 } from 'node:zlib'
import { createDecoder, hasContent, readFloat32, readFloat64, readUint8, readUint8Array, readUint32, readVarInt, readVarString, readVarUint, type Decoder } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeFloat32, writeFloat64, writeUint8, writeUint8Array, writeUint32, writeVarInt, writeVarString, writeVarUint, type Encoder } from 'lib0/encoding'
import { CandelaError, reasonIn } from '../../errors.ts'
import { readPoints, writePoints } from '../../light-curve/packed-points.ts'
import { TICKS_A_DAY, type StoredPoint } from '../../light-curve/stored-point.ts'
import { PROBABILITY_STEPS, type HiddenState, type ObjectRecord, type Publication, type RecordWith, type StatelessRecord } from './record.ts'
import { readContext, writeContext } from './packed-context.ts'
import { readOptional, readTime, writeOptional, writeTime } from './packed-values.ts'
import { DECLINE_REASONS } from '../views.ts'

const CHECKSUM_BYTES = 4

/** Bits beside the index of the decline reason; older versions of Candela leave them 0. */
const LATE = 0x80
const MERGED = 0x40
const REASON = 0x3f

/** The position is not of the alert that the other facts are from. */
const PLACED_APART = 0x01
const WITH_CONTEXT = 0x02

/** What `write` writes, and its CRC-32. */
function sealed (write: (encoder: Encoder) => void): Uint8Array {
  const encoder = createEncoder()
  write(encoder)
  writeUint32(encoder, crc32(toUint8Array(encoder)))
  return toUint8Array(encoder)
}

/** @throws CandelaError `record-damaged` */
function unsealed<Value> (bytes: Uint8Array, diaObjectId: string, what: string, read: (decoder: Decoder) => Value): Value {
  try {
    const end = bytes.length - CHECKSUM_BYTES
    const content = bytes.subarray(0, end)
    const checksum = readUint32(createDecoder(bytes.subarray(end)))
    if (crc32(content) !== checksum) throw new Error('its checksum is wrong')
    const decoder = createDecoder(content)
    const value = read(decoder)
    if (hasContent(decoder)) throw new Error('it goes on behind its end')
    return value
  } catch (cause) {
    throw damaged(diaObjectId, `${what} cannot be read: ${reasonIn(cause)}`, cause)
  }
}

export const damaged = (diaObjectId: string, what: string, cause?: unknown): CandelaError =>
  new CandelaError('record-damaged', `object ${diaObjectId}: ${what}`, {
    cause, value: diaObjectId, action: 'Restore the data folder from a copy, or replay the alerts into a new one.'
  })

const bytesOf = (array: Float64Array | Float32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
/** A copy: LMDB's buffer is not aligned, and is reused at the next read. */
const copied = (decoder: Decoder, length: number): ArrayBuffer => readUint8Array(decoder, length).slice().buffer

function writeState (encoder: Encoder, { steps, midpointMjdTai, logit, accumulator, network }: HiddenState): void {
  writeVarUint(encoder, steps)
  writeTime(encoder, midpointMjdTai)
  writeFloat32(encoder, logit)
  writeVarUint(encoder, accumulator.length)
  writeUint8Array(encoder, bytesOf(accumulator))
  writeVarUint(encoder, network.length)
  writeUint8Array(encoder, bytesOf(network))
}

const readState = (decoder: Decoder): HiddenState => ({
  steps: readVarUint(decoder),
  midpointMjdTai: readTime(decoder)!,
  logit: readFloat32(decoder),
  accumulator: new Float64Array(copied(decoder, readVarUint(decoder) * Float64Array.BYTES_PER_ELEMENT)),
  network: new Float32Array(copied(decoder, readVarUint(decoder) * Float32Array.BYTES_PER_ELEMENT))
})

function passState (decoder: Decoder): true {
  readVarUint(decoder)
  readVarUint(decoder)
  decoder.pos += Float32Array.BYTES_PER_ELEMENT
  for (const { BYTES_PER_ELEMENT } of [Float64Array, Float32Array]) {
    const length = readVarUint(decoder)
    decoder.pos += length * BYTES_PER_ELEMENT
  }
  return true
}

/** Compared with the publication before: one epoch more, the same revision, the same model. */
const NEXT_EPOCH = 1
const SAME_REVISION = 2
const SAME_MODEL = 4

const NO_PUBLICATION: Publication = { publishedAt: 0, probabilityIa: 0, epochs: 0, midpointMjdTai: 0, revision: 0, model: '' }

/** Publications, each as differences to the one before; P(Ia) as u24 of 10⁻⁷. */
function writePublications (encoder: Encoder, publications: readonly Publication[]): void {
  writeVarUint(encoder, publications.length)
  let last = NO_PUBLICATION
  for (const publication of publications) {
    const { publishedAt, probabilityIa, epochs, midpointMjdTai, revision, model } = publication
    const flags = (epochs === last.epochs + 1 ? NEXT_EPOCH : 0) | (revision === last.revision ? SAME_REVISION : 0) | (model === last.model ? SAME_MODEL : 0)
    const steps = Math.round(probabilityIa * PROBABILITY_STEPS)
    writeUint8(encoder, flags)
    writeUint8(encoder, steps >> 16)
    writeUint8(encoder, steps >> 8 & 0xff)
    writeUint8(encoder, steps & 0xff)
    writeVarInt(encoder, publishedAt - last.publishedAt)
    writeVarInt(encoder, Math.round(midpointMjdTai * TICKS_A_DAY) - Math.round(last.midpointMjdTai * TICKS_A_DAY))
    if ((flags & NEXT_EPOCH) === 0) writeVarInt(encoder, epochs - last.epochs)
    if ((flags & SAME_REVISION) === 0) writeVarInt(encoder, revision - last.revision)
    if ((flags & SAME_MODEL) === 0) writeVarString(encoder, model)
    last = publication
  }
}

function readPublications (decoder: Decoder): Publication[] {
  let last = NO_PUBLICATION
  return Array.from({ length: readVarUint(decoder) }, () => {
    const flags = readUint8(decoder)
    const steps = readUint8(decoder) << 16 | readUint8(decoder) << 8 | readUint8(decoder)
    last = {
      probabilityIa: steps / PROBABILITY_STEPS,
      publishedAt: last.publishedAt + readVarInt(decoder),
      midpointMjdTai: (Math.round(last.midpointMjdTai * TICKS_A_DAY) + readVarInt(decoder)) / TICKS_A_DAY,
      epochs: last.epochs + ((flags & NEXT_EPOCH) === 0 ? readVarInt(decoder) : 1),
      revision: last.revision + ((flags & SAME_REVISION) === 0 ? readVarInt(decoder) : 0),
      model: (flags & SAME_MODEL) === 0 ? readVarString(decoder) : last.model
    }
    return last
  })
}

export const packRecord = (record: ObjectRecord): Uint8Array => sealed(encoder => {
  const { host, givenHost, tip } = record
  writeFloat64(encoder, record.ra)
  writeFloat64(encoder, record.dec)
  writeOptional(encoder, [host.redshift, host.redshiftErr, host.mwebv, givenHost?.redshift ?? null, givenHost?.redshiftErr ?? null])
  if (givenHost) writeVarUint(encoder, givenHost.givenAt)
  writeTime(encoder, record.factsMjdTai)
  writeVarString(encoder, record.model)
  writeVarUint(encoder, record.closedPointBlocks)
  writePoints(encoder, record.openPoints)
  writeTime(encoder, record.firstDetectionMjdTai)
  writeUint8(encoder, tip ? 1 : 0)
  if (tip) writeState(encoder, tip)
  writeVarUint(encoder, record.revision)
  const reason = record.declined === null ? 0 : DECLINE_REASONS.indexOf(record.declined) + 1
  writeUint8(encoder, reason | (record.late ? LATE : 0) | (record.merged ? MERGED : 0))
  writeVarUint(encoder, record.closedPublicationBlocks)
  writePublications(encoder, record.publications)
  writeVarUint(encoder, record.sequence ?? 0)
  writeTail(encoder, record)
})

type Tail = Pick<ObjectRecord, 'positionMjdTai' | 'context'>

/** What older versions of Candela did not keep. A record that has nothing of it ends before, as theirs do. */
function writeTail (encoder: Encoder, { positionMjdTai, factsMjdTai, context }: ObjectRecord): void {
  const flags = (positionMjdTai === factsMjdTai ? 0 : PLACED_APART) | (context ? WITH_CONTEXT : 0)
  if (flags === 0) return
  writeUint8(encoder, flags)
  if ((flags & PLACED_APART) !== 0) writeTime(encoder, positionMjdTai)
  if (context) writeContext(encoder, context)
}

/** @param factsMjdTai of its head */
function readTail (decoder: Decoder, factsMjdTai: number): Tail {
  const flags = hasContent(decoder) ? readUint8(decoder) : 0
  return {
    positionMjdTai: (flags & PLACED_APART) === 0 ? factsMjdTai : readTime(decoder) ?? -Infinity,
    context: (flags & WITH_CONTEXT) === 0 ? null : readContext(decoder)
  }
}

type Head = Pick<ObjectRecord, 'ra' | 'dec' | 'host' | 'givenHost' | 'factsMjdTai' | 'model'>

function readHead (decoder: Decoder): Head {
  const ra = readFloat64(decoder)
  const dec = readFloat64(decoder)
  const [redshift = null, redshiftErr = null, mwebv = null, givenRedshift = null, givenRedshiftErr = null] = readOptional(decoder, 5)
  return {
    ra,
    dec,
    host: { redshift, redshiftErr, mwebv },
    givenHost: givenRedshift === null ? null : { redshift: givenRedshift, redshiftErr: givenRedshiftErr, givenAt: readVarUint(decoder) },
    factsMjdTai: readTime(decoder) ?? -Infinity,
    model: readVarString(decoder)
  }
}

/** @returns key of the model that the hidden states of a record belong to, read without the rest of the record; null where it cannot be read */
export function unpackModel (bytes: Uint8Array): string | null {
  try {
    return readHead(createDecoder(bytes)).model
  } catch {
    return null
  }
}

/** @param readTip reads the hidden state at the tip, or passes over it */
function readRecord<Tip> (decoder: Decoder, diaObjectId: string, readTip: (decoder: Decoder) => Tip): RecordWith<Tip> {
  const { ra, dec, host, givenHost, factsMjdTai, model } = readHead(decoder)
  let flags = 0
  // Each property is written out: making the object by spreads is several times slower.
  const record: RecordWith<Tip> = {
    diaObjectId,
    ra,
    dec,
    positionMjdTai: factsMjdTai,
    host,
    context: null,
    factsMjdTai,
    givenHost,
    model,
    closedPointBlocks: readVarUint(decoder),
    openPoints: readPoints(decoder),
    firstDetectionMjdTai: readTime(decoder),
    tip: readUint8(decoder) === 0 ? null : readTip(decoder),
    revision: readVarUint(decoder),
    declined: DECLINE_REASONS[((flags = readUint8(decoder)) & REASON) - 1] ?? null,
    closedPublicationBlocks: readVarUint(decoder),
    publications: readPublications(decoder),
    sequence: readVarUint(decoder) || null,
    late: (flags & LATE) !== 0,
    merged: (flags & MERGED) !== 0
  }
  const { positionMjdTai, context } = readTail(decoder, factsMjdTai)
  record.positionMjdTai = positionMjdTai
  record.context = context
  return record
}

/** @throws CandelaError `record-damaged` */
export const unpackRecord = (diaObjectId: string, bytes: Uint8Array): ObjectRecord =>
  unsealed(bytes, diaObjectId, 'its record', decoder => readRecord(decoder, diaObjectId, readState))

/** @throws CandelaError `record-damaged` */
export const unpackStateless = (diaObjectId: string, bytes: Uint8Array): StatelessRecord =>
  unsealed(bytes, diaObjectId, 'its record', decoder => readRecord(decoder, diaObjectId, passState))

export const packPointBlock = (points: readonly StoredPoint[]): Uint8Array => sealed(encoder => writePoints(encoder, points))
/** @throws CandelaError `record-damaged` */
export const unpackPointBlock = (diaObjectId: string, bytes: Uint8Array): StoredPoint[] =>
  unsealed(bytes, diaObjectId, 'a block of its light curve', readPoints)

export const packPublicationBlock = (publications: readonly Publication[]): Uint8Array => sealed(encoder => writePublications(encoder, publications))
/** @throws CandelaError `record-damaged` */
export const unpackPublicationBlock = (diaObjectId: string, bytes: Uint8Array): Publication[] =>
  unsealed(bytes, diaObjectId, 'a block of its published history', readPublications)

export const packCheckpoints = (states: readonly HiddenState[]): Uint8Array => sealed(encoder => {
  writeUint8(encoder, states.length)
  for (const state of states) writeState(encoder, state)
})
/** @throws CandelaError `record-damaged` */
export const unpackCheckpoints = (diaObjectId: string, bytes: Uint8Array): HiddenState[] =>
  unsealed(bytes, diaObjectId, 'its checkpoints', decoder => Array.from({ length: readUint8(decoder) }, () => readState(decoder)))
