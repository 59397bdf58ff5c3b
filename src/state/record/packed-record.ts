/** The object record, and the blocks beside it, as bytes at rest. Whole numbers take as many bytes as they need. */
import { crc32 } from 'node:zlib'
import { createDecoder, hasContent, readFloat64, readUint8, readUint32, readVarString, readVarUint, type Decoder } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeFloat64, writeUint8, writeUint32, writeVarString, writeVarUint, type Encoder } from 'lib0/encoding'
import { CandelaError, reasonIn } from '../../errors.ts'
import { readPoints, writePoints } from '../../light-curve/packed-points.ts'
import { firstContextOf, NO_CONTEXT, sameContext } from '../../light-curve/features/context.ts'
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import type { HiddenState, ObjectRecord, Publication, RecordWith, StatelessRecord } from './record.ts'
import { readContext, readFirstContext, writeContext, writeFirstContext } from './packed-context.ts'
import { readPublications, writePublications } from './packed-publications.ts'
import { passState, readState, writeState } from './packed-state.ts'
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
/** The first alert is known. */
const WITH_FIRST = 0x04
/** It is another one than that of the other facts. */
const FIRST_APART = 0x08
/** What the first alert said as features is what the context says. */
const FIRST_AS_CONTEXT = 0x10

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

type Tail = Pick<ObjectRecord, 'positionMjdTai' | 'context' | 'firstContext' | 'firstMjdTai'>

/** What older versions of Candela did not keep. A record that has nothing of it ends before, as theirs do. */
function writeTail (encoder: Encoder, { positionMjdTai, factsMjdTai, context, firstContext, firstMjdTai }: ObjectRecord): void {
  const firstKnown = firstMjdTai !== unsaidFirst(factsMjdTai)
  const firstAsContext = firstKnown && sameContext(firstContext, firstContextOf(context))
  const flags = (positionMjdTai === factsMjdTai ? 0 : PLACED_APART) | (context ? WITH_CONTEXT : 0) |
    (firstKnown ? WITH_FIRST : 0) | (firstKnown && firstMjdTai !== factsMjdTai ? FIRST_APART : 0) | (firstAsContext ? FIRST_AS_CONTEXT : 0)
  if (flags === 0) return
  writeUint8(encoder, flags)
  if ((flags & PLACED_APART) !== 0) writeTime(encoder, positionMjdTai)
  if (context) writeContext(encoder, context)
  if ((flags & FIRST_APART) !== 0) writeTime(encoder, firstMjdTai)
  if (firstKnown && !firstAsContext) writeFirstContext(encoder, firstContext)
}

/** @param factsMjdTai of its head */
function readTail (decoder: Decoder, factsMjdTai: number): Tail {
  const flags = hasContent(decoder) ? readUint8(decoder) : 0
  const positionMjdTai = (flags & PLACED_APART) === 0 ? factsMjdTai : readTime(decoder) ?? -Infinity
  const context = (flags & WITH_CONTEXT) === 0 ? null : readContext(decoder)
  if ((flags & WITH_FIRST) === 0) return { positionMjdTai, context, firstContext: NO_CONTEXT, firstMjdTai: unsaidFirst(factsMjdTai) }
  const firstMjdTai = (flags & FIRST_APART) === 0 ? factsMjdTai : readTime(decoder)!
  return { positionMjdTai, context, firstContext: (flags & FIRST_AS_CONTEXT) === 0 ? readFirstContext(decoder) : firstContextOf(context), firstMjdTai }
}

/** Time of the first alert where a record does not say it: without any alert none was first, and an older Candela did not keep it. */
const unsaidFirst = (factsMjdTai: number): number => factsMjdTai === -Infinity ? Infinity : -Infinity

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
    firstContext: NO_CONTEXT,
    firstMjdTai: -Infinity,
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
  const { positionMjdTai, context, firstContext, firstMjdTai } = readTail(decoder, factsMjdTai)
  record.positionMjdTai = positionMjdTai
  record.context = context
  record.firstContext = firstContext
  record.firstMjdTai = firstMjdTai
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
