/** The simulator's alert as a record: what every broker's form is made of. */
import { MJD_OF_UNIX_EPOCH, SECONDS_PER_DAY, TAI_MINUS_UTC } from '../../alert/time.ts'
import { alertType } from '../live/packet.ts'

export type Value = bigint | number | string | boolean | null

/** A source, by the survey's names; longs are bigints. */
export interface RubinSource extends Readonly<Record<string, Value>> {
  /** [d, MJD TAI] */
  midpointMjdTai: number
  /** [deg, ICRS] */
  ra: number
  dec: number
  visit: bigint
  band: string
  /** [nJy] */
  psfFlux: number
  psfFluxErr: number
}
export interface RubinDetection extends RubinSource {
  diaSourceId: bigint
  reliability: number | null
}
export interface RubinForced extends RubinSource {
  diaForcedSourceId: bigint
}
export interface RubinObject extends Readonly<Record<string, Value>> {
  diaObjectId: bigint
  ra: number
  dec: number
  nDiaSources: number
  firstDiaSourceMjdTai: number | null
  lastDiaSourceMjdTai: number | null
}

/** LSST alert v10.0. The simulator's have an object, no solar system and no cut-outs. */
export interface RubinAlert {
  diaSourceId: bigint
  observation_reason: string | null
  target_name: string | null
  diaSource: RubinDetection
  prvDiaSources: readonly RubinDetection[] | null
  prvDiaForcedSources: readonly RubinForced[] | null
  diaObject: RubinObject
  ssSource: null
  mpc_orbits: null
  cutoutDifference: null
  cutoutScience: null
  cutoutTemplate: null
}

const FRAME_LENGTH = 5

/** @param bytes of a simulated alert: Confluent's frame and a datum of schema 10.0 */
export const rubinAlert = (bytes: Uint8Array): RubinAlert =>
  alertType.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset + FRAME_LENGTH, bytes.length - FRAME_LENGTH)) as RubinAlert

/** The detections that the alert holds, in order of time; the last one triggered it. */
export const detectionsOf = ({ prvDiaSources, diaSource }: RubinAlert): RubinDetection[] => [...prvDiaSources ?? [], diaSource]

/** Milliseconds since 1970, UTC, of a time [d, MJD TAI]. */
export const utcOf = (mjdTai: number): number => Math.round(((mjdTai - MJD_OF_UNIX_EPOCH) * SECONDS_PER_DAY - TAI_MINUS_UTC) * 1000)
