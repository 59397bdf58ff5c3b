/** What is kept of one object, and its form at rest. */
import { pack, unpack } from 'msgpackr'
import type { HostFacts } from '../alert/alert.ts'
import { CandelaError } from '../errors.ts'
import { packPoints, unpackPoints, type StoredPoint } from '../light-curve/stored-point.ts'
import { DECLINE_REASONS, type DeclineReason } from './views.ts'

/** The network's hidden state after a number of steps, with the running values that the features need. */
export interface HiddenState {
  readonly steps: number
  /** Time of the last point stepped [d, MJD TAI]; every stepped point up to it is in the state. */
  readonly midpointMjdTai: number
  /** Logit difference after the last step, before calibration. */
  readonly logit: number
  /** [accumulatorLength(bands)] */
  readonly accumulator: Float64Array
  /** [hiddenStateLength(shape)] */
  readonly network: Float32Array
}

/** One entry of the published history. */
export interface Publication {
  /** [ms since 1970, UTC] */
  publishedAt: number
  probabilityIa: number
  epochs: number
  midpointMjdTai: number
  revision: number
  /** name/version of the model that said so. */
  model: string
}

/**
 * The record of one object. Points and publications older than the newest few dozen lie in closed blocks beside it,
 * so that the cost of a new epoch does not grow with the number of those before.
 */
export interface ObjectRecord {
  readonly diaObjectId: string
  ra: number
  dec: number
  host: HostFacts
  /** Time of the alert that gave position and host facts [d, MJD TAI]: the newest one's stand. */
  factsMjdTai: number
  /** Key of the model that the hidden states belong to, see modelKey. */
  model: string
  /** The newest points, in order of time; withdrawn ones are kept as such. */
  openPoints: readonly StoredPoint[]
  /** Number of closed blocks of points. */
  closedPointBlocks: number
  /** Time of the first detection [d, MJD TAI]. */
  firstDetectionMjdTai: number | null
  /** Hidden state at the newest stepped point. */
  tip: HiddenState | null
  /** Hidden state at the end of the last night before the tip's. */
  settled: HiddenState | null
  revision: number
  /** Why the newest alert gave no classification, while there is none. */
  declined: DeclineReason | null
  /** The newest entries of the published history, oldest first. */
  publications: readonly Publication[]
  closedPublicationBlocks: number
  /** Key of the object's entry in the list of changes. */
  sequence: number | null
}

/** Points or publications in one closed block. */
export const BLOCK_LENGTH = 12
/** Most points or publications that stay open. */
export const LONGEST_OPEN = 20

/** How many blocks are closed when there are `length` entries; the split does not depend on the order of arrival. */
export const closedBlocks = (length: number): number => Math.max(0, Math.ceil((length - LONGEST_OPEN) / BLOCK_LENGTH))

export const newRecord = (diaObjectId: string, model: string): ObjectRecord => ({
  diaObjectId,
  ra: 0,
  dec: 0,
  host: { redshift: null, redshiftErr: null, mwebv: null },
  factsMjdTai: -Infinity,
  model,
  openPoints: [],
  closedPointBlocks: 0,
  firstDetectionMjdTai: null,
  tip: null,
  settled: null,
  revision: 0,
  declined: null,
  publications: [],
  closedPublicationBlocks: 0,
  sequence: null
})

type PackedState = [steps: number, midpointMjdTai: number, logit: number, accumulator: Uint8Array, network: Uint8Array] | null

const bytesOf = (array: Float64Array | Float32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
/** A copy, since LMDB's own buffer is neither aligned nor lasting. */
const copied = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const packState = (state: HiddenState | null): PackedState => state &&
  [state.steps, state.midpointMjdTai, state.logit, bytesOf(state.accumulator), bytesOf(state.network)]

const unpackState = (packed: PackedState): HiddenState | null => packed && {
  steps: packed[0],
  midpointMjdTai: packed[1],
  logit: packed[2],
  accumulator: new Float64Array(copied(packed[3])),
  network: new Float32Array(copied(packed[4]))
}

const PUBLICATION_BYTES = 33

/**
 * Publications as bytes, 33 each: published f64, P(Ia) f64, time f64, epochs u32, revision u32, model u8. They name
 * their models by index into a list, since nearly all name the same one.
 */
export function packPublications (publications: readonly Publication[]): Uint8Array {
  const models = [...new Set(publications.map(({ model }) => model))]
  const bytes = new Uint8Array(publications.length * PUBLICATION_BYTES)
  const view = new DataView(bytes.buffer)
  publications.forEach((publication, k) => {
    const at = k * PUBLICATION_BYTES
    view.setFloat64(at, publication.publishedAt)
    view.setFloat64(at + 8, publication.probabilityIa)
    view.setFloat64(at + 16, publication.midpointMjdTai)
    view.setUint32(at + 24, publication.epochs)
    view.setUint32(at + 28, publication.revision)
    view.setUint8(at + 32, models.indexOf(publication.model))
  })
  return pack([models, bytes])
}

export function unpackPublications (packed: Uint8Array): Publication[] {
  const [models, bytes] = unpack(packed) as [string[], Uint8Array]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / PUBLICATION_BYTES }, (_, k) => {
    const at = k * PUBLICATION_BYTES
    return {
      publishedAt: view.getFloat64(at),
      probabilityIa: view.getFloat64(at + 8),
      midpointMjdTai: view.getFloat64(at + 16),
      epochs: view.getUint32(at + 24),
      revision: view.getUint32(at + 28),
      model: models[view.getUint8(at + 32)]!
    }
  })
}

type PackedRecord = [
  ra: number, dec: number, redshift: number | null, redshiftErr: number | null, mwebv: number | null, factsMjdTai: number,
  model: string, openPoints: Uint8Array, closedPointBlocks: number, firstDetectionMjdTai: number | null,
  tip: PackedState, settled: PackedState, revision: number, declined: number,
  publications: Uint8Array, closedPublicationBlocks: number, sequence: number | null
]

export function packRecord (record: ObjectRecord): Uint8Array {
  const { host } = record
  const packed: PackedRecord = [
    record.ra, record.dec, host.redshift, host.redshiftErr, host.mwebv, record.factsMjdTai,
    record.model, packPoints(record.openPoints), record.closedPointBlocks, record.firstDetectionMjdTai,
    packState(record.tip), packState(record.settled), record.revision,
    record.declined === null ? -1 : DECLINE_REASONS.indexOf(record.declined),
    packPublications(record.publications), record.closedPublicationBlocks, record.sequence
  ]
  return pack(packed)
}

/** @throws CandelaError `record-damaged` */
export function unpackRecord (diaObjectId: string, bytes: Uint8Array): ObjectRecord {
  try {
    const [ra, dec, redshift, redshiftErr, mwebv, factsMjdTai, model, openPoints, closedPointBlocks, firstDetectionMjdTai,
      tip, settled, revision, declined, publications, closedPublicationBlocks, sequence] = unpack(bytes) as PackedRecord
    return {
      diaObjectId,
      ra,
      dec,
      host: { redshift, redshiftErr, mwebv },
      factsMjdTai,
      model,
      openPoints: unpackPoints(openPoints),
      closedPointBlocks,
      firstDetectionMjdTai,
      tip: unpackState(tip),
      settled: unpackState(settled),
      revision,
      declined: DECLINE_REASONS[declined] ?? null,
      publications: unpackPublications(publications),
      closedPublicationBlocks,
      sequence
    }
  } catch (cause) {
    throw new CandelaError('record-damaged', `the record of object ${diaObjectId} cannot be read`, {
      cause, value: diaObjectId, action: 'Restore the data folder from a copy, or replay the alerts into a new one.'
    })
  }
}
