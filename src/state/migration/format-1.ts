/** Data format 1, as Candela 0.1 wrote it: msgpack records, 33 bytes a point, 33 bytes a publication. */
import { unpack } from 'msgpackr'
import { BANDS, type PhotometricPoint } from '../../alert/alert.ts'
import { NO_CONTEXT } from '../../light-curve/features/context.ts'
import { keptTime } from '../../light-curve/stored-point.ts'
import { publishedProbability, type HiddenState, type ObjectRecord, type Publication } from '../record/record.ts'
import { DECLINE_REASONS } from '../views.ts'

/** Key of a closed block. */
export type BlockKey = [diaObjectId: string, kind: 'points' | 'publications', block: number]

type PackedState = [steps: number, midpointMjdTai: number, logit: number, accumulator: Uint8Array, network: Uint8Array] | null

type PackedRecord = [
  ra: number, dec: number, redshift: number | null, redshiftErr: number | null, mwebv: number | null, factsMjdTai: number,
  model: string, openPoints: Uint8Array, closedPointBlocks: number, firstDetectionMjdTai: number | null,
  tip: PackedState, settled: PackedState, revision: number, declined: number,
  publications: Uint8Array, closedPublicationBlocks: number, sequence: number | null
]

const ENTRY_BYTES = 33
const FORCED = 0x08
const WITHDRAWN = 0x10

const entries = <Entry>(bytes: Uint8Array, read: (view: DataView) => Entry): Entry[] => Array.from(
  { length: bytes.byteLength / ENTRY_BYTES }, (_, k) => read(new DataView(bytes.buffer, bytes.byteOffset + k * ENTRY_BYTES, ENTRY_BYTES)))

/** Time f64, flux f32, error f32, processing time f64, visit f64, band and flags u8; NaN stands for null. */
export const unpackPoints = (bytes: Uint8Array): PhotometricPoint[] => entries(bytes, view => {
  const flags = view.getUint8(32)
  const processed = view.getFloat64(16)
  const visit = view.getFloat64(24)
  return {
    midpointMjdTai: view.getFloat64(0),
    band: BANDS[flags & 0x07]!,
    psfFlux: view.getFloat32(8),
    psfFluxErr: view.getFloat32(12),
    kind: (flags & FORCED) === 0 ? 'detection' : 'forced',
    visit: Number.isNaN(visit) ? null : visit,
    timeProcessedMjdTai: Number.isNaN(processed) ? null : processed,
    withdrawn: (flags & WITHDRAWN) !== 0
  }
})

/** A list of models, then published f64, P(Ia) f64, time f64, epochs u32, revision u32, model u8 of each. */
export function unpackPublications (packed: Uint8Array): Publication[] {
  const [models, bytes] = unpack(packed) as [string[], Uint8Array]
  return entries(bytes, view => ({
    publishedAt: view.getFloat64(0),
    probabilityIa: publishedProbability(view.getFloat64(8)),
    epochs: view.getUint32(24),
    midpointMjdTai: keptTime(view.getFloat64(16)),
    revision: view.getUint32(28),
    model: models[view.getUint8(32)]!
  }))
}

/** A copy: LMDB's buffer is not aligned, and is reused at the next read. */
const copied = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const unpackState = (packed: PackedState): HiddenState | null => packed && {
  steps: packed[0],
  midpointMjdTai: keptTime(packed[1]),
  outputs: Float32Array.of(packed[2]),
  accumulator: new Float64Array(copied(packed[3])),
  network: new Float32Array(copied(packed[4]))
}

/** A record with its open points as they were, not rounded, and without settled states. */
export function unpackRecord (diaObjectId: string, bytes: Uint8Array): Omit<ObjectRecord, 'openPoints'> & { openPoints: PhotometricPoint[] } {
  const [ra, dec, redshift, redshiftErr, mwebv, factsMjdTai, model, openPoints, closedPointBlocks, firstDetectionMjdTai,
    tip, , revision, declined, publications, closedPublicationBlocks, sequence] = unpack(bytes) as PackedRecord
  return {
    diaObjectId,
    ra,
    dec,
    positionMjdTai: keptTime(factsMjdTai),
    host: { redshift, redshiftErr, mwebv },
    context: null,
    factsMjdTai: keptTime(factsMjdTai),
    firstContext: NO_CONTEXT,
    firstMjdTai: -Infinity,
    givenHost: null,
    model,
    openPoints: unpackPoints(openPoints),
    closedPointBlocks,
    firstDetectionMjdTai: firstDetectionMjdTai === null ? null : keptTime(firstDetectionMjdTai),
    tip: unpackState(tip),
    revision,
    declined: DECLINE_REASONS[declined] ?? null,
    publications: unpackPublications(publications),
    closedPublicationBlocks,
    sequence,
    late: false,
    merged: false
  }
}
