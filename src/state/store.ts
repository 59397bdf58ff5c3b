/** The state store: the smallest interface that the processor needs. Readers get ObjectReader alone. */
import type { StoredPoint } from '../light-curve/stored-point.ts'
import type { ObjectRecord, Publication } from './record.ts'
import type { Candidate, DeclineReason, ObjectReader, Outcome } from './views.ts'

/** An alert that could not be used at all, kept as it came. */
export interface DeadLetter {
  bytes: Uint8Array
  /** Error code and message. */
  code: string
  message: string
  /** Where it came from: a file, a topic with partition and offset. */
  origin: string
  /** [ms since 1970, UTC] */
  time: number
}

/** A record with whatever of its closed blocks changes. */
export interface RecordChange {
  record: ObjectRecord
  /** Points by number of block. */
  pointBlocks: ReadonlyMap<number, readonly StoredPoint[]>
  publicationBlocks: ReadonlyMap<number, readonly Publication[]>
}

/** Everything that one batch of alerts changes, committed together or not at all. */
export interface Commit {
  changes: readonly RecordChange[]
  /** In the order in which they are published; the store numbers them. */
  classifications: ReadonlyArray<Omit<Candidate, 'sequence'>>
  outcomes: ReadonlyArray<{ outcome: Outcome, reason?: DeclineReason }>
  deadLetters: readonly DeadLetter[]
  /** How far each source has been read, by its name. */
  positions: Readonly<Record<string, unknown>>
}

export interface StateStore {
  readonly reader: ObjectReader
  get (diaObjectId: string): ObjectRecord | undefined
  /** The points of an object's first `blocks` closed blocks, in order of time. */
  closedPoints (diaObjectId: string, blocks: number): StoredPoint[]
  position (source: string): unknown
  commit (commit: Commit): Promise<void>
  close (): Promise<void>
}
